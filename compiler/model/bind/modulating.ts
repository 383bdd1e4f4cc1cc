/** What a modulator is made of: variables of populations, in the same step. */
import { walk } from '../../../grammar/walk.ts'
import type { Modulator, Population } from '../model.ts'
import { wholeOf } from '../slices.ts'
import type { Bound } from './index.ts'
import type { CellVariable } from './reference.ts'

/** A variable of a population. */
export interface MadeOf {
  readonly population: Population
  readonly variable: CellVariable
}

/** The variables that a modulator is made of; of a slice, those of its whole population. */
export function partsOfModulator(
  { environments, references }: Pick<Bound, 'environments' | 'references'>,
  { value, scope }: Modulator,
): readonly MadeOf[] {
  const environment = environments.modulator(scope)
  const parts: MadeOf[] = []
  walk(value, (node) => {
    if (node.kind !== 'Name' && node.kind !== 'Member') return true
    if (!references.has(environment, node)) return true
    const reference = references.of(environment, node)
    if (reference.kind !== 'path') return true
    for (const { population, of } of reference.path.elements)
      if (of.kind !== 'number' && of.kind !== 'boolean')
        parts.push({ population: wholeOf(population), variable: of })
    return false
  })
  return parts
}
