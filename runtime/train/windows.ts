/**
 * Windows of learning through time, in steps: where each ends, so that the network goes back through it. They are
 * counted from where a presentation begins, or from that of the run where nothing is presented.
 *
 * Where the tape holds no whole window, what changes is copied at the beginning of each segment, within what the network
 * stores, so that a checkpoint of the run holds the copies; at the window's end segment by segment, the last one first, is
 * done once more and gone back through. Draws are counted by steps, so that they are the same again.
 */
import { afterWindowName, type ExperimentPlan, type SegmentsPlan } from '../../contract/plan.ts'
import type { NamedArray, Network, Rates } from '../engine/network.ts'
import type { Batch } from './present.ts'

type Clocked = Pick<ExperimentPlan, 'clock' | 'data'>

/** The step after the last one of the window that a step is in; infinite where nothing learns through time. */
export function windowEnd(plan: Clocked, step: number): number {
  const { clock, data } = plan
  if (clock?.window === undefined) return Number.POSITIVE_INFINITY
  const [from, hold] = data ? heldFrom(clock.hold, step) : [0, Number.POSITIVE_INFINITY]
  const past = Math.floor((step - from) / clock.window)
  return from + Math.min(hold, (past + 1) * clock.window)
}

/** The same of segments of windows, where there are any. */
export function segmentEnd(plan: Clocked, step: number): number {
  const end = windowEnd(plan, step)
  const segments = plan.clock?.segments
  if (!segments) return end
  const done = stepsBefore(plan, step)
  return Math.min(end, step - (done % segments.steps) + segments.steps)
}

/** Steps of its window before a step. */
function stepsBefore({ clock, data }: Clocked, step: number): number {
  const from = data ? heldFrom(clock?.hold ?? 1, step)[0] : 0
  return (step - from) % (clock?.window ?? 1)
}

const heldFrom = (hold: number, step: number): readonly [number, number] => [
  step - (step % hold),
  hold,
]

/** Keeps a copy of what changes if a segment begins with a step; to be called last before each step. */
export function beginStep(plan: Clocked, network: Network, step: number): void {
  const segments = plan.clock?.segments
  if (!segments) return
  const done = stepsBefore(plan, step)
  if (done % segments.steps !== 0) return
  const saved = network.save(segments.kept.flatMap(({ storage, copies }) => [storage, copies]))
  const row = done / segments.steps
  network.load(
    Object.fromEntries(
      segments.kept.map(({ storage, copies }) => {
        const [{ data }, all] = [saved[storage]!, saved[copies]!]
        all.data.set(data, row * data.length)
        return [copies, all] as const
      }),
    ),
  )
}

/** Steps of a run, done once more. */
export interface Again {
  /** Does a step as it was done; the first one from what was when all that happens before it had happened. */
  readonly step: (step: number, isFirst: boolean) => void
  /** Sets what is set in a step. */
  readonly enter: (step: number) => void
}

/** The measures of a step, which is done, and ends the window that it is the last of. */
export function measuredStep(
  plan: ExperimentPlan,
  network: Network,
  [step, rates]: readonly [step: number, rates: Rates],
  { count, inputs }: Batch,
  again: Again,
): Readonly<Record<string, number>> {
  const figures = network.measuredStep(count, inputs, rates)
  endWindow(plan, network, [step, rates], again)
  const moved = plan.measures.filter(({ ofWindow }) => ofWindow)
  if (moved.length === 0 || windowEnd(plan, step) !== step + 1) return figures
  // Of weights that were just moved.
  const after = network.derived()
  const own = moved.flatMap(({ outputs }) =>
    outputs.map((name) => [name, after[afterWindowName(name)]?.data[0] ?? Number.NaN] as const),
  )
  return { ...figures, ...Object.fromEntries(own) }
}

/** Goes back through the window that a step was the last of, if it was that of one; to be called after each step. */
export function endWindow(
  plan: ExperimentPlan,
  network: Network,
  [step, rates]: readonly [step: number, rates: Rates],
  again: Again,
): void {
  const { clock } = plan
  if (clock?.window === undefined || windowEnd(plan, step) !== step + 1) return
  const steps = 1 + stepsBefore(plan, step)
  const { segments } = clock
  if (!segments || steps <= segments.steps) return network.endWindow?.(steps, rates)
  inSegments(network, segments, [step + 1, steps], again)
  again.enter(step)
  network.endWindow?.(steps, rates, 'learn')
}

/** Goes back through a window of so many steps before `end`, whose last segment is on the tape. */
function inSegments(
  network: Network,
  { steps: most, kept }: SegmentsPlan,
  [end, steps]: readonly [number, number],
  again: Again,
): void {
  const saved = network.save()
  const begin = end - steps
  let from = end - (((steps - 1) % most) + 1)
  network.endWindow?.(end - from, {}, 'back')
  for (from -= most; from >= begin; from -= most) {
    const row = (from - begin) / most
    network.load(
      Object.fromEntries(
        kept.map(({ storage, copies }) => [storage, rowOf(saved, storage, copies, row)]),
      ),
    )
    network.stepCount = from
    for (let step = from; step < from + most; step++) again.step(step, step === from)
    network.endWindow?.(most, {}, 'back')
  }
  network.load(Object.fromEntries(kept.map(({ storage }) => [storage, saved[storage]!])))
  network.stepCount = end
}

function rowOf(
  saved: Readonly<Record<string, NamedArray>>,
  storage: string,
  copies: string,
  row: number,
): NamedArray {
  const { shape, data } = saved[storage]!
  const at = row * data.length
  return { shape, data: saved[copies]!.data.slice(at, at + data.length) }
}
