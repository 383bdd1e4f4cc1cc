/**
 * The parts of a program as methods of the generated class: what each takes from the methods before
 * it, its equations, and the record of named values that it returns.
 */
import { nodeAt } from '../../ir/operands.ts'
import type { ValueId } from '../../ir/ir.ts'
import { namesIn, type PartCode, type ProgramWriter } from './statements.ts'
import type { Naming } from './naming.ts'
import { countText } from './tensors.ts'
import type { Part } from './program.ts'

/** What a method can be given, in the order of its parameters. */
export const sources = ['inputs', 'forward', 'circuit', 'updates', 'gradients', 'rates'] as const
export type Source = (typeof sources)[number]

/** A method that computes values. */
export interface PartMethod {
  readonly part: Part
  readonly name: string
  readonly takes: readonly Source[]
  readonly parameters: readonly { readonly name: string; readonly type: string }[]
  readonly statements: readonly string[]
  /** Nothing is left to compute: the method is not written. */
  readonly empty: boolean
}

/** Method and record names of the parts. */
const partNames: Readonly<Record<Part, string>> = {
  initial: 'initialWeights',
  derived: 'tiedWeights',
  forward: 'forward',
  score: 'scores',
  circuit: 'circuit',
  update: 'updates',
  backprop: 'gradients',
  measure: 'measures',
  adjoint: 'backwards',
  learn: 'learn',
}

/** The type of each source. */
const sourceTypes: Readonly<Record<Source, string>> = {
  inputs: 'Inputs',
  forward: 'Forward',
  circuit: 'Circuit',
  updates: 'Updates',
  gradients: 'Gradients',
  rates: 'Rates',
}

/** Writes the methods of one program; all of its parts are written at once. */
export class MethodWriter {
  readonly writer: ProgramWriter
  readonly #naming: Naming
  readonly #codes: readonly PartCode[]

  constructor(writer: ProgramWriter, naming: Naming, written: readonly Part[]) {
    this.writer = writer
    this.#naming = naming
    this.#codes = written.map((part) => writer.write(part))
  }

  /** All code, for finding out what it needs. */
  get text(): string {
    return this.#codes.flatMap(({ statements }) => statements).join('\n')
  }

  /** The statements of a part. */
  code(part: Part): PartCode {
    return this.#codes.find((candidate) => candidate.part === part)!
  }

  /** The method of a part. */
  method(part: Part): PartMethod {
    const code = this.code(part)
    const whole = part === 'circuit' && this.writer.sharesForward
    const free = part === 'initial' ? this.#initialNames(code) : code.free
    const { takes, parameters, preamble } = this.signature(free, part, whole)
    const spread = whole ? ['...forward'] : []
    const returns =
      part === 'initial' ? '' : `\nreturn { ${[...spread, ...this.#exports(part)].join(', ')} }`
    return {
      part,
      name: partNames[part],
      takes,
      parameters,
      statements: [...preamble, ...(preamble.length > 0 ? [''] : []), ...code.statements, returns],
      empty: code.statements.length === 0 && part !== 'forward' && part !== 'initial',
    }
  }

