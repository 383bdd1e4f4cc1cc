/**
 * Runs a network step by step beside a fixture and gives the largest deviation of every quantity,
 * relative to the largest entry of the fixture's tensor. Angles are compared in degrees.
 *
 * Fixtures hold two runs of the reference, in single and in double precision. The double one is the
 * truth, and the single one is as far off as rounding takes the reference itself. A network in double
 * precision is compared with the truth, one in single precision with whichever is closer. What was
 * stored of the single run alone (files leave out some steps of the double one) is therefore compared
 * in single precision only.
 */
import type { NamedArray, Network, Presented, Rates } from '../../runtime/engine/network.ts'
import { scheduleFactor } from '../../runtime/train/schedule.ts'
import {
  givenOf,
  numbersOf,
  transposed,
  type Fixture,
  type FixtureLayer,
  type FixtureStep,
  type FixtureTensor,
} from './fixture.ts'
import { hiddenSizes, type Found, type Mapping, type Measured, type Place } from './mapping.ts'
import { summarised, withAreas } from './measures.ts'

export interface Deviation {
  /** `W`, `grad_bp_W`, `angle_fa`, ... over all layers and steps. */
  readonly quantity: string
  readonly worst: number
  /** Where it is worst. */
  readonly where: string
  /** What the deviation is measured in. */
  readonly unit: 'relative' | 'degrees'
  /** How far the reference's run in single precision is from its run in double, at most. */
  readonly reference: number
  readonly compared: number
}

/** Collects the largest deviation of every quantity. */
export class Worst {
  readonly #found = new Map<string, Omit<Deviation, 'quantity'>>()

  add(
    quantity: string,
    value: number,
    reference: number,
    where: string,
    unit: Deviation['unit'],
  ): void {
    const known = this.#found.get(quantity) ?? { worst: 0, where, unit, compared: 0, reference: 0 }
    const worse = !(value <= known.worst)
    this.#found.set(quantity, {
      worst: worse ? value : known.worst,
      where: worse ? where : known.where,
      unit,
      compared: known.compared + 1,
      reference: Math.max(known.reference, reference),
    })
  }

  /**
   * A single number may come out right by chance where the tensor that it sums up does not: its
   * reference is at least that of the tensor (twice, since a variance is a square).
   */
  list(): readonly Deviation[] {
    return [...this.#found].map(([quantity, each]) => {
      const tensor = this.#found.get(summarised(quantity) ?? '')
      const degrees = each.unit === 'degrees' ? 180 / Math.PI : 1
      const reference = Math.max(each.reference, 2 * degrees * (tensor?.reference ?? 0))
      return { quantity, ...each, reference }
    })
  }
}

/** Largest difference over the largest entry; the difference itself where all entries are 0. */
export function deviation(expected: ArrayLike<number>, found: ArrayLike<number>): number {
  if (expected.length !== found.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let size = 0
  for (let i = 0; i < expected.length; i++) {
    const a = expected[i] ?? 0
    const b = found[i] ?? 0
    if (Number.isNaN(a) && Number.isNaN(b)) continue
    difference = Math.max(
      difference,
      Number.isNaN(a - b) ? Number.POSITIVE_INFINITY : Math.abs(a - b),
    )
    size = Math.max(size, Math.abs(a))
  }
  return size === 0 ? difference : difference / size
}

/** A fixture's tensor in the layout of our storage. */
export function toOurs(
  tensor: FixtureTensor,
  layout: Place['layout'],
  data = numbersOf(tensor),
): Float64Array {
  if (layout === 'transposed') return transposed(tensor.shape, data)
  if (layout === 'same') return data
  const [rows = 0, columns = 0] = tensor.shape
  const isDiagonal = data.every(
    (value, i) => value === 0 || Math.floor(i / columns) === i % columns,
  )
  if (!isDiagonal) throw new RangeError('A fixture has a full matrix where cells join one to one.')
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + i] ?? 0)
}

export function loadInitial(network: Network, fixture: Fixture, mapping: Mapping): void {
  const shapes = network.save()
  const values: Record<string, NamedArray> = {}
  forEachTensor(fixture.init, (key, layer, tensor) => {
    const place = placeOf(mapping.storage(key, layer), `init.${key}`)
    const [name = ''] = place?.names ?? []
    const known = shapes[name]
    if (place && known)
      values[name] = { shape: known.shape, data: toOurs(tensor, place.layout, givenOf(tensor)) }
  })
  network.load(values)
}

/** The place of a tensor; undefined if it is left out for a reason. Throws if it is unknown. */
function placeOf(found: Found | undefined, what: string): Place | undefined {
  if (!found) throw new RangeError(`The fixture has ${what}, which is not known here.`)
  return 'uncompared' in found ? undefined : found
}

