/** All checks of a model, one file a rule. Each reads the model and reports; none changes it. */
import type { Context } from '../model/context.ts'
import type { Experiment, Model } from '../model/model.ts'

export function checkModel(
  _context: Context,
  _model: Model,
  _experiment: Experiment | undefined,
  _sources: ReadonlyMap<string, string>,
): void {}
