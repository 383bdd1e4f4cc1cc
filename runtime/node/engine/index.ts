/**
 * The engines: which can be used here, and the one to use. The rest of the runtime knows engines by
 * the interface in network.ts alone.
 */
import { EngineError } from '../../engine/errors.ts'
import type { Engine } from '../../engine/network.ts'
import {
  createTfjsEngine,
  engineFacts,
  loadLibrary,
  tfjsEngineNames,
  type TfjsEngineName,
} from './tfjs.ts'
import { createWasmEngine, nodeDescription, nodeObstacle, type WasmEngineOptions } from './wasm.ts'

export { EngineError } from '../../engine/errors.ts'
export type { WasmArtifact } from '../../../contract/artifact.ts'

export const engineNames = ['wasm', ...tfjsEngineNames] as const
/** Fastest first. */
export type EngineName = (typeof engineNames)[number]
export type * from '../../engine/network.ts'

/** One engine as `ccn doctor` lists it. */
export interface EngineReport {
  readonly name: EngineName
  readonly available: boolean
  /** Why it cannot be used, as a sentence. */
  readonly reason?: string
  readonly description: string
  /** How fast it is, in words. */
  readonly speed: string
}

/** All engines, fastest first. Loads their libraries; leaves the active one alone. */
export async function listEngines(): Promise<EngineReport[]> {
  const reports: EngineReport[] = []
  for (const name of engineNames) reports.push(await reportOn(name))
  return reports
}

/**
 * The engine of that name, or with 'auto' the fastest that can be used here. Throws EngineError
 * with one sentence, and how to install what is missing.
 */
export async function selectEngine(
  name: 'auto' | EngineName = 'auto',
  options: WasmEngineOptions = {},
): Promise<Engine> {
  if (name === 'auto') return firstUsable(options)
  if (!engineNames.includes(name)) {
    throw new EngineError(
      `There is no engine called ${String(name)}; there are auto, ${engineNames.join(', ')}.`,
    )
  }
  const report = await reportOn(name)
  if (!report.available) throw new EngineError(report.reason)
  return create(name, options)
}

async function create(name: EngineName, options: WasmEngineOptions): Promise<Engine> {
  return name === 'wasm' ? createWasmEngine(options) : createTfjsEngine(name)
}

async function firstUsable(options: WasmEngineOptions): Promise<Engine> {
  for (const name of engineNames) {
    const { available } = await reportOn(name)
    if (!available) continue
    try {
      return await create(name, options)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
    }
  }
  throw new EngineError('No engine can be used here; `ccn doctor` says why.')
}

async function reportOn(name: EngineName): Promise<EngineReport> {
  if (name === 'wasm') {
    const reason = nodeObstacle()
    const facts = { name, description: nodeDescription(), speed: 'fastest on a CPU' } as const
    return { ...facts, available: reason === undefined, ...(reason !== undefined && { reason }) }
  }
  const { description, speed } = engineFacts[name]
  const facts = { name, description, speed }
  try {
    await loadLibrary(name)
    return { ...facts, available: true }
  } catch (error) {
    return { ...facts, available: false, reason: reasonFor(name, error) }
  }
}

function reasonFor(name: TfjsEngineName, error: unknown): string {
  const packages: Readonly<Record<TfjsEngineName, string>> = {
    'tfjs-node': '@tensorflow/tfjs-node',
    'tfjs-wasm': '@tensorflow/tfjs-backend-wasm',
    'tfjs-cpu': '@tensorflow/tfjs-backend-cpu',
  }
  const message = error instanceof Error ? error.message : String(error)
  if (isMissing(error, packages[name])) {
    return `The engine ${name} is not installed; \`npm install ${packages[name]}\` installs it.`
  }
  const [firstLine = ''] = message.split('\n')
  return `The engine ${name} does not load (${firstLine.replace(/\.$/, '')}); \`npm rebuild ${packages[name]}\` may repair it.`
}

function isMissing(error: unknown, packageName: string): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  return missing && error.message.includes(`'${packageName}'`)
}
