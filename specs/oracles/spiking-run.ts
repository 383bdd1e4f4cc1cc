/**
 * The fixture of the whole published run of the spiking model: means over successive seconds of
 * averages, potentials and weights. Its random numbers are those of a seed, so that in double precision
 * the run is replayed step by step; in single precision ours is another sample of the same statistics.
 */
import type { NamedArray, Network } from '../../runtime/engine/network.ts'
import { deviation, Worst, type Deviation } from './compare.ts'
import { LegacyRandom } from './numpy-random.ts'
import { compileFixture, isPrecise, networkOn, type Target } from './replay.ts'

export interface SpikingRunFixture {
  readonly case: string
  readonly doc: string
  readonly seed: number
  readonly settings: Readonly<Record<string, number | readonly number[]>>
  readonly [quantity: string]: unknown
}

export const isSpikingRun = (fixture: unknown): fixture is SpikingRunFixture =>
  typeof fixture === 'object' &&
  fixture !== null &&
  'during_learning_start_times' in settings(fixture)

const settings = (fixture: object): object => {
  const found: unknown = Reflect.get(fixture, 'settings')
  return typeof found === 'object' && found !== null ? found : {}
}

/** Our variable, of which the mean over the cells is meant, by the fixture's name. */
const variables: Readonly<Record<string, string>> = Object.fromEntries(
  ['input', 'output'].flatMap((ensemble) => [
    [`${ensemble}_event_rates`, `${ensemble}s.event_rate`],
    [`${ensemble}_burst_rates`, `${ensemble}s.burst_rate`],
    [`${ensemble}_spike_rates`, `${ensemble}s.spike_rate`],
    [`${ensemble}_burst_probs_indirect`, `${ensemble}s.probability`],
    [`${ensemble}_dendritic_potentials`, `${ensemble}s.u`],
  ]),
)
const weights = 'input_soma_input_weights'
/** The currents of two pathways, which arrive as one. */
const pathways = ['input_Q_inputs', 'input_Y_inputs']
const known = new Set([
  ...Object.keys(variables),
  ...pathways,
  weights,
  'target_rates',
  'case',
  'doc',
  'seed',
  'settings',
])

/** The teacher of the published run, by the second in which it begins. */
const tasks = [
  { from: 0, goal: 10, gain: 80e-12 },
  { from: 50, goal: 5, gain: 100e-12 },
]
/** Cells of an ensemble, steps in a second. */
const cells = 100
const steps = 1000
/** What another sample may be off by over ten seconds, relative to the largest mean of the run. */
const sampling = 0.15

/** Replays the first `seconds` of the run, by default all. */
export async function replaySpikingRun(
  fixture: SpikingRunFixture,
  target: Target,
  seconds = Number(fixture.settings['experiment_end_time']),
): Promise<readonly Deviation[]> {
  for (const key of Object.keys(fixture))
    if (!known.has(key)) throw new RangeError(`The fixture has ${key}, which is not known here.`)
  if (fixture.settings['dt'] !== 1 / steps) throw new RangeError('settings.dt must be 1 ms.')
  const compiled = compileFixture({
    file: 'spiking.ccn',
    variants: ['clocked'],
    experiment: 'untaught',
    set: {},
  })
  if ('errors' in compiled) throw new RangeError(compiled.errors.join(' '))
  const draw = drawsOf(fixture.seed, isPrecise(target))
  const network = await networkOn(target, compiled.ir, { seed: fixture.seed, draw })
  try {
    const means = run(network, fixture, seconds)
    return isPrecise(target) ? exact(fixture, means) : statistical(fixture, means)
  } finally {
    network.dispose()
  }
}

