/**
 * The statements of a part: one `const` for each named value, under a comment that quotes the
 * equation it comes from, its shape at the end of the line. Values without a name of their own are
 * nested where they are used.
 */
import { entriesOf, idsOf } from '../../ir/ids.ts'
import { lineComment } from '../../../contract/escape.ts'
import type { IrNode, Origin, ValueId } from '../../ir/ir.ts'
import type { Span } from '../../../grammar/ast.ts'
import { isLeaf, nodeAt, operandsOf } from '../../ir/operands.ts'
import { formatShape, sameShape } from '../../ir/shapes.ts'
import { termOf, type LeafNames } from './expressions.ts'
import { identifierOf, type Identifiers } from './identifiers.ts'
import { describe } from './describe.ts'
import { layOut, outputsOf, type Layout } from './layout.ts'
import { Paragraphs } from './paragraphs.ts'
import type { Part, Program } from './program.ts'
import { primaryScalar } from './scalars.ts'
import { asFloat, floatTensor, type Term } from './tensors.ts'

/** Letters of a name that says what is computed, at most. */
const LONGEST_NAME = 36

/** Where an equation stands, for people: `std/burstccn.ccn:41`. */
export type Locate = (span: Span) => string | undefined

/** The code of one part. */
export interface PartCode {
  readonly part: Part
  readonly statements: readonly string[]
  /** Names that the statements read and do not define. */
  readonly free: ReadonlySet<string>
}

/** Writes the parts of one program. */
export class ProgramWriter {
  readonly program: Program
  /** The name of each value that has one. */
  readonly identifiers = new Map<ValueId, string>()
  readonly #names: LeafNames
  readonly #locate: Locate
  readonly #layout: Layout
  readonly #scopes = new Map<Part, Identifiers>()
  readonly #connections: ReadonlySet<string>

