/**
 * All that the page of a run tells, gathered as data: from the run's folder, and from its network where that can be
 * made. What cannot be had is left out with a note that says why; a page there is always.
 */
import type { LoadedDataset } from '../../runtime/data/types.ts'
import type { Network } from '../../runtime/engine/network.ts'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import { identityOf, type Manifest } from '../../runtime/node/train/manifest.ts'
import type { RunFolder } from '../../runtime/node/train/run-folder.ts'
import { loadStorages } from '../../runtime/node/train/checkpoint.ts'
import type { Events, Series } from '../../runtime/report/series.ts'
import type { RunState } from '../../runtime/train/state.ts'
import {
  compileExperiment,
  storedSource,
  type CompiledExperiment,
  type EngineChoice,
} from '../experiment.ts'
import { dataOf, networkOf } from '../network.ts'
import type { Surroundings } from '../surroundings.ts'
import { answersOf, type Answers } from './answers.ts'
import { circuitOf, describedIn, diagramOf, type Circuit } from './circuit.ts'
import { readMetrics, type Metrics } from './metrics.ts'
import { recordsOf } from './records.ts'
import { changesOf, weightsOf, type WeightChange, type Weights } from './weights.ts'

/** How a run stands. */
export type Outcome = 'finished' | 'stopped early' | 'failed' | 'not finished' | 'running'

/** See the module's head. */
export interface Facts {
  readonly name: string
  readonly manifest: Manifest
  readonly outcome: Outcome
  /** Why it failed, or what ended it early. */
  readonly reason?: string
  /** Where the latest checkpoint stands. */
  readonly state?: RunState
  readonly metrics: Metrics
  readonly weights: readonly WeightChange[]
  readonly answers?: Answers
  readonly recorded: readonly (Series | Events)[]
  readonly circuit?: Circuit
  /** The circuit's diagram, as SVG. */
  readonly diagram?: string
  /** Its description in the form of the field, as HTML. */
  readonly described?: string
  readonly identity: string
  /** What is not there, and why. */
  readonly notes: readonly string[]
}

/** What follows from the texts of a run alone. */
export type CircuitFacts = Pick<Facts, 'circuit' | 'diagram' | 'described' | 'notes'>

/** What a run's network gives while it is there. */
export interface FromNetwork {
  readonly start?: Weights
  readonly end?: Weights
  readonly answers?: Answers
  readonly state?: RunState
}

/** How a page is made. */
export interface FactsOptions {
  readonly dataDir?: string | undefined
  readonly allowRead?: readonly string[] | undefined
  /** What is known of the network already; it is not made then. */
  readonly network?: FromNetwork | undefined
  /** What is known of the circuit already. */
  readonly circuit?: CircuitFacts | undefined
  /** It goes on at this moment. */
  readonly running?: boolean | undefined
}

/** Gathers the facts. Throws nothing that a damaged log, a moved file or a missing engine could cause. */
export async function factsOf(
  where: Surroundings,
  run: RunFolder,
  options: FactsOptions = {},
): Promise<Facts> {
  const { manifest, name } = run
  const notes: string[] = []
  const attempt = attemptsIn(notes)
  const known = options.network
  // Of a run that goes on, the latest checkpoint is behind what was measured.
  const state =
    known?.state ??
    (run.hasCheckpoint('latest') && options.running !== true
      ? await attempt('Where it stands', async () => (await run.readCheckpoint('latest')).state)
      : undefined)
  const metrics = await attempt('What was measured', () => readMetrics(run))
  const network =
    known ?? (await attempt('Weights and answers', () => askNetwork(where, run, options)))
  const recorded = await attempt('What was recorded', () => recordsOf(run))
  if (recorded && recorded.left.length > 0) {
    notes.push(
      `What was recorded of ${recorded.left.join(', ')}: it is too much for a page; ` +
        `\`ccn plot ${name} ${recorded.left[0]} --from TIME --to TIME\` draws a part.`,
    )
  }
  const about = options.circuit ?? (await circuitFactsOf(manifest))
  notes.push(...about.notes)
  return {
    name,
    manifest,
    ...outcomeOf(manifest, state, options.running === true),
    ...(state && { state }),
    metrics: metrics ?? nothing,
    weights: network?.end ? changesOf(network.start, network.end, manifest.plan.weightUnits) : [],
    ...(network?.answers && { answers: network.answers }),
    recorded: recorded?.series ?? [],
    ...about,
    identity: identityOf(manifest),
    notes,
  }
}

/** What is known of the circuit: the same as long as the run is the same. */
export async function circuitFactsOf(manifest: Manifest): Promise<CircuitFacts> {
  const notes: string[] = []
  const attempt = attemptsIn(notes)
  const circuit = await attempt('The circuit', async () => circuitOf(manifest))
  const described = circuit && (await attempt('The description', () => describedIn(circuit)))
  const diagram = circuit && (await attempt('The diagram', () => diagramOf(circuit, manifest)))
  return {
    ...(circuit && { circuit }),
    ...(diagram !== undefined && { diagram }),
    ...(described !== undefined && { described }),
    notes,
  }
}

/** Makes what may fail; then a note says why, and there is none. */
function attemptsIn(notes: string[]) {
  return async <T>(what: string, make: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await make()
    } catch (error) {
      notes.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
}

const nothing: Metrics = {
  epochs: [],
  phases: [],
  scores: new Map(),
  measures: new Map(),
  timing: [],
}

function outcomeOf(
  { finishedAt, failure }: Manifest,
  state: RunState | undefined,
  running: boolean,
): Pick<Facts, 'outcome' | 'reason'> {
  if (running) return { outcome: 'running' }
  if (finishedAt !== undefined) {
    const { stopped } = state ?? {}
    return stopped === undefined
      ? { outcome: 'finished' }
      : { outcome: 'stopped early', reason: stopped }
  }
  return failure === undefined
    ? { outcome: 'not finished' }
    : { outcome: 'failed', reason: failure }
}

/** What a network tells that is in its final state. */
export function lastOf(
  network: Network,
  compiled: Pick<CompiledExperiment, 'plan' | 'weights'>,
  data: LoadedDataset | undefined,
): Pick<FromNetwork, 'end' | 'answers'> {
  const answers = answersOf(network, compiled.plan, data)
  return { end: weightsOf(network, compiled.weights), ...(answers && { answers }) }
}

/** Makes the network again: as it was at the start, and then with the latest checkpoint. */
async function askNetwork(
  where: Surroundings,
  run: RunFolder,
  { dataDir, allowRead }: FactsOptions,
): Promise<FromNetwork> {
  const { sources, invocation } = run.manifest
  const source = storedSource(sources)
  const engine = await selectEngine(run.manifest.engine as EngineChoice, {})
  const compiled = await compileExperiment(where, source, invocation, engine)
  const order = { name: run.name, source, run, dataDir, allowRead }
  const network = await networkOf(where, compiled, engine, order)
  try {
    const start = weightsOf(network, compiled.weights)
    if (!run.hasCheckpoint('latest')) return { start, end: start }
    const { storages } = await run.readCheckpoint('latest')
    loadStorages(network, storages, run.checkpointPath('latest'))
    const data = await dataOf(where, compiled, order)
    return { start, ...lastOf(network, compiled, data) }
  } finally {
    network.dispose()
  }
}
