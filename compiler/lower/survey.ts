/**
 * What lowering has to say of a model that cannot be lowered, because something else in it is wrong:
 * so that one run reports all errors of a file. Nothing is made, and only what is independent of the
 * known errors is said: no place that one of them touches, and nothing of a circuit that is not
 * whole.
 */
import type { Span } from '../../grammar/ast.ts'
import { codes } from '../../grammar/diagnostics/codes.ts'
import { GraphBuilder } from '../ir/builder.ts'
import type { Bound } from '../model/bind/index.ts'
import { Context } from '../model/context.ts'
import type { Experiment, Model } from '../model/model.ts'
import { indexModel } from './context.ts'
import { resolveExperiment } from './experiment/experiment.ts'
import { lowerModel } from './module.ts'
import { freedomOf } from './scalars.ts'

/** Said by checks in their own words, or of models that are otherwise right. */
const leftOut: ReadonlySet<string> = new Set(
  [codes.cycle, codes.noLowering, codes.noLoss].map((each) => each.code),
)

/** What would be too much work to make is not made for what could be said of it. */
const tooMuch: ReadonlySet<string> = new Set(
  [codes.tooDeep, codes.tooLarge].map((each) => each.code),
)

/** Reports the errors that lowering would find. */
export function surveyModel(
  context: Context,
  model: Model,
  bound: Bound,
  experiment: Experiment | undefined,
  sources: ReadonlyMap<string, string>,
): void {
  if (context.brokenUnknown || context.lost.size > 0) return
  if (context.diagnostics.some((each) => tooMuch.has(each.code))) return
  const found = new Context()
  for (const name of context.broken) found.broken.add(name)
  found.brokenCells = context.brokenCells
  try {
    if (context.broken.size === 0) lowerModel(found, model, bound, experiment, sources)
    else if (experiment) {
      const shared = {
        model,
        bound,
        sources,
        index: indexModel(model),
        freedom: freedomOf(model.params),
      }
      const builder = new GraphBuilder('survey')
      resolveExperiment({ ...shared, diagnostics: found, builder }, experiment)
    }
  } catch {
    // Lowering takes a model for granted that was checked, and trips over what is wrong with this one:
    // that is reported already, and must not be hidden by how it ended here.
  }
  const known = context.diagnostics.filter((each) => each.severity === 'error')
  for (const each of found.diagnostics) {
    if (each.severity !== 'error' || leftOut.has(each.code)) continue
    if (!known.some(({ span }) => touch(span, each.span))) context.add(each)
  }
}

function touch(a: Span, b: Span): boolean {
  return a.file === b.file && a.start <= b.end && b.start <= a.end
}
