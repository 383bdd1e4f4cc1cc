/**
 * The wasm engine on any host: runs programs of the compiler's wasm target, on several threads if that
 * pays. Which version of a program runs, with fused multiply-add or without, is decided when it is
 * loaded.
 */
import { areThreadsAlive, job } from '../../../contract/control.ts'
import { EngineError } from '../errors.ts'
import type { CreateOptions, Engine } from '../network.ts'
import type { WasmArtifact } from '../../../contract/artifact.ts'
import type { WasmHost, WasmWorker } from './host.ts'
import { lacking, MAXIMUM_PAGES, PAGE, requireMemory } from './memory.ts'
import { WasmNetwork, type Machine } from './network.ts'
import { unshared } from './unshared.ts'
import { webAssembly, type WasmMemory, type WasmModuleObject } from './webassembly.ts'

/** Floating-point operations in a step from which a second thread pays: about 30 microseconds. */
const WORTHWHILE = 1e6
/** Examples in a step, where nobody says. */
const USUAL_BATCH = 32

export interface WasmEngineOptions {
  /** Number of threads; default as many as pay for the circuit, at most one a core. */
  readonly threads?: number
  /**
   * Whether steps are done on one thread where that is faster than on all, which is measured now and then; the numbers are the
   * same. Default: no.
   */
  readonly adapts?: boolean
  /**
   * Whether to use fused multiply-add. Default: where the host has it. Programs with it and without it
   * differ in rounding, so that false gives the same numbers everywhere.
   */
  readonly fused?: boolean
}

/** Why the engine cannot be used on a host, as a sentence; undefined if it can. */
export function wasmObstacle(host: WasmHost): string | undefined {
  if (host.features().simd) return undefined
  return `The engine wasm needs WebAssembly with SIMD, which ${host.name} lacks.`
}

/** What the engine is on a host, in one line. */
export function wasmDescription(host: WasmHost): string {
  const { relaxedSimd } = host.features()
  const multiply = relaxedSimd ? 'fused multiply-add' : 'no fused multiply-add'
  const most = mostThreads(host)
  return (
    `fused program in WebAssembly, SIMD with ${multiply}, ` +
    (most === 1 ? '1 thread' : `up to ${most} threads`)
  )
}

/** The engine on a host. Throws EngineError if it cannot be used there. */
export function createEngineOn(host: WasmHost, options: WasmEngineOptions = {}): Engine {
  const obstacle = wasmObstacle(host)
  if (obstacle !== undefined) throw new EngineError(obstacle)
  return {
    name: 'wasm',
    target: 'wasm',
    description: wasmDescription(host),
    async instantiate(program, create) {
      if (typeof program === 'string') {
        throw new EngineError('The engine wasm runs programs of the wasm target, not JavaScript.')
      }
      return startNetwork(host, program, options, create)
    },
    liveTensors: () => undefined,
  }
}

function mostThreads(host: WasmHost): number {
  return host.features().threads ? host.parallelism() : 1
}

/** As many threads as the work of a step keeps busy. */
function worthwhileThreads(host: WasmHost, { programs }: WasmArtifact, batch: number): number {
  const step = programs.find(({ name }) => name === 'step')
  const work = step ? step.work.fixed + step.work.perExample * batch : 0
  return Math.max(1, Math.min(mostThreads(host), Math.floor(work / WORTHWHILE)))
}

