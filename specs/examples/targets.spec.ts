/**
 * Examples on both targets: trained from the same seed on tfjs and on wasm, with one thread and with
 * two, they answer, score, measure and learn the same, and on two threads bit by bit what they do on
 * one. Small networks, and several variants in one compilation, keep it quick.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, emitJavaScript } from '../../compiler/index.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import type { NamedArray, Network } from '../../runtime/engine/network.ts'
import { errorsOf } from '../helpers/compile-text.ts'
import { host, root } from '../helpers/repository.ts'
import { examplesAtOnce, smallSettings } from '../helpers/small-examples.ts'
import { withPatterns } from '../helpers/drawn.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'
import { elementCount } from '../../compiler/ir/shapes.ts'

const mostExamples = 5
const steps = 5
const create = { seed: 11, batch: mostExamples }

/** Beside the circuit as it stands: sets of variants that change it and can be combined. */
const variants: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'xor.ccn': [['random_feedback', 'no_event_feedback']],
  'burstccn.ccn': [['symmetric'], ['kolen_pollack']],
  'burstccn_family.ccn': [
    ['softmax_shift', 'relu_rms', 'kolen_pollack_bursts'],
    ['softmax', 'apical', 'events_from_bursts'],
    ['ln_relu', 'tied', 'no_event_feedback'],
  ],
  'dales.ccn': [['tied', 'silence_vip'], ['apical_bias_learning']],
  'backprop.ccn': [['kolen_pollack', 'softmax', 'ms_relu_n']],
  'cifar10.ccn': [['kolen_pollack', 'relu_rms', 'softmax']],
  'cifar10_family.ccn': [['softmax', 'ln_relu', 'kolen_pollack_bursts', 'events_random'], ['tied']],
  'cifar10_backprop.ccn': [['kolen_pollack', 'softmax', 'relu_rms']],
  'edn.ccn': [['tied']],
  'silencing.ccn': [['silence_vip'], ['silence_sst', 'silence_ndnf']],
}

/**
 * Where potentials are small differences of large ones, excitation and the inhibition that cancels it
 * (about 1): what is observed of them carries the rounding of those. Against double precision either
 * engine is off by about 1.5e-6. Weights, scores and measures are held to the usual tolerance.
 */
const cancelling: ReadonlySet<string> = new Set(['dales.ccn'])

/** How many times the usual tolerance: where what is learned is the small difference of two phases. */
const rounding: Readonly<Record<string, number>> = { 'cifar10_burstprop.ccn': 10 }

/** Where nothing learns, or goes on in time: variants of it do, in an experiment of their own. */
const onlyAnswers: ReadonlySet<string> = new Set(['formalisms.ccn '])

type Seen = Readonly<Record<string, NamedArray>>

function presentedTo({ inputs }: IrModule, batch: number): Record<string, Float32Array> {
  return Object.fromEntries(
    inputs.map(({ name, shape }) => {
      const size = elementCount(shape, batch)
      const width = size / batch
      const isTarget = name.endsWith('.target') && width > 1
      const value = (i: number): number =>
        isTarget
          ? Number(i % width === (3 * Math.floor(i / width)) % width)
          : 0.5 + 0.5 * Math.sin(1 + 7 * i)
      return [name, Float32Array.from({ length: size }, (_, i) => value(i))]
    }),
  )
}

/** All that a network shows of some steps of learning. */
function record(network: Network, module: IrModule): Seen {
  const batch = examplesAtOnce(module, mostExamples)
  const inputs = presentedTo(module, batch)
  const { nodes, outputs } = module.graphs.step
  const variables = outputs
    .filter(({ value }) => nodes[value]?.section !== 'measure')
    .map(({ name }) => name)
  const seen: Record<string, NamedArray> = {}
  const note = (call: string, values: Readonly<Record<string, NamedArray | number>>): void => {
    for (const [name, value] of Object.entries(values)) {
      seen[`${call} ${name}`] =
        typeof value === 'number' ? { shape: [], data: Float64Array.of(value) } : value
    }
  }
  note('at first', network.save())
  note('observe', network.observe(batch, inputs, variables))
  for (let i = 1; i < steps; i++) network.step(batch, inputs)
  note('measure', network.measuredStep(batch, inputs))
  note('infer', network.infer(batch, inputs))
  note('score', network.score(batch, inputs))
  note('learned', network.save())
  note('derived', network.derived())
  return seen
}

