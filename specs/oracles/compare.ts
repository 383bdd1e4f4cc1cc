/**
 * Runs a network step by step beside a fixture and gives the largest deviation of every quantity,
 * relative to the largest entry of the fixture's tensor. Angles are compared in degrees.
 *
 * Fixtures hold two runs of the reference, in single and in double precision. Where rounding makes
 * them differ, the double one is the truth and the single one is as far off as rounding takes the
 * reference itself; the smaller deviation from the two counts.
 */
import type { NamedArray, Network, Presented } from '../../runtime/engine/network.ts'
import {
  numbersOf,
  transposed,
  type Fixture,
  type FixtureLayer,
  type FixtureTensor,
} from './fixture.ts'
import type { Mapping, Place } from './mapping.ts'

export interface Deviation {
  /** `W`, `grad_bp_W`, `angle_fa/layer_1`, ... over all layers and steps. */
  readonly quantity: string
  readonly worst: number
  /** Where it is worst. */
  readonly where: string
  /** What the deviation is measured in. */
  readonly unit: 'relative' | 'degrees'
  /** How far the reference's run in single precision is from its run in double. */
  readonly reference: number
  readonly compared: number
}

class Worst {
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

  list(): readonly Deviation[] {
    return [...this.#found].map(([quantity, each]) => ({ quantity, ...each }))
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
  layout: 'same' | 'transposed' | 'diagonal',
): Float32Array {
  const data = numbersOf(tensor)
  if (layout === 'transposed') return transposed(tensor.shape, data)
  if (layout === 'same') return data
  const [rows = 0, columns = 0] = tensor.shape
  return Float32Array.from({ length: rows }, (_, i) => data[i * columns + i] ?? 0)
}

export function loadInitial(network: Network, fixture: Fixture, mapping: Mapping): void {
  const shapes = network.save()
  const values: Record<string, NamedArray> = {}
  for (const [layer, tensors] of fixture.init.entries()) {
    for (const [key, tensor] of Object.entries(tensors)) {
      const place = mapping.storage(key, layer)
      const known = place && shapes[place.name]
      if (tensor && place && known)
        values[place.name] = { shape: known.shape, data: toOurs(tensor, place.layout) }
    }
  }
  network.load(values)
}

export function compare(
  network: Network,
  fixture: Fixture,
  mapping: Mapping,
): readonly Deviation[] {
  const worst = new Worst()
  loadInitial(network, fixture, mapping)
  const exact = new Map(fixture.runs.float64.map((step) => [step.step, step]))
  for (const [index, step] of fixture.runs.float32.entries()) {
    const truth = exact.get(step.step)
    const inputs = fixture.inputs[index]
    const targets = fixture.targets[index]
    if (!inputs || !targets) break
    const presented: Presented = { x: numbersOf(inputs), 'y.target': numbersOf(targets) }
    const count = inputs.shape[0] ?? fixture.batch
    const where = (layer: number): string => `step ${index}, layer ${layer}`
    const check = (
      quantity: string,
      tensors: readonly (FixtureTensor | null | undefined)[],
      found: NamedArray | undefined,
      layer: number,
      place: { readonly layout: Place['layout']; readonly factor?: number },
    ): void => {
      if (!found)
        return worst.add(
          quantity,
          Number.POSITIVE_INFINITY,
          0,
          `${where(layer)}: missing`,
          'relative',
        )
      const data =
        place.factor === undefined
          ? found.data
          : found.data.map((value) => value * (place.factor ?? 1))
      const deviations = tensors.flatMap((tensor) =>
        tensor ? [deviation(toOurs(tensor, place.layout), data)] : [],
      )
      const [single, double] = tensors
      const own = single && double ? deviation(toOurs(double, 'same'), toOurs(single, 'same')) : 0
      worst.add(quantity, Math.min(...deviations), own, where(layer), 'relative')
    }
    const wanted = new Set(['y.e'])
    forEachTensor(step.state_before_update, (key, layer) => {
      const place = mapping.variable(key, layer)
      if (place) wanted.add(place.name)
    })
    const seen = network.observe(count, presented, [...wanted])
    if (seen['y.e'])
      check('output', [step.output, truth?.output], seen['y.e'], fixture.init.length - 1, {
        layout: 'same',
      })
    forEachTensor(step.state_before_update, (key, layer, tensor) => {
      const place = mapping.variable(key, layer)
      if (place)
        check(
          key,
          [tensor, truth?.state_before_update?.[layer]?.[key]],
          seen[place.name],
          layer,
          place,
        )
    })
    const measured = network.measuredStep(count, presented, mapping.rates(index))
    for (const [key, value] of Object.entries(step.measures_after_update ?? {})) {
      const name = mapping.measure(key)
      if (name === undefined || value === null) continue
      const found = measured[name]
      const other = truth?.measures_after_update?.[key] ?? value
      const off = Math.min(
        Math.abs((found ?? Number.NaN) - value),
        Math.abs((found ?? Number.NaN) - other),
      )
      worst.add(
        key.replace(/\/.*/, ''),
        off,
        Math.abs(value - other),
        `step ${index}, ${key}: ${found} for ${other}`,
        'degrees',
      )
    }
    const after = { ...network.save(), ...network.derived() }
    forEachTensor(step.params_after_update, (key, layer, tensor) => {
      const place = mapping.storage(key, layer)
      if (place)
        check(
          key,
          [tensor, truth?.params_after_update?.[layer]?.[key]],
          after[place.name],
          layer,
          place,
        )
    })
  }
  return worst.list()
}

function forEachTensor(
  layers: readonly FixtureLayer[] | undefined,
  visit: (key: string, layer: number, tensor: FixtureTensor) => void,
): void {
  for (const [layer, tensors] of (layers ?? []).entries()) {
    for (const [key, tensor] of Object.entries(tensors)) if (tensor) visit(key, layer, tensor)
  }
}
