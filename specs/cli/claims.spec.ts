/** `ccn check --certify` and the parts of `ccn explain` that tell of claims: what is printed, and exit codes. */
import { afterAll, describe, expect, it } from 'vitest'
import { Workplace } from './run-cli.ts'

const circuit = `cell A { compartment soma  event e = sigmoid(soma) }
plasticity Hebb { dw = post.e * pre.e }
population x[2] : A
population y[2] : A
connect x.e -> y.soma as W { init 1  learn Hebb }
connect y.e -> x.soma as F { init 1  delay 1 step }
variant tied { F: tied = W }
`
const place = new Workplace({
  'good.ccn': `property local, single_phase\n${circuit}`,
  'bad.ccn': `property no_weight_transport, dale\n${circuit}`,
  'trains.ccn': `import { TsodyksMarkram } from "std/short_term"
cell A { compartment soma  spike s when bernoulli(0.1) > 0 }
population a[2] : A
connect a.spike -> a.soma as W { init 1  delay 1 step  stp TsodyksMarkram(U = 0.02) }
`,
  'limit.ccn': `model still
dataset one { field v[1]  train constant(v = 1)  test constant(v = 1) }
cell In { input value  event e = value }
cell Rate(shift = 0) { compartment soma  event e = soma + shift }
population x[1] : In
population y[1] : Rate
connect x.e -> y.soma as W { init 1 }
variant moved { y: cell Rate(1) }
param n = 1
moved refines still as n grows { over 1, 2, 4  y.e = y.e }
experiment answer { data one  present x = v  batch 1  epochs 1 }
`,
})
afterAll(() => place.remove())

describe('ccn check --certify', () => {
  it('shows what holds, with its line', async () => {
    const { code, out } = await place.run('check --certify good.ccn')
    expect(code).toBe(0)
    expect(out).toContain('local holds: every rule (`Hebb`) reads its own synapse')
    expect(out).toContain('- `W` learns by `Hebb`, from `x` to `y` [good.ccn:3]')
    expect(out).toContain('[stated in line 1]')
    expect(out).toContain('x `F` (from `y` to `x`) equals `W` at all times [good.ccn:8]')
  })

  it('fails where what is stated does not hold; without it warns', async () => {
    const plain = await place.run('check bad.ccn')
    expect([plain.code, plain.out.includes('warning[CCN5070]')]).toEqual([0, true])
    const { code, out } = await place.run('check --certify bad.ccn')
    expect(code).toBe(1)
    expect(out).toContain('error[CCN5070]: `bad` states the property `dale`')
    expect(out).toMatch(
      /error\[CCN5070\]: `bad` states the property `no_weight_transport`[^]*= in variant tied/,
    )
    expect(out).not.toContain('warning[CCN5070]')
  })

  it('tells it as data', async () => {
    const { code, out } = await place.run('check --certify bad.ccn --json')
    expect(code).toBe(1)
    const [file] = JSON.parse(out) as [
      { errors: number; forms: { variant?: string; unmet: unknown[] }[] },
    ]
    expect(file.errors).toBe(2)
    expect(file.forms.map(({ variant, unmet }) => [variant, unmet.length])).toEqual([
      [undefined, 1],
      ['tied', 2],
    ])
  })
})

describe('ccn explain', () => {
  it('tells of spike trains that were asked for, and warns', async () => {
    const { code, out, err } = await place.run(
      'explain trains.ccn --multiplexing --rates 20,2 --burst-probability 0.3 --mixing 0.1',
    )
    expect(code).toBe(0)
    expect(out).toContain('each with probability 0.3 a burst')
    expect(out).toMatch(/\n +2 .*\n +20 /)
    expect(err).toContain('warning[CCN5071]: `TsodyksMarkram(U = 0.02')
  })

  it.each([
    ['--rates 0', 2, 'They must be rates in Hz above 0'],
    ['--rates 60', 2, 'Events at 60 Hz leave no gap'],
    ['--mixing 0.7', 2, 'It must be a number from 0 to 0.5.'],
  ])('refuses %s', async (options, code, said) => {
    const found = await place.run(`explain trains.ccn --multiplexing ${options}`)
    expect([found.code, found.err]).toEqual([code, expect.stringContaining(said)])
  })

  it('fails where a limit is none', async () => {
    const { code, out } = await place.run('explain limit.ccn --refines')
    expect(code).toBe(1)
    expect(out).toContain('moved refines still as n grows: does not converge')
    expect(out).toContain('does not converge: the difference does not become smaller')
  })
})
