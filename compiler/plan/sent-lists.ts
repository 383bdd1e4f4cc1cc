/**
 * Detections that a loop lists: where cells are found to spike, the loop that finds it notes their numbers, each thread
 * those of its part, and deliveries go by the lists. They need not look at all cells, and what threads read of each other
 * is a few numbers. The lists of a thread begin where its part does, two words for a cell: their length, then cells
 * in order. What only deliveries read is not kept as numbers at all.
 */
import { entriesOf, type WorkId } from '../ir/ids.ts'
import { truths } from '../ir/operands.ts'
import type { ActiveSet } from './active.ts'
import type { Kernel, Kernels } from './kernels.ts'
import { padded, type Machine } from './machine.ts'
import type { Work, WorkValue } from './values.ts'

/** A list of cells. */
export interface SentList {
  /** Cells that may be in it. */
  readonly cells: number
  /** Words from the beginning of the program's lists. */
  readonly offset: number
  /** Whether it stands for the numbers, which nothing else reads. */
  readonly alone: boolean
}

/** Words that a list takes for each cell. */
export const WORDS = 2

/** Whether a value is read cell by cell by a delivery of this step's spikes. */
function isDelivered({ making }: WorkValue, index: number): boolean {
  if (making.kind !== 'other' || making.node.op !== 'deliver') return false
  return index === 0 && !making.node.transpose && making.node.ring === undefined
}

/** By value, the list of what is found there; `recorded` are signals of which the program lists every event. */
export function sentLists(
  machine: Machine,
  work: Work,
  { kernels, kernelOf }: Kernels,
  active: ReadonlyMap<Kernel, ActiveSet>,
  recorded: readonly string[],
): ReadonlyMap<WorkId, SentList> {
  const found = new Map<WorkId, SentList>()
  const shown = new Set([
    ...work.outputs.map(({ operand }) => operand.value),
    ...work.stores.map(({ value }) => value),
  ])
  const isRecorded = new Set(
    work.outputs.flatMap(({ name, operand }) => (recorded.includes(name) ? [operand.value] : [])),
  )
  let offset = 0
  for (const [id, { making, name, shape }] of entriesOf(work.values)) {
    const index = kernelOf[id]
    const kernel = index === undefined ? undefined : kernels[index]
    if (making.kind !== 'map' || !truths.has(making.fn) || name === undefined) continue
    if (kernel?.kind !== 'map' || active.has(kernel)) continue
    const cells = kernel.space.columns
    if (kernel.space.rows !== 1 || typeof cells !== 'number' || shape.length > 2) continue
    const readers = work.values.flatMap((value, reader) =>
      kernelOf[reader] === index
        ? []
        : value.args.flatMap((operand, at) => (operand.value === id ? [{ value, at }] : [])),
    )
    const delivered = readers.filter(({ value, at }) => isDelivered(value, at))
    if (delivered.length === 0 && !isRecorded.has(id)) continue
    found.set(id, {
      cells,
      offset,
      alone: delivered.length === readers.length && !shown.has(id),
    })
    offset += wordsOf(machine, cells)
  }
  return found
}

/** Words of a list of so many cells; it begins at a line of the cache. */
function wordsOf(machine: Machine, cells: number): number {
  const line = machine.lineBytes / machine.addressBytes
  return Math.ceil((WORDS * (padded(machine, cells) + machine.blocking.columnUnit)) / line) * line
}

/** Bytes of all lists of a program. */
export function listBytes(machine: Machine, lists: ReadonlyMap<WorkId, SentList>): number {
  const words = [...lists.values()].reduce((sum, { cells }) => sum + wordsOf(machine, cells), 0)
  return words * machine.addressBytes
}
