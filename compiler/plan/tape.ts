/** How large the tape is by which the gradient goes back through time: what each step pushes for its adjoint alone. */
import type { IrModule } from '../ir/ir.ts'
import { layoutOf, sizeOf } from './layout.ts'
import { padded, type Machine } from './machine.ts'
import { surroundingsOf } from './tables.ts'

/** The tape of a module, in steps, values that are kept of each step, and bytes of all of it. */
export interface TapeSize {
  readonly steps: number
  readonly kept: number
  readonly bytes: number
}

/** Undefined where nothing learns through time; numbers have so many bytes. */
export function tapeSize(
  module: IrModule,
  machine: Machine,
  bytesOfNumber: number,
): TapeSize | undefined {
  const { adjoint, step } = module.graphs
  if (!adjoint) return undefined
  const pushed = new Set(step.stores.flatMap(({ storage, push }) => (push ? [storage] : [])))
  const loadedBy = ({ nodes }: typeof step): ReadonlySet<string> =>
    new Set(nodes.flatMap((node) => (node.op === 'load' ? [node.storage] : [])))
  const [own, back] = [loadedBy(step), loadedBy(adjoint)]
  const tape = module.storages.filter(
    ({ name }) => pushed.has(name) && back.has(name) && !own.has(name),
  )
  const { capacities } = surroundingsOf(module)
  const elements = tape.map(({ shape }) =>
    padded(machine, sizeOf(machine, layoutOf(shape), capacities).elements),
  )
  return {
    steps: Math.max(0, ...tape.map(({ ring = 0 }) => ring)),
    kept: tape.length,
    bytes: elements.reduce((sum, each) => sum + each, 0) * bytesOfNumber,
  }
}
