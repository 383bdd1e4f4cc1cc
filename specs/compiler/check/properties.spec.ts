/**
 * Properties: which hold, and what shows or breaks them. Each row is a small circuit, and what its certificate
 * says.
 */
import { describe, expect, it } from 'vitest'
import type { PropertyName } from '../../../compiler/model/claims.ts'
import { certify, type CertifiedFact } from '../../../service/certificates/index.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const cell = 'cell A { compartment soma, apical  event e = sigmoid(soma)  u = apical  m = mean(e) }'
const hebb = 'plasticity Hebb { dw = post.u * pre.e }'
const net = `${cell}\n${hebb}\npopulation x[2] : A\npopulation h[3] : A\npopulation y[2] : A\n`
const forward = `connect x.e -> h.soma as V { init normal(std = 1)  learn Hebb }
connect h.e -> y.soma as W { init normal(std = 1)  learn Hebb }\n`
const signs = `synapse Exc { sign excitatory }\nsynapse Inh { sign inhibitory }\n`
const run = (protocol: string) =>
  `experiment e { optimise V, W with sgd(rate = 1)  protocol { ${protocol} } }`

const flat = (facts: readonly CertifiedFact[] = []): readonly string[] =>
  facts.flatMap(({ text, breaks, facts: inner }) => [
    `${breaks ? 'x ' : ''}${text}`,
    ...flat(inner),
  ])

type Row = readonly [
  what: string,
  property: PropertyName,
  holds: boolean,
  source: string,
  says: readonly string[],
]

