/**
 * What a picture of a difference shows: the second circuit, and what the first one had besides. Of an array of
 * populations that has lost some, those that are left are drawn, with what led to the others.
 */
import type { Description } from '../describe.ts'
import type { Marks } from '../graph/circuit.ts'

/** The description of the circuit after, with the populations and connections that are marked as removed. */
export function withRemoved(
  before: Description,
  after: Description,
  { populations = {}, connections = {} }: Marks,
): Description {
  const isRemoved = (marks: Marks['populations'], name: string): boolean =>
    marks !== undefined && Object.hasOwn(marks, name) && marks[name] === 'removed'
  return {
    ...after,
    populations: [
      ...after.populations,
      ...before.populations.filter(({ name }) => isRemoved(populations, name)),
    ],
    connections: [
      ...after.connections,
      ...before.connections.filter(({ name }) => isRemoved(connections, name)),
    ],
  }
}
