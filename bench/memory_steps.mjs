// A process that makes a circuit, does some training steps and prints the most memory that it has had,
// in KiB. Plain JavaScript that uses what is built, so that nothing that runs TypeScript is counted.
// Arguments: engine, threads, batch, steps, file with a compiled program (else the source is compiled).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { deserialize } from 'node:v8'

const [engineName, threads, batch, steps, file] = process.argv.slice(2)
const { selectEngine } = await import('../dist/runtime/node/index.js')

async function compiled(target) {
  const { compile, emitProgram } = await import('../dist/compiler/index.js')
  const { diskHost } = await import('../dist/project/index.js')
  const main = fileURLToPath(new URL('../examples/burstccn.ccn', import.meta.url))
  const { ir, sources } = compile(main, diskHost(main), { set: { layers: '4', hidden: '500' } })
  return emitProgram(target, ir, sources)
}

/** The peak of this process alone: what `getrusage` tells begins with that of the parent. */
function peak() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

const engine = await selectEngine(engineName, { threads: Number(threads) })
const program = file ? deserialize(readFileSync(file)) : await compiled(engine.target)
const count = Number(batch)
const network = await engine.instantiate(program, { seed: 1, batch: count })
const x = Float32Array.from({ length: count * 784 }, (_, i) => Math.sin(i * i))
const target = Float32Array.from({ length: count * 10 }, (_, i) => (i % 10 === 3 ? 1 : 0))
for (let i = 0; i < Number(steps); i++) network.step(count, { x, 'y.target': target })
network.infer(count, { x, 'y.target': target })
console.log(peak())
network.dispose()
