/** `state u per example = 0 : ...`: states of cells that each example of the data set keeps for itself. */
import type { CellInstance, Model, State } from './model.ts'

/** The states of a cell, those of its compartments too. */
export const statesOf = ({ states, compartments }: CellInstance): readonly State[] => [
  ...states,
  ...compartments.flatMap((each) => each.states),
]

/** All such states of a model, with what each is stored as. */
export function statesOfExamples(
  model: Model,
): readonly { readonly storage: string; readonly state: State }[] {
  return model.populations.flatMap(({ name, cell }) =>
    statesOf(cell)
      .filter(({ member }) => member.perExample)
      .map((state) => ({ storage: `${name}.${state.member.name.name}`, state })),
  )
}
