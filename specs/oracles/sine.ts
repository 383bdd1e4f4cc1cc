/**
 * The fixture of the published sine task: 210,000 steps in which a network learns to follow another one
 * that hears the same three oscillating inputs. It is `examples/continuous.ccn` from the fixture's
 * weights, frequencies and phases. In double precision the circuit makes the inputs. A frequency in
 * single precision has lost a thousandth of a period by the end, so that there they are presented, as
 * the reference does, which computes them in double.
 */
import type { NamedArray, Network, Presented } from '../../runtime/engine/network.ts'
import { closest, Worst, type Deviation } from './compare.ts'
import { compileContinuous, laidOut } from './continuous.ts'
import { givenOf, numbersOf, type FixtureTensor } from './fixture.ts'
import type { ContinuousLayer } from './map-continuous.ts'
import { isPrecise, networkOn, type Target } from './replay.ts'

export interface SineFixture {
  readonly case: string
  readonly doc: string
  readonly config: Readonly<Record<string, number>>
  /** Phase per step, and phase at the beginning, of each input. */
  readonly frequencies: readonly number[]
  readonly phases: readonly number[]
  readonly target_network: readonly ContinuousLayer[]
  readonly init: readonly ContinuousLayer[]
  readonly first_20_steps_x0_target_output_loss: readonly (readonly number[])[]
  readonly mean_loss_per_1000_steps: readonly number[]
  readonly snapshots: readonly {
    readonly after_step: number
    readonly weights: readonly ContinuousLayer[]
    readonly output: FixtureTensor
    readonly target: FixtureTensor
  }[]
}

export const isSine = (fixture: unknown): fixture is SineFixture =>
  typeof fixture === 'object' && fixture !== null && 'mean_loss_per_1000_steps' in fixture

/** How far 210,000 steps may lead away from the reference, which has single precision itself. */
export const sineTolerance = 1e-3

/** Parameters of the example by the fixture's names. */
const parameters: Readonly<Record<string, (value: number) => readonly [string, string]>> = {
  dt: (value) => ['dt', `${value} s`],
  p_baseline: (value) => ['p0', String(value)],
  tau_W: (value) => ['tau_w', `${value} s`],
  lr: (value) => ['rate', String(value)],
}
const periods = new Set(['steps_off', 'steps_on', 'steps_off_after'])
const block = 1000

/** Runs the whole task, or its first `steps`; throws for a fixture that says something unknown. */
export async function replaySine(
  fixture: SineFixture,
  target: Target,
  steps = Number.POSITIVE_INFINITY,
): Promise<readonly Deviation[]> {
  const { config, init, frequencies } = fixture
  const set: [string, string][] = [
    ['inputs', String(frequencies.length)],
    ['hidden', String(init[0]?.['W']?.shape[0] ?? 0)],
    ['guides', String(fixture.target_network[0]?.['W']?.shape[0] ?? 0)],
    ['outputs', String(init[1]?.['W']?.shape[0] ?? 0)],
  ]
  for (const [key, value] of Object.entries(config)) {
    if (key === 'seed' || periods.has(key)) continue
    const parameter = parameters[key]
    if (!parameter) throw new RangeError(`config.${key} is no option that is known here.`)
    set.push([...parameter(value)] as [string, string])
  }
  const presents = !isPrecise(target)
  const ir = compileContinuous(presents ? ['given'] : [], Object.fromEntries(set))
  const network = await networkOn(target, ir, { seed: 1 })
  try {
    loadInitial(network, fixture, presents)
    return follow(
      network,
      fixture,
      ir.rates.map((each) => each.name),
      presents,
      steps,
    )
  } finally {
    network.dispose()
  }
}

const names = (layer: number): Readonly<Record<string, string>> => ({
  W: `W[${layer}]`,
  W_bias: layer === 0 ? 'h[0].k' : 'y.k',
  Y: `Y[${layer}]`,
  Q: `Q[${layer}]`,
})

