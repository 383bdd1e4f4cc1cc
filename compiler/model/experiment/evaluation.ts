/**
 * `evaluate every 500 presentations { ... }`: how test examples are passed through a circuit with a past, and
 * what is measured of them; in a circuit without a past, what is measured besides `error` and `loss`.
 */
import type {
  EvaluateKeep,
  EvaluateMeasures,
  EvaluateStatement,
  Expression,
  ProtocolPhase,
} from '../../../grammar/ast.ts'
import type { ClockPlan, PhasePlan } from '../../../contract/plan.ts'
import { inSteps, type Clock } from '../clock.ts'
import { statesOf } from '../example-states.ts'
import { evaluateNumber } from '../evaluate.ts'
import type { Experiment } from '../model.ts'
import { unitOf } from '../whole-steps.ts'
import type { Resolving } from './context.ts'
import { resolveEvery } from './durations.ts'
import { populationsOf } from './learnables.ts'
import { isOfWeightsAlone, measureBody, type MeasureBody } from './measures.ts'
import { resolvePhase } from './protocol.ts'
import { statementsOf } from './statements.ts'
import { textOf } from './text.ts'

/** A measure of test examples. */
export interface BoundEvaluated {
  readonly label: string
  readonly expression: Expression
  readonly body: MeasureBody
  /** What each example and step counts for; alike, without it. */
  readonly where?: Expression
  /** The last steps that it is averaged over. */
  readonly over: number
}

export interface BoundEvaluation {
  readonly statement: EvaluateStatement
  /** Steps between evaluations, or without a clock epochs; absent: at the beginning and at the end alone. */
  readonly every?: number
  /** Steps for which examples are presented. */
  readonly steps: number
  readonly phases: readonly PhasePlan[]
  /** Storages of states that examples take over from training. */
  readonly keep: readonly string[]
  /** None said: `error` and `loss`. */
  readonly measures: readonly BoundEvaluated[]
}

/** How runs are evaluated; undefined where nothing says so, or after a report. */
export function resolveEvaluation(
  context: Resolving,
  experiment: Experiment,
  lasting: Clock | undefined,
  run: ClockPlan | undefined,
): BoundEvaluation | undefined {
  const [statement, second] = statementsOf(experiment, 'Evaluate')
  const { diagnostics } = context
  if (!statement) return undefined
  const { name } = experiment.item.name
  if (second)
    diagnostics.report('repeatedStatement', second.span, {
      statement: 'evaluate',
      experiment: name,
    })
  if (!statementsOf(experiment, 'Data')[0] && !diagnostics.lost.has('data')) {
    const gaps = { experiment: name, statement: 'data' }
    const hint = 'an evaluation is of the test examples of a data set, as in `data digits`'
    return diagnostics.report('missingStatement', statement.span, gaps, { hint })
  }
  // Whether anything goes on in time is not known of a circuit that is not whole.
  if (context.step === 'unknown' || (context.step !== undefined && !run)) return undefined
  const kinds = {
    phases: statement.members.filter((each) => each.kind === 'ProtocolPhase'),
    keeps: statement.members.filter((each) => each.kind === 'EvaluateKeep'),
    measures: statement.members.filter((each) => each.kind === 'EvaluateMeasures'),
  }
  if (!run) {
    for (const { span } of [...kinds.phases, ...kinds.keeps])
      diagnostics.report('badValue', span, {
        what: 'An evaluation of a circuit without a past',
        expected: 'of measures alone',
        found: 'of phases or states',
      })
  }
  const phases = kinds.phases.map((phase) => evaluationPhase(context, experiment, phase))
  const ofPhases = phases.reduce((sum, { lasts }) => sum + lasts.count, 0)
  const steps = ofPhases > 0 ? ofPhases : (run?.hold ?? 1)
  const every = statement.every && intervalOf(context, experiment, statement.every, run)
  return {
    statement,
    ...(every !== undefined && { every }),
    steps,
    phases,
    keep: kinds.keeps.flatMap((each) => keptStates(context, experiment, each)),
    measures: kinds.measures.flatMap((each) =>
      evaluated(context, experiment, each, { clock: lasting, steps }),
    ),
  }
}

/** A phase of an evaluation: nothing learns in it. */
function evaluationPhase(
  context: Resolving,
  { scope }: Experiment,
  phase: ProtocolPhase,
): PhasePlan {
  for (const each of phase.settings) {
    if (each.kind !== 'ProtocolAction') continue
    context.diagnostics.report('badValue', each.span, {
      what: 'A phase of an evaluation',
      expected: 'settings alone, as nothing learns in it',
      found: `\`${each.action}\``,
    })
  }
  const { plan } = resolvePhase(context, scope, phase)
  return { ...plan, plasticity: false, frozen: [] }
}

