/** Statements of an experiment by kind. */
import type { ExperimentStatement } from '../../../grammar/ast.ts'
import type { Experiment } from '../model.ts'

type Of<K extends ExperimentStatement['kind']> = Extract<ExperimentStatement, { kind: K }>

export function statementsOf<K extends ExperimentStatement['kind']>(
  { statements }: Experiment,
  kind: K,
): readonly Of<K>[] {
  return statements.filter((each): each is Of<K> => each.kind === kind)
}
