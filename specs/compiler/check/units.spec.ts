/**
 * One wrong unit in a small circuit, wherever one can stand outside of the equations of cells: what is measured and
 * recorded, how optimisers move weights, what phases set and add, what a sweep draws, conditionals that are decided
 * early. Each is refused with one message at the place; beside them what is right and stays so.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'

type Slot = 'top' | 'cell' | 'rule' | 'conn' | 'circuit' | 'says' | 'optimiser' | 'says2'
type Slots = Partial<Readonly<Record<Slot, string>>>

const text = ({
  top = '',
  cell = '',
  rule = 'dw = 1 mV * pre.s * post.s',
  conn = 'init 5 mV  learn R',
  circuit = '',
  says = 'measure mean(b.v)',
  optimiser = 'sgd(rate = 0.1)',
  says2 = '',
}: Slots): string => `
param tau = 20 ms in 1 ms .. 1 s
param amp = 2 mV
param pair = [1 mV, 2 mV]
param yes = true
${top}
cell A { state v = -70 mV : 20 ms * dv/dt = -v - 70 mV + 30 mV * uniform()  spike s when v > -55 mV { v = -70 mV } }
cell B {
  compartment soma
  state v = -70 mV : tau * dv/dt = -(v + 70 mV) + soma + amp + pair[0]
  ${cell}
  spike s when v > -50 mV { v = -70 mV }
}
plasticity R { ${rule} }
population a[4] : A
population b[3] : B
connect a.s -> b.soma as W { ${conn} }
${circuit}
experiment e { step 1 ms  duration 10 ms  optimise W with ${optimiser} ${says} }
${says2}`

/** What is wrong, and the text that the message points to. */
const wrong: readonly (readonly [Slots, string])[] = [
  [{ says: 'measure mean(b.v + 3 s)' }, 'b.v + 3 s'],
  [{ says: 'measure x = mean(b.v > 3 s)' }, 'b.v > 3 s'],
  [{ says: 'measure mean(if b.v > 0 V then 1 mV else 2 s)' }, 'if b.v > 0 V then 1 mV else 2 s'],
  [{ says: 'measure mean(max(b.v, 2 s))' }, 'max(b.v, 2 s)'],
  [{ says: 'measure mean(exp(b.v))' }, 'b.v'],
  [{ says: 'measure std(b.v - 3)' }, 'b.v - 3'],
  [{ says: 'measure mean(b[0..1].v + 3 s)' }, 'b[0..1].v + 3 s'],
  [{ says: 'record mean(b.v + 1 s)' }, 'b.v + 1 s'],
  [{ top: 'function f(x) = x + 3 s', says: 'measure mean(f(b.v))' }, 'f(b.v)'],
  [{ says: 'measure m = mean(b.s)  stop when m > 3 mV' }, '3 mV'],
  [{ circuit: 'modulator D = mean(b.v) + 3 s', rule: 'dw = w * D' }, 'mean(b.v) + 3 s'],
  [{ circuit: 'modulator D = mean(b.v + 3 s)', rule: 'dw = w * D' }, 'b.v + 3 s'],
  [{ rule: 'dw = 1 s * pre.s' }, '1 s * pre.s'],
  [{ rule: 'dw = pre.s * post.s' }, 'pre.s * post.s'],
  [{ rule: 'dw = 1 mV / 20 ms * pre.s' }, '1 mV / 20 ms * pre.s'],
  [
    { top: 'plasticity P(c = 1 mV) { dw = c * pre.s }', conn: 'init 5 mV  learn P(c = 3 s)' },
    'c * pre.s',
  ],
  [{ optimiser: 'sgd(rate = 0.1 mV)' }, '0.1 mV'],
  [{ optimiser: 'sgd(rate = 0.1 ms)' }, '0.1 ms'],
  [{ optimiser: 'sgd(rate = 0.1, momentum = 0.9 s)' }, '0.9 s'],
  [{ optimiser: 'adam(rate = 1 ms)' }, '1 ms'],
  [{ optimiser: 'adam(rate = 0.1, epsilon = 1 ms)' }, '1 ms'],
  [{ optimiser: 'rmsprop(rate = 0.1, beta = 0.9 mV)' }, '0.9 mV'],
  [{ optimiser: 'sgd(rate = 0.1, clip = 1 s)' }, '1 s'],
  [{ optimiser: 'sgd(rate = 0.1, decay = 1 mV)' }, '1 mV'],
  [{ says: 'protocol { phase p 10 ms { set tau = 3 mV } }' }, '3 mV'],
  [{ says: 'protocol { phase p 10 ms { set tau = 3 } }' }, '3'],
  [{ says: 'protocol { phase p 10 ms { set pair = [3 mV, 3 s] } }' }, '[3 mV, 3 s]'],
  [{ says: 'protocol { phase p 10 ms { set pair = [3 mV] } }' }, '[3 mV]'],
  [{ says: 'protocol { phase p 10 ms { set tau = 3 s } }' }, '3 s'],
  [{ says: 'protocol { phase p 10 ms { set tau = [3 ms, 4 ms] } }' }, '[3 ms, 4 ms]'],
  [{ says: 'protocol { phase p 10 ms { perturb W by normal(3 s) } }' }, '3 s'],
  [{ says: 'protocol { phase p 10 ms { perturb W by normal(3) } }' }, '3'],
  [{ says: 'protocol { phase p 10 ms { perturb W by scale(3 s) } }' }, '3 s'],
  [{ says: 'protocol { phase p 10 ms { perturb W by flip(0.3 mV) } }' }, '0.3 mV'],
  [{ top: 'const c = if yes then 2 mV else 3 s' }, 'if yes then 2 mV else 3 s'],
  [{ top: 'const c = if false then amp else -3 s' }, 'if false then amp else -3 s'],
  [{ top: 'const c = if yes then 2 * amp else tau / 2' }, 'if yes then 2 * amp else tau / 2'],
  [{ top: 'param c = if yes then 2 mV else 3' }, 'if yes then 2 mV else 3'],
  [{ circuit: 'matrix E[b, a] = normal(1 mV, 1 s)' }, 'normal(1 mV, 1 s)'],
  [{ circuit: 'let E = W + 1 s' }, 'W + 1 s'],
  [
    {
      circuit:
        'population c[4] : B at line(spacing = 10 um)\nconnect c.s -> c.soma as C { delay 1 ms  init if distance < 3 s then 1 mV else 0 }',
    },
    'distance < 3 s',
  ],
  [
    {
      top: 'synapse T { transmit signal + 3 s }',
      circuit: 'connect a.s -> b.soma as V : T { init 5 mV }',
    },
    'signal + 3 s',
  ],
  [{ says2: 'sweep sw { sample 3 { tau = uniform(10, 20) } }' }, '10'],
  [{ says2: 'sweep sw { sample 3 { tau = log_uniform(1 mV, 2 mV) } }' }, '1 mV'],
  [{ says2: 'sweep sw { sample 3 { amp = choice(1 mV, 2 ms) } }' }, '2 ms'],
  [
    {
      says: 'measure m = mean(b.s)',
      says2: 'sweep sw { vary tau in [10 ms, 20 ms]  stop when m > 3 mV }',
    },
    '3 mV',
  ],
  [
    {
      says: 'measure n = std(b.s)',
      says2: 'sweep sw { vary tau in [10 ms, 20 ms]  stop when 3 ms < n }',
    },
    '3 ms',
  ],
]