const rows: readonly Row[] = [
  [
    'what a rule reads, by its path',
    'local',
    true,
    `${net}${forward}connect y.e -> h.apical as F { init 1 }`,
    [
      '`V` learns by `Hebb`, from `x` to `h`',
      'reads `post.u`: a variable of the postsynaptic cell (`h`)',
      '`u` <- `apical` <- `F` <- `y.e`',
      'reads `pre.e`: the event signal of the presynaptic cell (`h`)',
    ],
  ],
  [
    'a cell that knows a statistic',
    'local',
    true,
    `${net}plasticity M { dw = post.m * sent }\nconnect x.e -> h.soma as V { init 1  learn M }`,
    [
      'reads `sent`: the presynaptic signal `x.e`',
      '`m` takes a mean over all cells of `h` (`mean(e)`): the cell must be told it',
    ],
  ],
  [
    'a rule that takes a statistic',
    'local',
    false,
    `${net}nonlocal plasticity M { dw = sum(post.e) * pre.e }\nconnect x.e -> h.soma as V { init 1  learn M }`,
    ['x `sum(post.e)` is a sum over all cells of a population, of which a synapse senses one'],
  ],
  [
    'a rule that need not be nonlocal',
    'local',
    true,
    `${net}nonlocal plasticity M { state r : 1 s * dr/dt = pre.e - r  dw = w * r * post.e }\nconnect x.e -> h.soma as V { init 1  learn M }`,
    [
      '`M` is declared nonlocal, but reads nothing that its synapse does not sense',
      'reads `r`, a trace that the synapse keeps',
      'reads `w`, its own weight',
    ],
  ],
  [
    'an earlier phase',
    'local',
    true,
    `param on_off = on\nphase a { on_off off }\nphase b { on_off on }\n${cell.replace('sigmoid(soma)', 'on_off * sigmoid(soma)')}
plasticity R { dw = (post.e - a.post.e) * pre.e }\npopulation x[2] : A\nconnect x.e -> x.soma as V { init 1  learn R  delay 1 step }`
      .replace('  delay 1 step', '')
      .replace('x.e -> x.soma', 'x.e -> x.apical'),
    [
      'reads `a.post.e`: the event signal of the postsynaptic cell (`x`), as it was in the phase `a`: the cell, or the synapse, must keep it',
    ],
  ],
  ['one pass', 'single_phase', true, net + forward, []],
  [
    'two passes',
    'single_phase',
    false,
    `param on_off = on\nphase a { on_off off }\nphase b { on_off on }\n${cell.replace('sigmoid(soma)', 'on_off * sigmoid(soma)')}
plasticity R { dw = (post.e - a.post.e) * pre.e }\npopulation x[2] : A\nconnect x.e -> x.apical as V { init 1  learn R }`,
    ['x the phase `a` is necessary', '`a.` is read', 'something learns in it'],
  ],
  [
    'a protocol that freezes in turns',
    'single_phase',
    false,
    `${net}${forward}${run('repeat 3 { phase a { freeze V }  phase b }')}`,
    ['x the protocol of `e` repeats 2 phases, which differ in what is frozen'],
  ],
  [
    'a protocol that contrasts',
    'single_phase',
    false,
    `param s = 1\n${net.replace('dw = ', 'dw = s * ')}${forward}${run('repeat 3 { phase a { set s = -1 }  phase b { set s = 1 } }')}`,
    ['x the protocol of `e` repeats 2 phases, which differ in what is set'],
  ],
  [
    'a protocol that repeats one thing',
    'single_phase',
    true,
    `${net}${forward}${run('phase settle { plasticity off }  repeat 3 { phase a  phase b }')}`,
    [],
  ],
  [
    'a copy of the circuit',
    'single_phase',
    false,
    `${net}${forward}population x2[2] : A\npopulation h2[3] : A\nconnect x2.e -> h2.soma as V2 { tied = V }`,
    ['x `V2`, from `x2` to `h2`, runs weights that learn a second time'],
  ],
  [
    'a copy through a let',
    'no_weight_transport',
    false,
    `${net}${forward}let twice = 2 * W\nconnect y.e -> h.apical as F { tied = -twice }`,
    [
      'x `F` (from `y` to `h`) equals `-twice` at all times',
      '`twice` is `2 * W`',
      '`W` (from `h` to `y`) learns by `Hebb`: its values are carried to the other pathway',
    ],
  ],
  [
    'a product',
    'no_weight_transport',
    false,
    `${net}population z[4] : A\n${forward}connect y.e -> z.soma as U { init 1  learn Hebb }\nconnect z.e -> h.apical as F { tied = transpose(U @ W) }`,
    ['x `F` (from `z` to `h`) equals `transpose(U @ W)` at all times'],
  ],
  [
    'a relay',
    'no_weight_transport',
    false,
    `${net}population r[2] : A\n${forward}connect y.e -> r.soma as R { one_to_one  init 1 }\nconnect r.e -> h.apical as F { tied = transpose(W) }`,
    ['`R` leads from `y` to `r`, unit by unit'],
  ],
  [
    'interneurons',
    'no_weight_transport',
    false,
    `${net}population r[2] : A\n${forward}connect y.e -> r.soma as R { init identity() }\nconnect r.e -> h.apical as F { tied = transpose(W) }`,
    ['`R` leads from `y` to `r`'],
  ],
  [
    'a chain of copies beside the forward one',
    'no_weight_transport',
    false,
    `${net}population z[4] : A\npopulation r[2] : A\n${forward}connect y.e -> z.soma as U { init 1  learn Hebb }
connect z.e -> r.soma as F1 { tied = transpose(U) }\nconnect r.e -> h.apical as F2 { tied = transpose(W) }`,
    [
      'x `F2` (from `r` to `h`) equals `transpose(W)` at all times',
      '`W` (from `h` to `y`) learns by `Hebb`: its values are carried to the other pathway',
      '`U` leads from `y` to `z`',
      '`F1` leads from `z` to `r`',
    ],
  ],
  [
    'a decoder of copies, which leads on',
    'no_weight_transport',
    true,
    `${net}population g[3] : A\npopulation f[2] : A\n${forward}connect y.e -> g.soma as G { tied = transpose(W) }
connect g.e -> f.soma as D { tied = transpose(V) }`,
    ['`G` (from `y` to `g`) equals `transpose(W)` at all times'],
  ],
  [
    'a bias of the weights that a cell sends',
    'no_weight_transport',
    false,
    `${net.replaceAll('event e', 'bias c  event e')}${forward}let all = 2 * column_sum(W)\ntie h.c = all`,
    [
      'x the bias `h.c` equals `all` at all times, and its values are carried to `h`, which sends them',
      '`all` is `2 * column_sum(W)`',
      '`W` (from `h` to `y`) learns by `Hebb`',
    ],
  ],
  [
    'a bias of the weights that a cell receives',
    'no_weight_transport',
    true,
    `${net.replaceAll('event e', 'bias c  event e')}${forward}tie y.c = row_sum(W)`,
    ['the bias `y.c` equals `row_sum(W)` at all times, and leads nowhere'],
  ],
  [
    'a bias that is relayed',
    'no_weight_transport',
    false,
    `${net}cell K { bias c  event e = c }\npopulation k[3] : K\n${forward}tie k.c = column_sum(W)
connect k.e -> h.apical as R { one_to_one  init 1 }`,
    ['`R` leads from `k` to `h`'],
  ],
  ...(['no_weight_transport', 'local'] as const).map((property): Row => [
    'a modulator made of weights',
    property,
    property === 'local',
    `${net.replace('dw = post.u', 'dw = m')}cell K { bias c  event e = c }\npopulation k[3] : K\n${forward}
tie k.c = column_sum(W)\nmodulator m = mean(k.e)`,
    property === 'local'
      ? [
          'reads `m`, a modulator that reaches every synapse: `mean(k.e)`',
          '`k.e`: the event signal of `k`',
          '`e` <- `c`, a bias of the cell, which equals `column_sum(W)` at all times',
        ]
      : [
          'x the bias `k.c` equals `column_sum(W)` at all times, and its values are carried to every synapse, by a modulator',
          'the modulator `m` is `mean(k.e)`',
        ],
  ]),
  [
    'a copy beside',
    'no_weight_transport',
    true,
    `${net}${forward}connect h.e -> y.apical as F { tied = W }\nconnect y.e -> h.apical as G { one_to_one_  init 1 }`.replace(
      'one_to_one_  ',
      '',
    ),
    ['`F` (from `h` to `y`) equals `W` at all times'],
  ],
  [
    'a copy of what does not learn',
    'no_weight_transport',
    true,
    `${net}${forward.replaceAll('  learn Hebb', '')}connect y.e -> h.apical as F { tied = W }`,
    ['`W` (from `h` to `y`) does not learn'],
  ],
  [
    'signs of synapses',
    'dale',
    true,
    `${signs}${net}connect x.e -> h.soma as V : Exc { init abs(normal(std = 1))  learn Hebb }\nconnect h.e -> y.soma as W : Inh { init uniform()  fixed }`,
    [
      '`x` only excites',
      '`V` excites: it begins as `abs(normal(std = 1))`, and is kept at 0 or above after every change, by its sign',
      '`W` inhibits: it begins as `uniform()`, and does not change',
      'the signal `e` is never below 0',
    ],
  ],
  [
    'terminals that send minus the signal',
    'dale',
    false,
    `synapse N { sign excitatory  transmit -2 * signal }\n${net.replaceAll('sigmoid', 'tanh')}connect x.e -> h.soma as V { init 1 }\nconnect x.e -> y.soma as W : N { init 1 }`,
    ['x `x` excites and inhibits', '`V` excites: it begins as `1`, and does not change'],
  ],
  [
    'a negative weight of such terminals',
    'dale',
    true,
    `synapse N { transmit -signal }\n${net}connect x.e -> h.soma as V { init 1 }\nconnect x.e -> y.soma as W : N { init -1 }`,
    [
      '`x` only excites',
      'what its terminals send, `-signal`, is never above 0: the effect has the other sign',
    ],
  ],
  [
    'short-term plasticity of negative amplitude',
    'dale',
    false,
    `stp D { state a = 1 : 10 ms * da/dt = 1 - a  on spike { a -= 3 }  passes spike as -abs(a) }
cell S { compartment soma  spike s when bernoulli(0.1) > 0 }\nsynapse P { stp D }\npopulation a[2] : S\npopulation b[2] : S
connect a.spike -> b.soma as W : P { init 1 }\nconnect a.spike -> b.soma as V { init 1 }\nexperiment e { step 1 ms  duration 10 ms }`,
    [
      'x `a` excites and inhibits',
      'the amplitude of its short-term plasticity, `-abs(a)`, is never above 0: the effect has the other sign',
    ],
  ],
  [
    'bounds without a sign',
    'dale',
    true,
    `${net}connect x.e -> h.soma as V { init 0.5  learn Hebb  bounds 0..1 }`,
    [
      '`V` excites: it begins as `0.5`, and is clipped to its bounds, from 0 on, after every change',
    ],
  ],
  [
    'a learning weight without either',
    'dale',
    false,
    `${net}connect x.e -> h.soma as V { init 0.5  learn Hebb }`,
    ['x `V` is of no sign, and learns without bounds that would keep it at one'],
  ],
  [
    'a tie that is not clipped',
    'dale',
    false,
    `${signs}${net}${forward}connect y.e -> h.apical as F : Exc { tied = -W }`,
    ['x `F` is tied to `-W`, which is not shown to have one sign'],
  ],
  [
    'a start that nothing clips',
    'dale',
    false,
    `${signs}${net}matrix M[h, x] = normal(std = 1)\nconnect x.e -> h.soma as V : Exc { init M  learn Hebb }`,
    ['x `V` begins as `M`, which is not shown to have one sign'],
  ],
  [
    'both signs from one cell',
    'dale',
    false,
    `${signs}${net}connect x.e -> h.soma as V : Exc { init 1 }\nconnect x.e -> y.soma as W : Inh { init 1 }`,
    ['x `x` excites and inhibits'],
  ],
  [
    'both signs from two slices',
    'dale',
    true,
    `${signs}${net}connect h[0..1].e -> y.soma as V : Exc { init 1 }\nconnect h[2].e -> y.apical as W : Inh { init 1 }`,
    ['`h` excites by some units, inhibits by others'],
  ],
  [
    'a perturbation',
    'dale',
    false,
    `${net}connect x.e -> h.soma as V { init 1 }
experiment e { protocol { phase a { perturb V by flip(0.1) } } }`,
    ['x `V` is of no sign, and is perturbed without bounds that would keep it at one'],
  ],
  [
    'a perturbation within bounds',
    'dale',
    true,
    `${net}connect x.e -> h.soma as V { init 1  bounds 0.. }
experiment e { protocol { phase a { perturb V by flip(0.1) } } }`,
    ['`V` excites: it begins as `1`, and is clipped to its bounds, from 0 on, after every change'],
  ],
  [
    'a parameter that a phase turns',
    'dale',
    false,
    `param s = 1\n${signs}${net}connect x.e -> h.soma as V : Exc { init 1  learn Hebb }
connect x.e -> y.soma as U : Exc { init 1 }\nconnect h.e -> y.soma as W : Exc { tied = s * transpose(F) }\nconnect y.e -> h.apical as F : Exc { init 1 }
experiment e { optimise V with sgd(rate = 1)  protocol { phase a { set s = -1 } } }`,
    ['x `W` is tied to `s * transpose(F)`, which is not shown to have one sign'],
  ],
]

