/**
 * The element-wise part of a kernel: what it reads, in which way, what it computes and which results
 * it writes, apart from where these lie. Two kernels of the same structure share one function, which
 * gets the addresses as parameters.
 */
import type { MapFunction } from '../ir/ir.ts'
import { nodeAt, truths } from '../ir/operands.ts'
import { takesTruth } from './logic.ts'
import type { Kernel, Kernels } from '../plan/kernels.ts'
import { liesOf, type OperandClass, type Through } from '../plan/layout.ts'
import { writesOf } from '../plan/accesses.ts'
import type { Operand, Work } from '../plan/values.ts'
import type { WorkId } from '../ir/ids.ts'

/** Something read from memory, in one way. */
export interface Source {
  readonly value: WorkId
  readonly lies: Exclude<OperandClass, 'general'> | 'through'
  readonly from?: NonNullable<Operand['from']>
  readonly through?: SourceThrough
}

/** What is read where the cell of each synapse is. */
interface SourceThrough extends Through {
  /** Whether each row has values of its own; else there is one row for all. */
  readonly hasRows: boolean
}

/** An operand: an own value of the kernel, something read from memory, or a number that is known. */
export type Reference =
  { readonly own: number } | { readonly source: number } | { readonly constant: 0 | 1 }

/** A result: the number of the own value, the value, and what holds it: itself, but where it is known to be the same. */
export interface Written {
  readonly own: number
  readonly value: WorkId
  readonly as: Reference
}

export interface Computed {
  readonly fn: MapFunction | 'copy'
  /** Of truth that nearly always is the same: not true of detections, true where it asks whether a number is finite. */
  readonly usually?: 'untrue' | 'finite'
  /** Where a bound is a number that is known, and no NaN, it comes last: that takes fewer instructions. */
  readonly bound?: 'zero' | 'other'
  readonly references: readonly Reference[]
}

export interface Body {
  readonly sources: readonly Source[]
  /** Own values in the order of their numbers: inner ones, the producer, members. */
  readonly own: readonly WorkId[]
  /** How each own value is computed; the producer's is undefined. */
  readonly computed: readonly (Computed | undefined)[]
  readonly written: readonly Written[]
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
      const { value, from } = operand
      sourceNumber(sources, { value, lies: 'full', ...(from && { from }) })
    }
  }
  const computed = own.map((id): Computed | undefined => {
    const { making, args, shape } = nodeAt(work.values, id)
    if (making.kind !== 'map') return undefined
    const references = args.map((operand): Reference => {
      const number = own.indexOf(operand.value)
      if (number >= 0) return { own: number }
      const lies = liesOf(operand, shape)
      if (lies === 'general') throw new Error('an operand was not spread out')
      const through = operand.through && {
        ...operand.through,
        hasRows: operand.shape.length > 1 && operand.shape[0] !== 1,
      }
      const { value, from } = operand
      const source = { value, lies, ...(from && { from }), ...(through && { through }) }
      return { source: sourceNumber(sources, source) }
    })
    const bound = boundOf(work, making.fn, args)
    const usually = usuallyOf(work, id)
    if (!bound) return { fn: making.fn, references, ...(usually && { usually }) }
    return {
      fn: making.fn,
      bound: bound.is,
      references: bound.first ? references.toReversed() : references,
    }
  })
  const written = writesOf(kernel, kernels).map((value): Written => {
    const number = own.indexOf(value)
    return { own: number, value, as: { own: number } }
  })
  const key = JSON.stringify([
    kernel.kind,
    inner.length,
    sources.map(({ lies, through }) => [lies, through]),
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

/** Truth that has a name is a detection; what compares a magnitude with infinity is a guard. */
function usuallyOf(work: Work, id: WorkId): Computed['usually'] {
  const { making, args, name } = nodeAt(work.values, id)
  if (making.kind !== 'map' || !truths.has(making.fn)) return undefined
  const [x, limit] = args
  if (making.fn === 'lt' && x && limit && numberOf(work, limit) === Infinity) {
    const magnitude = nodeAt(work.values, x.value).making
    if (magnitude.kind === 'map' && magnitude.fn === 'abs') return 'finite'
  }
  return name === undefined ? undefined : 'untrue'
}

/** The known bound of min or max, and whether it stands first; -0 is told from 0 by no comparison. */
function boundOf(
  work: Work,
  fn: MapFunction | 'copy',
  args: readonly Operand[],
): { readonly is: 'zero' | 'other'; readonly first: boolean } | undefined {
  if (fn !== 'min' && fn !== 'max') return undefined
  const values = args.map((operand) => numberOf(work, operand))
  const at = values.findIndex((each) => !Number.isNaN(each) && !Object.is(each, -0))
  if (at < 0) return undefined
  const mayBeMinusZero = values[at] === 0 && !isPlainSum(work, nodeAt(args, 1 - at))
  return { is: mayBeMinusZero ? 'zero' : 'other', first: at === 0 }
}

/** A number that is known; NaN for others. */
function numberOf(work: Work, { value }: Operand): number {
  const { making } = nodeAt(work.values, value)
  const node = making.kind === 'host' ? nodeAt(work.graph.nodes, making.node) : undefined
  return node?.op === 'const' ? node.value : Number.NaN
}

/** Whether a value is a sum or difference of a known number that is not 0: no such sum is -0. */
function isPlainSum(work: Work, { value }: Operand): boolean {
  const { making, args } = nodeAt(work.values, value)
  if (making.kind !== 'map' || (making.fn !== 'add' && making.fn !== 'sub')) return false
  return args.some((each) => Math.abs(numberOf(work, each)) > 0)
}

function sourceNumber(sources: Source[], wanted: Source): number {
  const known = sources.findIndex(
    ({ value, lies, from, through }) =>
      value === wanted.value &&
      lies === wanted.lies &&
      from?.row === wanted.from?.row &&
      from?.column === wanted.from?.column &&
      through?.side === wanted.through?.side &&
      through?.pattern.name === wanted.through?.pattern.name,
  )
  return known >= 0 ? known : sources.push(wanted) - 1
}

/** Own values that are needed as numbers, not as truth alone. */
export function neededAsNumbers({ computed, written }: Body): ReadonlySet<number> {
  const needed = new Set(written.flatMap(({ as }) => ('own' in as ? [as.own] : [])))
  computed.forEach((each, own) => {
    // What is computed last before a reduction is what it reduces.
    if (!each) needed.add(own - 1)
    each?.references.forEach((reference, index) => {
      if ('own' in reference && !takesTruth(each.fn, index)) needed.add(reference.own)
    })
  })
  return needed
}
