/**
 * The fixture of the published silencing experiment, of another form than the others: for each condition
 * and seed what a circuit of single cells was like before its first update and after its last one, as
 * stored with the reference (6 to 8 digits). Each run is `examples/silencing.ccn` with a variant and the
 * seed's draws as parameters.
 */
import { loadDataset } from '../../runtime/node/data/readers.ts'
import { Presenter } from '../../runtime/train/present.ts'
import { deviation, type Deviation } from './compare.ts'
import { compileFixture, networkOn, type Target } from './replay.ts'

type Numbers = readonly number[]

export interface SilencingFixture {
  readonly case: string
  readonly doc: string
  readonly config: Readonly<Record<string, unknown>>
  /** By condition (`control`, `pv`, ...) and quantity, a value for each seed. */
  readonly results: Readonly<Record<string, Readonly<Record<string, Numbers>>>>
}

export const isSilencing = (fixture: unknown): fixture is SilencingFixture =>
  typeof fixture === 'object' && fixture !== null && 'results' in fixture

/** Parameters of the example by the fixture's names; of the configuration, then of each run. */
const shared: Readonly<Record<string, string>> = {
  input: 'stimulus',
  W2_effective: 'readout',
  b2: 'output_bias',
  lr: 'rate',
  p_baseline: 'p0',
  W1_from_PV_initial: 'inhibition',
  apical_bias_rate: 'bias_rate',
}
const drawn: Readonly<Record<string, string>> = {
  initial_direct_weight: 'weight',
  target_change: 'change',
  y_scale: 'y_scale',
}

/** What the file says that is fixed here, or says how the draws of a run came about. */
const fixed: Readonly<Record<string, unknown>> = { hidden_bias: 0, error_scale: 1 }
/** The output with all cells at work, from which the target is made: that is compared. */
const uncompared = new Set(['seed', 'initial_output', ...Object.keys(drawn)])
const explained = ['initial_W1_direct_range', 'Y_scale_range', 'target_change_range']
const known = new Set([
  ...Object.keys({ ...shared, ...fixed }),
  ...explained,
  'n_updates',
  'draw_order',
  'inferred',
])

/** What we have of each run, by the fixture's names. */
type Seen = Readonly<Record<string, number>>

const observed: Readonly<Record<string, string>> = { event_rate: 'h.e', p_t: 'h.p' }
const weights: Readonly<Record<string, string>> = { w_direct: 'W_direct', w: 'W' }

/** Runs all conditions and seeds; throws for a fixture that says something unknown. */
export async function replaySilencing(
  fixture: SilencingFixture,
  target: Target,
): Promise<readonly Deviation[]> {
  const { config, results } = fixture
  const updates = Number(config['n_updates'])
  for (const key of Object.keys(config))
    if (!known.has(key)) throw new RangeError(`config.${key} is no option that is known here.`)
  for (const [key, value] of Object.entries(fixed))
    if (config[key] !== value) throw new RangeError(`config.${key} must be ${String(value)}.`)
  const common = Object.entries(shared).map(([key, name]) => [name, String(config[key])] as const)
  const found: Deviation[] = []
  for (const [condition, quantities] of Object.entries(results)) {
    const seeds = quantities['seed'] ?? []
    const runs: Seen[] = []
    for (const [i] of seeds.entries()) {
      const own = Object.entries(drawn).map(
        ([key, name]) => [name, String(quantities[key]?.[i])] as const,
      )
      const variants = condition === 'control' ? [] : [`silence_${condition}`]
      runs.push(await seenIn(Object.fromEntries([...common, ...own]), variants, updates, target))
    }
    for (const [quantity, expected] of Object.entries(quantities)) {
      if (uncompared.has(quantity)) continue
      const ours = runs.map((run) => run[quantity] ?? Number.NaN)
      // A change is a difference of two quantities that are compared: it carries their rounding.
      const size = quantity.endsWith('_diff')
        ? quantities[quantity.replace('_diff', '_final')]
        : expected
      const worst = deviation([...expected, ...(size ?? [])], [...ours, ...(size ?? [])])
      const place = { where: 'any seed', unit: 'relative', compared: seeds.length } as const
      found.push({ quantity: `${condition} ${quantity}`, worst, reference: 0, ...place })
    }
  }
  return found
}

/** One run, seen before its first update and after its last one. */
async function seenIn(
  set: Readonly<Record<string, string>>,
  variants: readonly string[],
  updates: number,
  target: Target,
): Promise<Seen> {
  const compiled = compileFixture({
    file: 'silencing.ccn',
    variants,
    experiment: 'silencing',
    set,
  })
  if ('errors' in compiled) throw new RangeError(compiled.errors.join(' '))
  if (!compiled.plan) throw new RangeError('The experiment presents nothing.')
  const { present, data, seed } = compiled.plan
  if (!data) throw new RangeError('The experiment presents no data.')
  const { train, plan } = await loadDataset(data.dataset, { ...data, seed })
  const { count, inputs } = new Presenter(present, plan, data.smoothing).present(
    train,
    { start: 0, end: train.count },
    true,
  )
  const network = await networkOn(target, compiled.ir, { seed })
  const seen: Record<string, number> = {}
  const note = (when: string, names: readonly string[]): void => {
    const values = network.observe(count, inputs, Object.values(observed))
    const all = { ...network.save(), ...network.derived(), ...values }
    for (const [key, name] of Object.entries({ ...observed, ...weights }))
      if (names.includes(key)) seen[`${key}_${when}`] = all[name]?.data[0] ?? Number.NaN
  }
  const all = Object.keys({ ...observed, ...weights })
  try {
    note('initial', all)
    for (let step = 0; step < updates; step++) {
      // The burst probability is that of the last example that is taught, the rest of after it.
      if (step + 1 === updates) note('final', ['p_t'])
      network.step(count, inputs)
    }
    note(
      'final',
      all.filter((name) => name !== 'p_t'),
    )
  } finally {
    network.dispose()
  }
  const changes = all.map(
    (name) =>
      [`${name}_diff`, (seen[`${name}_final`] ?? 0) - (seen[`${name}_initial`] ?? 0)] as const,
  )
  return {
    ...seen,
    ...Object.fromEntries(changes),
    input_value: inputs['x']?.[0] ?? Number.NaN,
    new_target_value: inputs['y.target']?.[0] ?? Number.NaN,
  }
}
