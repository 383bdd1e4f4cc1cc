/**
 * Draws of long rows, and the loops that read them, go piece by piece: before the first step a weight of millions
 * of synapses may be computed of many draws (`gamma` takes 16 for each), which would take memory of as many weights,
 * and be written to it and read again. Of a piece at a time each thread keeps all of them in its own memory, which
 * stays in the cache. An element of a draw depends on nothing but its number, so every bit is the same.
 */
import type { KernelId, WorkId } from '../ir/ids.ts'
import { nodeAt } from '../ir/operands.ts'
import { readsOf, writesOf } from './accesses.ts'
import type { Kernel, Kernels } from './kernels.ts'
import { layoutOf, liesOf, sameLayout, sizeOf } from './layout.ts'
import type { Machine } from './machine.ts'
import type { Work } from './values.ts'

/** Elements of a piece: whole units of columns; some twenty values of it stay in the cache. */
export const PIECE = 256
/** Rows that are shorter are drawn as a whole, and can be given instead. */
const FEWEST = 65_536

/** Kernels in the order in which they run, and the values of each piece that only its kernels know. */
export interface Pieces {
  /** Those that go together piece by piece, and all others alone. */
  readonly units: readonly (readonly KernelId[])[]
  /** Values of which no more than a piece is kept. */
  readonly kept: ReadonlySet<WorkId>
}

/** Every kernel alone. */
export const noPieces = (order: readonly KernelId[]): Pieces => ({
  units: order.map((kernel) => [kernel]),
  kept: new Set(),
})

/** `wanted` are values that are read afterwards. */
export function piecesOf(
  machine: Machine,
  work: Work,
  kernels: Kernels,
  order: readonly KernelId[],
  wanted: ReadonlySet<WorkId>,
): Pieces {
  const units: (readonly KernelId[])[] = []
  let open: KernelId[] = []
  const close = (): void => {
    if (open.some((each) => isDraw(work, nodeAt(kernels.kernels, each)))) units.push(open)
    else units.push(...open.map((each) => [each]))
    open = []
  }
  for (const index of order) {
    const kernel = nodeAt(kernels.kernels, index)
    const first = open[0] === undefined ? undefined : nodeAt(kernels.kernels, open[0])
    if (first && !sameLayout(first.space, kernel.space)) close()
    if (canGo(machine, work, kernel)) open.push(index)
    else {
      close()
      units.push([index])
    }
  }
  close()
  const unitOf = new Map(units.flatMap((unit) => unit.map((each) => [each, unit] as const)))
  const readElsewhere = new Set(
    units.flatMap((unit) =>
      unit.flatMap((each) =>
        readsOf(work, nodeAt(kernels.kernels, each)).flatMap(({ operand: { value } }) => {
          const maker = kernels.kernelOf[value]
          return maker !== undefined && unitOf.get(maker) !== unit ? [value] : []
        }),
      ),
    ),
  )
  const kept = units
    .filter((unit) => unit.length > 1)
    .flatMap((unit) => unit.flatMap((each) => writesOf(nodeAt(kernels.kernels, each), kernels)))
    .filter((value) => !wanted.has(value) && !readElsewhere.has(value))
  return { units, kept: new Set(kept) }
}

function isDraw(work: Work, { kind, producer }: Kernel): boolean {
  if (kind !== 'single' || producer === undefined) return false
  const { making, args } = nodeAt(work.values, producer)
  return making.kind === 'other' && making.node.op === 'random' && args.length === 0
}

/** Whether a kernel computes every element of a long row of the same elements of others, or of one number. */
function canGo(machine: Machine, work: Work, kernel: Kernel): boolean {
  const { rows, columns } = kernel.space
  if (rows !== 1 || columns === 'batch') return false
  if (sizeOf(machine, kernel.space, work.capacities).elements < FEWEST) return false
  if (isDraw(work, kernel)) return true
  if (kernel.kind !== 'map') return false
  return readsOf(work, kernel).every(({ operand, by }) => {
    if (operand.from || operand.through) return false
    const lies = liesOf(operand, by.shape)
    return lies === 'scalar' || (lies === 'full' && layoutOf(operand.shape).rows === 1)
  })
}
