/** The host scalars of programs in memory: written where they are not there already. */
import type { ProgramInfo, ProgramName, WasmArtifact } from '../../../contract/artifact.ts'
import type { Rates } from '../network.ts'
import { checkedRates } from './checks.ts'
import { countsSteps, hostScalars } from './scalars.ts'

/** Where scalars lie, and what they are computed from. */
export interface ScalarTask {
  readonly elements: { set(values: ArrayLike<number>, offset: number): void }
  /** Of the first one. */
  readonly index: number
  readonly params: ReadonlyMap<string, number>
  readonly program: ProgramInfo
  readonly batch: number
  /** Steps done before. */
  readonly step: number
  /** Steps that are to be done. */
  readonly steps: number
}

export class ScalarMemory {
  readonly #artifact: WasmArtifact
  /** What the scalars in memory were computed for. */
  #current = ''
  /** The last ones of each program, which take turns where variables are recorded. */
  readonly #known = new Map<ProgramName, { readonly key: string; readonly values: number[] }>()

  constructor(artifact: WasmArtifact) {
    this.#artifact = artifact
  }

  /** The memory is another one. */
  forget(): void {
    this.#current = ''
  }

  /** Parameters have changed. */
  clear(): void {
    this.#current = ''
    this.#known.clear()
  }

  /** Scalars of several steps, one after the other; gives how many elements each step has. */
  writeTable(task: ScalarTask, given: readonly Rates[]): number {
    const { elements, index, params, program, batch, step, steps } = task
    const size = program.slots.length
    for (let i = 0; i < steps; i++) {
      const rates = checkedRates(this.#artifact, (given.length > 1 ? given[i] : given[0]) ?? {})
      const values = hostScalars(program, { params, rates, batch, step: step + i })
      elements.set(values, index + i * size)
    }
    this.#current = ''
    return size
  }

  /** Those of one step. */
  write({ elements, index, params, program, batch, ...task }: ScalarTask, given: Rates): void {
    const rates = checkedRates(this.#artifact, given)
    const step = countsSteps(program) ? task.step : 0
    const key = `${program.name} ${batch} ${step} ${Object.values(rates).join()}`
    if (key === this.#current) return
    const known = this.#known.get(program.name)
    const values =
      known?.key === key ? known.values : hostScalars(program, { params, rates, batch, step })
    this.#known.set(program.name, { key, values })
    elements.set(values, index)
    this.#current = key
  }
}
