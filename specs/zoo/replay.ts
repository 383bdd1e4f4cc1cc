/**
 * Runs a model of the zoo in memory, on any target, and reads what its independent program has written down
 * from what came of it.
 */
import { compile } from '../../compiler/compile.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { Network } from '../../runtime/engine/network.ts'
import { loadDataset } from '../../runtime/node/data/readers.ts'
import { drawPatterns, sizedFiles } from '../../runtime/node/patterns/read.ts'
import { readFileArrays } from '../../runtime/node/train/file-arrays.ts'
import type { Reporter } from '../../runtime/train/reporter.ts'
import { overridePlan } from '../../runtime/train/override.ts'
import { runExperiment } from '../../runtime/train/run.ts'
import { askedBy } from '../../showcase/arguments.ts'
import { host, root } from '../helpers/repository.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { isPrecise, networkOn, type Target } from '../oracles/replay.ts'

/** What a program has written: a number, an array, or either of them by steps. */
export type Written = number | Numbers | Readonly<Record<string, number | Numbers>>
type Numbers = readonly (number | Numbers)[]
export type Fixture = Readonly<Record<string, Written>>

/** A run's circuit and experiment, and what was asked for beside them. */
export interface Compiled {
  readonly ir: IrModule
  readonly plan: ExperimentPlan
}

/** What a run came to. */
export interface Outcome {
  readonly store: MemoryStore
  readonly saved: ReturnType<Network['save']>
}

/** The run of these arguments of `ccn train`, compiled. */
export function compiledRun(args: readonly string[]): Compiled {
  const { file, options } = askedBy(args)
  const { experiment, variants = [], set = {} } = options
  const result = compile(`${root}/${file}`, host, {
    variants,
    ...(experiment !== undefined && { experiment }),
    set,
  })
  if (!result.ir || !result.plan)
    throw new Error(result.diagnostics.map((each) => each.message).join('\n'))
  const { epochs, steps, seed, batch, limit } = options
  const plan = overridePlan(result.plan, { epochs, steps, seed, batch, limit })
  return { ir: result.ir, plan }
}

/** The run on a target, to its end or for so many steps. */
export async function outcomeOn(
  { ir, plan: whole }: Compiled,
  target: Target,
  steps?: number,
): Promise<Outcome> {
  const precision = isPrecise(target) ? 'f64' : 'f32'
  const plan = overridePlan(whole, {
    precision,
    ...(whole.clock && steps !== undefined && { steps }),
  })
  const { seed, batch, data } = plan
  const module = { patterns: ir.patterns ?? [], pairValues: ir.pairValues ?? [] }
  const drawn = await drawPatterns(module, { seed, folders: [root] })
  const files = sizedFiles(ir.files ?? [], drawn.patterns, module.patterns)
  const read = await readFileArrays(files, { folders: [root], precision })
  const network = await networkOn(target, ir, {
    seed,
    batch,
    patterns: drawn.patterns,
    files: { ...drawn.arrays, ...read.arrays },
  })
  const interrupt = { aborted: false }
  let done = 0
  const stop = (): void => {
    interrupt.aborted = ++done === steps
  }
  const none = (): void => {}
  const tell: Reporter = {
    started: none,
    step: stop,
    evaluating: none,
    epoch: none,
    phase: none,
    ended: none,
    failed: none,
  }
  try {
    const loaded = data && (await loadDataset(data.dataset, { ...data, precision, seed }))
    const store = new MemoryStore()
    const parameters = Object.fromEntries(ir.params.map(({ name, value }) => [name, value]))
    const options = { store, parameters, patterns: drawn.patterns, interrupt }
    await runExperiment(plan, network, loaded, options, tell)
    return { store, saved: { ...network.save(), ...network.derived() } }
  } finally {
    network.dispose()
  }
}

/** Of everything that is written down: how far off a run is, of the largest number of it. */
export const deviations = (fixture: Fixture, outcome: Outcome): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(fixture).map(([name, written]) => [name, deviation(name, written, outcome)]),
  )

function deviation(name: string, written: Written, outcome: Outcome): number {
  if (typeof written === 'number' || Array.isArray(written))
    return apart(flat(written), flat(atEnd(name, outcome)))
  const steps = Object.entries(written)
  return apart(
    steps.flatMap(([, value]) => flat(value)),
    steps.flatMap(([step]) => flat(inStep(name, Number(step), outcome))),
  )
}

type Found = number | Numbers | ArrayLike<number> | undefined

/** A measure of the last step or evaluation, a list of events, or a weight or state after the last step. */
function atEnd(name: string, { store, saved }: Outcome): Found {
  if (name.startsWith('test ')) return store.epochs.at(-1)?.test?.[name.slice('test '.length)]
  if (name.startsWith('times(')) return eventsOf(name.slice('times('.length, -1), store)
  return store.steps.at(-1)?.measures[name] ?? saved[name]?.data
}

/** A measure of that step, or what was recorded in it. */
function inStep(name: string, step: number, { store }: Outcome): Found {
  const measured = store.steps.find((each) => each.step === step)?.measures[name]
  if (measured !== undefined) return measured
  for (const part of store.parts.values()) {
    const [values, steps] = [part.get(name), part.get(`step(${name})`)]
    const row = steps ? Array.from(steps.data).indexOf(step) : -1
    if (!values || !steps || row < 0) continue
    const width = values.data.length / steps.data.length
    return Array.from(values.data).slice(row * width, (row + 1) * width)
  }
  return undefined
}

/** `[step, cell]` of every event, by steps and then by cells. */
function eventsOf(signal: string, store: MemoryStore): Numbers {
  return [...store.parts.values()]
    .flatMap((part) => {
      const [steps, cells] = ['step', 'cell'].map((each) => part.get(`${each}(times(${signal}))`))
      return Array.from(steps?.data ?? [], (step, k) => [Number(step), Number(cells?.data[k])])
    })
    .toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d)
}

function flat(value: Found): readonly number[] {
  if (value === undefined) return []
  if (typeof value === 'number') return [value]
  return Array.from(value as ArrayLike<number | Numbers>, (each) => flat(each)).flat()
}

/** The largest difference over the largest number; infinite where there are more or fewer. */
export function apart(theirs: readonly number[], ours: readonly number[]): number {
  if (theirs.length !== ours.length || theirs.length === 0) return Infinity
  const scale = theirs.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  const off = theirs.map((each, i) => Math.abs(each - (ours[i] ?? Number.NaN)))
  const worst = off.reduce((most, each) => (each <= most ? most : each), 0)
  return worst === 0 ? 0 : worst / Math.max(scale, 1e-12)
}
