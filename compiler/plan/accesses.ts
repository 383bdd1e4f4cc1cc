/** What kernels read and write in memory. */
import { nodeAt } from '../ir/operands.ts'
import type { Kernel, Kernels } from './kernels.ts'
import type { Operand, Work, WorkValue } from './values.ts'
import type { WorkId } from '../ir/ids.ts'

/** Every value that a kernel reads from memory, with how it reads it. */
export function readsOf(
  work: Work,
  kernel: Kernel,
): readonly { readonly operand: Operand; readonly by: WorkValue }[] {
  const own = new Set([...kernel.inner, ...kernel.members])
  if (kernel.producer !== undefined) own.add(kernel.producer)
  return [...own].flatMap((id) => {
    const by = nodeAt(work.values, id)
    return by.args.flatMap((operand) => (own.has(operand.value) ? [] : [{ operand, by }]))
  })
}

/** The values of a kernel that lie in memory. */
export function writesOf(kernel: Kernel, kernels: Kernels): readonly WorkId[] {
  const { producer, members } = kernel
  return [...(producer === undefined ? [] : [producer]), ...members].filter((id) =>
    kernels.stored.has(id),
  )
}
