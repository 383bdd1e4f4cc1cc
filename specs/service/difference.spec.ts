/** Differences are those of meaning: what is only written in another way is none. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile, type Compilation } from '../../compiler/compile.ts'
import { diskHost } from '../../project/disk-host.ts'
import { ParsedFiles } from '../../service/parsed-files.ts'
import { describe as describeModel } from '../../service/describe.ts'
import { differences, marksOf, type Difference } from '../../service/difference/index.ts'
import { withRemoved } from '../../service/difference/union.ts'
import { foldCircuit } from '../../service/graph/fold.ts'
import { compileText } from '../helpers/compile-text.ts'
import { root } from '../helpers/repository.ts'

const base = `model small
param tau = 20 ms
param gain = 2
function relu(z) = max(z, 0)
stp d passes event
synapse S { stp d }
plasticity Hebb(rate = 1) { dw = rate * post.e * pre.e }
cell In { input value  event e = value }
cell C(g = 1) {
  compartment soma
  bias k = 0
  state v = 0 : tau * dv/dt = -v + soma
  event e = relu(g * v + k) + 1
}
population x[2] : In
population h[2][3] : C(gain)
for (a, b) in [x, ...h] {
  connect a.e -> b.soma as W : S { init normal(std = 0.1) learn Hebb delay 1 step }
}
experiment run {
  step 1 ms  duration 1 s
  measure rate = mean(h.e)  every 10 ms
}`

const before = compileText(base)
const changed = (...edits: readonly (readonly [string, string])[]): Compilation => {
  const text = edits.reduce((all, [from, to]) => {
    expect(all).toContain(from)
    return all.replace(from, to)
  }, base)
  return compileText(text)
}
const found = (...edits: readonly (readonly [string, string])[]) =>
  differences(before, changed(...edits)).map(({ kind, change, names, facts }) =>
    [change, kind, names.join(', '), ...facts.map((each) => each.name)].join(' '),
  )

describe('no difference', () => {
  it.each([
    ['a comment', ['bias k = 0', 'bias k = 0 // none\n']],
    ['a unit', ['tau = 20 ms', 'tau = 0.02 s']],
    ['spaces and parentheses', ['-v + soma', '(-v)   +  (soma)']],
    ['the order of terms', ['-v + soma', 'soma + -v']],
    ['the order of factors', ['rate * post.e * pre.e', 'pre.e * rate * post.e']],
    [
      'the order of declarations',
      ['param tau = 20 ms\nparam gain = 2', 'param gain = 2\nparam tau = 20 ms'],
    ],
  ] as const)('%s', (_, edit) => expect(found(edit)).toEqual([]))
  it('names of types, rules and functions', () => {
    const text = base
      .replaceAll('Hebb', 'Donald')
      .replaceAll('relu', 'rectified')
      .replaceAll(/\bC\b/g, 'Neuron')
      .replaceAll(/\bS\b/g, 'Syn')
      .replaceAll('rate = 1) { dw = rate', 'eta = 1) { dw = eta')
    expect(differences(before, compileText(text))).toEqual([])
  })
})

describe('a difference', () => {
  it.each([
    [['tau = 20 ms', 'tau = 21 ms'], ['changed parameter tau value']],
    [['-v + soma', '-v - soma'], ['changed population h[0], h[1] dv/dt']],
    [['state v = 0', 'state v = 1'], ['changed population h[0], h[1] v at first']],
    [['max(z, 0)', 'max(z, 1)'], ['changed population h[0], h[1] e']],
    [['C(gain)', 'C(3)'], ['changed population h[0], h[1] e']],
    [['h[2][3]', 'h[2][4]'], ['changed population h[0], h[1] units']],
    [
      ['h[2][3]', 'h[1][3]'],
      ['removed population h[1]', 'removed connection W[1]'],
    ],
    [['std = 0.1', 'std = 0.2'], ['changed connection W[0], W[1] weights']],
    [['pre.e }', 'pre.e - w }'], ['changed connection W[0], W[1] learns']],
    [['(rate = 1)', '(rate = 2)'], ['changed connection W[0], W[1] learns']],
    [['delay 1 step', 'delay 2 steps'], ['changed connection W[0], W[1] delay']],
    [['delay 1 step', 'delay 1 step sign excitatory'], ['changed connection W[0], W[1] sign']],
    [['duration 1 s', 'duration 2 s'], ['changed experiment run duration']],
    [['every 10 ms', 'every 20 ms'], ['changed experiment run statement statement']],
  ] as const)('%j', (edit, said) => expect(found(edit)).toEqual(said))

  it('tells both sides, in the words of the files', () => {
    const [only] = differences(before, changed(['-v + soma', '-v']))
    expect(only?.facts).toEqual([
      { name: 'dv/dt', before: 'tau * dv/dt = -v + soma', after: 'tau * dv/dt = -v' },
    ])
    expect(marksOf(only ? [only] : [])).toEqual({
      populations: { 'h[0]': 'changed', 'h[1]': 'changed' },
      connections: {},
    })
  })
})

it('of an example is what its variants say', () => {
  const path = join(root, 'examples', 'burstccn.ccn')
  const of = (...variants: string[]) => compile(path, diskHost(path), { variants, until: 'model' })
  const plain = of()
  const said = (variant: string) =>
    differences(plain, of(variant)).map(
      ({ change, kind, names, facts }) =>
        `${change} ${kind} ${names.join(', ')}${facts.map((each) => ` ${each.name}: ${each.before} > ${each.after}`).join(';')}`,
    )
  expect(said('no_event_feedback')).toEqual(['removed connection Q[0], Q[1], Q[2]'])
  expect(said('symmetric')).toEqual([
    'changed connection Y[0], Y[1], Y[2] weights: init xavier_normal(gain = scale * feedback) > tied = W',
    'removed property no_weight_transport',
  ])
  expect(differences(plain, of())).toEqual([])
})

describe('variants of the examples', () => {
  const names = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ccn'))
  it('differ as they did', async () => {
    const parsed = new ParsedFiles()
    const lines = names.flatMap((name) => {
      const path = join(root, 'examples', name)
      const files = diskHost(path)
      const of = (variants: readonly string[]) =>
        compile(path, files, { variants, until: 'model', parse: parsed.parse })
      const plain = of([])
      return plain.model!.variants.flatMap((variant) => [
        `${name} ${variant.name}`,
        ...differences(plain, of([variant.name])).map(compact),
      ])
    })
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/differences.txt')
  })
})

/** A difference in one line: what changed, and in which of its facts. */
function compact({ change, kind, names, facts }: Difference): string {
  const ends = names.length > 2 ? [names[0], '...', names.at(-1)] : names
  const said = facts.map(({ name, before: old = '', after: now = '' }) =>
    `${name}: ${old} > ${now}`.replaceAll(/\s+/g, ' ').slice(0, 100),
  )
  return `  ${change} ${kind} ${ends.join(' ')}${said.length > 0 ? ` | ${said.join(' | ')}` : ''}`
}

describe('the picture of a difference', () => {
  const described = (...edits: readonly (readonly [string, string])[]) => changed(...edits)
  const drawn = (after: Compilation) => {
    const marks = marksOf(differences(before, after))
    const union = withRemoved(describeModel(before)!, describeModel(after)!, marks)
    return foldCircuit(union, { marks })
  }

  it('has what is there no more', () => {
    const { boxes, lines } = drawn(
      described(['population x[2] : In', 'population z[2] : In'], ['[x, ...h]', '[z, ...h]']),
    )
    expect(boxes.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['+ z', '− x', expect.stringMatching(/h$/)]),
    )
    expect(lines.map(({ mark }) => mark)).toContain('changed')
  })

  it('keeps what is left of an array, and lines to the rest', () => {
    const { boxes, lines } = drawn(described(['h[2][3]', 'h[1][3]']))
    expect(boxes.find(({ id }) => id === 'h')).toMatchObject({ count: 1, title: 'h' })
    expect(lines.map(({ title, mark }) => [title, mark])).toContainEqual(['− W[1]', 'removed'])
  })
})
