/**
 * Refractory times as the model says them: made of numbers and parameters, they are counted in steps when
 * the model is compiled; made of what a cell has of its own, anew at each detection.
 */
import { walk } from '../../grammar/walk.ts'
import type { CellInstance, Equation } from './model.ts'

/** A detection with its refractory time. */
export type RefractoryEquation = Equation & {
  readonly refractory: NonNullable<Equation['refractory']>
}

/** Whether a detection has a refractory time. */
export const isRefractory = (equation: Equation): equation is RefractoryEquation =>
  equation.refractory !== undefined

/** Every equation of a cell, those of its compartments too. */
export const equationsOf = (cell: CellInstance): readonly Equation[] => [
  ...cell.equations,
  ...cell.compartments.flatMap((each) => each.equations),
]

/** Whether a refractory time is made of numbers and parameters alone. */
export function isFixedTime(cell: CellInstance, { refractory }: RefractoryEquation): boolean {
  const states = [...cell.states, ...cell.compartments.flatMap((each) => each.states)]
  const own = new Set([
    ...[...equationsOf(cell), ...cell.compartments, ...cell.inputs, ...cell.biases].map(
      (each) => each.name,
    ),
    ...states.map((each) => each.member.name.name),
  ])
  let fixed = true
  walk(refractory.time, (node) => {
    if (node.kind === 'Name' && own.has(node.name)) fixed = false
    if (node.kind === 'Member') fixed = false
  })
  return fixed
}

/** The detections of a cell that hold a state. */
export const holdersOf = (cell: CellInstance, state: string): readonly RefractoryEquation[] =>
  equationsOf(cell)
    .filter(isRefractory)
    .filter(({ refractory }) => refractory.holding.some(({ name }) => name === state))
