/**
 * Networks on the wasm engine for specs: any number of threads and precision, and memory in which
 * everything that nobody has written yet is NaN, so that whatever reads it shows.
 */
import { emitWasm, type WasmOptions } from '../../compiler/emit/wasm/index.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { CreateOptions, Network } from '../../runtime/engine/network.ts'
import { areThreadsAlive, gatherBytes } from '../../contract/control.ts'
import { WasmNetwork, type Machine } from '../../runtime/engine/wasm/network.ts'
import { nodeHost } from '../../runtime/node/engine/wasm-host.ts'
import { createWasmEngine } from '../../runtime/node/engine/wasm.ts'
import { withPatterns } from './drawn.ts'
import { webAssembly } from '../../runtime/engine/wasm/webassembly.ts'

export interface WasmRun extends WasmOptions {
  /** Default 1. */
  readonly threads?: number
}

/** A network as the engine makes it. */
export function wasmNetwork(
  ir: IrModule,
  { threads = 1, ...options }: WasmRun = {},
  create: CreateOptions = {},
): Promise<Network> {
  return createWasmEngine({ threads }).instantiate(emitWasm(ir, options), withPatterns(ir, create))
}

/** A network whose memory, enough for `batch` examples, is full of NaN at first. */
export async function poisonedNetwork(
  ir: IrModule,
  batch: number,
  { threads = 1, ...options }: WasmRun = {},
  create: CreateOptions = {},
): Promise<Network> {
  const artifact = emitWasm(ir, options)
  const { exampleBase, exampleBytes, scratchBytes, gather } = artifact.memory
  const each = exampleBytes + scratchBytes.perExample * threads
  const bytes = exampleBase + each * (batch + 8) + (scratchBytes.fixed + 256) * threads + 2 ** 17
  const module = await webAssembly.compile(
    nodeHost.features().relaxedSimd ? artifact.fused : artifact.plain,
  )
  const initial = Math.ceil(bytes / 2 ** 16)
  const memory = new webAssembly.Memory({ initial, maximum: 2 ** 16, shared: true })
  new Uint8Array(memory.buffer).fill(0xff, gather + artifact.inputs.length * gatherBytes)
  const operations: Machine['operations'] = { run: () => undefined }
  const host = (operation: number): void => {
    if (operation !== areThreadsAlive) operations.run(operation)
  }
  const { run, signal } = new webAssembly.Instance(module, { env: { memory, host } }).exports
  if (!run || !signal) throw new Error('the program lacks its entry points')
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, i) => nodeHost.startWorker(module, memory, i + 1)),
  )
  const terminate = (): void => workers.forEach((worker) => worker.terminate())
  return new WasmNetwork(
    artifact,
    {
      memory,
      exports: { run, signal },
      threads,
      adapts: false,
      maySleep: true,
      operations,
      terminate,
    },
    withPatterns(ir, create),
  )
}
