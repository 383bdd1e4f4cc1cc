/**
 * What takes long in an element-wise loop gets a loop of its own. Between an exponential and what is computed of it,
 * a processor that waits can look ahead no further than some hundred instructions: a long loop around the
 * exponential leaves half of its time unused, and reloads most constants. By themselves, several vectors of exponentials
 * go side by side. Every value is computed as it was; what the long function gives lies in memory in between.
 */
import type { WorkId } from '../ir/ids.ts'
import { nodeAt } from '../ir/operands.ts'
import { longFunctions } from './cost.ts'
import { readKernels, type Kernel, type Kernels } from './kernels.ts'
import type { Work } from './values.ts'

/** With more of these in a loop there is enough to do side by side. */
const MOST_FUNCTIONS = 2
/** Cells and other values below which a loop more costs what it saves. */
const FEWEST_CELLS = 64
const FEWEST_OTHERS = 16

/** The kernels with such loops split in two; the very same if there are none. */
export function splitKernels(work: Work, kernels: Kernels): Kernels {
  const split = kernels.kernels.flatMap((kernel) => partsOf(work, kernel))
  return split.length === kernels.kernels.length ? kernels : readKernels(work, split)
}

/** A kernel, or what its first long functions need with these, and the rest. */
function partsOf(work: Work, kernel: Kernel): readonly Kernel[] {
  const { kind, space, members } = kernel
  const { rows, columns } = space
  if (kind !== 'map' || rows !== 1 || typeof columns !== 'number' || columns < FEWEST_CELLS)
    return [kernel]
  const isLong = (id: WorkId): boolean => {
    const { making } = nodeAt(work.values, id)
    return making.kind === 'map' && longFunctions.has(making.fn)
  }
  const functions = members.filter(isLong)
  if (functions.length === 0 || functions.length > MOST_FUNCTIONS) return [kernel]
  const own = new Set(members)
  /** What each needs within the kernel, itself too. */
  const needs = functions.map((id) => neededFor(work, own, id))
  const first = functions.filter((id, i) =>
    functions.every((other) => other === id || needs[i]?.has(other) !== true),
  )
  const early = new Set(first.flatMap((id) => [...(needs[functions.indexOf(id)] ?? [])]))
  if (members.length - early.size < FEWEST_OTHERS) return [kernel]
  return [
    { ...kernel, members: members.filter((id) => early.has(id)) },
    { ...kernel, members: members.filter((id) => !early.has(id)) },
  ]
}

function neededFor(work: Work, own: ReadonlySet<WorkId>, id: WorkId): ReadonlySet<WorkId> {
  const needed = new Set<WorkId>()
  const visit = (each: WorkId): void => {
    if (!own.has(each) || needed.has(each)) return
    needed.add(each)
    for (const { value } of nodeAt(work.values, each).args) visit(value)
  }
  visit(id)
  return needed
}
