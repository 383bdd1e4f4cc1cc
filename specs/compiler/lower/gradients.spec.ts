/**
 * Backprop for free: the gradient that the compiler derives of a circuit's loss, against finite
 * differences of the loss itself, for circuits with every kind of cell in the library.
 */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../compiler/compile.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import { interpret, tensor, type Tensor } from '../../helpers/interpreter.ts'
import { host, root } from '../../helpers/repository.ts'

/** Hidden activations whose derivative in the library is the true one, or equals it here. */
const circuits: readonly {
  readonly file: string
  readonly variants: readonly string[]
  readonly experiment: string
  readonly weight: string
}[] = [
  { file: 'burstccn_family.ccn', variants: [], experiment: 'task', weight: 'W' },
  { file: 'burstccn_family.ccn', variants: ['tied'], experiment: 'task', weight: 'W' },
  { file: 'burstccn_family.ccn', variants: ['softmax_shift'], experiment: 'task', weight: 'W' },
  { file: 'burstccn_family.ccn', variants: ['relu_rms'], experiment: 'task', weight: 'W' },
  { file: 'backprop.ccn', variants: [], experiment: 'task', weight: 'W' },
  { file: 'backprop.ccn', variants: ['softmax'], experiment: 'task', weight: 'W' },
  { file: 'dales.ccn', variants: [], experiment: 'task', weight: 'W_direct' },
]
const set = { inputs: '5', outputs: '3', layers: '2', hidden: '[4, 3]' }
const batch = 3

/** Deterministic numbers in (-1, 1). */
const wave = (count: number, phase: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase) * 0.9)

function setUp(ir: IrModule): {
  readonly storages: Record<string, Tensor>
  readonly run: (
    graph: 'step' | 'infer',
    storages: Record<string, Tensor>,
  ) => ReturnType<typeof interpret>
} {
  const scalars = {
    ...Object.fromEntries([...ir.params, ...ir.rates].map((each) => [each.name, each.value])),
    batch,
  }
  const inputs = {
    x: tensor([batch, 5], wave(batch * 5, 0.3)),
    'y.target': tensor([batch, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
  }
  const run = (
    graph: 'step' | 'infer' | 'init',
    storages: Record<string, Tensor>,
  ): ReturnType<typeof interpret> =>
    interpret(ir.graphs[graph], {
      batch,
      inputs,
      storages,
      scalars,
      draw: (stream, _distribution, count) => wave(count, stream.length),
    })
  return { storages: { ...run('init', {}).stores }, run }
}

describe('the gradient of the loss', () => {
  for (const { file, variants, experiment, weight } of circuits) {
    it(`${file} ${variants.join(',')}: backprop(${weight})`, () => {
      const { ir, diagnostics } = compile(`${root}/examples/${file}`, host, {
        variants,
        experiment,
        set,
      })
      if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
      const { storages, run } = setUp(ir)
      const outputs = run('step', storages).outputs
      const loss = (values: Record<string, Tensor>): number =>
        (run('infer', values).outputs['loss']?.data[0] ?? Number.NaN) / batch
      for (const layer of [0, 1, 2]) {
        const name = `${weight}[${layer}]`
        const gradient = outputs[`backprop(${name})`]
        const original = storages[name]
        if (!gradient || !original) throw new Error(`${name} has no gradient`)
        for (const index of [0, 2, original.data.length - 1]) {
          const shifted = (by: number): number => {
            const data = Float64Array.from(original.data)
            data[index] = (data[index] ?? 0) + by
            return loss({ ...storages, [name]: tensor(original.shape, data) })
          }
          const step = 1e-5
          const numeric = (shifted(step) - shifted(-step)) / (2 * step)
          expect(-(gradient.data[index] ?? 0)).toBeCloseTo(numeric, 7)
        }
      }
    })
  }
})
