/** Sets the parameters that are in force in the phases of a run, when one begins. */
import type { PhasePlan } from '../../contract/plan.ts'
import { settingsIn } from '../../contract/timeline.ts'
import type { Run } from './parts.ts'

export class PhaseSettings {
  readonly #run: Run
  /** Settings of each phase, as far as they have been needed. */
  readonly #settings = new Map<PhasePlan | undefined, [string, number | boolean][]>()
  #phase: PhasePlan | 'none yet' | undefined = 'none yet'

  constructor(run: Run) {
    this.#run = run
  }

  /** The phase that was entered last. */
  get phase(): PhasePlan | undefined {
    return this.#phase === 'none yet' ? undefined : this.#phase
  }

  /** Parameters were set by something else: whatever is entered next sets them anew. */
  forget(): void {
    this.#phase = 'none yet'
  }

  enter(phase: PhasePlan | undefined): void {
    if (phase === this.#phase) return
    this.#phase = phase
    const { plan, options, network } = this.#run
    let settings = this.#settings.get(phase)
    if (!settings) {
      settings = Object.entries(settingsIn(phase, plan.phases, options.parameters ?? {}))
      this.#settings.set(phase, settings)
    }
    for (const [name, value] of settings) network.set(name, value)
  }
}
