/** What the benchmarks ran on, in a few words, and their progress for who waits. */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { nodeDescription } from '../runtime/node/engine/wasm.ts'

/** Processor, cores, versions, and how busy the machine is with other things. */
export function machine(): string {
  const processor = (cpus()[0]?.model ?? 'unknown processor').trim()
  const load = loadavg()[0] ?? 0
  return (
    `${processor}, ${availableParallelism()} cores, load ${load.toFixed(1)}; ` +
    `Node.js ${process.versions.node}, V8 ${process.versions.v8}; wasm: ${nodeDescription()}`
  )
}

/** Says on standard error what is being done. */
export function progress(what: string): void {
  console.error(`  ${what}`)
}
