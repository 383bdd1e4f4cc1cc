/**
 * Fixtures of the published programs in continuous time, replayed step by step: inputs and targets are
 * presented as recorded, the teacher comes and goes when it did, and every state vector and weight is
 * compared wherever it was recorded.
 */
import { compile } from '../../compiler/compile.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { NamedArray, Network } from '../../runtime/engine/network.ts'
import { host, root } from '../helpers/repository.ts'
import { closest, Worst, type Deviation } from './compare.ts'
import { givenOf, numbersOf, transposed, type FixtureTensor } from './fixture.ts'
import {
  parametersOf,
  programOf,
  type ContinuousFixture,
  type ContinuousStep,
  type Program,
  type Seen,
} from './map-continuous.ts'
import { isPrecise, networkOn, type Target } from './replay.ts'

type Values = Readonly<Record<string, NamedArray>>

/** `examples/continuous.ccn`, for a run without a protocol; throws with what the compiler says. */
export function compileContinuous(
  variants: readonly string[],
  set: Readonly<Record<string, string>>,
): IrModule {
  const { ir, diagnostics } = compile(`${root}/examples/continuous.ccn`, host, {
    variants,
    set,
    experiment: 'free',
  })
  if (ir) return ir
  const errors = diagnostics.filter((each) => each.severity === 'error')
  throw new RangeError(errors.map((each) => `${each.code} ${each.message}`).join(' '))
}

/** Throws for a fixture that says something unknown. */
export async function replayContinuous(
  fixture: ContinuousFixture,
  target: Target,
): Promise<readonly Deviation[]> {
  const program = programOf(fixture)
  const ir = compileContinuous([...program.variants, 'given', 'taught'], parametersOf(fixture))
  const network = await networkOn(target, ir, { seed: 1 })
  try {
    return new Replay(fixture, program, ir, network, isPrecise(target)).run()
  } finally {
    network.dispose()
  }
}

/** Feedback weights are [next unit, unit] there, and [unit, next unit] here. */
export const laidOut = (
  key: string,
  tensor: FixtureTensor,
  data = numbersOf(tensor),
): Float64Array => (key === 'Y' || key === 'Q' ? transposed(tensor.shape, data) : data)

/** Numbers that are nothing beside potentials and rates of the order of 1. */
const GONE = 1e-10

class Replay {
  readonly #fixture: ContinuousFixture
  readonly #program: Program
  readonly #ir: IrModule
  readonly #network: Network
  readonly #precise: boolean
  readonly #worst = new Worst()
  /** Variables of the step before. */
  #before: Values = {}

  constructor(
    fixture: ContinuousFixture,
    program: Program,
    ir: IrModule,
    network: Network,
    precise: boolean,
  ) {
    this.#fixture = fixture
    this.#program = program
    this.#ir = ir
    this.#network = network
    this.#precise = precise
  }

  run(): readonly Deviation[] {
    const { config, inputs, targets, runs } = this.#fixture
    const network = this.#network
    this.#loadInitial()
    const records = [runs.float32, runs.float64].map(
      (run) => new Map(run.map((each) => [each.step, each])),
    )
    const names = this.#variables()
    const rate = (config.lr * config.dt) / config.tau_W
    const { steps_teacher_off: from, steps_teacher_on: on } = config
    for (let step = 0; step < (inputs.shape[0] ?? 0); step++) {
      const teacher = step >= from && step < from + on
      network.set('teacher', Number(teacher))
      const presented = { x: this.#row(inputs, step), 'y.target': this.#row(targets, step) }
      const seen = network.observe(1, presented, names)
      const rates = this.#ir.rates.map(({ name }) => [name, teacher ? rate : 0])
      network.step(1, presented, Object.fromEntries(rates))
      const recorded = records.map((each) => each.get(step))
      if (recorded.some((each) => each !== undefined)) this.#compare(recorded, seen, step, teacher)
      this.#before = seen
    }
    return this.#worst.list()
  }

  #row(tensor: FixtureTensor, step: number): Float64Array | Float32Array {
    const width = tensor.shape[1] ?? 1
    const row = givenOf(tensor).subarray(step * width, (step + 1) * width)
    return this.#precise ? row : Float32Array.from(row)
  }

