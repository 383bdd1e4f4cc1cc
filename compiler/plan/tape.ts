/** How large the tape is by which the gradient goes back through time: what each step pushes for its adjoint alone. */
import type { IrModule, StorageInfo } from '../ir/ir.ts'
import { layoutOf, sizeOf } from './layout.ts'
import { padded, type Machine } from './machine.ts'
import { surroundingsOf } from './tables.ts'

/** The tape of a module, in steps, values that are kept of each step, and bytes of all of it. */
export interface TapeSize {
  readonly steps: number
  readonly kept: number
  readonly bytes: number
  /** Of what is copied at the beginning of each segment, where the tape holds no whole window: all copies. */
  readonly copies?: { readonly kept: number; readonly bytes: number }
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
  const bytesIn = (storages: readonly StorageInfo[]): number =>
    storages.reduce(
      (sum, { shape }) =>
        sum + padded(machine, sizeOf(machine, layoutOf(shape), capacities).elements),
      0,
    ) * bytesOfNumber
  // Copies are written and read by whoever runs the circuit alone.
  const graphs = Object.entries(module.graphs).flatMap(([name, graph]) =>
    name === 'init' ? [] : graph,
  )
  const touched = new Set(
    graphs.flatMap((graph) => [...loadedBy(graph), ...graph.stores.map(({ storage }) => storage)]),
  )
  const copies = module.storages.filter(({ name, role }) => role === 'state' && !touched.has(name))
  return {
    steps: Math.max(0, ...tape.map(({ ring = 0 }) => ring)),
    kept: tape.length,
    bytes: bytesIn(tape),
    ...(copies.length > 0 && { copies: { kept: copies.length, bytes: bytesIn(copies) } }),
  }
}
