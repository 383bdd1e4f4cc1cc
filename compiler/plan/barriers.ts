/**
 * How threads share kernels, and where they meet: before a kernel that touches memory which another
 * thread may not have finished with.
 */
import type { KernelId } from '../ir/ids.ts'
import type { IrNode } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import { readsOf, writesOf } from './accesses.ts'
import { producerOf, type Kernel, type Kernels } from './kernels.ts'
import { liesOf, layoutOf, sizeOf, type Layout } from './layout.ts'
import { padded, type Machine } from './machine.ts'
import type { Place, Step } from './schedule.ts'
import type { Operand, Work, WorkValue } from './values.ts'

/** How threads share the touching of some memory. */
interface Access {
  readonly region: string
  readonly start: number
  readonly end: number
  readonly writes: boolean
  /** Accesses with the same share and start are each thread's own. */
  readonly share: string
}

/** The kernels in order, each with whether all threads meet before it: before those that go together, at most. */
export function withBarriers(
  machine: Machine,
  work: Work,
  kernels: Kernels,
  units: readonly (readonly KernelId[])[],
  places: readonly (Place | undefined)[],
): readonly Step[] {
  // By region: accesses since the threads last met.
  const since = new Map<string, Access[]>()
  return units.flatMap((unit) => {
    const together = unit.map((index) => nodeAt(kernels.kernels, index))
    const accesses = together.flatMap((kernel) =>
      accessesOf(machine, { work, kernels, kernel, places }),
    )
    const barrier = accesses.some((access) =>
      since.get(access.region)?.some((earlier) => clash(access, earlier)),
    )
    if (barrier) since.clear()
    for (const access of accesses) {
      const others = since.get(access.region)
      if (others) others.push(access)
      else since.set(access.region, [access])
    }
    return together.map((kernel, i): Step => {
      if (i > 0) return { kernel, barrier: false }
      return { kernel, barrier, ...(together.length > 1 && { together: together.length }) }
    })
  })
}

function clash(a: Access, b: Access): boolean {
  if (!a.writes && !b.writes) return false
  if (a.end <= b.start || b.end <= a.start) return false
  if (a.share !== b.share || a.share === 'all') return true
  return a.share !== 'first thread' && a.start !== b.start
}

/** By columns, by rows, in a way of the kernel's own, or not at all. */
export type Share = 'columns' | 'rows' | 'parts' | 'first thread'

/** How the work of a kernel is shared. */
export function shareOf(work: Work, kernel: Kernel): Share {
  switch (kernel.kind) {
    case 'map':
    case 'product':
    case 'columns':
      return 'columns'
    case 'rows':
      return 'rows'
    case 'convolution':
      return 'parts'
    case 'total':
      return 'first thread'
    case 'single': {
      const { making, shape } = nodeAt(work.values, producerOf(kernel))
      if (making.kind !== 'other') return 'first thread'
      // Draws of a single row are shared as the loops that read them are.
      const isRow = layoutOf(shape).rows === 1
      return making.node.op === 'random' && isRow ? 'columns' : shareOfSingle(making.node.op)
    }
  }
}

function shareOfSingle(op: IrNode['op']): Share {
  switch (op) {
    case 'random':
      return 'rows'
    case 'deliver':
    case 'toSynapses':
    case 'fromSynapses':
      return 'columns'
    default:
      return 'first thread'
  }
}

function accessesOf(
  machine: Machine,
  {
    work,
    kernels,
    kernel,
    places,
  }: {
    readonly work: Work
    readonly kernels: Kernels
    readonly kernel: Kernel
    readonly places: readonly (Place | undefined)[]
  },
): readonly Access[] {
  const how = shareOf(work, kernel)
  const own = ({ rows, columns }: Layout): string => {
    if (how === 'first thread') return how
    if (how === 'parts') return 'all'
    // Rows of another length begin elsewhere.
    return how === 'columns' ? `columns ${columns}` : `rows ${rows} of ${columns}`
  }
  const reads = readsOf(work, kernel).flatMap(({ operand, by }) => {
    const place = places[operand.value]
    // A part of a value is shared in another way than the value.
    const { shape } = operand.from ? nodeAt(work.values, operand.value) : operand
    const layout = layoutOf(shape)
    const isAlone = how === 'first thread' || how === 'parts'
    const share = isAlone ? own(layout) : operand.from ? 'all' : readShare(operand, by, how, own)
    return extent(machine, work, { place, layout }, { writes: false, share })
  })
  const writes = writesOf(kernel, kernels).flatMap((value) => {
    const { shape } = nodeAt(work.values, value)
    const layout = layoutOf(shape)
    const isVector = how === 'rows' && layout.rows === 1
    const share = isVector ? `numbers ${layout.columns}` : own(layout)
    return extent(machine, work, { place: places[value], layout }, { writes: true, share })
  })
  return [...reads, ...writes]
}

function readShare(
  operand: Operand,
  by: WorkValue,
  how: 'columns' | 'rows',
  own: (layout: Layout) => string,
): string {
  if (by.making.kind === 'map') {
    const lies = liesOf(operand, by.shape)
    const isOwn = lies === 'full' || (lies === 'row' && how === 'columns')
    return isOwn ? own(layoutOf(operand.shape)) : 'all'
  }
  if (by.making.kind === 'other' && by.making.node.op === 'reduce') {
    return own(layoutOf(operand.shape))
  }
  return 'all'
}

function extent(
  machine: Machine,
  { capacities }: Work,
  { place, layout }: { readonly place: Place | undefined; readonly layout: Layout },
  { writes, share }: Pick<Access, 'writes' | 'share'>,
): readonly Access[] {
  switch (place?.region) {
    case undefined:
    case 'host':
    case 'piece':
      return []
    case 'input':
    case 'storage':
    case 'ring':
      return [
        {
          region: `${place.region === 'input' ? 'input' : 'storage'} ${place.name}`,
          start: 0,
          end: 1,
          writes,
          share,
        },
      ]
    case 'program':
    case 'example': {
      const { region, offset } = place
      const end =
        offset + padded(machine, Math.max(1, sizeOf(machine, layout, capacities).elements))
      return [{ region, start: offset, end, writes, share }]
    }
  }
}
