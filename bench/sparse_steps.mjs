// A process that runs a compiled program for some steps and prints the most memory that it has had, in KiB: before
// there is a network, and at the end. Plain JavaScript that uses what is built, so that nothing that runs TypeScript is counted.
// Arguments: file with the program, threads, steps.
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'

const [file, threads, steps] = process.argv.slice(2)
const { selectEngine } = await import('../dist/runtime/node/index.js')

/** The peak of this process alone: what `getrusage` tells begins with that of the parent. */
function peak() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

const engine = await selectEngine('wasm', { threads: Number(threads) })
const idle = peak()
const program = deserialize(readFileSync(file))
const network = await engine.instantiate(program.artifact, program.options)
const order = new Uint32Array(Number(steps))
network.steps({ table: { inputs: {} }, order, batch: 1, rates: [{}] })
console.log(idle, peak())
network.dispose()
