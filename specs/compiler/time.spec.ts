/**
 * Time in the model: what cuts a cycle within a step, what functions of time take, which statements
 * of an experiment have an effect.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../helpers/compile-text.ts'

const found = (text: string): readonly string[] =>
  compileText(text, { until: 'model' })
    .diagnostics.filter(({ severity }) => severity !== 'remark')
    .map(({ code, message }) => `${code} ${message}`)

/** A population of cells with this body that excites itself. */
const recurrent = (cell: string, property = ''): string => `
synapse S {}
cell C {
${cell}
}
population a[2] : C
connect a.event -> a.soma as W : S { init 1  fixed ${property} }
`
const leaky = `compartment soma { state v : 10 ms * dv/dt = -v + input }
  event e = sigmoid(soma.v)`
const cycle = 'CCN5002 These depend on each other within one step: '

describe('cycles within a step', () => {
  it.each([
    ['a rate of itself', recurrent('compartment soma\n  event e = sigmoid(soma)'), true],
    [
      'a rate of itself, a step later',
      recurrent('compartment soma\n  event e = sigmoid(soma)', ' delay 1 step'),
      false,
    ],
    [
      'a delay of nothing',
      recurrent('compartment soma\n  event e = sigmoid(soma)', ' delay 0 steps'),
      true,
    ],
    ['a state, which is advanced before it is read', recurrent(leaky), true],
    ['a state, a step later', recurrent(leaky, ' delay 2 ms'), false],
    [
      'a state of the rate before',
      recurrent(
        'compartment soma\n  state v : 10 ms * dv/dt = -v + prev(e) + soma\n  event e = 1 + prev(v)',
      ),
      false,
    ],
    [
      'states of one cell, which read each other as they were',
      recurrent(
        'compartment soma\n  state v : 10 ms * dv/dt = w - v\n  state w : 10 ms * dw/dt = v - w\n  event e = 1',
      ),
      false,
    ],
    [
      'a state that reads an equation of itself',
      recurrent('compartment soma\n  state v : 10 ms * dv/dt = -x\n  x = 2 * v\n  event e = 1'),
      false,
    ],
    [
      'a state that reads an equation of what arrives from itself',
      recurrent(
        'compartment soma\n  state v : 10 ms * dv/dt = -x\n  x = 2 * v + soma\n  event e = v',
      ),
      true,
    ],
    [
      'an equation of itself that a state reads',
      recurrent('compartment soma\n  state v : 10 ms * dv/dt = -x\n  x = v * x\n  event e = 1'),
      true,
    ],
    [
      'a condition, which reads the state before its reset',
      recurrent(
        'compartment soma\n  state v : 10 ms * dv/dt = 1 - v\n  event e when v > 0.5 { v = 0 }',
      ),
      false,
    ],
    [
      'a reset that reads what the reset decides',
      recurrent(
        'compartment soma\n  state v : 10 ms * dv/dt = 1 - v\n  x = v\n  event e when v > 0.5 { v = x }',
      ),
      false,
    ],
    [
      'conditions that wait for each other',
      recurrent(
        'compartment soma\n  state v : 10 ms * dv/dt = 1 - v\n  spike s when v > e { v = 0 }\n  event e when v < s',
      ),
      true,
    ],
  ])('%s', (_, text, isCycle) => {
    const cycles = found(text).filter((each) => each.startsWith(cycle))
    expect(cycles.length).toBe(isCycle ? 1 : 0)
    expect(found(text).filter((each) => /^CCN[1-4]/.test(each))).toEqual([])
  })
})