async function startNetwork(
  host: WasmHost,
  artifact: WasmArtifact,
  options: WasmEngineOptions,
  create: CreateOptions,
): Promise<WasmNetwork> {
  const batch = create.batch ?? USUAL_BATCH
  const threads = options.threads ?? worthwhileThreads(host, artifact, batch)
  const shares = host.features().threads
  if (threads > 1 && !shares) {
    throw new EngineError(
      `Threads need shared memory, which ${host.name} does not give here: use one, or have the page ` +
        'served with the headers Cross-Origin-Opener-Policy: same-origin and ' +
        'Cross-Origin-Embedder-Policy: require-corp.',
    )
  }
  requireMemory(artifact, batch, threads, host.memory())
  const program = chooseProgram(host, artifact, options)
  const module = await moduleOf(program, shares)
  const memory = createMemory(artifact, shares)
  const operations: Machine['operations'] = { run: () => undefined }
  let workers: readonly WasmWorker[] = []
  const { exports } = await webAssembly.instantiate(module, {
    env: {
      memory,
      host(operation: number): void {
        if (operation === areThreadsAlive) requireAlive(workers, memory)
        else operations.run(operation)
      },
    },
  })
  const { run, signal } = exports
  if (!run || !signal) throw new EngineError('The compiled program lacks its entry points.')
  workers = await startWorkers(host, module, memory, threads - 1)
  const terminate = (): void => workers.forEach((worker) => worker.terminate())
  const [maySleep, adapts] = [host.maySleep(), options.adapts ?? false]
  try {
    return new WasmNetwork(
      artifact,
      { memory, exports: { run, signal }, threads, adapts, maySleep, operations, terminate },
      create,
    )
  } catch (error) {
    terminate()
    throw error
  }
}

/** Modules by the program that they were compiled from: copies of a circuit share one. */
const compiled = new WeakMap<Uint8Array<ArrayBuffer>, Map<boolean, Promise<WasmModuleObject>>>()

function moduleOf(program: Uint8Array<ArrayBuffer>, shares: boolean): Promise<WasmModuleObject> {
  const known = compiled.get(program) ?? new Map<boolean, Promise<WasmModuleObject>>()
  compiled.set(program, known)
  const module = known.get(shares) ?? webAssembly.compile(shares ? program : unshared(program))
  known.set(shares, module)
  return module
}

/** Throws EngineError if a thread has ended, which others would wait for without end. */
function requireAlive(workers: readonly WasmWorker[], memory: WasmMemory): void {
  const failed = new Int32Array(memory.buffer)[job.failed / 4] ?? 0
  const ended = failed > 0 ? failed : 2 + workers.findIndex((worker) => worker.hasEnded())
  if (ended < 2) return
  throw new EngineError(
    `Thread ${ended} of the wasm engine has ended in the middle of a step (for lack of memory, ` +
      'perhaps); use fewer by --threads.',
  )
}

/** The version of the program that the host runs best, of those that are there. */
function chooseProgram(
  host: WasmHost,
  { name, fused, plain }: WasmArtifact,
  options: WasmEngineOptions,
): Uint8Array<ArrayBuffer> {
  const { relaxedSimd } = host.features()
  if (options.fused === true && !relaxedSimd) {
    throw new EngineError(`Fused multiply-add needs relaxed SIMD, which ${host.name} lacks.`)
  }
  const wanted = relaxedSimd && options.fused !== false ? fused : plain
  if (wanted.length > 0) return wanted
  // Only one version may have been loaded: the plain one runs everywhere.
  if (options.fused === undefined && plain.length > 0) return plain
  const which = wanted === fused ? 'with fused multiply-add' : 'without fused multiply-add'
  throw new EngineError(`The program of ${name} ${which} has not been loaded.`)
}

function createMemory(artifact: WasmArtifact, shared: boolean): WasmMemory {
  const initial = Math.ceil(artifact.memory.exampleBase / PAGE) + 1
  try {
    return new webAssembly.Memory({ initial, maximum: MAXIMUM_PAGES, shared })
  } catch {
    throw lacking(artifact, initial * PAGE)
  }
}

/** All of the workers or none. */
async function startWorkers(
  host: WasmHost,
  module: WasmModuleObject,
  memory: WasmMemory,
  count: number,
): Promise<readonly WasmWorker[]> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, (_, i) => host.startWorker(module, memory, i + 1)),
  )
  const workers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const failed = started.find((each) => each.status === 'rejected')
  if (!failed) return workers
  for (const worker of workers) worker.terminate()
  throw failed.reason
}
