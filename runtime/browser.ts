/**
 * What a page or a browser's worker needs to run and train a circuit that was compiled by
 * `ccn compile --target wasm --emit wasm --out FOLDER`. Nothing that is reachable from here needs Node.js.
 */
import { createEngineOn, wasmDescription, type WasmEngineOptions } from './engine/wasm/engine.ts'
import { artifactNames, loadArtifact } from './engine/wasm/artifact-files.ts'
import type { WasmArtifact } from '../contract/artifact.ts'
import { checkCall } from '../contract/calls/call.ts'
import { address, engineOptions } from './browser-given.ts'
import { browserHost } from './engine/wasm/browser-host.ts'
import type { WasmFeatures } from './engine/wasm/host.ts'
import { EngineError } from './engine/errors.ts'
import type { Engine } from './engine/network.ts'

export { CallError } from '../contract/calls/call.ts'
export { loadArtifact, loadDataset, overridePlan, runExperiment } from './browser-given.ts'
export type { ProgramFiles } from './engine/wasm/artifact-files.ts'
export type { WasmArtifact } from '../contract/artifact.ts'
export type { WasmEngineOptions } from './engine/wasm/engine.ts'
export type { WasmFeatures } from './engine/wasm/host.ts'
export { EngineError } from './engine/errors.ts'
export type * from './engine/network.ts'

export type { ExperimentPlan } from '../contract/plan.ts'
export { DataError } from './data/types.ts'
export type { LoadedDataset, LoadOptions } from './data/types.ts'
export { RunError } from './train/errors.ts'
export type { RunOptions, RunStore } from './train/options.ts'
export { silentReporter } from './train/reporter.ts'
export type { EpochDone, Reporter, RunResult, RunStarted, StepDone } from './train/reporter.ts'

/** The engine. Throws EngineError if the browser's WebAssembly lacks SIMD. */
export function createWasmEngine(options: WasmEngineOptions = {}): Engine {
  checkCall('createWasmEngine', [engineOptions], [options])
  return createEngineOn(browserHost, options)
}

/** What the browser can do here; without `threads` a circuit runs on one thread. */
export function wasmFeatures(): WasmFeatures {
  return browserHost.features()
}

/** The engine here, in one line: which SIMD, how many threads. */
export function describeEngine(): string {
  return wasmDescription(browserHost)
}

/**
 * Fetches a compiled circuit: `url` is that of its NAME.json, beside which its programs are. Of these
 * only the one is fetched that runs best here, or with `fused: false` the one that runs everywhere.
 * Throws EngineError if a file cannot be had.
 */
export async function fetchArtifact(
  url: string | URL,
  options: Pick<WasmEngineOptions, 'fused'> = {},
): Promise<WasmArtifact> {
  checkCall('fetchArtifact', [address, engineOptions], [url, options])
  const json = await (await fetched(url)).text()
  const fused = options.fused ?? browserHost.features().relaxedSimd
  const names = artifactNames(String(url).replace(/\.json([?#].*)?$/, ''))
  const program = await fetched(fused ? names.fused : names.plain)
  const bytes = new Uint8Array(await program.arrayBuffer())
  return loadArtifact(json, fused ? { fused: bytes } : { plain: bytes })
}

async function fetched(url: string | URL): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new EngineError(`${String(url)} cannot be had (${reason.replace(/\.$/, '')}).`)
  })
  if (!response.ok) throw new EngineError(`${String(url)} cannot be had (${response.status}).`)
  return response
}