describe('certificates', () => {
  it.each(rows)('%s: %s is %s', (_, property, holds, source, says) => {
    const compilation = compileText(source, { until: 'model' })
    expect(errorsOf(compilation)).toEqual([])
    const found = certify(compilation).find((each) => each.property === property)
    expect(found?.holds, JSON.stringify(found, undefined, 1)).toBe(holds)
    const facts = flat(found?.facts)
    for (const each of says) expect(facts).toContain(each)
    expect(facts.some((each) => each.startsWith('x '))).toBe(!holds)
  })
})

describe('what is stated', () => {
  const stated = (source: string, variants: readonly string[] = []) =>
    compileText(`${source}\n${net}${forward}connect y.e -> h.apical as F { init 1 }`, {
      until: 'model',
      variants,
    })
      .diagnostics.filter(({ code }) => code === 'CCN5070')
      .map(({ message }) => message)
  const copies = 'variant tied { F: tied = W }'

  it('is held, in each form', () => {
    const claim = 'property no_weight_transport'
    expect(stated(`${claim}\n${copies}`)).toEqual([])
    expect(stated(`${claim}\n${copies}`, ['tied'])).toHaveLength(1)
    const other = 'variant tied { property local  F: tied = W }'
    expect(stated(`${claim}\n${other}`, ['tied'])).toEqual([])
    expect(stated(`${claim}\n${other}\nvariant more { property dale }`, ['tied', 'more'])).toEqual([
      '`main` states the property `dale`, but a cell sends what is not shown to have one sign.',
    ])
    expect(stated(`property dale\nvariant v { property none }`, ['v'])).toEqual([])
  })
})

