/** Functions of one's own: by name, with defaults, in equations and rules, and where values are known early or begin. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'

const text = `
param sigma = 2
const k = 7
function f(z, k = sigma) { y = 10 * z  return y + k }
function sq(z) = z * z
function lag(d, least = 1 ms) = least + d * 1 ms
function shifted(z) = z + k
cell A(q) {
  signal a = f(k = 1, z = 2)
  signal b = f(3)
  bias c = f(0.5, k = 1)
  bias d = sq(normal(1))
  p = q + 0
}
cell B { compartment soma  event e = soma }
plasticity H { dw = f(k = post.e, z = w) }
population x[sq(2)] : A(q = each f(1) + sq(index)) at line(spacing = 1)
population y[3] : B at line(spacing = 1)
for (k, to) in [x, y] { connect k.a -> to.soma as W { all_to_all when true  init shifted(sq(distance))  delay lag(distance)  learn H } }
connect x.b -> y.soma as V { init sq(normal(0.5))  delay 1 step }
experiment e { step sq(1) * 1 ms  duration 3 ms  optimise W with sgd(f(0, k = 0.1))  measure mean(y.e), mean(x.a), mean(x.b) every 1 step }`

describe('functions written in .ccn', () => {
  it('take arguments by name or as the function says, and stand where weights and numbers begin', () => {
    const compilation = compileText(text)
    expect(errorsOf(compilation)).toEqual([])
    const network = interpretedNetwork(compilation.ir!)
    const { 'x.c': c, 'x.d': d, 'x.q': q, 'W[0]': W, 'W[0].delay': delays, V } = network.save()
    expect([...c!.data]).toEqual([6, 6, 6, 6])
    expect([...q!.data]).toEqual([12, 13, 16, 21])
    const pairs = [0, 1, 2, 3].flatMap((i) => [0, 1, 2].map((j) => Math.abs(i - j)))
    // The `k` of the function is the constant, whatever the loop calls so.
    expect([...W!.data]).toEqual(pairs.map((each) => each * each + 7))
    expect([...delays!.data]).toEqual(pairs.map((each) => 1 + each))
    // What is read twice is drawn once: its square.
    for (const each of [...d!.data, ...V!.data]) expect(each).toBeGreaterThan(0)
    const measured = network.measuredStep(1, {}, { W: 0.1 })
    expect([measured['mean(x.a)'], measured['mean(x.b)']]).toEqual([21, 32])
    // dw = 10 w + 0 at first: nothing has arrived.
    expect([...network.save()['W[0]']!.data].map((each) => Math.round(each * 1e9) / 1e9)).toEqual(
      pairs.map((each) => 2 * (each * each + 7)),
    )
  })

  const circuit = (more: string): string => `
function f(z, c = 2) = z + c
cell A(a, b) { signal s = a + 10 * b }
population x[2] : A(a = 1, b = 2)
${more}`
  it.each([
    ['population y[2] : A(1, a = 2, b = 3)', 'CCN2041 `a` is said twice.'],
    ['cell C { bias k = normal(std = 3, 4) }  population y[2] : C', 'CCN2041 `std` is said twice.'],
    ['const q = f(1, z = 2)', 'CCN2041 `z` is said twice.'],
    ['const q = f(c = 2)', 'CCN2006 `f` needs a value for `z`.'],
    ['cell C { signal s = f(d = 2) }', 'CCN2005 `f` has no option named `d`.'],
    ['cell C { signal s = f() }', 'CCN2007 `f` takes 1 to 2 arguments, but got 0.'],
    ['const q = f(1, 2, 3)', 'CCN2007 `f` takes 2 arguments, but got 3.'],
    [
      'cell C { bias k = f(1, 2, 3) }  population y[2] : C',
      'CCN2007 `f` takes 2 arguments, but got 3.',
    ],
    [
      'cell C { signal s = clip(high = 1, x = 2, low = 0) }',
      'CCN2180 `clip` takes its arguments in order, so that none can be named `high` here.',
    ],
    [
      'const q = mod(b = 3, a = 7)',
      'CCN2180 `mod` takes its arguments in order, so that none can be named `b` here.',
    ],
    [
      'experiment e { measure mean(of = x.s) }',
      'CCN2180 `mean` takes its arguments in order, so that none can be named `of` here.',
    ],
    ['const q = exp(5 mV)', 'CCN4003 `exp` needs a number without a unit, but this has'],
    ['const q = min(5 mV, 3 s)', 'CCN4001'],
  ])('refuses %s', (more, message) => {
    const [first, ...rest] = errorsOf(compileText(circuit(more)))
    expect([first?.slice(0, message.length), rest]).toEqual([message, []])
  })
  it.each([
    [
      'const q = clip(x = 3, low = 0, high = 2)  cell C { signal s = clip(x = q, low = 0, high = 1) }',
    ],
    ['const q = f(c = 1, z = 2)'],
    ['const q = round(2.6 ms) + 3 ms'],
    ['const q = sqrt(4 V^2) + 3 mV + max(0, 3 mV) + sign(3 mV) * 1 V'],
  ])('takes %s', (more) => {
    expect(errorsOf(compileText(circuit(more)))).toEqual([])
  })
})
