/** `npm run bench [-- PART ...]`: everything, or some of the benchmarks. */
import { benchCheck } from './check.ts'
import { benchContinuous } from './continuous.ts'
import { benchCompile } from './compile.ts'
import { benchConvolution } from './conv.ts'
import { benchKernels } from './kernels.ts'
import { benchMemory } from './memory.ts'
import { benchProfile } from './profile.ts'
import { benchCopies } from './copies.ts'
import { benchSmall } from './small.ts'
import { benchSparse, sparseNetworks } from './sparse.ts'
import { benchSpiking } from './spiking.ts'
import { benchStep } from './step.ts'
import { benchThrough } from './through.ts'

const benchmarks = {
  step: benchStep,
  conv: benchConvolution,
  small: benchSmall,
  copies: benchCopies,
  spiking: benchSpiking,
  sparse: () => benchSparse(),
  continuous: benchContinuous,
  through: benchThrough,
  memory: benchMemory,
  kernels: benchKernels,
  compile: benchCompile,
  check: benchCheck,
  profile: benchProfile,
}
/** Networks of `sparse`, which takes long as a whole: run where they are asked for. */
const single = Object.fromEntries(
  sparseNetworks.map(({ name }) => [name, (): Promise<void> => benchSparse([name])]),
)
const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in benchmarks) && !(name in single))
if (unknown !== undefined) {
  const names = [...Object.keys(benchmarks), ...Object.keys(single)]
  console.error(`There is no benchmark named ${unknown}; there are: ${names.join(', ')}.`)
  process.exitCode = 2
} else {
  for (const [name, run] of Object.entries({ ...benchmarks, ...single })) {
    if (asked.includes(name) || (asked.length === 0 && name in benchmarks)) {
      console.error(`${name}:`)
      await run()
      console.log()
    }
  }
}
