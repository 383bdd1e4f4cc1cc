/** Draws what a run recorded and measured, as SVG, PNG or PDF. */
import type { ExperimentPlan } from '../contract/plan.ts'
import { isEvents, type Events, type Series } from '../runtime/report/series.ts'
import { timeAt, Timeline } from '../contract/timeline.ts'
import { suggest } from '../grammar/diagnostics/suggest.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import { readRecorded, recordedNames } from '../runtime/node/train/recorded.ts'
import { misuse, ProjectError } from './errors.ts'
import type { Phase } from './plots/chart-data.ts'
import { plotter, svgOf } from './plots/plotter.ts'
import { paper } from './plots/theme.ts'
import { drawTimeline } from './plots/timeline.ts'
import { pictureKind, saveSvgAs } from './pictures.ts'
import { copiesIn, findNamed, requireOne } from './runs.ts'
import { pathIn, surroundings, type Surroundings } from './surroundings.ts'

/** What to draw, and where to. */
export interface PlotOptions extends Partial<Surroundings> {
  /** Variables, weights and measures, as in `h.e`; default: all of them. */
  readonly names?: readonly string[] | undefined
  /** The picture's file; SVG, PNG or PDF by its name; default `plot.svg` in the run. */
  readonly output?: string | undefined
  /** First and last second, or step in a run by epochs. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Folder of runs; default `runs`. */
  readonly out?: string | undefined
}

/** More phases than this cannot be told apart. */
const MOST_PHASES = 1000

/** Draws every copy of a run of several, or the run, and gives the paths of the pictures. Throws as `plot`. */
export async function plots(
  target: string,
  options: PlotOptions,
  where: Surroundings,
): Promise<readonly string[]> {
  const run = await findNamed(where, target, pathIn(where, options.out ?? 'runs'))
  const copies = await copiesIn(run)
  if (options.output !== undefined && copies.length > 1) requireOne(run, 'drawn to a file')
  const paths: string[] = []
  for (const copy of copies) paths.push(await plot(copy.path, options, where))
  return paths
}

/** Draws a run's series, and gives the path of the picture. Throws ProjectError or IoError. */
export async function plot(
  target: string,
  options: PlotOptions,
  where: Surroundings = surroundings(options),
): Promise<string> {
  const { names = [], output, from, to, out = 'runs' } = options
  if (output !== undefined) pictureKind(output)
  if (from !== undefined && to !== undefined && !(from < to)) {
    throw misuse(`A picture from ${from} to ${to} shows nothing: --from must be less than --to.`)
  }
  const run = await findNamed(where, target, pathIn(where, out))
  requireOne(run, 'drawn')
  const known = recordedNames(run)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const guess = suggest(unknown, known)
    throw new ProjectError(`Run ${run.name} has no ${unknown}.`, {
      hint:
        guess === undefined
          ? `It has ${known.join(', ') || 'nothing to draw'}.`
          : `Did you mean ${guess}?`,
    })
  }
  const series = await readRecorded(run, names.length > 0 ? names : known)
  if (series.length === 0) {
    throw new ProjectError(`Run ${run.name} has nothing to draw yet.`, {
      hint: 'What is kept is said in the experiment, e.g. `record h.e every 10 steps`.',
    })
  }
  const unit = run.manifest.plan.clock ? 's' : 'steps'
  const first = Math.min(
    ...series.map((each) => (isEvents(each) ? each.from : (each.times[0] ?? 0))),
  )
  const last = Math.max(
    ...series.map((each) => (isEvents(each) ? each.to : (each.times.at(-1) ?? 0))),
  )
  if ((from ?? first) > last || (to ?? last) < first) {
    const range = from === undefined ? `until ${to}` : `from ${from}`
    throw new ProjectError(`Run ${run.name} has nothing to draw ${range} ${unit}.`, {
      hint: `What is drawn begins at ${first} ${unit} and ends at ${last} ${unit}.`,
    })
  }
  const picture = drawTimeline(await plotter(), {
    series: series.map((each) => inItsUnit(run.manifest.plan, each)),
    unit,
    phases: phasesOf(run.manifest.plan),
    theme: paper,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  })
  const svg = svgOf(picture, { title: `Run ${run.name} along time`, background: 'white' })
  const file = output === undefined ? run.plotPath : pathIn(where, output)
  // A file that somebody named is written to through links, those of a run are not.
  if (output === undefined) await writeFileAtomic(file, svg)
  else await saveSvgAs(file, svg)
  return file
}

/** A series in the unit that the model writes it in, which its title says, as which gradient `backprop` is. */
export function inItsUnit(plan: ExperimentPlan, series: Series | Events): Series | Events {
  if (isEvents(series)) return series
  const { name, values } = series
  const recorded = plan.records.find(({ units }) => units?.[name])?.units?.[name]
  const measure = recorded ? undefined : plan.measures.find((each) => each.outputs.includes(name))
  const { unit, scale = 1 } = recorded ?? measure ?? {}
  const which = measure?.gradient === undefined ? '' : `, backprop ${measure.gradient}`
  if (unit === undefined) return which === '' ? series : { ...series, name: name + which }
  return {
    ...series,
    name: `${name} (${unit})${which}`,
    values: values.map((value) => value / scale),
  }
}

/** Where the phases of a run by a clock begin, if they are few. */
export function phasesOf({ clock, phases, batch }: ExperimentPlan): readonly Phase[] {
  if (!clock || phases.length === 0) return []
  const timeline = new Timeline(phases, { batches: 0, batch })
  const found: Phase[] = []
  for (let step = 0; step < clock.steps && found.length <= MOST_PHASES;) {
    const { phase, ends } = timeline.at(step)
    found.push({ time: timeAt(clock, step), label: phase?.name ?? '' })
    step = ends
  }
  return found.length > MOST_PHASES ? [] : found
}