describe('functions of time', () => {
  const cell = (equation: string): string => `cell C {
  state v = 0 mV : 10 ms * dv/dt = -v
  spike s when v > 1 mV { v = 0 mV }
  x = ${equation}
}
population a[1] : C`
  it.each([
    ['prev(v)', undefined],
    ['prev(v, 1 mV)', undefined],
    ['prev(v, 1 ms)', 'CCN4001 `prev` needs the same unit'],
    ['prev()', 'CCN2007 `prev` takes 1 argument, but got 0.'],
    ['since(s) > 16 ms', undefined],
    ['since(s) > 16', 'CCN4001 `>` needs the same unit'],
    ['since(s, s)', 'CCN2007 `since` takes 1 argument, but got 2.'],
    ['count(s, 10 ms)', undefined],
    ['count(s, 1 step, 3 steps)', undefined],
    ['count(s, 0.5 ms, 2.5)', 'CCN4003 The window of `count` needs a time or a number of steps'],
    ['count(s)', 'CCN2007 `count` takes 2 arguments, but got 1.'],
  ])('%s', (equation, message) => {
    const messages = found(cell(equation)).filter((each) => !each.startsWith('CCN8'))
    if (message === undefined) expect(messages).toEqual([])
    else {
      expect(messages.length).toBe(1)
      expect(messages[0]?.startsWith(message)).toBe(true)
    }
  })
  it('a variable of a compartment has a name of its own', () => {
    const text = `cell C {
  compartment a { state v : 1 ms * dv/dt = -v }
  compartment b { state v : 1 ms * dv/dt = -v }
}
population p[1] : C`
    expect(found(text)).toContain('CCN2002 `v` is declared twice.')
  })
})

describe('statements that say how to run', () => {
  const clocked = (statement: string): string =>
    `CCN6011 \`${statement}\` has no effect: ${
      statement === 'duration'
        ? 'the protocol says how long the run is'
        : 'a circuit with a past is run by a clock'
    }.`
  it('an inherited duration cannot be left out where a protocol says how long', () => {
    const text = (own: string): string => `cell C { state v = 0 : 1 s * dv/dt = 1 - v }
population p[2] : C
experiment e extends base { ${own} protocol { phase a 1 s } }
experiment base { step 0.1 s  duration 1 s  record p.v }`
    expect(found(text(''))).toEqual([])
    expect(found(text('duration 2 s'))).toEqual([clocked('duration')])
  })

  const experiment = (statement: string, timed: boolean): string => `
import { xor } from "std/data"
import { Input } from "std/cells"
cell Out {
  compartment soma
  input target
  ${timed ? 'state v : 10 ms * dv/dt = soma - v' : 'v = soma'}
  event e = v
  loss l = (target - e) ^ 2
}
plasticity R { dw = post.e * pre.e }
synapse S {}
population x[2] : Input
population y[2] : Out
connect x.event -> y.soma as W : S { init 1  learn R }
experiment e {
  data xor
  present x = input, y.target = one_hot(label)
  optimise W with sgd(rate = 1)
  ${timed && !statement.startsWith('step') ? 'step 1 ms' : ''}
  ${timed && !/protocol|duration/.test(statement) ? 'duration 1 s' : ''}
  ${statement}
}
`
  it.each([
    ['step 1 ms', true, []],
    ['step 1 ms', false, ['CCN6011 `step` has no effect: nothing in the circuit goes on in time.']],
    [
      'solver rk4',
      false,
      ['CCN6011 `solver` has no effect: nothing in the circuit goes on in time.'],
    ],
    [
      'duration 1 s',
      false,
      ['CCN6011 `duration` has no effect: nothing in the circuit goes on in time.'],
    ],
    ['step 1', true, ['CCN4003 `step` needs a time, but this has no unit.']],
    ['step 0 ms', true, ['CCN6008 `step` must be above 0, but is 0 ms.']],
    ['duration -1 ms', true, ['CCN6008 `duration` must be above 0, but is -1 ms.']],
    [
      'duration 2 epochs',
      true,
      ['CCN4003 `duration` needs a time or a number of steps, but this has the dimension epoch.'],
    ],
    ['duration 1 s  protocol { phase a 1 s }', true, [clocked('duration')]],
    ['epochs 3', true, [clocked('epochs')]],
    ['evaluate 10', true, [clocked('evaluate')]],
    ['solver eular', true, ['CCN2001 There is no solver named `eular` here.']],
    ['precision f16', true, ['CCN2001 There is no precision named `f16` here.']],
    ['precision f32', false, []],
    ['augment spin', true, ['CCN2001 There is no augmentation named `spin` here.']],
    ['augment crop(margin = 2)', true, ['CCN2005 `crop` has no option named `margin`.']],
    [
      'protocol { repeat 2 { phase a 1 s { perturb W by shake(1) } } }',
      true,
      ['CCN2001 There is no perturbation named `shake` here.'],
    ],
    [
      'protocol { repeat 0.5 { phase a 1 s } }',
      true,
      ['CCN2019 A whole number is needed here, but this is 0.5.'],
    ],
    [
      'protocol { phase a 1 s { freeze V } }',
      true,
      ['CCN2001 There is no weight or bias named `V` here.'],
    ],
  ])('%s, in time: %s', (statement, timed, messages) => {
    expect(found(experiment(statement, timed))).toEqual(messages)
  })
  it.each([
    ['protocol { phase a }  protocol { phase b }', ['CCN6007 `protocol` is said twice in `e`.']],
    [
      'protocol { repeat 0 { phase a } }',
      ['CCN6008 The number of repetitions must be at least 1, but is 0.'],
    ],
  ])('%s is refused', (statement, messages) => {
    const { diagnostics } = compileText(experiment(statement, false))
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual(messages)
  })

  const clockOf = (statement: string) => compileText(experiment(statement, true)).plan?.clock
  it.each([
    ['duration 2 s', { step: 0.001, steps: 2000, hold: 1 }],
    ['duration 50 steps', { step: 0.001, steps: 50, hold: 1 }],
    ['protocol { repeat 1000000 { phase a 7 ms  phase b 3 steps } }', { steps: 10_000_000 }],
  ])('%s is a clock', (statement, expected) => {
    expect(clockOf(statement)).toMatchObject(expected)
  })

  it('holds examples for a time, and looks at times', () => {
    const { plan } = compileText(
      experiment('duration 2 s  measure loss every 0.1 s  record y.v every 5 ms', true).replace(
        'one_hot(label)',
        'one_hot(label) for 8 ms',
      ),
    )
    expect(plan?.clock?.hold).toBe(8)
    expect(plan?.measures[0]?.every).toEqual({ unit: 'steps', count: 100 })
    expect(plan?.records[0]?.every).toEqual({ unit: 'steps', count: 5 })
    expect(plan).toMatchObject({ batch: 1 })
    expect(plan).not.toHaveProperty('epochs')
  })

  const needs = (statement: string) =>
    `CCN6006 The experiment \`e\` needs a \`${statement}\` statement.`
  it.each([
    [
      'duration 2.5 ms',
      ['CCN6008 `duration` must be a whole number of steps of 1 ms, but is 2.5 ms, 2.5 steps.'],
    ],
    [
      'protocol { phase a }',
      ['CCN6008 The duration of a phase must be a time or a number of steps, but is not said.'],
    ],
    [
      'protocol { phase a 2 epochs }',
      [
        'CCN6008 The duration of a phase must be a time or a number of steps, but is a number with the dimension epoch.',
      ],
    ],
    [
      'duration 1 s  measure loss every 2 batches',
      [
        'CCN6008 `every` must be a time or a number of steps, but is a number with the dimension batch.',
      ],
    ],
    ['seed 1', [needs('duration')]],
  ])('%s is refused in a circuit with a past', (statement, messages) => {
    const text = experiment(`duration 1 s  ${statement}`, true).replace('duration 1 s  ', '')
    const { diagnostics } = compileText(text.replace('  duration 1 s\n', ''))
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual(messages)
  })
})

