/**
 * On how many threads steps are done: on all, or on one where that is faster. Which is so depends on the circuit, and on the
 * machine from one minute to the next: where cores are far from each other, or other programs run on them, threads that
 * wait for each other can take many times as long as one. So it is measured, now and then, on steps that are to be done anyhow.
 * Results do not depend on it: they have the same bits on any number of threads.
 */

/** What each way gets until they are compared: milliseconds and jobs. */
const TRIAL_MS = 1.5
const TRIAL_JOBS = 4
/** Jobs of a turn that count. */
const TURN = 2
/** A job of a trial takes about so many milliseconds. */
const JOB_MS = 0.7
/** So much faster one thread has to be. */
const GAIN = 0.98
/** Milliseconds of work until it is measured again: at first, and at most, where the answer stays what it was. */
const FIRST_HOLD = 50
const LONGEST_HOLD = 5000
/** ... and so many times what the last trial took longer than by the faster way. */
const SHARE = 20

interface Way {
  readonly threads: number
  jobs: number
  steps: number
  ms: number
}

/** Of one program. */
export class ThreadChoice {
  readonly #all: Way
  readonly #one: Way = { threads: 1, jobs: 0, steps: 0, ms: 0 }
  /** The way of the job that runs, or of all until the next trial. */
  #way: Way
  #isTrying = true
  /** Jobs of this turn. */
  #turn = 0
  #left = 0
  #hold = FIRST_HOLD
  #before: Way | undefined

  constructor(threads: number) {
    this.#all = { threads, jobs: 0, steps: 0, ms: 0 }
    this.#way = this.#all
  }

  /** Threads of the next job. */
  get threads(): number {
    return this.#way.threads
  }

  /** Steps that the next job may have at most. */
  get most(): number {
    if (!this.#isTrying) return Infinity
    const [steps, ms] = [this.#all.steps + this.#one.steps, this.#all.ms + this.#one.ms]
    return ms === 0 ? 1 : Math.max(1, Math.round((JOB_MS * steps) / ms))
  }

  /** A job of so many steps took so long. */
  took(steps: number, ms: number): void {
    if (!this.#isTrying) {
      this.#left -= ms
      if (this.#left <= 0) this.#try()
      return
    }
    const way = this.#way
    this.#turn++
    // The first job of a turn wakes threads that sleep, or lets them fall asleep.
    if (this.#turn > 1) {
      way.jobs++
      way.steps += steps
      way.ms += ms
    }
    if (this.#turn <= TURN) return
    const [all, one] = [this.#all, this.#one]
    this.#turn = 0
    this.#way = way === all ? one : all
    if (isDone(all) && isDone(one)) this.#choose()
  }

  #choose(): void {
    const [all, one] = [this.#all, this.#one]
    const [msOfAll, msOfOne] = [all.ms / all.steps, one.ms / one.steps]
    this.#way = msOfOne < GAIN * msOfAll ? one : all
    const lost = Math.max(all.ms * (1 - msOfOne / msOfAll), one.ms * (1 - msOfAll / msOfOne))
    this.#hold = this.#way === this.#before ? Math.min(LONGEST_HOLD, 2 * this.#hold) : FIRST_HOLD
    this.#left = Math.max(this.#hold, SHARE * lost)
    this.#before = this.#way
    this.#isTrying = false
  }

  #try(): void {
    for (const way of [this.#all, this.#one]) way.jobs = way.steps = way.ms = 0
    this.#isTrying = true
    this.#turn = 0
    this.#way = this.#all
  }
}

const isDone = ({ jobs, ms }: Way): boolean => jobs >= TRIAL_JOBS && ms >= TRIAL_MS
