/** The values of a body at one place: numbers, and truth as masks, each computed once, what it reads loaded before. */
import type { MapFunction } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import type { Body, Reference } from './body.ts'
import type { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'
import { emitMask, maskOf, truthOf } from './logic.ts'
import type { Strange } from './strange.ts'
import { emitMap } from './math/index.ts'
import type { ModuleBuilder } from './module.ts'
import { get, lanesOf, type Code, type Local } from './tree.ts'

interface Site {
  readonly module: ModuleBuilder
  readonly fn: FunctionBuilder
  readonly lanes: Lanes
  /** Loads a source here. */
  readonly load: (source: number, cells: CellOffsets) => Local
}

/** Offsets of cells that are known at a place, by the table that they are from. */
export type CellOffsets = Map<number, readonly Local[]>

export class VectorValues {
  readonly #site: Site
  readonly #body: Body
  /** Own values that are needed as numbers, not as truth alone. */
  readonly #asNumbers: ReadonlySet<number>
  readonly #known: Map<number, Local>
  readonly #masks = new Map<number, Local>()
  readonly #loaded = new Map<number, Local>()
  readonly #loadedMasks = new Map<number, Local>()
  readonly #cells: CellOffsets = new Map()

  constructor(
    site: Site,
    body: Body,
    asNumbers: ReadonlySet<number>,
    given: ReadonlyMap<number, Local>,
  ) {
    this.#site = site
    this.#body = body
    this.#asNumbers = asNumbers
    this.#known = new Map(given)
  }

  /** What is known as numbers. */
  get known(): ReadonlyMap<number, Local> {
    return this.#known
  }

  hasLoaded(source: number): boolean {
    return this.#loaded.has(source)
  }

  /** The same place by another body of the same sources: what is known of some own values is taken over, and what was loaded. */
  continued(body: Body, asNumbers: ReadonlySet<number>, own: readonly number[]): VectorValues {
    const other = new VectorValues(this.#site, body, asNumbers, new Map())
    for (const each of own) {
      const [number, mask] = [this.#known.get(each), this.#masks.get(each)]
      if (number) other.#known.set(each, number)
      if (mask) other.#masks.set(each, mask)
    }
    for (const [source, local] of this.#loaded) other.#loaded.set(source, local)
    for (const [table, offsets] of this.#cells) other.#cells.set(table, offsets)
    for (const [source, local] of this.#loadedMasks) other.#loadedMasks.set(source, local)
    return other
  }

  /** Whether an own value is known in the form in which it is needed. */
  has(own: number): boolean {
    return this.#known.has(own) || (this.#masks.has(own) && !this.#asNumbers.has(own))
  }

  /** Computes an own value; with `unusual` it is right but for the arguments that are added to it. */
  compute(own: number, unusual?: Strange): void {
    const computed = this.#body.computed[own]
    if (!computed) return
    const { fn: builder, lanes } = this.#site
    const { fn, bound, references } = computed
    const at = (index: number): Reference => nodeAt(references, index)
    const before = this.#masks.get(own)
    const truth = before
      ? get(before)
      : emitMask(lanes, fn, {
          number: (index) => this.number(at(index)),
          mask: (index) => this.mask(at(index)),
        })
    if (truth) {
      const local = before ?? builder.define('mask', truth)
      this.#masks.set(own, local)
      if (this.#asNumbers.has(own))
        this.#known.set(own, builder.define('value', truthOf(lanes, get(local))))
      return
    }
    const numbers = (): Code[] => references.map((each) => this.number(each))
    const value =
      fn === 'select'
        ? lanes.choose(this.number(at(1)), this.number(at(2)), this.mask(at(0)))
        : (fn === 'min' || fn === 'max') && bound
          ? this.#bounded(fn, bound, numbers())
          : this.#applied(fn, numbers(), unusual)
    this.#known.set(own, builder.define('value', value))
  }

  number(reference: Reference): Code {
    if ('constant' in reference) return this.#site.lanes.constant(reference.constant)
    if ('own' in reference) {
      const local = this.#known.get(reference.own)
      if (!local) throw new Error('a value is read before it is computed')
      return get(local)
    }
    const local =
      this.#loaded.get(reference.source) ?? this.#site.load(reference.source, this.#cells)
    this.#loaded.set(reference.source, local)
    return get(local)
  }

  /** All bits of the lanes where it is not 0. */
  mask(reference: Reference): Code {
    const { fn, lanes } = this.#site
    if ('constant' in reference)
      return lanesOf(new Int32Array(lanes.vectorBytes / 4).fill(-reference.constant))
    const [cache, key] =
      'own' in reference ? [this.#masks, reference.own] : [this.#loadedMasks, reference.source]
    const local = cache.get(key) ?? fn.define('mask', maskOf(lanes, this.number(reference)))
    cache.set(key, local)
    return get(local)
  }

  /** `pmin` and `pmax` give the first of equals and NaN: the larger of -0 and 0 has to be made 0. */
  #bounded(fn: 'min' | 'max', bound: 'zero' | 'other', [x, limit]: readonly Code[]): Code {
    if (!x || !limit) throw new Error(`${fn} lacks an operand`)
    const found = this.#site.lanes.binary(fn === 'min' ? 'pmin' : 'pmax', x, limit)
    if (fn === 'min' || bound === 'other') return found
    return this.#site.lanes.binary('add', found, this.#site.lanes.constant(0))
  }

  #applied(fn: MapFunction | 'copy', args: readonly Code[], unusual?: Strange): Code {
    if (fn === 'copy') return nodeAt(args, 0)
    return emitMap(this.#site.module, this.#site.fn, this.#site.lanes, fn, args, unusual)
  }
}
