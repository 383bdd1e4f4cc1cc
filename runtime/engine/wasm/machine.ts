/** What a network runs on: memory, entry points, threads. */
import type { WasmMemory } from './webassembly.ts'

/** A program that is ready to run. */
export interface Machine {
  readonly memory: WasmMemory
  readonly exports: {
    readonly run: (thread: number) => void
    readonly signal: (address: number) => void
  }
  readonly threads: number
  /** Whether steps may be done on fewer threads, where that is faster. */
  readonly adapts: boolean
  /** Whether the thread that calls `run` may sleep while it waits for others. */
  readonly maySleep: boolean
  /** What the program calls for the host's operations. */
  readonly operations: { run: (operation: number) => void }
  readonly terminate: () => void
}