describe('statistics over a batch', () => {
  const certified = (own: string) =>
    certify(
      compileText(`
cell In { input x  event e = x }
cell C { compartment soma  input target  m = batch_mean(soma)  event e = ${own}  loss l = (target - e) ^ 2 }
nonlocal plasticity Rule { dw = post.e * pre.e }
dataset d { field v[2]  field t[2]  train npz("a.npz")  test npz("b.npz") }
population x[2] : In
population c[2] : C
connect x.e -> c.soma as W { init normal(1)  learn Rule }
experiment e { data d  present x.x = v, c.target = t  batch 2  optimise W with sgd(0.1)  measure mean(c.m) }`),
    ).find(({ property }) => property === 'local')!
  const textsOf = (facts: readonly CertifiedFact[]): readonly string[] =>
    facts.flatMap(({ text, facts: inner = [] }) => [text, ...textsOf(inner)])

  it.each([
    ['soma', true],
    ['soma - if evaluating then 0 else m', false],
    ['if evaluating then soma else soma - batch_variance(soma)', false],
  ])('%s', (own, holds) => {
    const found = certified(own)
    expect(found.holds).toBe(holds)
    const told = textsOf(found.facts).filter((each) => each.includes('all examples of a batch'))
    expect(told.length > 0).toBe(!holds)
  })
})
