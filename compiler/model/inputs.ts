/** Names of inputs, as plans and measures have them. */
import type { Population } from './model.ts'

/** `x` for the input of a cell with one input and nothing else to present, else `y.target`. */
export function inputName(population: Population, input: { readonly name: string }): string {
  const { inputs, compartments } = population.cell
  return inputs.length === 1 && compartments.length === 0
    ? population.name
    : `${population.name}.${input.name}`
}