/** How often, in steps or epochs. */
function intervalOf(
  context: Resolving,
  { scope }: Experiment,
  expression: Expression,
  run: ClockPlan | undefined,
): number | undefined {
  const { diagnostics, step } = context
  const value = evaluateNumber(diagnostics, scope, expression)
  if (!value) return undefined
  /** Of a circuit that could not be made whole it is not known whether it has a past. */
  const isUnknown = !run && (diagnostics.isPartial || step !== undefined)
  const bad = (expected: string): undefined =>
    isUnknown
      ? undefined
      : diagnostics.report('badValue', expression.span, {
          what: 'How often a run is evaluated',
          expected,
          found: textOf(context, expression),
        })
  if (unitOf(value) === 'presentation') {
    if (!run) return bad('a number of epochs')
    const whole = Number.isSafeInteger(value.value) && value.value >= 1
    return whole ? value.value * run.hold : bad('a whole number of presentations, at least 1')
  }
  const every = resolveEvery({ diagnostics, scope, step }, expression)
  if (!every) return undefined
  if (!run && every.unit !== 'epochs') return bad('a number of epochs')
  return every.count
}

/** The storages of `keep h.theta`. */
function keptStates(
  context: Resolving,
  { scope }: Experiment,
  { targets }: EvaluateKeep,
): readonly string[] {
  return targets.flatMap((target): readonly string[] => {
    if (target.kind === 'Member') {
      const populations = populationsOf(context, scope, target.object)
      if (!populations) return []
      const { member } = target
      const named = populations.flatMap(({ cell }) =>
        statesOf(cell).filter((each) => each.member.name.name === member.name),
      )
      if (named.some((each) => each.member.perExample)) {
        context.diagnostics.report('badValue', target.span, {
          what: `What \`keep\` names`,
          expected: 'a state that is the same for every example',
          found: 'one that each keeps for itself',
        })
        return []
      }
      const have = populations.filter(({ cell }) =>
        statesOf(cell).some((each) => each.member.name.name === member.name),
      )
      if (have.length === populations.length && have.length > 0)
        return have.map(({ name }) => `${name}.${member.name}`)
    }
    context.diagnostics.report('wrongKind', target.span, {
      name: textOf(context, target),
      found: 'no state',
      expected: 'a state of a population, as in `keep h.theta`,',
    })
    return []
  })
}

/** Why an evaluation cannot take a measure; undefined where it can. */
function hindrance(
  body: MeasureBody,
  { clock, isWeighted }: { readonly clock: Clock | undefined; readonly isWeighted: boolean },
): string | undefined {
  switch (body.kind) {
    case 'error':
    case 'loss':
      return undefined
    case 'statistic':
      if (!isWeighted || !['sum', 'max_of', 'min_of'].includes(body.name)) return undefined
      return 'with `where` it would be a mean: measure `mean`, `std` or `variance` so'
    case 'rate':
      return clock ? undefined : 'events have a rate in a circuit that goes on in time'
    case 'cv':
      if (!clock) return 'there are intervals between events in a circuit that goes on in time'
      return isWeighted
        ? 'intervals lie between steps, which count all or not: leave `where` out'
        : undefined
    case 'synapses':
    case 'norm':
    case 'angle':
    case 'ratio':
      if (isWeighted) return 'it is of weights, not of single examples: leave `where` out'
      if (!clock || isOfWeightsAlone(body)) return undefined
      return 'what learns in a circuit that goes on in time is measured in training'
  }
}

function evaluated(
  context: Resolving,
  { scope, item }: Experiment,
  { measures, over: written }: EvaluateMeasures,
  { clock, steps }: { readonly clock: Clock | undefined; readonly steps: number },
): readonly BoundEvaluated[] {
  const { diagnostics } = context
  const over = windowOf(context, scope, written, { clock, steps })
  if (over === undefined) return []
  const labels = new Set<string>()
  return measures.flatMap(({ name, value, where }): readonly BoundEvaluated[] => {
    const label = name?.name ?? textOf(context, value)
    if (labels.has(label)) {
      diagnostics.report('repeatedStatement', value.span, {
        statement: label,
        experiment: item.name.name,
      })
      return []
    }
    labels.add(label)
    const body = measureBody(context, scope, value)
    if (!body) return []
    const hint = hindrance(body, { clock, isWeighted: where !== undefined })
    if (hint === undefined)
      return [{ label, expression: value, body, ...(where && { where }), over }]
    diagnostics.report('notEvaluated', value.span, { measure: label }, { hint })
    return []
  })
}

/** The steps of `over last 5 steps`; 1 where nothing is said. */
function windowOf(
  context: Resolving,
  scope: Experiment['scope'],
  written: Expression | undefined,
  { clock, steps }: { readonly clock: Clock | undefined; readonly steps: number },
): number | undefined {
  if (!written) return 1
  const found = clock && inSteps(context.diagnostics, clock, scope, written)
  if (clock && found === undefined) return undefined
  if (found !== undefined && Number.isSafeInteger(found) && found >= 1 && found <= steps)
    return found
  // Whether the circuit goes on in time is not known of a part of it.
  if (!clock && context.diagnostics.hasErrors) return undefined
  return context.diagnostics.report('badValue', written.span, {
    what: 'What is averaged over',
    expected: clock
      ? `some of the ${steps} last steps of an evaluation`
      : 'said of a circuit that goes on in time',
    found: textOf(context, written),
  })
}
