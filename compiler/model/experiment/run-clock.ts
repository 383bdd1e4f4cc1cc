/** How long a circuit with a past is run, and how long what is presented to it is held. */
import type { ExperimentStatement, Expression, PresentStatement } from '../../../grammar/ast.ts'
import type { ClockPlan, ProtocolPart } from '../../../contract/plan.ts'
import { Timeline } from '../../../contract/timeline.ts'
import type { Context } from '../context.ts'
import type { Experiment } from '../model.ts'
import { resolveDuration } from './durations.ts'

type Value = Extract<ExperimentStatement, { kind: 'Value' }>

/** The clock of a run; undefined after a report. */
export function resolveRun(
  diagnostics: Context,
  experiment: Experiment,
  step: number,
  phases: readonly ProtocolPart[],
  presents: readonly PresentStatement[],
): ClockPlan | undefined {
  const durations = { diagnostics, scope: experiment.scope, step }
  const lasts = (value: Expression, what: string): number | undefined =>
    resolveDuration(durations, value, what)?.count
  const said = presents.flatMap(({ duration }) => duration ?? [])
  const holds = said.map((value) => ({ value, hold: lasts(value, 'How long examples are shown') }))
  const hold = holds[0]?.hold ?? 1
  for (const other of holds) {
    if (other.hold === undefined || other.hold === hold) continue
    diagnostics.report('badValue', other.value.span, {
      what: 'How long examples are shown',
      expected: `the same for all that is presented, ${hold} steps`,
      found: other.hold,
    })
  }
  const ofPhases = new Timeline(phases, { batches: 0, batch: 1 }).steps
  const duration = valueOf(experiment, 'duration')
  if (phases.length === 0 && !duration) {
    // What is wrong with a protocol has been said: it is there.
    if (hasProtocol(experiment)) return undefined
    const { name, span } = experiment.item.name
    return diagnostics.report(
      'missingStatement',
      span,
      { experiment: name, statement: 'duration' },
      { hint: 'say how long the run is, as in `duration 10 s`, or give it a `protocol`' },
    )
  }
  const steps = phases.length > 0 ? ofPhases : lasts(duration!.value, '`duration`')
  const unroll = valueOf(experiment, 'unroll')
  const window = unroll && lasts(unroll.value, '`unroll`')
  return steps === undefined
    ? undefined
    : { step, steps, hold, ...(window !== undefined && { window }) }
}

function valueOf({ statements }: Experiment, name: string): Value | undefined {
  return statements.find((each): each is Value => each.kind === 'Value' && each.name.name === name)
}

/** Whether a protocol is written, of any phase or repetition. */
function hasProtocol({ statements }: Experiment): boolean {
  return statements.some((each) => each.kind === 'Protocol' && each.phases.length > 0)
}