  /** `outer` holds the names of weights and inputs, which are visible in every part. */
  constructor(program: Program, outer: Identifiers, names: LeafNames, locate: Locate) {
    this.program = program
    this.#names = names
    this.#locate = locate
    this.#layout = layOut(program)
    this.#connections = new Set(
      program.nodes.flatMap((node) => (node.op === 'load' ? [node.storage] : [])),
    )
    const scope = (part: Part): Identifiers => {
      const known = this.#scopes.get(part)
      if (known) return known
      const made = (this.#parentOf(part, scope) ?? outer).inner()
      this.#scopes.set(part, made)
      return made
    }
    for (const value of idsOf(program.nodes)) {
      const home = program.homes[value]
      if (home === undefined || !this.#layout.named[value]) continue
      this.identifiers.set(value, scope(home).take(this.#nameFor(value)))
    }
  }

  /** Whether the circuit of a step reads what `forward` computes. */
  get sharesForward(): boolean {
    const { nodes, homes, variables, measures, stores } = this.program
    const outside = (value: ValueId): boolean => {
      const home = homes[value]
      return home !== undefined && home !== 'forward' && home !== 'score'
    }
    return (
      [...variables, ...measures, ...stores].some(({ value }) => homes[value] === 'forward') ||
      entriesOf(nodes).some(
        ([value, node]) =>
          outside(value) && operandsOf(node).some((operand) => homes[operand] === 'forward'),
      )
    )
  }

  /** The values of a part that have a name. */
  valuesOf(part: Part): ValueId[] {
    return [...this.identifiers.keys()].filter((value) => this.program.homes[value] === part)
  }

  /** The statements that compute a part's named values. */
  write(part: Part): PartCode {
    const values = this.valuesOf(part)
    const hoisted = this.#hoist(part, values)
    const statements: string[] = []
    const defined = new Set<string>()
    const free = new Set<string>()
    const define = (name: string, code: string): string => {
      for (const read of namesIn(code)) if (!defined.has(read)) free.add(read)
      defined.add(name)
      return `const ${name} = ${code}`
    }
    for (const [value, name] of hoisted) {
      const others = new Map([...hoisted].filter(([other]) => other < value))
      statements.push(define(name, this.#expression(value, others).text))
    }
    const paragraphs = new Paragraphs(this.#connections, hoisted.size > 0)
    let quoted: Origin | undefined
    for (const value of values) {
      const { shape, origin } = nodeAt(this.program.nodes, value)
      if (paragraphs.opens(this.#layout.owners[value] ?? '')) statements.push('')
      const comment = sameOrigin(quoted, origin) ? '' : this.#comment(origin)
      const size = shape.length === 0 ? '' : ` // ${formatShape(shape)}`
      const code = asFloat(this.#expression(value, hoisted))
      statements.push(comment + define(this.identifiers.get(value)!, code) + size)
      quoted = origin
    }
    return { part, statements, free }
  }

  /** A value of a part as a tensor, to be used outside of it. */
  inline(value: ValueId): string {
    const term = this.#term(value, new Map())
    return term.kind === 'scalar' ? `tf.scalar(${term.text})` : asFloat(term)
  }

  /** A value where it is used. */
  #term(value: ValueId, hoisted: ReadonlyMap<ValueId, string>): Term {
    const name = hoisted.get(value) ?? this.identifiers.get(value)
    if (name === undefined) return this.#expression(value, hoisted)
    if (this.#layout.scalar[value]) return primaryScalar(name)
    return floatTensor(name, nodeAt(this.program.nodes, value).shape)
  }

  /** A value where it is defined. */
  #expression(value: ValueId, hoisted: ReadonlyMap<ValueId, string>): Term {
    const node = nodeAt(this.program.nodes, value)
    const args = operandsOf(node).map((operand) => this.#term(operand, hoisted))
    return termOf(node, args, this.#names)
  }

  /** Names for the scalars that a part would repeat. */
  #hoist(part: Part, values: readonly ValueId[]): Map<ValueId, string> {
    const scope = this.#scopes.get(part)
    const hoisted = new Map<ValueId, string>()
    if (!scope) return hoisted
    for (const value of this.#repeated(values)) {
      const node = nodeAt(this.program.nodes, value)
      const operands = operandsOf(node).map((operand) => this.#shortName(operand))
      hoisted.set(value, scope.take(describe(node, operands) ?? 'factor'))
    }
    return hoisted
  }

  /** Unnamed scalars that are long and that the tensor code of a part would repeat. */
  #repeated(values: readonly ValueId[]): ValueId[] {
    const { named, scalar } = this.#layout
    const counts = new Map<ValueId, number>()
    const visit = (value: ValueId): void => {
      for (const operand of operandsOf(nodeAt(this.program.nodes, value))) {
        if (named[operand] || isLeaf(nodeAt(this.program.nodes, operand))) continue
        if (scalar[operand]) counts.set(operand, (counts.get(operand) ?? 0) + 1)
        else visit(operand)
      }
    }
    values.filter((value) => !scalar[value]).forEach(visit)
    return [...counts]
      .filter(([value, count]) => count > 2 && this.#expression(value, new Map()).text.length > 18)
      .map(([value]) => value)
      .toSorted((a, b) => a - b)
  }

  #parentOf(part: Part, scope: (part: Part) => Identifiers): Identifiers | undefined {
    switch (part) {
      case 'initial':
      case 'derived':
      case 'forward':
      case 'adjoint':
      case 'learn':
        return undefined
      case 'score':
        return scope('forward')
      case 'circuit':
        return this.sharesForward ? scope('forward') : undefined
      case 'update':
        return scope('circuit')
      case 'backprop':
        return scope('update')
      case 'measure':
        return scope('backprop')
    }
  }

  #nameFor(value: ValueId): string {
    const { stores, homes } = this.program
    const node = nodeAt(this.program.nodes, value)
    if (node.name !== undefined) return identifierOf(node.name)
    const stored = stores.find((store) => store.value === value)
    if (stored && homes[value] === 'initial') return identifierOf(stored.storage)
    if (stored) return identifierOf(`${stored.storage}.next`)
    const output = outputsOf(this.program).find((candidate) => candidate.value === value)
    if (output) return identifierOf(output.name)
    const described = this.#described(value)
    if (described !== undefined) return described
    const owner = this.#layout.owners[value] ?? node.op
    const near = node.section === 'backprop' ? this.#nearest(value) : undefined
    if (near === undefined) return identifierOf(`${owner} ${node.op === 'map' ? node.fn : node.op}`)
    // What belongs to a connection, `backprop(W[0])`, is found on the way to it, at some cells.
    return identifierOf(`${owner.replace(/\([^()]*\)$/, '')} at ${near}`)
  }

  /** What a value is of its operands, if that can be said in few words. */
  #described(value: ValueId, depth = 0): string | undefined {
    const node = nodeAt(this.program.nodes, value)
    const operands = operandsOf(node).map(
      (operand) =>
        this.#shortName(operand) ?? (depth < 3 ? this.#described(operand, depth + 1) : undefined),
    )
    const described = describe(node, operands)
    return described !== undefined && described.length <= LONGEST_NAME ? described : undefined
  }

  /** The variable of its own shape that a value is computed from in the fewest steps. */
  #nearest(value: ValueId): string | undefined {
    const { nodes } = this.program
    const { shape } = nodeAt(nodes, value)
    if (shape.length === 0) return undefined
    const seen = new Set<ValueId>()
    let front = [...operandsOf(nodeAt(nodes, value))]
    for (let step = 0; step < 6 && front.length > 0; step++) {
      const found = front.find((operand) => {
        const node = nodeAt(nodes, operand)
        return !isLeaf(node) && node.name !== undefined && sameShape(node.shape, shape)
      })
      if (found !== undefined) return nodeAt(nodes, found).name
      for (const operand of front) seen.add(operand)
      front = front.flatMap((operand) => operandsOf(nodeAt(nodes, operand)))
      front = [...new Set(front)].filter((operand) => !seen.has(operand))
    }
    return undefined
  }

  /** What an operand is called, if it is one of few words. */
  #shortName(value: ValueId): string | undefined {
    const node: IrNode = nodeAt(this.program.nodes, value)
    switch (node.op) {
      case 'input':
        return this.#names.input(node.name)
      case 'load':
        return identifierOf(node.storage)
      case 'scalar':
        return identifierOf(node.name)
      case 'const':
        return ['zero', 'one', 'two'][node.value]
      default:
        return this.identifiers.get(value)
    }
  }

  #comment(origin: Origin | undefined): string {
    if (!origin) return ''
    const place = this.#locate(origin.span)
    const said = `${place === undefined ? '' : `${place}  `}${origin.text.replace(/\s+/g, ' ')}`
    const text = `// ${lineComment(said)}`
    return text.length > 96 ? `${text.slice(0, 92)} ...\n` : `${text}\n`
  }
}

/** The names that an expression reads: identifiers that are neither properties nor in strings. */
export function namesIn(code: string): string[] {
  const bare = code.replace(/'(?:[^'\\]|\\.)*'/g, "''")
  return bare.match(/(?<![\p{L}\p{N}_$.])[\p{L}_$][\p{L}\p{N}_$]*(?![\p{L}\p{N}_$:])/gu) ?? []
}

function sameOrigin(a: Origin | undefined, b: Origin | undefined): boolean {
  if (!a || !b) return a === b
  return a.span.file === b.span.file && a.span.start === b.span.start && a.span.end === b.span.end
}