  #isOutput(layer: number): boolean {
    return layer === this.#fixture.init.length - 1
  }

  #cell(layer: number): string {
    return this.#isOutput(layer) ? 'y' : `h[${layer}]`
  }

  /** Where a weight is kept; what is tied to others is found among the derived. */
  #storage(key: string, layer: number): string {
    const names: Readonly<Record<string, string>> = {
      W: `W[${layer}]`,
      W_bias: `${this.#cell(layer)}.k`,
      Y: `Y[${layer}]`,
      Q: `Q[${layer}]`,
    }
    const name = names[key]
    if (name === undefined) throw new RangeError(`The fixture has ${key}, which is not known here.`)
    return name
  }

  #loadInitial(): void {
    const shapes = this.#network.save()
    const values: Record<string, NamedArray> = {}
    for (const [layer, tensors] of this.#fixture.init.entries()) {
      for (const [key, tensor] of Object.entries(tensors)) {
        const name = this.#storage(key, layer)
        const known = shapes[name]
        if (known)
          values[name] = { shape: known.shape, data: laidOut(key, tensor, givenOf(tensor)) }
        else throw new RangeError(`There is no weight ${name} to begin with.`)
      }
    }
    this.#network.load(values)
  }

  #seen(key: string, layer: number): Seen | 0 {
    const { hidden, output } = this.#program
    const found = (this.#isOutput(layer) ? output : hidden)[key]
    if (found === undefined)
      throw new RangeError(`The fixture has ${key}, which is not known here.`)
    return found
  }

  #variables(): readonly string[] {
    const names = this.#fixture.init.flatMap((_, layer) => {
      const { hidden, output } = this.#program
      return Object.values(this.#isOutput(layer) ? output : hidden).flatMap((seen) =>
        seen === 0 ? [] : seen.product.map((name) => `${this.#cell(layer)}.${name}`),
      )
    })
    return [...new Set([...names, 'x.m'])]
  }

  #compare(
    recorded: readonly (ContinuousStep | undefined)[],
    seen: Values,
    step: number,
    teacher: boolean,
  ): void {
    const stored = { ...this.#network.save(), ...this.#network.derived() }
    for (const record of recorded)
      if (record && record.teacher_on !== teacher)
        throw new RangeError(`teacher_on of step ${step} is not as steps_teacher_on says.`)
    const some = recorded.find((each) => each !== undefined)
    for (const [layer, tensors] of (some?.layers ?? []).entries()) {
      for (const key of Object.keys(tensors)) {
        const expected = recorded.map((each) => each?.layers[layer]?.[key])
        const isWeight = ['W', 'W_bias', 'Y', 'Q'].includes(key)
        const found = isWeight
          ? stored[this.#storage(key, layer)]?.data
          : this.#product(key, layer, seen)
        this.#check(key, expected, found, `step ${step}, layer ${layer}`)
      }
    }
    const traces = recorded.map((each) => each?.input_event_rate_ma)
    if (traces.some((each) => each !== undefined))
      this.#check('input_event_rate_ma', traces, seen['x.m']?.data, `step ${step}`)
  }

  #product(key: string, layer: number, seen: Values): ArrayLike<number> | undefined {
    const place = this.#seen(key, layer)
    const { shape } = this.#fixture.init[layer]?.['W_bias'] ?? { shape: [0] }
    if (place === 0) return new Float64Array(shape[0] ?? 0)
    const own = this.#fixture.init_state[layer]?.[key.replace('_cache', '')]
    if (place.ago === 1 && Object.keys(this.#before).length === 0) return own && numbersOf(own)
    const values = place.ago === 1 ? this.#before : seen
    const factors = place.product.map((name) => values[`${this.#cell(layer)}.${name}`]?.data)
    // What is one number for all units is repeated.
    return Float64Array.from({ length: shape[0] ?? 0 }, (_, i) =>
      factors.reduce((total, each) => total * (each?.[i % each.length] ?? Number.NaN), 1),
    )
  }

  /** Where the fixture has no number (0/0 in the first step), nothing is compared. */
  #check(
    key: string,
    tensors: readonly (FixtureTensor | undefined)[],
    found: ArrayLike<number> | undefined,
    where: string,
  ): void {
    if (!found) return this.#worst.add(key, Infinity, 0, `${where}: missing`, 'relative')
    const ours = Float64Array.from(found)
    const expected = tensors.map(
      (tensor) =>
        tensor &&
        laidOut(key, tensor).map((value, i) => (Number.isNaN(value) ? (ours[i] ?? 0) : value)),
    )
    // What has died away is compared as nothing: potentials decay by a factor of ten in a step or two.
    const isGone = [ours, ...expected].every((each) =>
      each?.every((value) => Math.abs(value) < GONE),
    )
    const [off, own] = isGone ? [0, 0] : closest(expected, ours, this.#precise)
    this.#worst.add(key, off, own, where, 'relative')
  }
}
