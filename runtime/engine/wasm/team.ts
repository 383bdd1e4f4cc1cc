/** The threads of a network: each job is started on all of them, or steps on as few as are faster where that may be chosen. */
import type { ProgramName } from '../../../contract/artifact.ts'
import { job, jobCount } from '../../../contract/control.ts'
import type { Machine } from './machine.ts'
import { ThreadChoice } from './thread-choice.ts'

/** Programs that are a step, of which many follow each other. */
const repeated: ReadonlySet<ProgramName> = new Set<ProgramName>(['step', 'measured', 'recorded'])

export class Team {
  readonly #machine: Machine
  readonly #choices = new Map<ProgramName, ThreadChoice>()

  constructor(machine: Machine) {
    this.#machine = machine
    if (!machine.adapts || machine.threads === 1) return
    for (const name of repeated) this.#choices.set(name, new ThreadChoice(machine.threads))
  }

  /** Steps that a job of that program may have at most. */
  most(name: ProgramName): number {
    return this.#choices.get(name)?.most ?? Infinity
  }

  /** Does the job that is written in memory, on threads that live; it is of so many steps. */
  run(name: ProgramName, words: Int32Array, steps: number): void {
    const { exports, threads: all } = this.#machine
    const choice = this.#choices.get(name)
    const threads = choice?.threads ?? all
    const start = choice ? performance.now() : 0
    words[job.threads / 4] = threads
    // Workers that are not told of a job sleep on.
    if (threads > 1) exports.signal(jobCount)
    exports.run(0)
    choice?.took(steps, performance.now() - start)
  }
}
