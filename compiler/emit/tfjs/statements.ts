/**
 * The statements of a part: one `const` for each named value, under a comment that quotes the
 * equation it comes from, its shape at the end of the line. Values without a name of their own are
 * nested where they are used.
 */
import type { IrNode, Origin, ValueId } from '../../ir/ir.ts'
import type { Span } from '../../../grammar/ast.ts'
import { isLeaf, nodeAt, operandsOf } from '../../ir/operands.ts'
import { formatShape } from '../../ir/shapes.ts'
import { termOf, type LeafNames } from './expressions.ts'
import { identifierOf, type Identifiers } from './identifiers.ts'
import { layOut, type Layout } from './layout.ts'
import type { Part, Program } from './program.ts'
import { primaryScalar } from './scalars.ts'
import { asFloat, floatTensor, type Term } from './tensors.ts'

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

  /** `outer` holds the names of weights and inputs, which are visible in every part. */
  constructor(program: Program, outer: Identifiers, names: LeafNames, locate: Locate) {
    this.program = program
    this.#names = names
    this.#locate = locate
    this.#layout = layOut(program)
    const scope = (part: Part): Identifiers => {
      const known = this.#scopes.get(part)
      if (known) return known
      const made = (this.#parentOf(part, scope) ?? outer).inner()
      this.#scopes.set(part, made)
      return made
    }
    program.nodes.forEach((_, value) => {
      const home = program.homes[value]
      if (home === undefined || !this.#layout.named[value]) return
      this.identifiers.set(value, scope(home).take(this.#nameFor(value)))
    })
  }

  /** Whether the circuit of a step reads what `forward` computes. */
  get sharesForward(): boolean {
    const { nodes, homes, variables } = this.program
    const outside = (value: ValueId): boolean => {
      const home = homes[value]
      return home !== undefined && home !== 'forward' && home !== 'score'
    }
    return (
      variables.some(({ value }) => homes[value] === 'forward') ||
      nodes.some(
        (node, value) =>
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
    const inner = this.#scopes.get(part)
    const hoisted = new Map<ValueId, string>()
    if (inner) {
      for (const value of this.#repeated(values)) hoisted.set(value, inner.take('factor'))
    }
    const statements: string[] = []
    const free = new Set<string>()
    const define = (name: string, code: string, shape: string): string => {
      for (const read of namesIn(code)) free.add(read)
      return `const ${name} = ${code}${shape}`
    }
    for (const [value, name] of hoisted) {
      const others = new Map([...hoisted].filter(([other]) => other < value))
      statements.push(define(name, this.#expression(value, others).text, ''))
    }
    let before: { readonly group: string; readonly origin: Origin | undefined } | undefined
    for (const value of values) {
      const node = nodeAt(this.program.nodes, value)
      const group = groupOf(this.#layout.owners[value] ?? '')
      if ((before && before.group !== group) || (!before && hoisted.size > 0)) statements.push('')
      const comment = sameOrigin(before?.origin, node.origin) ? '' : this.#comment(node.origin)
      const shape = this.#layout.scalar[value] ? '' : ` // ${formatShape(node.shape)}`
      const code = asFloat(this.#expression(value, hoisted))
      statements.push(comment + define(this.identifiers.get(value)!, code, shape))
      before = { group, origin: node.origin }
    }
    for (const name of [...hoisted.values(), ...values.map((value) => this.identifiers.get(value)!)])
      free.delete(name)
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
    const node = nodeAt(this.program.nodes, value)
    if (node.name !== undefined) return identifierOf(node.name)
    const stored = this.program.stores.find((store) => store.value === value)
    if (stored && this.program.homes[value] === 'initial') return identifierOf(stored.storage)
    if (stored) return identifierOf(`${stored.storage}.next`)
    const operands = operandsOf(node).map((operand) => this.#shortName(operand))
    const known = operands.flatMap((operand) => (operand === undefined ? [] : [operand]))
    const owner = identifierOf(this.#layout.owners[value] ?? node.op)
    switch (node.op) {
      case 'map':
        return known.length === 1 && operands.length === 1 ? `${node.fn}_${known[0]}` : `${owner}_part`
      case 'reduce':
        return known.length === 1 ? `${node.fn}_${known[0]}` : `${owner}_${node.fn}`
      case 'transpose':
        return known.length === 1 ? `${known[0]}_T` : `${owner}_part`
      case 'matmul':
        return known.length === 2 ? known.join('_') : `${owner}_product`
      case 'random':
        return `${owner}_draw`
      default:
        return `${owner}_part`
    }
  }

  /** What an operand is called, if it is one of few words. */
  #shortName(value: ValueId): string | undefined {
    const node: IrNode = nodeAt(this.program.nodes, value)
    if (node.op === 'input') return this.#names.input(node.name)
    if (node.op === 'load') return identifierOf(node.storage)
    return this.identifiers.get(value)
  }

  #comment(origin: Origin | undefined): string {
    if (!origin) return ''
    const place = this.#locate(origin.span)
    return `// ${place === undefined ? '' : `${place}  `}${origin.text.replace(/\s+/g, ' ')}\n`
  }
}

/** The names that an expression reads: identifiers that are neither properties nor in strings. */
export function namesIn(code: string): string[] {
  const bare = code.replace(/'(?:[^'\\]|\\.)*'/g, "''")
  return bare.match(/(?<![\p{L}\p{N}_$.])[\p{L}_$][\p{L}\p{N}_$]*(?![\p{L}\p{N}_$:])/gu) ?? []
}

/** What an ensemble's equations have in common: `h[0]` of `h[0].e`. */
function groupOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? name.replace(/\(.*/, '') : name.slice(0, dot)
}

function sameOrigin(a: Origin | undefined, b: Origin | undefined): boolean {
  if (!a || !b) return a === b
  return a.span.file === b.span.file && a.span.start === b.span.start && a.span.end === b.span.end
}
