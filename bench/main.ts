/** `npm run bench [-- PART ...]`: everything, or some of the benchmarks. */
import { benchCheck } from './check.ts'
import { benchContinuous } from './continuous.ts'
import { benchCompile } from './compile.ts'
import { benchConvolution } from './conv.ts'
import { benchKernels } from './kernels.ts'
import { benchMemory } from './memory.ts'
import { benchProfile } from './profile.ts'
import { benchSmall } from './small.ts'
import { benchSpiking } from './spiking.ts'
import { benchStep } from './step.ts'

const benchmarks = {
  step: benchStep,
  conv: benchConvolution,
  small: benchSmall,
  spiking: benchSpiking,
  continuous: benchContinuous,
  memory: benchMemory,
  kernels: benchKernels,
  compile: benchCompile,
  check: benchCheck,
  profile: benchProfile,
}
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
      console.error(`${name}:`)
      await run()
      console.log()
    }
  }
}
