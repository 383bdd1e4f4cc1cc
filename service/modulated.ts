/** Which rules are in use, and which rules and cells of a model read each modulator. */
import type { Connection, Model, Modulator } from '../compiler/model/model.ts'
import { modulatorsHeardBy, modulatorsReadBy } from '../compiler/model/modulators.ts'

/** The modulators that a rule reads, if any. */
export function modulatedBy(model: Model, rule: Connection['rule']) {
  const modulators = rule ? modulatorsReadBy(model, rule).map(({ name }) => name) : []
  return modulators.length > 0 ? { modulators } : {}
}

/** Rules by which anything learns, each once. */
export function rulesOf(model: Model) {
  return [...new Set(rulesInUse(model).map(({ item }) => item))]
}

const rulesInUse = ({ connections, populations }: Model) =>
  [
    ...connections.map(({ rule }) => rule),
    ...populations.flatMap(({ cell }) => cell.biases.map(({ rule }) => rule)),
  ].filter((rule) => rule !== undefined)

/** The names of the rules that read a modulator. */
export const rulesReading = (model: Model, modulator: Modulator): readonly string[] => [
  ...new Set(
    rulesInUse(model)
      .filter((rule) => modulatorsReadBy(model, rule).includes(modulator))
      .map(({ item }) => item.name.name),
  ),
]

/** The populations, by family, whose cells read a modulator. */
export function cellsReading(model: Model, modulator: Modulator) {
  const reading = model.populations.filter(({ cell }) =>
    modulatorsHeardBy(model, cell).includes(modulator),
  )
  const cells = [...new Set(reading.map(({ family }) => family))]
  return cells.length > 0 ? { cells } : {}
}
