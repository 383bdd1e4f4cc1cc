/**
 * All checks of a model, one file a rule. Each reads the model and reports; none changes it.
 * Errors are always looked for; what could not be made is known to the context as broken, so that
 * nothing is said of its absence. Warnings and remarks are given for a whole circuit only: where
 * part of it could not be built, they would follow from the mistake.
 */
import type { SweepPlan } from '../../contract/sweep.ts'
import type { SourceFile } from '../../grammar/ast.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Context } from '../model/context.ts'
import type { Setting } from '../model/experiment/resolve.ts'
import type { Model } from '../model/model.ts'
import { checkBatches } from './batch.ts'
import { checkCycles } from './cycles.ts'
import { checkDale } from './dale.ts'
import { checkDatasets } from './datasets.ts'
import { checkExampleStates } from './example-states.ts'
import { checkGradientRules, checkSurrogates } from './gradient-rules.ts'
import { checkLateReads } from './late-reads.ts'
import { checkLearning, checkRules } from './learning.ts'
import { checkStatistics, remarkNonlocal } from './locality.ts'
import { checkClaims } from './properties/index.ts'
import { checkRates } from './rates.ts'
import { checkModulators } from './modulators.ts'
import { remarkPhases } from './phases.ts'
import { remarkTransport } from './transport.ts'
import { checkDelays } from './own-delays.ts'
import { checkNoise } from './noise.ts'
import { checkStatements } from './statements.ts'
import { checkTimeConstants } from './time-constants.ts'
import { checkUnconnected } from './unconnected.ts'
import { checkUnits } from './units.ts'
import { checkUnused } from './unused.ts'

/**
 * Reports what is wrong, suspicious or worth knowing about a model and its chosen experiment; `whole`:
 * the circuit was built without an error; `sweeps`: all of the file.
 */
export function checkModel(
  context: Context,
  model: Model,
  bound: Bound,
  { experiment: resolved }: Pick<Setting, 'experiment'>,
  ast: SourceFile,
  whole: boolean,
  sweeps: readonly SweepPlan[],
): void {
  const experiment = resolved?.experiment
  checkStatistics(context, bound)
  checkUnits(context, model, bound, ast, resolved, sweeps)
  checkDatasets(context, model, ast)
  checkRules(context, model)
  checkGradientRules(context, model, bound)
  checkSurrogates(context, model)
  checkModulators(context, model, bound)
  checkBatches(context, model, bound, resolved)
  checkExampleStates(context, model, bound, ast, resolved)
  checkNoise(context, bound, experiment)
  checkCycles(context, model, bound, experiment)
  if (whole && !context.hasErrors) checkDelays(context, model)
  checkDale(context, model)
  if (resolved) {
    checkStatements(context, model, bound, resolved)
    checkRates(context, bound, resolved)
  }
  if (!whole) return
  if (!context.hasErrors) {
    checkLateReads(context, model, bound)
    checkTimeConstants(context, bound, experiment)
  }
  checkUnused(context, ast)
  // An input that is presented wrongly is not missing too.
  checkUnconnected(context, model, context.hasErrors ? undefined : resolved)
  if (resolved && !context.hasErrors) checkLearning(context, model, resolved)
  remarkPhases(context, model, bound, ast, experiment)
  remarkTransport(context, model, bound.weights)
  remarkNonlocal(context, model)
  if (!context.hasErrors)
    checkClaims(context, { model, bound, experiment, isUsed: (name) => context.used.has(name) })
}