  /** What code of `part` that reads the names `free` takes, and its first lines. */
  signature(free: ReadonlySet<string>, part: Part | 'commit', whole = false) {
    const inputs = ['batch', ...this.#naming.inputs.map(({ name }) => name)]
    const wanted = new Map<Source, string[]>()
    const want = (source: Source, name: string): void => {
      wanted.set(source, [...(wanted.get(source) ?? []), name])
    }
    for (const name of inputs) if (free.has(name)) want('inputs', name)
    if (free.has('rates')) want('rates', 'rates')
    for (const [name, source] of this.#visible(part)) if (free.has(name)) want(source, name)

    const pattern = (source: Source): string => `{ ${wanted.get(source)!.join(', ')} }`
    const preamble = this.#fields(free, part !== 'initial')
    if (whole) {
      preamble.push(callOf(this.method('forward')))
      if (wanted.has('inputs')) preamble.push(`const ${pattern('inputs')} = inputs`)
      if (wanted.has('forward')) preamble.push(`const ${pattern('forward')} = forward`)
      wanted.delete('forward')
      wanted.set('inputs', ['inputs'])
    }
    const takes = sources.filter((source) => wanted.has(source))
    const parameters = takes.map((source) => ({
      name: source === 'rates' || (whole && source === 'inputs') ? source : pattern(source),
      type: part === 'forward' && source === 'inputs' ? 'InferenceInputs' : sourceTypes[source],
    }))
    return { takes, parameters, preamble }
  }

  /** A value where the records of its part are at hand: `circuit.h0_e`. */
  reference(value: ValueId, from: 'infer' | 'step'): string {
    const { program, identifiers } = this.writer
    const name = identifiers.get(value)
    const home = program.homes[value]
    if (name !== undefined && home !== undefined) return `${recordOf(home, from)}.${name}`
    const node = nodeAt(program.nodes, value)
    switch (node.op) {
      case 'input':
        return `inputs.${this.#naming.input(node.name)}`
      case 'load':
        return `this.weights.${this.#naming.storage(node.storage)}`
      case 'const':
        return String(node.value)
      case 'scalar':
        if (node.source === 'batch') return 'count'
        if (node.source === 'step') return 'this.stepCount'
        if (node.source === 'synapses') return countText(node.name)
        return node.source === 'param'
          ? `this.${this.#naming.param(node.name)}`
          : this.#naming.rate(node.name)
      default:
        throw new Error(`The output %${value} has no name`)
    }
  }

  /** What a storage is called where the weights are at hand. */
  storageName(storage: string): string {
    return this.#naming.storage(storage)
  }

  /** Rows of a storage that is a ring. */
  ringOf(storage: string): number | undefined {
    const all = this.#naming.families.flatMap(({ storages }) => storages)
    return all.find(({ name }) => name === storage)?.ring
  }

  #initialNames(code: PartCode): Set<string> {
    const values = this.writer.program.stores.map(({ value }) => this.writer.inline(value))
    return new Set([...code.free, ...values.flatMap(namesIn), 'tf'])
  }

  /** Fields of the class that code reads. */
  #fields(free: ReadonlySet<string>, withWeights: boolean): string[] {
    const fields = ['tf', 'p'].filter((name) => free.has(name))
    const families = this.#naming.families
      .map(({ name }) => name)
      .filter((name) => withWeights && free.has(name))
    return [
      ...(fields.length > 0 ? [`const { ${fields.join(', ')} } = this`] : []),
      ...(families.length > 0 ? [`const { ${families.join(', ')} } = this.weights`] : []),
    ]
  }

  /** The values of other parts that a part can read, and the record that holds each. */
  #visible(part: Part | 'commit'): Map<string, Source> {
    const { program, identifiers } = this.writer
    const from = part === 'score' ? 'infer' : 'step'
    const readable = part === 'commit' ? ['forward', 'circuit', 'update'] : earlier(part)
    return new Map(
      [...identifiers].flatMap(([value, name]) => {
        const home = program.homes[value]!
        if (!readable.includes(home)) return []
        const record = part === 'circuit' ? 'forward' : recordOf(home, from)
        const source = sources.find((candidate) => candidate === record)
        return source === undefined ? [] : [[name, source] as const]
      }),
    )
  }

  /** The names that a part returns: variables, and whatever other parts read. */
  #exports(part: Part): string[] {
    const { program, identifiers } = this.writer
    const roots = new Set(
      [program.answers, program.scores, program.variables, program.measures, program.stores]
        .flat()
        .map(({ value }) => value),
    )
    return this.writer.valuesOf(part).flatMap((value) => {
      const name = identifiers.get(value)!
      const read = this.#codes.some(
        (code) => code.part !== part && code.free.has(name) && this.#reads(code.part, part),
      )
      const variable = nodeAt(program.nodes, value).name !== undefined
      return variable || read || roots.has(value) ? [name] : []
    })
  }

  #reads(reader: Part, part: Part): boolean {
    if (part === 'forward' && reader !== 'score' && !this.writer.sharesForward) return false
    return earlier(reader).includes(part)
  }
}

/** `const updates = this.updates(inputs, circuit, rates)`. */
export function callOf({ name, takes }: PartMethod): string {
  return `const ${name} = this.${name}(${takes.join(', ')})`
}

/** Parts that a part can read. */
function earlier(part: Part): readonly string[] {
  const order = ['forward', 'circuit', 'update', 'backprop', 'measure']
  if (part === 'score') return ['forward']
  return order.includes(part) ? order.slice(0, order.indexOf(part)) : []
}

/** The variable that holds what a part returned. */
function recordOf(home: Part, from: 'infer' | 'step'): string {
  if (home === 'forward' && from === 'step') return 'circuit'
  return partNames[home]
}
