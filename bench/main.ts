/** `npm run bench [-- compile|kernels|step]`: everything, or one of the benchmarks. */
import { benchCompile } from './compile.ts'
import { benchKernels } from './kernels.ts'
import { benchStep } from './step.ts'

const benchmarks = { compile: benchCompile, kernels: benchKernels, step: benchStep }
const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in benchmarks))
if (unknown !== undefined) {
  console.error(
    `There is no benchmark named ${unknown}; there are: ${Object.keys(benchmarks).join(', ')}.`,
  )
  process.exitCode = 2
} else {
  for (const [name, run] of Object.entries(benchmarks)) {
    if (asked.length === 0 || asked.includes(name)) {
      await run()
      console.log()
    }
  }
}
