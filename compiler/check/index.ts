/**
 * All checks of a model, one file a rule. Each reads the model and reports; none changes it.
 * Errors are always looked for. Warnings and remarks are given for a whole circuit only: where part
 * of it could not be built, they would follow from the mistake.
 */
import type { SourceFile } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import type { Experiment, Model } from '../model/model.ts'
import { Environments } from './environment.ts'
import { remarkNonlocal } from './locality.ts'
import { checkNames } from './names.ts'
import { placesOf } from './places.ts'

/** Reports what is wrong, suspicious or worth knowing about a model and its chosen experiment. */
export function checkModel(
  context: Context,
  model: Model,
  experiment: Experiment | undefined,
  ast: SourceFile,
): void {
  const whole = !context.hasErrors
  const environments = new Environments(model)
  const places = placesOf(context, model, environments, ast)
  checkNames(context, environments, places)
  if (!whole) return
  remarkNonlocal(context, model)
}
