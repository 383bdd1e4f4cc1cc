/**
 * Element-wise kernels of one space that touch the same memory become one kernel: what they share is
 * loaded once, and what one computes for the other stays in registers. Two are joined only if nothing
 * that needs one is needed by the other, with the order that values stored in place ask for; so what was
 * computed right into its storage is so still, and every value is computed as it was.
 */
import type { KernelId, Table } from '../ir/ids.ts'
import { nodeAt } from '../ir/operands.ts'
import { readsOf } from './accesses.ts'
import { readKernels, type Kernel, type Kernels } from './kernels.ts'
import { liesOf } from './layout.ts'
import { Numbers } from './numbers.ts'
import type { Work } from './values.ts'
import type { WorkId } from '../ir/ids.ts'

/** Values of a joined kernel at most: each may be an address, a parameter of its function. */
const MOST_VALUES = 150

/** How kernels are ordered so far. */
export interface Ordered {
  /** Kernels in an order that keeps to `before`. */
  readonly order: readonly KernelId[]
  /** By kernel, those that must run before it. */
  readonly before: Table<KernelId, ReadonlySet<KernelId>>
  /** Values computed right into their storages. */
  readonly placed: ReadonlyMap<WorkId, string>
}

/** The kernels with those joined that can be; the very same if there are none. */
export function mergedKernels(work: Work, kernels: Kernels, ordered: Ordered): Kernels {
  const groups = groupsOf(work, kernels, ordered)
  if (groups.every(({ members }) => members.length === 1)) return kernels
  const joined = groups
    .toSorted((a, b) => Math.min(...a.members) - Math.min(...b.members))
    .map(({ members }): Kernel => {
      const parts = members.map((index) => nodeAt(kernels.kernels, index))
      const [first] = parts
      if (!first) throw new Error('a group has a kernel')
      if (parts.length === 1) return first
      return { ...first, members: parts.flatMap((part) => part.members).toSorted((a, b) => a - b) }
    })
  return readKernels(work, joined)
}

interface Group {
  readonly members: KernelId[]
  /** Groups that must run before it, by number. */
  readonly needs: Numbers
  /** What it reads from memory element by element, storages and values alike. */
  readonly touches: Set<string>
  /** Storages that it reads in another way. */
  readonly scattered: Set<string>
  /** Storages that it computes values into. */
  readonly fills: Set<string>
  /** How many values it computes; more than can be where it is not to be joined. */
  size: number
}

function groupsOf(
  work: Work,
  kernels: Kernels,
  { order, before, placed }: Ordered,
): readonly Group[] {
  const groups: Group[] = []
  const groupOf: Table<KernelId, number> & number[] = []
  /** Groups of element-wise kernels, by their space and what they touch. */
  const sharing = new Map<string, number[]>()
  for (const index of order) {
    const kernel = nodeAt(kernels.kernels, index)
    const own = touching(work, kernels, kernel, placed)
    const direct = new Set([...nodeAt(before, index)].map((each) => nodeAt(groupOf, each)))
    const keys =
      kernel.kind === 'map'
        ? [...own.touches].map((each) => `${kernel.space.rows} x ${kernel.space.columns} ${each}`)
        : []
    const candidates = new Set(keys.flatMap((key) => sharing.get(key) ?? []))
    const home = [...candidates].find((number) => {
      const group = nodeAt(groups, number)
      if (group.size + own.size > MOST_VALUES) return false
      if (meets(group.scattered, own.fills) || meets(own.scattered, group.fills)) return false
      // What is needed from outside must not itself need the group.
      return [...direct].every((each) => each === number || !nodeAt(groups, each).needs.has(number))
    })
    const number = home ?? groups.length
    if (home === undefined) groups.push({ members: [], needs: new Numbers(), ...own, size: 0 })
    groupOf[index] = number
    join(groups, number, { index, own, direct })
    for (const key of keys) {
      const known = sharing.get(key) ?? []
      if (!known.includes(number)) known.push(number)
      sharing.set(key, known)
    }
  }
  return groups
}

type Touching = Pick<Group, 'touches' | 'scattered' | 'fills' | 'size'>

/** Puts a kernel into a group, and what it needs into all that need the group. */
function join(
  groups: readonly Group[],
  number: number,
  {
    index,
    own,
    direct,
  }: { readonly index: KernelId; readonly own: Touching; readonly direct: ReadonlySet<number> },
): void {
  const group = nodeAt(groups, number)
  group.members.push(index)
  group.size += own.size
  for (const each of own.touches) group.touches.add(each)
  for (const each of own.scattered) group.scattered.add(each)
  for (const each of own.fills) group.fills.add(each)
  const more = new Numbers()
  for (const each of direct) {
    if (each === number) continue
    more.add(each)
    more.addAll(nodeAt(groups, each).needs)
  }
  group.needs.addAll(more)
  if (group.members.length === 1) return
  for (const other of groups) if (other.needs.has(number)) other.needs.addAll(more)
}

function touching(
  work: Work,
  kernels: Kernels,
  kernel: Kernel,
  placed: ReadonlyMap<WorkId, string>,
): Touching {
  const touches = new Set<string>()
  const scattered = new Set<string>()
  const fills = new Set<string>()
  for (const { operand, by } of readsOf(work, kernel)) {
    const { making } = nodeAt(work.values, operand.value)
    if (making.kind === 'host') continue
    const isRow = making.kind === 'recall' && making.lag === making.ring
    const name =
      making.kind === 'storage' || isRow ? `storage ${making.name}` : `value ${operand.value}`
    const isOwn = by.making.kind === 'map' && !operand.from && liesOf(operand, by.shape) === 'full'
    if (isOwn) touches.add(name)
    else scattered.add(name)
  }
  for (const value of kernel.members) {
    if (!kernels.stored.has(value)) continue
    touches.add(`value ${value}`)
    const storage = placed.get(value)
    if (storage !== undefined) {
      touches.add(`storage ${storage}`)
      fills.add(`storage ${storage}`)
    }
  }
  // What another kernel of the group computes must be read element by element, too.
  for (const value of kernel.members) fills.add(`value ${value}`)
  return { touches, scattered, fills, size: kernel.members.length }
}

function meets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const each of a) if (b.has(each)) return true
  return false
}
