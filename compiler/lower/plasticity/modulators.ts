/** What a modulator is in a rule: a number of each example, [examples, 1]; of a single example one number. */
import type { Modulator } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { observedValue } from '../experiment/observed.ts'
import type { Term } from './terms.ts'

/** The modulator as terms; undefined after a report. */
export function modulatorTerms(
  circuit: CircuitLowering,
  modulator: Modulator,
): readonly Term[] | undefined {
  const { builder, clock } = circuit.context
  const found = observedValue.modulator(circuit, modulator)
  if (found === undefined) return undefined
  if (builder.shapeOf(found).length === 0) return [{ scalar: found }]
  // It multiplies what each postsynaptic cell has.
  return clock?.examples === 1 ? [{ scalar: builder.reshape(found, []) }] : [{ post: found }]
}
