/** `ccn plot`: draws what a run recorded and measured, as SVG. */
import { suggest } from '../grammar/diagnostics/suggest.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import { plot, type Mark } from '../runtime/report/plot.ts'
import { readRecorded, recordedNames } from '../runtime/node/train/recorded.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import { timeAt, Timeline } from '../contract/timeline.ts'
import { CliError } from '../cli/errors.ts'
import { openRun } from './runs.ts'
import type { Session } from '../cli/session.ts'

/** Arguments of `ccn plot`. */
export interface PlotArguments {
  readonly output?: string
  readonly from?: number
  readonly to?: number
  readonly out: string
}

/** More phases than this are not marked. */
const MOST_MARKS = 20

/** Draws a run's series, all of them unless some are named. */
export async function plotRun(
  session: Session,
  target: string,
  names: readonly string[],
  { output, from, to, out }: PlotArguments,
): Promise<void> {
  const run = await openRun(session, target, session.path(out))
  const known = recordedNames(run)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const guess = suggest(unknown, known)
    throw new CliError(`Run ${run.name} has no ${unknown}.`, {
      hint: guess ? `Did you mean ${guess}?` : `It has ${known.join(', ') || 'nothing to draw'}.`,
    })
  }
  const series = await readRecorded(run, names.length > 0 ? names : known)
  if (series.length === 0) {
    throw new CliError(`Run ${run.name} has nothing to draw yet.`, {
      hint: 'What is kept is said in the experiment, e.g. `record h.e every 10 steps`.',
    })
  }
  const { clock } = run.manifest.plan
  const picture = plot(series, {
    unit: clock ? 's' : 'steps',
    marks: marksOf(run),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  })
  const file = output === undefined ? run.plotPath : session.path(output)
  await writeFileAtomic(file, picture)
  session.print(session.shown(file))
}

/** Where the phases of a run by a clock begin, if they are few. */
function marksOf({ manifest: { plan } }: RunFolder): readonly Mark[] {
  const { clock, phases } = plan
  if (!clock || phases.length === 0) return []
  const timeline = new Timeline(phases, { batches: 0, batch: plan.batch })
  const marks: Mark[] = []
  for (let step = 0; step < clock.steps && marks.length <= MOST_MARKS;) {
    const { phase, ends } = timeline.at(step)
    marks.push({ time: timeAt(clock, step), label: phase?.name ?? '' })
    step = ends
  }
  return marks.length > MOST_MARKS ? [] : marks
}
