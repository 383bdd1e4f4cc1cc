/**
 * 100 circuits of `examples/xor.ccn` that differ in their seed: each compiled and run by itself, one after the other with
 * the program and the data shared, as points of a sweep are, and side by side, as copies are (`replicate 100 seeds`); without
 * what the start of a process and files take. Beside it what the circuit's arithmetic takes.
 */
import { compile, emitProgram, type IrModule, type Sources } from '../compiler/index.ts'
import { planOfCopy } from '../contract/copies.ts'
import type { ExperimentPlan } from '../contract/plan.ts'
import { loadDataset } from '../runtime/node/data/readers.ts'
import { selectEngine, type Engine } from '../runtime/node/engine/index.ts'
import { silentReporter } from '../runtime/train/reporter.ts'
import { runExperiment } from '../runtime/train/run.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { machine } from './machine.ts'
import { figures, median, table } from './statistics.ts'

const COPIES = 100
const AT_ONCE = 32
const ROUNDS = 7

interface Circuit {
  readonly ir: IrModule
  readonly plan: ExperimentPlan
  readonly sources: Sources
}

export async function benchCopies(): Promise<void> {
  console.log(machine())
  const engine = await selectEngine('wasm', { threads: 1 })
  const contenders: Readonly<Record<string, () => Promise<void>>> = {
    'each by itself': () => eachByItself(engine),
    'one after the other, program and data shared': () => shared(engine, 1),
    'side by side, program and data shared': () => shared(engine, AT_ONCE),
  }
  const times = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    const names = Object.keys(contenders)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const began = performance.now()
      await contenders[name]!()
      // The first round is for V8 to compile.
      if (round > 0) times.get(name)!.push((performance.now() - began) / COPIES)
    }
  }
  const steps = await arithmetic(engine)
  console.log(
    `\n${COPIES} circuits of xor.ccn, 600 epochs of one step and an evaluation (${ROUNDS} rounds in turn)\n`,
  )
  const rows = [...times].map(([name, all]) => [
    name,
    figures(median(all)),
    figures(Math.min(...all)),
    figures(Math.max(...all)),
  ])
  console.log(table([['', 'ms a circuit', 'least', 'greatest'], ...rows]))
  console.log(`\n600 steps in one block: ${figures(steps)} ms`)
}

function xor(): Circuit {
  const { ir, plan, sources } = compile(`${root}/examples/xor.ccn`, host)
  if (!ir || !plan) throw new Error('xor.ccn has errors')
  return { ir, plan, sources }
}

const load = ({ data, seed }: ExperimentPlan) => {
  if (!data) throw new Error('xor.ccn presents nothing')
  const { dataset, standardise, validation } = data
  return loadDataset(dataset, {
    dataDir: root,
    allowed: [],
    precision: 'f32',
    standardise,
    validation,
    seed,
  })
}

async function eachByItself(engine: Engine): Promise<void> {
  for (let seed = 1; seed <= COPIES; seed++) {
    const circuit = xor()
    const plan = planOfCopy(circuit.plan, seed)
    const program = await emitProgram(engine.target, circuit.ir, circuit.sources)
    await run(engine, program, plan, await load(plan))
  }
}

async function shared(engine: Engine, atOnce: number): Promise<void> {
  const circuit = xor()
  const program = await emitProgram(engine.target, circuit.ir, circuit.sources)
  const data = await load(circuit.plan)
  let next = 1
  const worker = async (): Promise<void> => {
    while (next <= COPIES) await run(engine, program, planOfCopy(circuit.plan, next++), data)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

async function run(
  engine: Engine,
  program: Awaited<ReturnType<typeof emitProgram>>,
  plan: ExperimentPlan,
  data: Awaited<ReturnType<typeof load>>,
): Promise<void> {
  const network = await engine.instantiate(program, { seed: plan.seed, batch: plan.batch })
  await runExperiment(plan, network, data, {}, silentReporter)
  network.dispose()
}

/** Milliseconds of 600 steps, done at once. */
async function arithmetic(engine: Engine): Promise<number> {
  const { ir, plan, sources } = xor()
  const network = await engine.instantiate(await emitProgram(engine.target, ir, sources), {
    seed: 1,
    batch: plan.batch,
  })
  const inputs = {
    x: { rows: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) },
    'y.target': { rows: Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0) },
  }
  const order = Uint32Array.from({ length: 4 * 600 }, (_, i) => i % 4)
  const times = Array.from({ length: 50 }, () => {
    const began = performance.now()
    network.steps?.({ table: { inputs }, order, batch: 4, rates: [{}] })
    return performance.now() - began
  })
  network.dispose()
  return median(times)
}