/** The rates of the optimisers at a step, by the fixture's schedules. */
function ratesOf(fixture: Fixture, mapping: Mapping, step: number): Rates | undefined {
  if (!fixture.lr_schedule) return undefined
  const [batches, epochs] = fixture.lr_schedule
  return Object.fromEntries(
    mapping.optimisers.flatMap(({ families, config: { lr, lr_scheduler: schedule } }) => {
      const factor = schedule
        ? scheduleFactor({ kind: 'cosine', warmup: schedule.warmup_epochs }, step, {
            batches,
            steps: batches * epochs,
          })
        : 1
      return families.map((family) => [family, lr * factor])
    }),
  )
}

/** `precise`: the network computes in double precision. */
export function compare(
  network: Network,
  fixture: Fixture,
  mapping: Mapping,
  precise: boolean,
): readonly Deviation[] {
  const worst = new Worst()
  loadInitial(network, fixture, mapping)
  const single = byStep(fixture.runs.float32)
  const double = byStep(fixture.runs.float64)
  for (const [index, inputs] of fixture.inputs.entries()) {
    const targets = fixture.targets[index]
    if (!targets) break
    const records = [single.get(index), double.get(index)]
    const given = (tensor: FixtureTensor): Presented[string] =>
      precise ? givenOf(tensor) : Float32Array.from(givenOf(tensor))
    const presented: Presented = { x: given(inputs), 'y.target': given(targets) }
    const count = inputs.shape[0] ?? fixture.batch
    const rates = ratesOf(fixture, mapping, index)
    compareRates(worst, records, mapping, rates, index)
    const check = (
      quantity: string,
      layer: number,
      place: Place,
      tensors: readonly (FixtureTensor | null | undefined)[],
      values: Readonly<Record<string, NamedArray>>,
    ): void => {
      if (precise && double.size > 0 && !tensors[1]) return
      const where = `step ${index}, layer ${layer}`
      const data = sumOf(place, values)
      if (!data)
        return worst.add(quantity, Number.POSITIVE_INFINITY, 0, `${where}: missing`, 'relative')
      const [off, own] = closest(
        tensors.map((tensor) => tensor && toOurs(tensor, place.layout)),
        data,
        precise,
      )
      worst.add(quantity, off, own, where, 'relative')
    }
    const states = records.map((record) => record?.state_before_update)
    const stored = { ...network.save(), ...network.derived() }
    const wanted = new Set([mapping.output])
    const places = collect(states, (key, layer) => placeOf(mapping.variable(key, layer), key))
    for (const { place } of places)
      for (const name of place.names) if (!stored[name]) wanted.add(name)
    const seen = { ...stored, ...network.observe(count, presented, [...wanted]) }
    const last = fixture.init.length - 1
    check(
      'output',
      last,
      { names: [mapping.output], layout: 'same' },
      records.map((record) => record?.output),
      seen,
    )
    compareLoss(worst, records, targets, seen[mapping.output], precise, index)
    for (const { key, layer, place, tensors } of places) check(key, layer, place, tensors, seen)
    const numbers = network.measuredStep(count, presented, rates)
    compareMeasures(worst, records, mapping, measuredOf(numbers, fixture, count), precise, index)
    const after = { ...network.save(), ...network.derived() }
    const params = records.map((record) => record?.params_after_update)
    for (const { key, layer, place, tensors } of collect(params, (name, layer) =>
      placeOf(mapping.storage(name, layer), name),
    ))
      check(key, layer, place, tensors, after)
  }
  return worst.list()
}

const byStep = (steps: readonly FixtureStep[] | undefined): ReadonlyMap<number, FixtureStep> =>
  new Map((steps ?? []).map((step) => [step.step, step]))

/** The deviation that counts, and that of the reference in single precision from double. */
export function closest(
  expected: readonly (Float64Array | null | undefined)[],
  found: Float64Array,
  precise: boolean,
): readonly [number, number] {
  const [single, double] = expected
  const own = single && double ? deviation(double, single) : 0
  const truth = precise && double ? [double] : [single, double]
  const off = truth.flatMap((each) => (each ? [deviation(each, found)] : []))
  return [off.length === 0 ? 0 : Math.min(...off), own]
}

/** The sum of a place's variables, vectors repeated for every example; undefined if one is missing. */
function sumOf(
  place: Place,
  values: Readonly<Record<string, NamedArray>>,
): Float64Array | undefined {
  const parts = place.names.map((name) => values[name])
  const length = Math.max(...parts.map((each) => each?.data.length ?? 0))
  const total = new Float64Array(length).fill(place.constant ?? 0)
  for (const [index, part] of parts.entries()) {
    if (!part) return undefined
    const { data } = part
    const together = place.shared?.[place.names[index] ?? ''] ?? 1
    for (let i = 0; i < length; i++) {
      const value = data[Math.floor(i / together) % data.length] ?? 0
      total[i] = (total[i] ?? 0) + value * (place.factor ?? 1)
    }
  }
  return total
}

interface Placed {
  readonly key: string
  readonly layer: number
  readonly place: Place
  /** In single and in double precision. */
  readonly tensors: readonly (FixtureTensor | null | undefined)[]
}

