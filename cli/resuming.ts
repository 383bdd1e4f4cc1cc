/** What is said of a run that is gone on with, where it is not simply gone on with. */
import { version } from '../compiler/version.ts'
import type { TrainEvent } from '../project/events.ts'

/** A sentence each. */
export function resumeNotes({
  run,
  anew,
  begunBy,
}: Extract<TrainEvent, { kind: 'opened' }>): readonly string[] {
  return [
    ...(anew ? [`Run ${run.name} had stopped before its first checkpoint: it begins anew.`] : []),
    ...(begunBy !== undefined
      ? [
          `Run ${run.name} was begun by ccn ${begunBy}; this is ccn ${version}, whose last digits may differ.`,
        ]
      : []),
  ]
}
