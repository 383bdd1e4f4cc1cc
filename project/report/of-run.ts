/**
 * The page of a run that is being done: knows the weights of its start, and is written when it ends, however that is.
 * Nothing that goes wrong here harms the run.
 */
import type { LoadedDataset } from '../../runtime/data/types.ts'
import type { Network } from '../../runtime/engine/network.ts'
import type { RunFolder } from '../../runtime/node/train/run-folder.ts'
import type { RunState } from '../../runtime/train/state.ts'
import type { CompiledExperiment } from '../experiment.ts'
import type { Surroundings } from '../surroundings.ts'
import type { FromNetwork } from './facts.ts'
import type { Weights } from './weights.ts'

/** What is asked of it. */
export interface PageChoice {
  readonly report?: boolean | undefined
}

/** See the module's head; to be made before the first step. */
export class PageOfRun {
  readonly #where: Surroundings
  readonly #run: RunFolder
  readonly #network: Network
  readonly #compiled: Pick<CompiledExperiment, 'plan' | 'weights'>
  readonly #data: LoadedDataset | undefined
  readonly #wanted: boolean
  #start: Weights | undefined

  constructor(
    where: Surroundings,
    run: RunFolder,
    network: Network,
    compiled: Pick<CompiledExperiment, 'plan' | 'weights'>,
    data: LoadedDataset | undefined,
    { report }: PageChoice,
  ) {
    this.#where = where
    this.#run = run
    this.#network = network
    this.#compiled = compiled
    this.#data = data
    this.#wanted = report ?? where.env['CCN_REPORT'] !== '0'
  }

  /** Notes the weights of the start. */
  async begin(): Promise<void> {
    if (!this.#wanted) return
    const { weightsOf } = await import('./weights.ts')
    this.#start = weightsOf(this.#network, this.#compiled.weights)
  }

  /** Writes the page; gives why it could not be, in words. */
  async write(state: RunState): Promise<string | undefined> {
    return this.#attempt(async () => {
      const { lastOf } = await import('./facts.ts')
      return { ...lastOf(this.#network, this.#compiled, this.#data), state }
    })
  }

  /** Writes the page of a run that stopped with an error. */
  async writeFailed(failure: string): Promise<void> {
    await this.#run.noteFailure(failure).catch(() => undefined)
    await this.#attempt(async () => {
      const { weightsOf } = await import('./weights.ts')
      return { end: weightsOf(this.#network, this.#compiled.weights) }
    })
  }

  async #attempt(last: () => Promise<FromNetwork>): Promise<string | undefined> {
    if (!this.#wanted) return undefined
    try {
      const { writePage } = await import('./write.ts')
      const network = { ...(this.#start && { start: this.#start }), ...(await last()) }
      await writePage(this.#where, this.#run, this.#run.pagePath, { network })
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