/** Four uniform numbers for each cell in every step, cell after cell, inputs first. */
function drawsOf(seed: number, precise: boolean) {
  const random = new LegacyRandom(seed)
  const numbers = ['inputs', 'outputs'].map((population) =>
    ['', ' 2', ' 3', ' 4'].map((suffix) => ({
      name: `${population} bernoulli${suffix}`,
      values: precise ? new Float64Array(cells) : new Float32Array(cells),
    })),
  )
  const byName = new Map(numbers.flat().map((each) => [each.name, each.values]))
  let drawn = -1
  return (stream: string, step: number) => {
    if (step !== drawn) {
      for (const draws of numbers)
        for (let cell = 0; cell < cells; cell++)
          for (const { values } of draws) values[cell] = random.next()
      drawn = step
    }
    return byName.get(stream)
  }
}

/** Means over seconds, by the fixture's names. */
type Means = Readonly<Record<string, readonly number[]>>

function run(network: Network, fixture: SpikingRunFixture, seconds: number): Means {
  const times = (key: string): readonly number[] => fixture.settings[key] as readonly number[]
  const starts = times('during_learning_start_times')
  const ends = times('during_learning_end_times')
  const wanted = [...Object.values(variables), 'inputs.apical']
  const means: Record<string, number[]> = {}
  let t = 0
  for (let second = 0; second < seconds; second++) {
    const sums: Record<string, number> = {}
    const add = (key: string, of: NamedArray | undefined): void => {
      const { data } = of ?? { data: [Number.NaN] }
      let total = 0
      for (const each of data) total += each
      sums[key] = (sums[key] ?? 0) + total / data.length / steps
    }
    for (let step = 0; step < steps; step++) {
      const now = t
      const task = tasks.findLast(({ from }) => now >= from)
      network.set('goal', task?.goal ?? Number.NaN)
      network.set('gain', task?.gain ?? Number.NaN)
      network.set(
        'teacher',
        starts.some((start, i) => now >= start && now <= (ends[i] ?? 0)),
      )
      t += 1 / steps
      const seen = network.observe(1, {}, wanted)
      network.step(1, {})
      for (const [key, name] of Object.entries(variables)) add(key, seen[name])
      add(pathways.join(' + '), seen['inputs.apical'])
      add(weights, network.save()['W_in'])
    }
    for (const [key, sum] of Object.entries(sums)) (means[key] ??= []).push(sum)
  }
  return means
}

/** The fixture's means over the seconds that were run. */
function expectedOf(fixture: SpikingRunFixture, key: string, seconds: number): readonly number[] {
  const parts = key.split(' + ').map((each) => fixture[each] as readonly number[])
  const total = (second: number): number =>
    parts.reduce((sum, part) => sum + (part[second] ?? Number.NaN), 0)
  return Array.from({ length: seconds }, (_, second) => total(second))
}

function exact(fixture: SpikingRunFixture, means: Means): readonly Deviation[] {
  const worst = new Worst()
  for (const [key, found] of Object.entries(means)) {
    const expected = expectedOf(fixture, key, found.length)
    for (const [second, value] of found.entries()) {
      // A sum of two currents has the digits of the larger one.
      const size = Math.max(
        ...pathways.map((each) => Math.abs((fixture[each] as number[])[second] ?? 0)),
      )
      const of = key.includes(' + ') ? size : (expected[second] ?? 0)
      const off = deviation([expected[second] ?? 0, of], [value, of])
      worst.add(key, off, 0, `second ${second}`, 'relative')
    }
  }
  return worst.list()
}

/** Means over ten seconds, beyond what another sample may be off by. */
function statistical(fixture: SpikingRunFixture, means: Means): readonly Deviation[] {
  const worst = new Worst()
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, each) => sum + each, 0) / values.length
  for (const [key, found] of Object.entries(means)) {
    // The two pathways cancel but for a small rest.
    if (key.includes(' + ')) continue
    const expected = expectedOf(fixture, key, found.length)
    const largest = Math.max(...expected.map(Math.abs))
    for (let start = 0; start < found.length; start += 10) {
      const [theirs, ours] = [expected, found].map((each) => mean(each.slice(start, start + 10)))
      const off = deviation([theirs ?? 0, largest], [ours ?? 0, largest])
      worst.add(
        `${key}, statistically`,
        Math.max(0, off - sampling),
        0,
        `second ${start}`,
        'relative',
      )
    }
  }
  return worst.list()
}