/** All tensors of a record that have a place, in either precision. */
function collect(
  records: readonly (readonly FixtureLayer[] | undefined)[],
  find: (key: string, layer: number) => Place | undefined,
): readonly Placed[] {
  const placed = new Map<string, Placed>()
  for (const layers of records) {
    forEachTensor(layers, (key, layer) => {
      const name = `${layer} ${key}`
      const place = placed.has(name) ? undefined : find(key, layer)
      if (!place) return
      const tensors = records.map((each) => each?.[layer]?.[key])
      placed.set(name, { key, layer, place, tensors })
    })
  }
  return [...placed.values()]
}

function measuredOf(
  numbers: Readonly<Record<string, number>>,
  fixture: Fixture,
  examples: number,
): Measured {
  const { n_outputs: outputs } = fixture.config
  const hidden = hiddenSizes(fixture.config)
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
  return {
    layers: hidden.length,
    // A family of one element has no numbers.
    value: (given, index) => {
      const label = fixture.config.out_channels ? withAreas(given) : given
      const single = index === undefined ? undefined : numbers[`${label}[${index}]`]
      return single ?? numbers[label] ?? missing(label, index)
    },
    count: (layers) =>
      examples *
      (layers === 'hidden'
        ? sum(hidden)
        : layers === 'all'
          ? sum([...hidden, outputs])
          : (hidden[layers] ?? outputs)),
  }
}

function missing(label: string, index: number | undefined): never {
  throw new RangeError(`The model measures no ${label}${index === undefined ? '' : `[${index}]`}.`)
}

function compareMeasures(
  worst: Worst,
  records: readonly (FixtureStep | undefined)[],
  mapping: Mapping,
  measured: Measured,
  precise: boolean,
  index: number,
): void {
  const [single, double] = records.map((record) => record?.measures_after_update ?? {})
  for (const key of new Set([...Object.keys(single ?? {}), ...Object.keys(double ?? {})])) {
    const kind = key.replace(/\/.*/, '')
    if (mapping.unmeasured?.[kind] !== undefined) continue
    const found = mapping.measure(key, measured)
    if (found === undefined)
      throw new RangeError(`The fixture measures ${key}, which is not known here.`)
    const expected = [single?.[key], double?.[key]]
    const angle = kind.startsWith('angle')
    const as = (value: number | null | undefined): Float64Array | undefined =>
      value === undefined ? undefined : Float64Array.of(value ?? Number.NaN)
    const scale = angle ? Math.abs(expected[1] ?? expected[0] ?? 0) || 1 : 1
    const [off, own] = closest(expected.map(as), Float64Array.of(found), precise)
    worst.add(
      kind,
      off * scale,
      own * scale,
      `step ${index}, ${key}: ${found} for ${expected[1] ?? expected[0]}`,
      angle ? 'degrees' : 'relative',
    )
  }
}

/** The mean squared error over examples and outputs, before the update. */
function compareLoss(
  worst: Worst,
  records: readonly (FixtureStep | undefined)[],
  targets: FixtureTensor,
  output: NamedArray | undefined,
  precise: boolean,
  index: number,
): void {
  const goal = givenOf(targets)
  const squares = Array.from(output?.data ?? [], (value, i) => (value - (goal[i] ?? 0)) ** 2)
  const mean = squares.reduce((total, value) => total + value, 0) / squares.length
  const expected = records.map((record) => record && Float64Array.of(record.loss_mse_before_update))
  const [off, own] = closest(expected, Float64Array.of(mean), precise)
  worst.add('loss_mse', off, own, `step ${index}`, 'relative')
}

/** The rates that the fixture says it used, grouped by optimiser, against those of our schedules. */
function compareRates(
  worst: Worst,
  records: readonly (FixtureStep | undefined)[],
  mapping: Mapping,
  rates: Rates | undefined,
  index: number,
): void {
  const used = records.find((record) => record?.lr_used !== undefined)?.lr_used
  if (used === undefined || used === null) return
  const groups: readonly unknown[] = Array.isArray(used)
    ? used
    : typeof used === 'object'
      ? Object.values(used)
      : [used]
  for (const [i, group] of groups.entries()) {
    const optimiser = mapping.optimisers[i]
    const [family = ''] = optimiser?.families ?? []
    const ours = rates?.[family] ?? optimiser?.config.lr
    for (const rate of Array.isArray(group) ? group : [group]) {
      const off = Math.abs(Number(rate) - (ours ?? Number.NaN)) / Math.abs(Number(rate) || 1)
      worst.add('lr', off, 0, `step ${index}, optimiser ${i}: ${ours} for ${rate}`, 'relative')
    }
  }
}

function forEachTensor(
  layers: readonly FixtureLayer[] | undefined,
  visit: (key: string, layer: number, tensor: FixtureTensor) => void,
): void {
  for (const [layer, tensors] of (layers ?? []).entries()) {
    for (const [key, tensor] of Object.entries(tensors)) if (tensor) visit(key, layer, tensor)
  }
}
