/**
 * Runs the limits that a file states (`continuous refines rates when settled`): both circuits on the same
 * engine, in double precision, each by an experiment of the file that records what corresponds.
 */
import type { Host } from '../compiler/compile.ts'
import type { CircuitName, Refinement } from '../compiler/model/refinements.ts'
import { printExpression } from '../grammar/print/expression.ts'
import { selectEngine, type Engine } from '../runtime/node/engine/index.ts'
import type { Invocation } from '../runtime/node/train/manifest.ts'
import type { StoredTensor } from '../runtime/io/tensor.ts'
import type { RunStore } from '../runtime/train/options.ts'
import { silentReporter } from '../runtime/train/reporter.ts'
import { runExperiment } from '../runtime/train/run.ts'
import { convergenceOf } from '../service/refinement/convergence.ts'
import type { MeasuredPair, MeasuredRefinement } from '../service/refinement/measured.ts'
import { compileSource } from './compile.ts'
import { ProjectError } from './errors.ts'
import { compileExperiment } from './experiment.ts'
import { dataOf, networkOf } from './network.ts'
import type { Source } from './sources.ts'
import type { Surroundings } from './surroundings.ts'

export type { MeasuredRefinement } from '../service/refinement/measured.ts'

/** What is asked of a run. */
interface Asked {
  readonly circuit: CircuitName
  readonly set: Readonly<Record<string, string>>
  readonly seed: number | undefined
  /** How long it runs, in s; by its experiment if absent. */
  readonly seconds?: number
  /** What is recorded, as it is written. */
  readonly names: readonly string[]
}

/** Runs every limit that the file states. Throws CompileError, ProjectError, DataError or RunError. */
export async function measureRefinements(
  where: Surroundings,
  source: Source,
  dataDir?: string,
): Promise<readonly MeasuredRefinement[]> {
  const { model } = compileSource(source, { until: 'model' })
  const refinements = model?.refinements ?? []
  if (refinements.length === 0) return []
  const [first] = model?.experiments ?? []
  const engine = await selectEngine('wasm')
  const runner = new Runner(where, source, engine, first?.item.name.name, dataDir)
  const all: MeasuredRefinement[] = []
  for (const each of refinements) all.push(await measure(runner, each))
  return all
}

async function measure(runner: Runner, refinement: Refinement): Promise<MeasuredRefinement> {
  const { left, right, limit, over, seeds, pairs } = refinement
  const text = pairs.map(
    (each) => [printExpression(each.left), printExpression(each.right)] as const,
  )
  const squares = pairs.map(() => ({ differences: over.map(() => 0), scale: 0, count: 0 }))
  for (let run = 0; run < seeds; run++) {
    // The first run is that of the experiment's own seed.
    const seed = run === 0 ? undefined : 1000 + run
    const goal = await runner.values({
      circuit: right,
      set: {},
      seed,
      names: text.map(([, name]) => name),
    })
    for (const [k, { value, number }] of over.entries()) {
      const found = await runner.values({
        circuit: left,
        set: limit === 'settled' ? {} : { [limit.param]: printExpression(value) },
        seed,
        ...(limit === 'settled' && { seconds: number }),
        names: text.map(([name]) => name),
      })
      for (const [i, { differences }] of squares.entries())
        differences[k]! += distance(found[i]!, goal[i]!, text[i]!)
    }
    for (const [i, square] of squares.entries()) {
      square.scale += goal[i]!.reduce((sum, x) => sum + x * x, 0)
      square.count += goal[i]!.length
    }
  }
  const grows = limit === 'settled' || limit.grows
  const measured = squares.map(({ differences, scale, count }, i): MeasuredPair => {
    const size = Math.sqrt(scale / count)
    const points = differences.map((square, k) => ({
      text: printExpression(over[k]!.value),
      at: over[k]!.number,
      difference: Math.sqrt(square / count),
    }))
    return {
      text: `${left.name}: ${text[i]![0]}, ${right.name}: ${text[i]![1]}`,
      scale: size,
      points,
      ...convergenceOf(points, size, grows),
    }
  })
  return {
    left: left.name,
    right: right.name,
    limit: limit === 'settled' ? 'when settled' : limit.text,
    parameter: limit === 'settled' ? 'time' : limit.param,
    seeds,
    pairs: measured,
    holds: measured.every(({ converges }) => converges),
  }
}

/** The sum of the squares of the differences. */
function distance(
  a: readonly number[],
  b: readonly number[],
  [left, right]: readonly [string, string],
) {
  if (a.length !== b.length)
    throw new ProjectError(
      `${left} has ${a.length} values, but what it corresponds to, ${right}, has ${b.length}.`,
      { hint: 'Compare means, or what is read from ensembles of different size.' },
    )
  return a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0)
}

/** Runs circuits of one file. */
class Runner {
  readonly #where: Surroundings
  readonly #source: Source
  readonly #engine: Engine
  readonly #first: string | undefined
  readonly #dataDir: string | undefined

  constructor(
    where: Surroundings,
    source: Source,
    engine: Engine,
    first: string | undefined,
    dataDir: string | undefined,
  ) {
    this.#where = where
    this.#source = source
    this.#engine = engine
    this.#first = first
    this.#dataDir = dataDir
  }

