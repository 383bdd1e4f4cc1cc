/**
 * What the wasm engine needs of its surroundings, apart from WebAssembly itself: to know what they can
 * do, and threads. `node-host.ts` and `browser-host.ts` are the two there are; this file, the engine and
 * the network know neither.
 */
import { webAssembly, type WasmMemory, type WasmModuleObject } from './webassembly.ts'

/** What the host's WebAssembly can do. */
export interface WasmFeatures {
  readonly simd: boolean
  /** Fused multiply-add. */
  readonly relaxedSimd: boolean
  /** Shared memory. A page has it only if it is isolated from others (COOP and COEP headers). */
  readonly threads: boolean
}

export interface WasmHost {
  /** What it is called in messages: `this Node.js`, `this browser`. */
  readonly name: string
  readonly features: () => WasmFeatures
  /** Threads that run at the same time. */
  readonly parallelism: () => number
  /** Bytes of memory that a program may have at most; Infinity where that is unknown. */
  readonly memory: () => number
  /** Whether the thread that calls a program may be put to sleep: not that of a page. */
  readonly maySleep: () => boolean
  /** A thread that is ready to run the module's jobs, and does not keep the host alive. */
  readonly startWorker: (
    module: WasmModuleObject,
    memory: WasmMemory,
    thread: number,
  ) => Promise<WasmWorker>
}

export interface WasmWorker {
  /** Whether it has ended, as far as can be known while the thread that asks does not let go of its turn. */
  readonly hasEnded: () => boolean
  readonly terminate: () => void
}

// `(func (param v128 v128 v128) (result v128) ...)` with f32x4.relaxed_madd of the three.
const relaxedProbe = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0,
  32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
])
// `(func (param v128 v128) (result v128) ...)` with f32x4.add of the two.
const simdProbe = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 123, 123, 1, 123, 3, 2, 1, 0, 10, 11, 1, 9, 0, 32, 0,
  32, 1, 253, 228, 1, 11,
])

/** What WebAssembly can do here as it is. */
export function probeFeatures(): WasmFeatures {
  return {
    simd: webAssembly.validate(simdProbe),
    relaxedSimd: webAssembly.validate(relaxedProbe),
    threads: typeof SharedArrayBuffer !== 'undefined',
  }
}