function loadInitial(network: Network, fixture: SineFixture, presents: boolean): void {
  const { config, frequencies, phases } = fixture
  const shapes = network.save()
  const values: Record<string, NamedArray> = {}
  const load = (name: string, data: Float64Array): void => {
    const known = shapes[name]
    if (!known) throw new RangeError(`There is nothing named ${name} to begin with.`)
    values[name] = { shape: known.shape, data }
  }
  const { dt = 1 } = config
  if (!presents) {
    const perSecond = Float64Array.from(frequencies, (each) => each / dt)
    load('x.omega', perSecond)
    load('x.angle', Float64Array.from(phases))
  }
  for (const [layer, tensors] of fixture.init.entries()) {
    for (const [key, name] of Object.entries(names(layer))) {
      const tensor = tensors[key]
      // The output has no feedback weights.
      if (tensor && shapes[name]) load(name, laidOut(key, tensor, givenOf(tensor)))
    }
  }
  // Of the network to follow the way forward counts alone.
  for (const [layer, [weight, bias]] of [
    ['G_in', 'guide.k'],
    ['G_out', 'guide_out.k'],
  ].entries()) {
    const { W, W_bias } = fixture.target_network[layer] ?? {}
    if (weight !== undefined && W) load(weight, givenOf(W))
    if (bias !== undefined && W_bias) load(bias, givenOf(W_bias))
  }
  network.load(values)
}

function follow(
  network: Network,
  fixture: SineFixture,
  rateNames: readonly string[],
  presents: boolean,
  limit: number,
): readonly Deviation[] {
  const { config, snapshots, frequencies, phases } = fixture
  const worst = new Worst()
  const check = (
    quantity: string,
    expected: ArrayLike<number>,
    found: ArrayLike<number>,
    where: string,
  ): void => {
    const [off] = closest([Float64Array.from(expected)], Float64Array.from(found), false)
    worst.add(quantity, off, 0, where, 'relative')
  }
  const { steps_off: off = 0, steps_on: on = 0, steps_off_after: after = 0 } = config
  const rate = ((config['lr'] ?? 0) * (config['dt'] ?? 0)) / (config['tau_W'] ?? 1)
  const ratesAt = (value: number) => Object.fromEntries(rateNames.map((name) => [name, value]))
  const [learning, still] = [ratesAt(rate), ratesAt(0)]
  let total = 0
  for (let step = 0; step < Math.min(limit, off + on + after); step++) {
    if (step === 0 || step === off || step === off + on)
      network.set('teacher', Number(step === off))
    const inputs: Presented = presents
      ? { x: Float32Array.from(frequencies, (each, i) => Math.cos(each * step + (phases[i] ?? 0))) }
      : {}
    const isTaught = step >= off && step < off + on
    const first = fixture.first_20_steps_x0_target_output_loss[step]
    const snapshot = snapshots.find((each) => each.after_step === step + 1)
    const seen =
      first || snapshot ? network.observe(1, inputs, ['x.e', 'y.target', 'y.e']) : undefined
    const [x0, target, output] = ['x.e', 'y.target', 'y.e'].map((name) => seen?.[name]?.data ?? [])
    // The circuit's loss is half the squared error.
    const loss = 2 * (network.measuredStep(1, inputs, isTaught ? learning : still)['loss'] ?? NaN)
    if (first)
      check(
        'first_20_steps',
        first,
        [x0?.[0], target?.[0], output?.[0], loss].map(Number),
        `step ${step}`,
      )
    total += loss
    if ((step + 1) % block === 0) {
      const index = (step + 1) / block - 1
      const mean = fixture.mean_loss_per_1000_steps[index]
      if (mean !== undefined) check('mean_loss', [mean], [total / block], `block ${index}`)
      total = 0
    }
    if (!snapshot) continue
    const where = `after step ${step + 1}`
    check('output', numbersOf(snapshot.output), output ?? [], where)
    check('target', numbersOf(snapshot.target), target ?? [], where)
    const stored = network.save()
    for (const [layer, tensors] of snapshot.weights.entries()) {
      for (const [key, name] of Object.entries(names(layer))) {
        const tensor = tensors[key]
        const found = stored[name]
        if (tensor && found)
          check(key, laidOut(key, tensor), found.data, `${where}, layer ${layer}`)
      }
    }
  }
  return worst.list()
}
