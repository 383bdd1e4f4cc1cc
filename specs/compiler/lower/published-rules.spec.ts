/** Rules as the field writes them, and as users wrote them in vain: each can be said, in one circuit. */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'

/** By name and source; `members` as they stand in a rule. */
const published: Readonly<Record<string, string>> = {
  'a clipped reaction':
    'state x = 0 : 20 ms * dx/dt = -x + post.e * pre.e  on post.s { w += clip(post.u * x, -1, 1) }',
  'Oja 1982': 'dw = post.e * (pre.e - post.e * w)',
  'BCM 1982': 'dw = post.e * (post.e - post.theta) * pre.e',
  'multiplicative STDP, Guetig 2003':
    'state x = 0 : 20 ms * dx/dt = -x  state y = 0 : 20 ms * dy/dt = -y  on pre.s { x += 1  w -= 0.01 * max(w, 0) ^ 0.4 * y }  on post.s { y += 1  w += 0.01 * max(1 - w, 0) ^ 0.4 * x }',
  'triplet STDP, Pfister and Gerstner 2006':
    'state r = 0 : 17 ms * dr/dt = -r  state o = 0 : 34 ms * do/dt = -o  state q = 0 : 114 ms * dq/dt = -q  on post.s { w += r * (0.005 + 0.006 * q) }  on pre.s { w -= 0.007 * o }  on pre.s { r += 1 }  on post.s { o += 1  q += 1 }',
  'voltage-based STDP, Clopath 2010':
    'state m = 0 : 10 ms * dm/dt = -m + post.u  state x = 0 : 15 ms * dx/dt = -x + pre.s  dw = 0.1 * x * max(post.u - 0.2, 0) * max(m - 0.1, 0) - 0.1 * pre.s * max(m - 0.1, 0)',
  'Graupner and Brunel 2012':
    'state c = 0 : 20 ms * dc/dt = -c  on pre.s { c += 1 }  on post.s { c += 2 }  dw = -w * (1 - w) * (0.5 - w) + 0.7 * (1 - w) * (c > 1.3) - 0.3 * w * (c > 1)',
  'differential Hebb with a supralinear trace, Miconi 2017':
    'state x = 0 : 50 ms * dx/dt = (pre.e * (post.e - prev(post.e))) ^ 3  dw = dopamine * x',
  'reward-modulated STDP, Izhikevich 2007':
    'state x = 0 : 20 ms * dx/dt = -x  state y = 0 : 20 ms * dy/dt = -y  state c = 0 : 1 s * dc/dt = -c  on pre.s { x += 1  c -= 1.5 * y }  on post.s { y += 1  c += x }  dw = dopamine * c',
  'Vogels 2011':
    'state x = 0 : 20 ms * dx/dt = -x + pre.s  state y = 0 : 20 ms * dy/dt = -y + post.s  dw = x * post.s + (y - 0.2) * pre.s',
  'e-prop, Bellec 2020':
    'state z = 0 : 20 ms * dz/dt = -z + pre.s  state g = 0 : 30 ms * dg/dt = -g + z / (1 + 10 * abs(post.u - 0.2)) ^ 2  dw = post.theta * g',
  'synaptic scaling': 'dw = w * (1 - total(w)) + post.e * pre.e',
  'normalisation of SORN': 'on pre.s { w += 0.01 * post.s }  on true { w = w / total(abs(w)) }',
  'Sanger by a difference': 'dw = (post.e - w * pre.e) * pre.e * relu(post.e - pre.e)',
  'a signed, clipped change':
    'dw = sign(batch_mean(post.e * pre.e)) * min(abs(batch_mean(post.u * pre.e)), 0.01)',
  'homeostasis by exponentials': 'dw = exp(-w / 0.5) * post.u * pre.e - exp((w - 1) / 0.1)',
}

const text = (batch: number, wiring: string): string => `
cell A { input v  event e = v  spike s when v > 0.5 {} }
cell B { compartment soma  input theta = 0.1  state u = 0 : 5 ms * du/dt = soma - u
  event e = tanh(u)  spike s when u > 0.2 { u = 0 } }
function relu(z) = if z > 0 then z else 0  pullback(g) = g * (z > 0)
dataset one { field va[4]  train constant(va = 0.5)  test constant(va = 0.5) }
population a[4] : A
population b[4] : B
modulator dopamine = mean(b.e) - 0.1
${Object.values(published)
  .map(
    (members, i) => `plasticity R${i} { ${members} }
connect a.e -> b.soma as V${i} { ${wiring}  init 0.1  learn R${i} }`,
  )
  .join('\n')}
experiment r { data one  present a.v = va  batch ${batch}  step 1 ms  duration 3 ms
  optimise ${Object.values(published)
    .flatMap((members, i) => (members.includes('dw =') ? [`V${i}`] : []))
    .join(', ')} with sgd(rate = 1) }`

describe('rules of the field', () => {
  it.each([
    ['all to all', 1, ''],
    ['all to all', 4, ''],
    ['some pairs', 4, 'pairs "p.csv"'],
    ['one to one', 4, 'one_to_one'],
  ] as const)('can be said %s, for %i examples', (_, batch, wiring) => {
    const { ir, diagnostics } = compileText(text(batch, wiring))
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(ir).toBeDefined()
  })
})
