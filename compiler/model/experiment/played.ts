/**
 * Data of a run by a clock: what is presented once, and lists of spikes, which are played step by step, in
 * order.
 */
import type { ReaderPlan } from '../../../contract/dataset.ts'
import type { ClockPlan } from '../../../contract/plan.ts'
import { signatureOf } from '../../../contract/readers.ts'
import type { PresentStatement, Span } from '../../../grammar/ast.ts'
import type { Clock } from '../clock.ts'
import type { Context } from '../context.ts'
import type { DataPlan } from './data.ts'

/** What an experiment says of how its data is played. */
export interface Playing {
  readonly presents: readonly PresentStatement[]
  /** Where the experiment is named. */
  readonly span: Span
  readonly clock: Clock | undefined
  readonly run: ClockPlan | undefined
}

/** The data with what a clock adds to it; reports what does not fit. */
export function playedData(
  diagnostics: Context,
  data: DataPlan,
  { presents, span, clock, run }: Playing,
): DataPlan {
  const isOnce = presents.some(({ once }) => once)
  const label = presents
    .filter((each) => each.once)
    .flatMap((each) => each.bindings)
    .find(({ value }) => value.kind === 'Call')
  if (label) {
    diagnostics.report('badValue', label.value.span, {
      what: 'What is presented `once`',
      expected: 'a field, which is 0 after the last example',
      found: 'the label of one',
    })
  }
  const once = isOnce && clock ? { once: true as const } : {}
  const { dataset } = data
  const { train, test } = dataset
  if (train.name !== 'spikes' && test.name !== 'spikes') {
    // Rows of trials are steps of the run.
    const timed = (reader: ReaderPlan): ReaderPlan =>
      clock && signatureOf(reader.name)?.timed ? { ...reader, step: clock.step } : reader
    return { ...data, dataset: { ...dataset, train: timed(train), test: timed(test) }, ...once }
  }
  const bad = (what: string, expected: string, found: string | number): void =>
    void diagnostics.report('badValue', presents[0]?.span ?? span, { what, expected, found })
  const shown = `\`${dataset.name}\`, a list of spikes,`
  if (!clock && !diagnostics.isPartial)
    bad(`What presents ${shown}`, 'a circuit that goes on in time', 'one without a past')
  else if (run && run.hold > 1)
    bad(`What ${shown} is presented for`, 'one step', `${run.hold} steps`)
  const step = clock ? { step: clock.step, examples: clock.examples } : {}
  const played = { ...dataset, train: { ...train, ...step }, test: { ...test, ...step } }
  return { ...data, dataset: played, ordered: true, ...once }
}
