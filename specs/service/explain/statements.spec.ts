/** What `explain` says of small circuits, in golden files, and that every check of it holds. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../compiler/compile.ts'
import { diskHost } from '../../../project/disk-host.ts'
import { explain } from '../../../service/explain/explain.ts'
import type { Explanation } from '../../../service/explain/explanation.ts'
import { explanationText } from '../../../service/explain/text.ts'

interface Case {
  readonly name: string
  /** An example, or a file beside this one. */
  readonly file: string
  readonly variants?: readonly string[]
  readonly set?: Readonly<Record<string, string>>
  readonly experiment?: string
}

const small = { hidden: '6', layers: '2' }
const family = (name: string, variants: readonly string[], set = {}): Case => ({
  name,
  file: 'burstccn_family',
  variants,
  set: { ...small, ...set },
})

const cases: readonly Case[] = [
  { name: 'xor', file: 'xor' },
  { name: 'burstccn', file: 'burstccn', set: small },
  { name: 'burstccn-tied', file: 'burstccn', variants: ['symmetric'], set: small },
  { name: 'burstccn-no-events', file: 'burstccn', variants: ['no_event_feedback'], set: small },
  {
    name: 'burstccn-kolen-pollack',
    file: 'burstccn',
    variants: ['kolen_pollack'],
    experiment: 'digits_kolen_pollack',
    set: small,
  },
  family('burstccn-p0', [], { p0: '0.3' }),
  family('burstccn-softmax', ['softmax_shift']),
  family('burstccn-relu', ['relu', 'tied']),
  family('burstccn-relu-p0', ['relu', 'tied'], { p0: '0.4' }),
  { name: 'dales', file: 'dales', set: small },
  {
    name: 'convolution',
    file: 'cifar10_family',
    set: {
      ...{
        inputs: '1',
        height: '8',
        width: '8',
        channels: '[2, 3]',
        rows: '[6, 4]',
        columns: '[6, 4]',
      },
      ...{ kernels: '3', strides: '1', hidden: '5', outputs: '4' },
    },
  },
  { name: 'burstprop', file: 'burstprop', set: small },
  { name: 'edn', file: 'edn', set: { ...small, layers: '1' } },
  {
    name: 'edn-tied',
    file: 'edn',
    variants: ['tied'],
    set: { ...small, layers: '1' },
    experiment: 'digits_prediction',
  },
  { name: 'backprop', file: 'backprop', set: small },
  { name: 'feedback-alignment', file: 'backprop', variants: ['feedback_alignment'], set: small },
  { name: 'direct-feedback-alignment', file: 'direct' },
  { name: 'node-perturbation', file: 'node_perturbation', set: { hidden: '4', layers: '1' } },
  { name: 'kernel-feedback', file: 'kernel_feedback' },
  { name: 'two-dendrites', file: 'two_dendrites' },
  { name: 'perturbed-input', file: 'perturbed_input' },
  { name: 'direct-softmax', file: 'direct_softmax' },
  { name: 'not-at-rest', file: 'not_at_rest' },
  { name: 'clipped', file: 'clipped' },
  { name: 'continuous', file: 'continuous', set: { hidden: '6' } },
  { name: 'settling-together', file: 'settling_together' },
  { name: 'settling-together-random', file: 'settling_together', variants: ['random'] },
  { name: 'balanced', file: 'balanced' },
  { name: 'paths', file: 'paths' },
  { name: 'two-outputs', file: 'two_outputs' },
  { name: 'shared', file: 'shared' },
  { name: 'slices', file: 'slices' },
  {
    name: 'feedback-alignment-normed',
    file: 'backprop',
    variants: ['feedback_alignment', 'ln_relu'],
    set: small,
  },
]

const here = import.meta.dirname
const own: ReadonlySet<string> = new Set([
  'direct',
  'kernel_feedback',
  'clipped',
  'two_dendrites',
  'perturbed_input',
  'direct_softmax',
  'not_at_rest',
  'settling_together',
  'balanced',
  'paths',
  'two_outputs',
  'shared',
  'slices',
])

function explained({ file, ...choice }: Omit<Case, 'name'>): Explanation {
  const folder = own.has(file) ? here : join(here, '../../../examples')
  const path = join(folder, `${file}.ccn`)
  const compilation = compile(path, diskHost(path), { ...choice, optimise: false })
  expect(compilation.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return explain(compilation, choice.variants)!
}

describe('what explain says', () => {
  it.each(cases)('of $name', async ({ name, ...choice }) => {
    const explanation = explained(choice)
    await expect(explanationText(explanation)).toMatchFileSnapshot(`golden/${name}.txt`)
    expect(explanation.holds).toBe(true)
  })

  it('has all weights of a hidden BurstCCN of third order, and the outputs exact', () => {
    const { weights } = explained({ file: 'burstccn', set: small })
    expect(weights.map(({ name, remainder }) => [name, remainder])).toEqual([
      ['W[0]', 3],
      ['W[1]', 3],
      ['W[2]', 'exact'],
      ['h[0].k', 3],
      ['h[1].k', 3],
      ['y.k', 'exact'],
    ])
    for (const { checks } of weights) {
      const slopes = checks.filter(({ derived }) => derived === 3).map(({ measured }) => measured)
      for (const slope of slopes) expect(slope).toBeCloseTo(3, 1)
    }
  })

  it.each([
    ...['brunel', 'coba', 'feedback_learning', 'film', 'inhibitory_plasticity', 'multiplexing'],
    ...['plasticity_rule', 'silencing', 'spiking_xor', 'teacher_network'],
  ])('has something to say of %s', (file) => {
    const { holds, weights, notDone } = explained({ file })
    expect(holds).toBe(true)
    expect(weights.some(({ first }) => first) || notDone.length > 0).toBe(true)
  })

  it('says what it could not do', () => {
    expect(explained({ file: 'spiking' }).notDone.join(' ')).toContain('reactions to events')
    expect(explained({ file: 'ring_attractor' }).notDone).toEqual([
      'Nothing learns in this experiment.',
    ])
  })
})