describe('the phases of a protocol', () => {
  const circuit = (protocol: string): string => `
cell Leaky { compartment soma { state v : 10 ms * dv/dt = input - v }  event e = soma.v }
plasticity Hebb { dw = post.e * pre.e }
synapse Plain {}
population x[2] : Leaky
population y[2] : Leaky
connect x.event -> y.soma as W : Plain { init 1  learn Hebb }
experiment e {
  step 1 ms
  optimise W with sgd(rate = 1)
  protocol { ${protocol} }
}
`
  const two = 'phase predict 5 ms { plasticity off }  phase teach 1 ms { plasticity on }'
  const many =
    'CCN5030 `main` learns in turns: its protocol repeats 2 phases (predict, teach), and plasticity is on in teach.'
  it.each([
    ['in turns, where plasticity waits for the other', `repeat 9 { ${two} }`, many],
    ['in turns within turns', `repeat 2 { phase rest 1 s { }  repeat 9 { ${two} } }`, many],
    ['once', two, undefined],
    ['in turns, all of them plastic', 'repeat 9 { phase a 1 ms { }  phase b 1 ms { } }', undefined],
  ])('%s', (_, protocol, message) => {
    const { diagnostics } = compileText(circuit(protocol))
    const said = diagnostics.map(({ code, message: text }) => `${code} ${text}`)
    expect(said.filter((each) => each.startsWith('CCN5030'))).toEqual(message ? [message] : [])
    expect(said.some((each) => each.startsWith('CCN5005'))).toBe(message === undefined)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})