  /** What was asked for at the end of a run, or for the first examples of a circuit without a past. */
  async values(asked: Asked): Promise<readonly (readonly number[])[]> {
    const experiment = asked.circuit.experiment ?? this.#first
    if (experiment === undefined)
      throw new ProjectError(`\`${asked.circuit.name}\` cannot be run: the file has no experiment.`)
    const { plan } = await this.#compile(asked, experiment, 1)
    const { clock } = plan
    const last = clock && lastStep(clock, asked.seconds)
    if (!clock && asked.seconds !== undefined)
      throw new ProjectError(
        `\`${asked.circuit.name}\` cannot settle: nothing goes on in it in time.`,
      )
    return this.#run(asked, experiment, last)
  }

  async #run({ names, ...asked }: Asked, experiment: string, last: number | undefined) {
    const compiled = await this.#compile({ names, ...asked }, experiment, last ?? 1, last)
    const source = compiled.overlay
    const order = { name: asked.circuit.name, source, file: source.main, dataDir: this.#dataDir }
    const data = await dataOf(this.#where, compiled, order)
    const network = await networkOf(this.#where, compiled, this.#engine, order)
    const kept = new Kept()
    try {
      await runExperiment(
        compiled.plan,
        network,
        data,
        { store: kept, variables: compiled.variables, states: compiled.states },
        silentReporter,
      )
    } finally {
      network.dispose()
    }
    return names.map((name, i) => kept.values(name, measureName(i), last !== undefined))
  }

  /** The experiment, with what is asked for recorded every so many steps. */
  async #compile(
    { circuit, set, seed, names }: Asked,
    experiment: string,
    every: number,
    last?: number,
  ) {
    const text = this.#source.host.read(this.#source.main) ?? ''
    let own = 'refinement_run'
    while (text.includes(own)) own += '_'
    const recorded = names.filter((name) => !isMeasure(name))
    const measured = names.flatMap((name, i) =>
      isMeasure(name) ? [`${measureName(i)} = ${name}`] : [],
    )
    const statements = [
      ...(recorded.length > 0
        ? [`record ${[...new Set(recorded)].join(', ')} every ${every} steps`]
        : []),
      ...(measured.length > 0 ? [`measure ${measured.join(', ')} every ${every} steps`] : []),
    ]
    const more = `${text}\nexperiment ${own} extends ${experiment} {\n  ${statements.join('\n  ')}\n}\n`
    const { main, host } = this.#source
    const overlay: Source = { main, host: overlaid(host, main, more) }
    const invocation: Invocation = {
      experiment: own,
      variants: circuit.variant === undefined ? [] : [circuit.variant],
      set,
      precision: 'f64',
      noStop: true,
      ...(seed !== undefined && { seed }),
      ...(last !== undefined && { steps: last + 1 }),
    }
    const compiled = await compileExperiment(this.#where, overlay, invocation, this.#engine)
    // Of a circuit without a past the first examples are enough.
    const { plan } = compiled
    const first = plan.clock
      ? plan
      : { ...plan, epochs: 1, ...(plan.data && { data: { ...plan.data, limit: plan.batch } }) }
    return { ...compiled, plan: first, overlay }
  }
}

const measureName = (i: number): string => `refined_${i}`
const isMeasure = (name: string): boolean => name.includes('(')

const overlaid = (host: Host, main: string, text: string): Host => ({
  ...host,
  read: (path) => (path === main ? text : host.read(path)),
})

/** The step before which the run is looked at. */
function lastStep(
  { step, steps }: { readonly step: number; readonly steps: number },
  seconds: number | undefined,
): number {
  if (seconds === undefined) return Math.max(1, steps - 1)
  const last = Math.round(seconds / step)
  if (last >= 1) return last
  throw new ProjectError(`${seconds} s is shorter than a step of ${step} s.`)
}

/** Keeps what a run recorded and measured. */
class Kept implements RunStore {
  readonly #rows = new Map<string, StoredTensor>()
  readonly #measures = new Map<string, number[]>()

  saveRecords(_part: number, arrays: ReadonlyMap<string, StoredTensor>): Promise<void> {
    for (const [name, array] of arrays) this.#rows.set(name, array)
    return Promise.resolve()
  }

  readRecords(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  dropRecords(): Promise<void> {
    return Promise.resolve()
  }

  addMetrics(records: Parameters<RunStore['addMetrics']>[0]): Promise<void> {
    for (const record of records)
      if (record.kind === 'step')
        for (const [name, value] of Object.entries(record.measures))
          this.#measures.set(name, [...(this.#measures.get(name) ?? []), value])
    return Promise.resolve()
  }

  addTiming(): Promise<void> {
    return Promise.resolve()
  }

  saveCheckpoint(): Promise<void> {
    return Promise.resolve()
  }

  /** Of a name: all elements of an array one after the other; at the end, or of the first examples. */
  values(name: string, called: string, isLast: boolean): readonly number[] {
    if (isMeasure(name)) {
      const found = [...this.#measures].flatMap(([own, list]) =>
        own === called || own.startsWith(`${called}[`) ? [list.at(isLast ? -1 : 0)!] : [],
      )
      if (found.length > 0) return found
    }
    const pattern = name
      .split('.')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join(String.raw`(?:\[\d+\])?\.`)
    const own = new RegExp(`^${pattern}$`)
    const columns = [...this.#rows].filter(([each]) => own.test(each))
    if (columns.length === 0) throw new ProjectError(`Nothing was recorded of ${name}.`)
    return columns.flatMap(([, { shape, data }]) => {
      const size = shape.slice(1).reduce((all, each) => all * each, 1)
      const from = isLast ? data.length - size : 0
      // What is not finite ends a run: these are examples that a batch lacks.
      return Array.from(data.slice(from, from + size), Number).filter((x) => !Number.isNaN(x))
    })
  }
}