const right: readonly Slots[] = [
  {
    says: 'measure mean(b.v + 3 mV), std(b.v), mean(exp(b.v / 1 mV)), norm(W), mean(W), mean(b.v > -60 mV)',
  },
  { says: 'measure m = mean(b.v), r = rate(b.s)  stop when m > 3 mV  stop when r > 5 Hz' },
  { says: 'measure m = mean(b.s), n = mean(b.v)  stop when m > 0.5  stop when n > 0' },
  { says: 'record mean(b.v - amp), b.v, W, mean(b.s)' },
  { circuit: 'modulator D = mean(b.v) + 3 mV', rule: 'dw = w * D / 1 mV' },
  { rule: 'dw = pre.s * post.s', optimiser: 'sgd(rate = 0.1 mV)' },
  { rule: 'dw = 1 mV / 20 ms * pre.s', optimiser: 'sgd(rate = 1 ms, clip = 1 mV/ms)' },
  { rule: 'dw = 0 * pre.s' },
  { rule: 'dw = pre.s * post.s', optimiser: 'adam(rate = 0.1 mV)' },
  { rule: 'dw = pre.s * post.s', optimiser: 'rmsprop(rate = 0.001)' },
  { optimiser: 'sgd(rate = 0.1, clip = 1 mV, decay = 1e-3, momentum = 0.9)' },
  { optimiser: 'adamw(rate = 1 uV, decay = 0.01)' },
  {
    says: 'protocol { phase p 5 ms { set tau = 3 ms  set pair = [3 mV, 4 mV] } phase q 5 ms { set pair = 1 V  set yes = 0 } }',
    top: 'const c = if yes then 1 else 2',
    cell: 'u = c',
  },
  {
    says: 'protocol { phase p 10 ms { perturb W by normal(1 mV) } phase q 5 ms { perturb W by scale(0.5) } }',
  },
  {
    says: 'protocol { phase p 10 ms { perturb W by normal(0) } phase q 5 ms { perturb W by flip(10 %) } }',
  },
  { top: 'const c = if yes then 2 mV else 3 V' },
  { top: 'const c = if yes then 2 mV else 0' },
  // The branch that is not taken may be wrong in other ways.
  { top: 'const l = [1]\nconst c = if yes then 2 mV else l[5]' },
  { circuit: 'matrix E[b, a] = normal(1 mV, 1 V)\nlet F = W + 1 mV' },
  {
    top: 'synapse T { transmit signal + 0.1 * normal() }',
    circuit: 'connect a.s -> b.soma as V : T { init 5 mV }',
  },
  {
    says: 'measure m = mean(b.v), n = mean(b.s)',
    says2: 'sweep sw { vary tau in [10 ms, 20 ms]  stop when m > 3 mV  stop when n > 0.5 }',
  },
  // Of another experiment, which gives the name to another measure.
  {
    says: 'measure m = mean(b.s)',
    says2:
      'experiment o { step 1 ms  duration 10 ms  measure m = mean(b.v) }\nsweep sw { experiment o  vary tau in [10 ms, 20 ms]  stop when m > 3 mV }',
  },
  { says2: 'sweep sw { sample 3 { tau = uniform(10 ms, 20 ms)  amp = choice(0, 2 mV) } }' },
]

const errorsIn = (slots: Slots): readonly string[] => {
  const source = text(slots)
  const { diagnostics } = compileText(source, { until: 'ir', optimise: false })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return errors.map(({ span }) => source.slice(span.start, span.end))
}

describe('units outside of cells', () => {
  it('refuses one that is wrong once, where it stands', () => {
    for (const [slots, at] of wrong) expect(errorsIn(slots), JSON.stringify(slots)).toEqual([at])
  })

  it('takes what is right', () => {
    for (const slots of right) expect(errorsIn(slots), JSON.stringify(slots)).toEqual([])
  })
})
