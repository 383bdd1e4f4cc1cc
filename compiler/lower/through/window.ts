/**
 * Learning through time, by windows of steps: at the end of each the gradient of the sum of the circuit's loss over
 * its steps is found by going back through them, the states at its beginning taken as given, and what learns by the
 * gradient is moved. What must be kept for that, and how it is called.
 */
import type { Graph, StorageShape, Shape } from '../../ir/ir.ts'
import type { Memory } from '../circuit/memory.ts'

/** What reaches a state before a step of the cotangent of the losses from that step on. */
export const adjointName = (state: string, local: string | undefined): string =>
  `adjoint of ${state}${ofLocal(local)}`

/** What reached what a ring was pushed, over one of its lags: a ring as well. */
export const lateAdjointName = (
  ring: string,
  lag: number,
  local: string | undefined,
  isBySynapse = false,
): string =>
  `adjoint of ${ring}, ${isBySynapse ? `by synapses ${lag + 1}` : `${lag} ago`}${ofLocal(local)}`

/** Of losses that are local to a population. */
const ofLocal = (local: string | undefined): string =>
  local === undefined ? '' : ` for the loss of ${local}`

/** The gradient of the window so far. */
export const gradientName = (storage: string): string => `gradient of ${storage}`

/** The change by gradient descent of the window that ended last. */
export const changeName = (storage: string): string => `backprop(${storage}) through time`

/** What the rule made of it, where that is something else. */
export const askedName = (storage: string): string => `update(${storage}) through time`

/** A value of each step of the window, for the steps backwards: a ring. */
export const tapeName = (number: number): string => `tape ${number}`

/** What a ring was pushed, for the steps backwards: a ring of as many rows more as a window has steps. */
export const longRingName = (ring: string): string => `tape of ${ring}`

/** What a state was at the beginning of each segment of a window. */
export const checkpointName = (storage: string): string => `checkpoints of ${storage}`

/** A graph in which the number of examples, which is fixed where there is a past, stands as that number. */
export function withExamples(graph: Graph, examples: number): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.op === 'scalar' && node.source === 'batch'
        ? { op: 'const', value: examples, shape: node.shape, section: node.section }
        : node,
    ),
  }
}

/** The shape of a value as a row of a tape. */
export function rowOf(shape: Shape): StorageShape {
  const fixed = shape.map((dim) => {
    if (dim === 'batch') throw new Error('What is taped has a number of examples that may change')
    return dim
  })
  if (fixed.length === 0) return [1, 1]
  if (fixed.length === 1) return [1, ...fixed]
  if (fixed.length === 2) return fixed
  const [rows = 1, ...rest] = fixed
  return [rows, rest.reduce<number>((product, dim) => product * Number(dim), 1)]
}

/** A ring of so many rows, each of a shape. */
export const ringShape = (rows: number, [first = 1, ...rest]: StorageShape): StorageShape => [
  rows * Number(first),
  ...rest,
]

/** What is kept for a window, and is 0 at first. */
export function windowMemory(name: string, shape: StorageShape, ring?: number): Memory {
  return {
    info: { name, shape, role: 'state', ...(ring !== undefined && { ring }) },
    initial: (context) => context.builder.constant(0),
  }
}
