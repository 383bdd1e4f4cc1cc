/**
 * Clipping of changes by their norm, `sgd(rate, clip = c)`: what the rules ask of all weights and biases of one
 * `optimise` statement is one vector, which is scaled down to the norm c where it is longer. It is PyTorch's
 * `clip_grad_norm_` over the parameters of the statement, before decay and momentum:
 *
 *     change min(1, c / (norm + 1e-6)),  norm = sqrt(sum of all squares)
 *
 * What a phase freezes is no part of the vector while it does.
 */
import type { ValueId } from '../../ir/ir.ts'
import type { Optimiser } from '../../model/experiment/optimisers.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { scalarValue } from '../scalars.ts'

/** Keeps the quotient finite where nothing changes. */
const SMALL = 1e-6

/**
 * Changes as they are clipped, by storage; without those that no statement clips. The optimisers of one
 * statement are several where phases freeze a part of what it moves.
 */
export function clipped(
  { context: { builder, freedom } }: CircuitLowering,
  optimisers: readonly Optimiser[],
  asked: ReadonlyMap<string, ValueId>,
): ReadonlyMap<string, ValueId> {
  const all = new Map<string, ValueId>()
  for (const group of statementsOf(optimisers)) {
    const norm = group[0]?.clip?.norm
    if (!norm) continue
    const squares = group.flatMap((optimiser) => {
      const changes = optimiser.targets.flatMap(({ storage }) => asked.get(storage) ?? [])
      const own = changes.map((each) => builder.reduce('sum', builder.map('square', each)))
      const sum = sumOf(builder, own)
      if (sum === undefined) return []
      const moves = builder.map('gt', builder.scalar('rate', optimiser.name), builder.constant(0))
      return [optimiser.pauses ? builder.map('mul', moves, sum) : sum]
    })
    const total = sumOf(builder, squares)
    if (total === undefined) continue
    const length = builder.map('add', builder.map('sqrt', total), builder.constant(SMALL))
    const factor = builder.map(
      'min',
      builder.constant(1),
      builder.map('div', scalarValue(builder, freedom, norm), length),
    )
    // A norm that no number holds would scale all to 0, as if nothing were asked for.
    const isSound = builder.map('lt', length, builder.constant(Infinity))
    const known = builder.map('select', isSound, factor, builder.constant(Number.NaN))
    for (const { storage } of group.flatMap(({ targets }) => targets)) {
      const change = asked.get(storage)
      if (change !== undefined) all.set(storage, builder.map('mul', known, change))
    }
  }
  return all
}

type Builder = CircuitLowering['context']['builder']

const sumOf = (builder: Builder, [first, ...rest]: readonly ValueId[]): ValueId | undefined =>
  first === undefined ? undefined : rest.reduce((sum, each) => builder.map('add', sum, each), first)

/** The optimisers that clip, by the statement that they come from. */
function statementsOf(optimisers: readonly Optimiser[]): readonly (readonly Optimiser[])[] {
  const groups = new Map<number, Optimiser[]>()
  for (const optimiser of optimisers) {
    if (!optimiser.clip) continue
    const { statement } = optimiser.clip
    const group = groups.get(statement)
    if (group) group.push(optimiser)
    else groups.set(statement, [optimiser])
  }
  return [...groups.values()]
}
