/**
 * What stops a run: one sentence for people, without a stack trace. Files have `IoError`, data
 * have `DataError`; this one is for the experiment itself (numbers that are no longer numbers, a
 * run that exists already, a checkpoint of another experiment).
 */

import { oneLine } from '../../contract/escape.ts'

/** Where in a run something happened. */
export interface RunPlace {
  /** What went wrong, by the name the model gives it: `W[0]`, `h[1].apical`, `loss`. */
  readonly variable?: string
  readonly step: number
  /** Absent in a run by a clock, which has a time in seconds instead. */
  readonly epoch?: number
  readonly time?: number
}

/** A run that cannot start or go on. The message says why and what to do about it. */
export class RunError extends Error {
  override readonly name = 'RunError'
  /** Undefined unless the run was under way. */
  readonly place: RunPlace | undefined

  constructor(message: string, place?: RunPlace) {
    // It may quote a name from outside.
    super(oneLine(message))
    this.place = place
  }
}
