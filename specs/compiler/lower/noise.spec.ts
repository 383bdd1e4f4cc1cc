/**
 * The noise `xi`: the stationary variance of an Ornstein-Uhlenbeck process and its dependence on the step, by
 * theory, under each solver that takes noise; what a square of it, or another solver, is told.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const units = 4000

const circuit = (equation: string, solver: string, step: string, rest = ''): string => `
param sigma = 2 mV
param tau = 20 ms
cell C {
  state v = 0 mV : ${equation}
  signal out = v
  ${rest}
}
population a[${units}] : C
experiment e { step ${step}  solver ${solver}  duration 1 s  seed 3 }`

/** Mean and variance over the units after so many steps, in mV and mV^2. */
async function moments(text: string, steps: number): Promise<readonly [number, number]> {
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  const network = await wasmNetwork(ir, { precision: 'f64' }, { seed: 3 })
  for (let step = 0; step < steps; step++) network.step(1, {}, {})
  const values = [...(network.save()['a.v']?.data ?? [])].map((each) => each * 1000)
  network.dispose()
  const mean = values.reduce((sum, each) => sum + each, 0) / units
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / units
  return [mean, variance]
}

describe('the noise xi of an Ornstein-Uhlenbeck process', () => {
  const forms = [
    ['as it is written with sqrt(2 tau)', 'tau * dv/dt = -v + sigma * sqrt(2 * tau) * xi'],
    ['as it is written with sqrt(2 / tau)', 'dv/dt = -v / tau + sigma * sqrt(2 / tau) * xi'],
    [
      'in two places, which draw apart',
      'tau * dv/dt = -v + sigma * sqrt(tau) * xi - sqrt(tau) * xi * sigma',
    ],
  ] as const
  it.each(forms)('%s', async (_, equation) => {
    // x' = (1 - h/tau) x + sigma sqrt(2 h/tau) N has the variance sigma^2 / (1 - h / (2 tau)).
    for (const [solver, step, steps, expected] of [
      ['euler', '1 ms', 200, 4 / (1 - 1 / 40)],
      ['euler', '10 ms', 20, 4 / (1 - 10 / 40)],
      ['exponential_euler', '1 ms', 200, 4],
      ['exponential_euler', '10 ms', 20, 4],
    ] as const) {
      const [mean, variance] = await moments(circuit(equation, solver, step), steps)
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / units))
      expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / units))
    }
  })

  it.each(['euler', 'exponential_euler'])(
    'spreads like Brownian motion under %s',
    async (solver) => {
      const text = circuit('dv/dt = 3 mV/ms^0.5 * xi', solver, '0.5 ms')
      // After 50 steps of 0.5 ms: 9 mV^2/ms * 25 ms.
      const [, variance] = await moments(text, 50)
      expect(Math.abs(variance / 225 - 1)).toBeLessThan(5 * Math.sqrt(2 / units))
    },
  )
})

describe('the noise xi', () => {
  const errors = (text: string): readonly string[] =>
    compileText(text)
      .diagnostics.filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => `${code} ${message}`)
  const ou = 'tau * dv/dt = -v + sigma * sqrt(2 * tau) * xi'

  it.each([
    [
      'of the unit of 1 / sqrt(time)',
      circuit('tau * dv/dt = -v + sigma * xi', 'euler', '1 ms'),
      'CCN4001',
    ],
    [
      'that is squared',
      circuit('tau * dv/dt = -v + sigma * tau * xi ^ 2', 'euler', '1 ms'),
      'CCN4083',
    ],
    [
      'times itself',
      circuit('tau * dv/dt = -v + sigma * tau * xi * xi', 'euler', '1 ms'),
      'CCN4083',
    ],
    [
      'of a function',
      circuit('tau * dv/dt = -v + sigma * abs(sqrt(tau) * xi)', 'euler', '1 ms'),
      'CCN4083',
    ],
    [
      'below a fraction',
      circuit('tau * dv/dt = -v + sigma / (sqrt(tau) * xi)', 'euler', '1 ms'),
      'CCN4083',
    ],
    ['under rk4', circuit(ou, 'rk4', '1 ms'), 'CCN4082'],
    [
      'outside of a state equation',
      circuit('tau * dv/dt = -v', 'euler', '1 ms', 'x = xi'),
      'CCN2001',
    ],
  ])('%s', (_, text, code) => {
    expect(errors(text).map((each) => each.slice(0, 7))).toEqual([code])
  })

  it('is a name like others where it is declared', () => {
    const text = circuit('tau * dv/dt = -v + xi', 'rk4', '1 ms', 'xi = sigma')
    expect(errors(text)).toEqual([])
  })
})

describe('noise without a factor of the right unit', () => {
  it.each(['20 ms * dv/dt = -v + xi', 'tau * dv/dt = sigma * xi - v', 'tau * dv/dt = sigma * xi'])(
    '%s: is told what it lacks',
    (equation) => {
      const { diagnostics } = compileText(circuit(equation, 'euler', '0.1 ms'))
      const [first, ...more] = diagnostics.filter(({ severity }) => severity === 'error')
      expect(more).toEqual([])
      expect(first?.code).toBe('CCN4001')
      expect(first?.hint).toContain('`xi` has the unit of 1 / sqrt(time): write `tau * dv/dt = ')
    },
  )
})
