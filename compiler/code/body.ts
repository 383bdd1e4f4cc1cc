/**
 * The element-wise part of a kernel: what it reads, in which way, what it computes and which results
 * it writes, apart from where these lie. Two kernels of the same structure share one function, which
 * gets the addresses as parameters.
 */
import type { MapFunction } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import { access, add, get, int, mul, type Code, type Local } from './tree.ts'
import type { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import type { Lanes } from './lanes.ts'
import { emitMap } from './math/index.ts'
import type { Kernel, Kernels } from '../plan/kernels.ts'
import { classify, type OperandClass } from '../plan/layout.ts'
import { writesOf } from '../plan/accesses.ts'
import type { Work, WorkId } from '../plan/work.ts'

/** Something read from memory, in one way. */
export interface Source {
  readonly value: WorkId
  readonly lies: Exclude<OperandClass, 'general'>
}

/** An operand: an own value of the kernel, or something read from memory. */
type Reference = { readonly own: number } | { readonly source: number }

interface Computed {
  readonly fn: MapFunction | 'copy'
  readonly references: readonly Reference[]
}

export interface Body {
  readonly sources: readonly Source[]
  /** Own values in the order of their numbers: inner ones, the producer, members. */
  readonly own: readonly WorkId[]
  /** How each own value is computed; the producer's is undefined. */
  readonly computed: readonly (Computed | undefined)[]
  /** Numbers of own values that are written, with the value. */
  readonly written: readonly { readonly own: number; readonly value: WorkId }[]
  /** The same text for the same structure. */
  readonly key: string
  /** For people: what is computed, as text. */
  readonly comment: string
}

export function bodyOf(work: Work, kernels: Kernels, kernel: Kernel): Body {
  const { inner, producer, members } = kernel
  const own = [...inner, ...(producer === undefined ? [] : [producer]), ...members]
  const sources: Source[] = []
  if (inner.length === 0 && producer !== undefined) {
    // A reduction without inner values reads its operand as it lies: its first source.
    const { making, args } = nodeAt(work.values, producer)
    const [operand] = args
    if (operand && making.kind === 'other' && making.node.op === 'reduce') {
      sourceNumber(sources, { value: operand.value, lies: 'full' })
    }
  }
  const computed = own.map((id): Computed | undefined => {
    const { making, args, shape } = nodeAt(work.values, id)
    if (making.kind !== 'map') return undefined
    const references = args.map((operand): Reference => {
      const number = own.indexOf(operand.value)
      if (number >= 0) return { own: number }
      const lies = classify(operand.shape, shape)
      if (lies === 'general') throw new Error('an operand was not spread out')
      return { source: sourceNumber(sources, { value: operand.value, lies }) }
    })
    return { fn: making.fn, references }
  })
  const written = writesOf(kernel, kernels).map((value) => ({ own: own.indexOf(value), value }))
  const key = JSON.stringify([
    kernel.kind,
    inner.length,
    sources.map(({ lies }) => lies),
    computed,
    written.map((each) => each.own),
  ])
  const comment = own
    .flatMap((id) => {
      const { name, origin } = nodeAt(work.values, id)
      return name !== undefined && origin ? [`${name}: ${origin.text}`] : []
    })
    .slice(0, 6)
    .join('\n')
  return { sources, own, computed, written, key, comment }
}

function sourceNumber(sources: Source[], wanted: Source): number {
  const known = sources.findIndex(
    ({ value, lies }) => value === wanted.value && lies === wanted.lies,
  )
  return known >= 0 ? known : sources.push(wanted) - 1
}

/** Where a loop stands, in bytes from the start of the operands that lie so. */
export interface Position {
  /** Of element-by-element operands. */
  readonly full: () => Code
  /** Of rows. */
  readonly row: () => Code
  /** Of columns; a column's numbers are as far apart as its rows. */
  readonly column: () => Code
}

/** Emits the values of a body at one position. */
export class BodyEmitter {
  readonly #module: ModuleBuilder
  readonly #fn: FunctionBuilder
  readonly #lanes: Lanes
  readonly #body: Body
  /** Of every source, the parameter with its address. */
  readonly #sources: readonly Local[]
  readonly #outputs: readonly Local[]
  /** Numbers that are the same in the whole loop, loaded before it. */
  readonly #hoisted = new Map<number, Local>()

  constructor(
    module: ModuleBuilder,
    fn: FunctionBuilder,
    lanes: Lanes,
    body: Body,
    addresses: { readonly sources: readonly Local[]; readonly outputs: readonly Local[] },
  ) {
    this.#module = module
    this.#fn = fn
    this.#lanes = lanes
    this.#body = body
    this.#sources = addresses.sources
    this.#outputs = addresses.outputs
  }

  /** Loads, before a loop, what is the same in all of it. */
  hoist(): void {
    this.#body.sources.forEach(({ lies }, number) => {
      if (lies !== 'scalar') return
      const load = access(this.#lanes.loadSplat, 0, get(nodeAt(this.#sources, number)))
      this.#hoisted.set(number, this.#fn.define('scalar', load))
    })
  }

  /**
   * Computes the own values `from` up to before `to`; `given` are those that are known. Gives them
   * all.
   */
  values(
    from: number,
    to: number,
    given: ReadonlyMap<number, Local>,
    position: Position,
  ): ReadonlyMap<number, Local> {
    const known = new Map(given)
    const loaded = new Map<number, Local>()
    for (let number = from; number < to; number++) {
      const computed = this.#body.computed[number]
      if (!computed) continue
      const args = computed.references.map((reference): Code => {
        if ('own' in reference) {
          const local = known.get(reference.own)
          if (!local) throw new Error('a value is read before it is computed')
          return get(local)
        }
        const local = loaded.get(reference.source) ?? this.load(reference.source, position)
        loaded.set(reference.source, local)
        return get(local)
      })
      known.set(number, this.#fn.define('value', this.#applied(computed.fn, args)))
    }
    return known
  }

  /** A source at a position. */
  load(number: number, position: Position): Local {
    const hoisted = this.#hoisted.get(number)
    if (hoisted) return hoisted
    const { lies } = nodeAt(this.#body.sources, number)
    const base = get(nodeAt(this.#sources, number))
    switch (lies) {
      case 'full':
        return this.#fn.define('full', access('lanes.load', 0, add(base, position.full())))
      case 'row':
        return this.#fn.define('row', access('lanes.load', 0, add(base, position.row())))
      case 'column':
        return this.#fn.define(
          'column',
          access(this.#lanes.loadSplat, 0, add(base, position.column())),
        )
      case 'scalar':
        return this.#fn.define('scalar', access(this.#lanes.loadSplat, 0, base))
    }
  }

  /** Writes what is to be written of the values that are known. */
  write(known: ReadonlyMap<number, Local>, position: Position): void {
    this.#body.written.forEach(({ own }, output) => {
      const local = known.get(own)
      if (!local) return
      const base = get(nodeAt(this.#outputs, output))
      this.#fn.push(access('lanes.store', 0, add(base, position.full()), get(local)))
    })
  }

  #applied(fn: MapFunction | 'copy', args: readonly Code[]): Code {
    if (fn === 'copy') return nodeAt(args, 0)
    return emitMap(this.#module, this.#fn, this.#lanes, fn, args)
  }
}

/** Bytes of a row of so many elements. */
export function strideOf(lanes: Lanes, columns: Code): Code {
  if (columns.kind === 'const') {
    return int(lanes.padded(Number(columns.value)) * lanes.bytes)
  }
  return mul(lanes.paddedCode(columns), int(lanes.bytes))
}