/**
 * What differs by more than 1e-5 of the largest number of its tensor. Angles, in degrees, come from an
 * arc cosine: near 0 an error of one rounding (6e-8) in the cosine is sqrt(2 * 6e-8) rad = 0.02 degrees.
 * Tensors of numbers below 1e-2 are differences of rates near 1, which carry the rates' rounding.
 */
function differences(actual: Seen, expected: Seen, isCancelling: boolean, times = 1): string[] {
  return Object.entries(expected).flatMap(([name, { shape, data }]) => {
    const other = actual[name]
    if (other?.shape.join() !== shape.join()) return [`${name} has another shape`]
    const least = isCancelling && name.startsWith('observe ') ? 0.5 : 1e-2
    let largest = least
    for (const value of data)
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
    const tolerance = name.startsWith('measure angle') ? 0.05 : 1e-5 * times * largest
    const at = data.findIndex(
      (value, i) =>
        // What has not happened yet is infinitely long ago, and what no event has come of is no number.
        !Object.is(other.data[i], value) &&
        other.data[i] !== value &&
        !(Math.abs((other.data[i] ?? Number.NaN) - value) <= tolerance),
    )
    return at < 0 ? [] : [`${name}[${at}]: ${other.data[at]} for ${data[at]} (of ${largest})`]
  })
}

/** The names of what is not the same bit by bit. */
const unequal = (a: Seen, b: Seen): string[] =>
  Object.keys({ ...a, ...b }).filter(
    (name) => !a[name]?.data.every((value, i) => Object.is(value, b[name]?.data[i])),
  )

const runs = readdirSync(`${root}/examples`)
  .filter((name) => name.endsWith('.ccn'))
  .flatMap((name) => [[], ...(variants[name] ?? [])].map((chosen) => ({ name, chosen })))

describe('tfjs and wasm', () => {
  it('are compared on variants of examples that there are', () => {
    expect(runs.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(variants)))
  })

  it.each(runs)('agree on $name $chosen', async ({ name, chosen }) => {
    const path = `${root}/examples/${name}`
    const text = readFileSync(path, 'utf8')
    const set = smallSettings(name, text)
    const result = compile(path, host, { set, variants: chosen })
    const { ir, sources } = result
    if (!ir) {
      // A construct that no target runs yet; anything else is a failure.
      const codes = errorsOf(result).map((each) => each.slice(0, 7))
      expect(codes.length).toBeGreaterThan(0)
      expect(codes).toEqual(codes.map(() => 'CCN7001'))
      return
    }
    const recordOf = async (making: Promise<Network>): Promise<Seen> => {
      const network = await making
      try {
        return record(network, ir)
      } finally {
        network.dispose()
      }
    }
    const tfjs = await selectEngine('tfjs-wasm')
    const given = withPatterns(ir, create)
    const expected = await recordOf(tfjs.instantiate(await emitJavaScript(ir, sources), given))
    const one = await recordOf(wasmNetwork(ir, { threads: 1 }, given))
    const two = await recordOf(wasmNetwork(ir, { threads: 2 }, given))
    expect(Object.keys(one).toSorted()).toEqual(Object.keys(expected).toSorted())
    expect(differences(one, expected, cancelling.has(name), rounding[name])).toEqual([])
    expect(unequal(one, two)).toEqual([])
    // What is compared moves: a run that learned nothing would agree with anything.
    const isLearned = ir.storages.some(
      ({ name: weight }) =>
        unequal({ w: one[`at first ${weight}`]! }, { w: one[`learned ${weight}`]! }).length > 0,
    )
    expect(isLearned).toBe(!onlyAnswers.has(`${name} ${chosen.join()}`))
  })
})
