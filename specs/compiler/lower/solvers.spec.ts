/**
 * Solvers beside exact solutions: that the error shrinks with the step by the method's order, and that
 * exponential Euler is exact for what is linear in the variable itself.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

interface Problem {
  readonly name: string
  readonly states: string
  /** The variable v after 1 s. */
  readonly exact: number
  /** Orders of the methods; `exact` where nothing but rounding is left. */
  readonly euler: number
  readonly exponential_euler: number | 'exact'
  readonly rk4: number
}

const e = Math.E
const problems: readonly Problem[] = [
  {
    name: 'decay',
    states: 'state v = 1 : 0.5 s * dv/dt = -v',
    exact: e ** -2,
    euler: 1,
    exponential_euler: 'exact',
    rk4: 4,
  },
  {
    name: 'decay towards a drive, by a factor of several parts',
    states: 'state v = 2 : 2 * 0.25 s * dv/dt = 3 - v',
    exact: 3 - e ** -2,
    euler: 1,
    exponential_euler: 'exact',
    rk4: 4,
  },
  {
    name: 'growth at a constant rate, which has no derivative',
    states: 'state v = 1 : dv/dt = 2 / 1 s',
    exact: 3,
    euler: Number.POSITIVE_INFINITY,
    exponential_euler: 'exact',
    rk4: Number.POSITIVE_INFINITY,
  },
  {
    name: 'logistic growth',
    states: 'state v = 0.2 : 0.5 s * dv/dt = v * (1 - v)',
    exact: 1 / (1 + 4 * e ** -2),
    euler: 1,
    exponential_euler: 2,
    rk4: 4,
  },
  {
    name: 'an oscillation of two states',
    states: 'state v = 1 : 0.5 s * dv/dt = u\n  state u = 0 : 0.5 s * du/dt = -v',
    exact: Math.cos(2),
    euler: 1,
    exponential_euler: 1,
    rk4: 4,
  },
  {
    name: 'a potential behind a conductance that decays',
    states: 'state v = 0 : 1 s * dv/dt = -v + 4 * g\n  state g = 1 : 0.25 s * dg/dt = -g',
    exact: (4 / 3) * (e ** -1 - e ** -4),
    euler: 1,
    exponential_euler: 1,
    rk4: 4,
  },
]

/** v after 1 s in so many steps. */
function solved(states: string, solver: string, steps: number): number {
  const { ir, diagnostics } = compileText(`
cell C {
  ${states}
  event out = v
}
population a[1] : C
experiment e { step ${1 / steps} s  solver ${solver}  duration 1 s }`)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  const network = interpretedNetwork(ir)
  for (let step = 0; step < steps; step++) network.step(1, {})
  return network.save()['a.v']?.data[0] ?? Number.NaN
}

/** The states of terminals after 1 s in so many steps. */
function inTerminals(members: string, solver: string, steps: number): readonly number[] {
  const { ir, diagnostics } = compileText(`
stp T { ${members}  passes spike as x }
cell C { state v = 1 : dv/dt = 0 / 1 s  spike s when v > 0 { v = 1 } }
cell D { compartment soma  event out = soma }
population a[1] : C
population b[1] : D
connect a.s -> b.soma as W { stp T  init 1  fixed }
experiment e { step ${1 / steps} s  solver ${solver}  duration 1 s }`)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  const network = interpretedNetwork(ir)
  for (let step = 0; step < steps; step++) network.step(1, {})
  const state = network.save()
  return ['W.x', 'W.y'].map((name) => state[name]?.data[0] ?? Number.NaN)
}

/** The same where v is a trace of a rule. */
function traced(states: string, solver: string, steps: number): number {
  const { ir, diagnostics } = compileText(`
plasticity R { ${states}  on post.out == 0 { w += v } }
cell C { compartment soma  event out = soma }
population a[1] : C
population b[1] : C
connect a.out -> b.soma as W { learn R }
experiment e { step ${1 / steps} s  solver ${solver}  duration 1 s }`)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  const network = interpretedNetwork(ir)
  for (let step = 0; step < steps; step++) network.step(1, {})
  return network.save()['W.v']?.data[0] ?? Number.NaN
}

describe('solvers', () => {
  it.each(problems.map(({ name, states }) => ({ name, states })))(
    'take traces of rules to where they take states: $name',
    ({ states }) => {
      for (const solver of ['euler', 'exponential_euler', 'rk4'])
        expect(traced(states, solver, 8), solver).toBeCloseTo(solved(states, solver, 8), 12)
    },
  )
  it('put an equation of a terminal in place of its name, at each stage of a step', () => {
    const decay = 'state y = 1 : 0.5 s * dy/dt = -y'
    const named = `${decay}  doubled = 2 * y  state x = 0 : 1 s * dx/dt = doubled - x`
    const inPlace = `${decay}  state x = 0 : 1 s * dx/dt = 2 * y - x`
    for (const solver of ['euler', 'exponential_euler', 'rk4'])
      expect(inTerminals(named, solver, 8), solver).toEqual(inTerminals(inPlace, solver, 8))
    const error = (steps: number): number =>
      Math.abs((inTerminals(named, 'rk4', steps)[0] ?? Number.NaN) - 2 * (e ** -1 - e ** -2))
    expect(Math.log2(error(20) / error(40))).toBeCloseTo(4, 0)
  })
  for (const problem of problems) {
    it.each(['euler', 'exponential_euler', 'rk4'] as const)(`${problem.name} by %s`, (solver) => {
      const order = problem[solver]
      const errors = [20, 40, 80].map((steps) =>
        Math.abs(solved(problem.states, solver, steps) - problem.exact),
      )
      const [coarse = 0, middle = 0, fine = 0] = errors
      if (order === 'exact' || !Number.isFinite(order)) {
        expect(Math.max(...errors)).toBeLessThan(1e-12)
        return
      }
      expect(Math.log2(coarse / middle)).toBeCloseTo(order, 0)
      // The smaller the step, the closer.
      expect(Math.abs(Math.log2(middle / fine) - order)).toBeLessThan(0.15)
    })
  }
})
