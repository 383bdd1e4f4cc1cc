/** The wasm engine: runs programs of the compiler's wasm target, on several threads if that pays. */
import { availableParallelism } from 'node:os'
import { EngineError } from '../errors.ts'
import type { Engine } from '../network.ts'
import type { WasmArtifact } from './artifact.ts'
import { startWorker, wasmFeatures } from './host.ts'
import { WasmNetwork, type Machine } from './network.ts'
import { webAssembly } from './webassembly.ts'

/** Pages that the program declares at most, and that memory may therefore grow to: 4 GiB. */
const MAXIMUM_PAGES = 65_536
/** Floating-point operations in a step from which a second thread pays: about 30 microseconds. */
const WORTHWHILE = 1e6
/** Examples in a step, where nobody says. */
const USUAL_BATCH = 32

export interface WasmEngineOptions {
  /** Number of threads; default as many as pay for the circuit, at most one a core. */
  readonly threads?: number
}

/** Why the engine cannot be used here, as a sentence; undefined if it can. */
export function wasmObstacle(): string | undefined {
  const { simd, threads } = wasmFeatures()
  if (!simd) return 'The engine wasm needs WebAssembly with SIMD, which this Node.js lacks.'
  if (!threads) return 'The engine wasm needs shared memory, which is turned off here.'
  return undefined
}

/** What the engine is on this machine, in one line. */
export function wasmDescription(): string {
  const { relaxedSimd } = wasmFeatures()
  const multiply = relaxedSimd ? 'fused multiply-add' : 'no fused multiply-add'
  return `fused program in WebAssembly, SIMD with ${multiply}, up to ${availableParallelism()} threads`
}

/** The engine. Throws EngineError if it cannot be used here. */
export function createWasmEngine(options: WasmEngineOptions = {}): Engine {
  const obstacle = wasmObstacle()
  if (obstacle !== undefined) throw new EngineError(obstacle)
  return {
    name: 'wasm',
    target: 'wasm',
    description: wasmDescription(),
    async instantiate(program, create) {
      if (typeof program === 'string') {
        throw new EngineError('The engine wasm runs programs of the wasm target, not JavaScript.')
      }
      const threads = options.threads ?? worthwhileThreads(program, create.batch ?? USUAL_BATCH)
      return startNetwork(program, threads, create)
    },
    liveTensors: () => undefined,
  }
}

/** As many threads as the work of a step keeps busy. */
function worthwhileThreads({ programs }: WasmArtifact, batch: number): number {
  const step = programs.find(({ name }) => name === 'step')
  const work = step ? step.work.fixed + step.work.perExample * batch : 0
  return Math.max(1, Math.min(availableParallelism(), Math.floor(work / WORTHWHILE)))
}

async function startNetwork(
  artifact: WasmArtifact,
  threads: number,
  create: Parameters<Engine['instantiate']>[1],
): Promise<WasmNetwork> {
  const { relaxedSimd } = wasmFeatures()
  const module = await webAssembly.compile(relaxedSimd ? artifact.fused : artifact.plain)
  const pages = Math.ceil(artifact.memory.exampleBase / 65_536) + 1
  let memory
  try {
    memory = new webAssembly.Memory({ initial: pages, maximum: MAXIMUM_PAGES, shared: true })
  } catch {
    throw new EngineError(
      `The circuit ${artifact.name} needs ${Math.ceil(pages / 16)} MiB of memory, ` +
        'which this machine does not give; use a smaller circuit.',
    )
  }
  const operations: { run: (operation: number) => void } = { run: () => undefined }
  const host = (operation: number): void => operations.run(operation)
  const instance = new webAssembly.Instance(module, { env: { memory, host } })
  const { run, signal } = instance.exports
  if (!run || !signal) throw new EngineError('The compiled program lacks its entry points.')
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, i) => startWorker(module, memory, i + 1)),
  )
  const machine: Machine = {
    memory,
    exports: { run, signal },
    threads,
    operations,
    terminate: () => {
      for (const worker of workers) worker.terminate()
    },
  }
  return new WasmNetwork(artifact, machine, create)
}
