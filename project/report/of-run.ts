/**
 * The page of a run that is being done: knows the weights of its start, is shown while the run goes on where that is
 * wanted, and is written when it ends, however that is. Nothing that goes wrong here harms the run.
 */
import { writeFileAtomic } from '../../runtime/node/io/atomic.ts'
import type { LoadedDataset } from '../../runtime/data/types.ts'
import type { Network } from '../../runtime/engine/network.ts'
import type { RunFolder } from '../../runtime/node/train/run-folder.ts'
import type { RunState } from '../../runtime/train/state.ts'
import type { CompiledExperiment } from '../experiment.ts'
import type { LivePage } from '../live/live-page.ts'
import type { Surroundings } from '../surroundings.ts'
import type { Page } from './document.ts'
import type { CircuitFacts, FromNetwork } from './facts.ts'
import type { Weights } from './weights.ts'

/** A run that is being done. */
export interface RunAtWork {
  readonly where: Surroundings
  readonly run: RunFolder
  readonly network: Network
  readonly compiled: Pick<CompiledExperiment, 'plan' | 'weights'>
  readonly data: LoadedDataset | undefined
  /** Whether the network is in its initial state: not where files could not be read again. */
  readonly initial: boolean
  /** Shows the page while the run goes on. */
  readonly live: LivePage | undefined
}

/** See the module's head; to be made before the first step. */
export class PageOfRun {
  readonly #work: RunAtWork
  readonly #written: boolean
  #start: Weights | undefined
  /** Made once: it is the same as long as the run goes on. */
  #circuit: CircuitFacts | undefined

  constructor(work: RunAtWork, report: boolean | undefined) {
    this.#work = work
    this.#written = report ?? work.where.env['CCN_REPORT'] !== '0'
  }

  /** Notes the weights of the start, and shows the page from now on. */
  async begin(): Promise<void> {
    const { network, compiled, initial, live } = this.#work
    if (!this.#written && !live) return
    const { weightsOf } = await import('./weights.ts')
    if (initial) this.#start = weightsOf(network, compiled.weights)
    live?.attach(async () => this.#page(await this.#fromNetwork(), true))
  }

  /** Writes the page; gives why it could not be, in words. */
  async write(state: RunState): Promise<string | undefined> {
    return this.#finish(async () => ({ ...(await this.#fromNetwork()), state }))
  }

  /** Writes the page of a run that stopped with an error. */
  async writeFailed(failure: string): Promise<void> {
    const { run, network, compiled } = this.#work
    await run.noteFailure(failure).catch(() => undefined)
    await this.#finish(async () => {
      const { weightsOf } = await import('./weights.ts')
      return { end: weightsOf(network, compiled.weights) }
    })
  }

  async #finish(last: () => Promise<FromNetwork>): Promise<string | undefined> {
    const { run, live } = this.#work
    if (!this.#written && !live) return undefined
    try {
      const page = await this.#page(await last(), false)
      if (this.#written) {
        const { documentOf } = await import('./document.ts')
        await writeFileAtomic(run.pagePath, documentOf(page))
      }
      await live?.end(page)
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async #fromNetwork(): Promise<FromNetwork> {
    const { network, compiled, data } = this.#work
    const { lastOf } = await import('./facts.ts')
    return lastOf(network, compiled, data)
  }

  async #page(last: FromNetwork, running: boolean): Promise<Page> {
    const { where, run } = this.#work
    const [{ circuitFactsOf, factsOf }, { pageOf }] = await Promise.all([
      import('./facts.ts'),
      import('./index.ts'),
    ])
    this.#circuit ??= await circuitFactsOf(run.manifest)
    const network = { ...(this.#start && { start: this.#start }), ...last }
    return pageOf(await factsOf(where, run, { network, running, circuit: this.#circuit }))
  }
}
