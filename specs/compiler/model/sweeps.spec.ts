/** Sweeps: what they come to as plans, which points follow, and what is said of what makes no sense. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../compiler/compile.ts'
import { pointCount, pointsOf } from '../../../contract/sweep-points.ts'
import type { SweepPlan } from '../../../contract/sweep.ts'
import { checkAll } from '../../../service/check-all.ts'
import { memoryHost } from '../../helpers/compile-text.ts'

const model = `model m
import { Input } from "std/cells"
import { xor } from "std/data"
param gain = 1     in 0..
param tau  = 10 ms in 0 ms < ..
param size = 2     in 1..
cell Out { compartment soma  input target  event e = soma  loss l = (e - target) ^ 2 }
population x[2] : Input
population y[size] : Out
connect x.event -> y.soma as W { init uniform(-gain, gain) }
variant small { set gain = 0.1 }
variant large { set gain = 10 }
experiment main { data xor  present x = input, y.target = one_hot(label)  batch 4  epochs 1 }
`
function swept(body: string): { plans: readonly SweepPlan[]; errors: readonly string[] } {
  const host = memoryHost({ 'main.ccn': `${model}${body}` })
  const { sweeps = [], diagnostics } = compile('/project/main.ccn', host, { until: 'model' })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return { plans: sweeps, errors: errors.map(({ message }) => message) }
}
const isSetting = (name: string): boolean => ['epochs', 'batch', 'steps', 'limit'].includes(name)
const valuesOf = (body: string): readonly string[] => {
  const { plans, errors } = swept(`sweep s { ${body} }`)
  expect(errors).toEqual([])
  return pointsOf(plans[0]!, isSetting).map(({ values, seed }) =>
    [...Object.values(values), ...(seed === undefined ? [] : [seed])].join(' '),
  )
}

describe('points', () => {
  it.each([
    ['seeds 3..5', ['3', '4', '5']],
    ['seeds [7, 1]', ['7', '1']],
    ['vary gain in [1, 2 + 1]', ['1', '2 + 1']],
    ['vary variant in [none, small, [small, large]]', ['none', 'small', 'small+large']],
    ['vary gain in log(0.01, 1, 3)', ['0.01', '0.1', '1']],
    ['vary gain in linear(0, 1, 5)', ['0', '0.25', '0.5', '0.75', '1']],
    ['vary gain in range(0, 0.3, 0.1)', ['0', '0.1', '0.2', '0.3']],
    ['vary tau in range(1 ms, 2 ms, 0.5 ms)', ['1 ms', '1.5 ms', '2 ms']],
    ['vary (gain, size) in [(1, 2), (3, 4)]', ['1 2', '3 4']],
    ['vary gain in [1, 2]  vary size in [3, 4]', ['1 3', '1 4', '2 3', '2 4']],
    ['vary epochs in [1, 2]  seeds 1..2', ['1 1', '1 2', '2 1', '2 2']],
  ])('%s', (body, points) => {
    expect(valuesOf(body)).toEqual(points)
  })

  it('say what a circuit with a past, and a data set, are cut to', () => {
    const { plans, errors } = swept('sweep s { seeds 1..2  steps 400  limit 10 }')
    expect(errors).toEqual([])
    expect(plans[0]!.settings).toEqual({ steps: '400', limit: '10' })
  })

  it('say parameters, settings and variants apart', () => {
    const { plans } = swept(
      'sweep s { epochs 3  vary (gain, batch, variant) in [(1, 2, small)]  seeds 9 }',
    )
    expect(pointsOf(plans[0]!, isSetting)).toEqual([
      {
        values: { gain: '1', batch: '2', variant: 'small' },
        variants: ['small'],
        set: { gain: '1' },
        settings: { epochs: '3', batch: '2' },
        seed: 9,
      },
    ])
  })

  it('are drawn so that a longer list begins as a shorter one, within what they are drawn from', () => {
    const of = (count: number) =>
      valuesOf(
        `sample ${count} { gain = log_uniform(0.1, 10)  size = integer(2, 4)  variant = choice(none, small)  tau = uniform(1 ms, 2 ms) }`,
      )
    const many = of(400)
    expect(many.slice(0, 20)).toEqual(of(20))
    const rows = many.map((each) => each.split(' '))
    const gains = rows.map(([gain]) => Number(gain))
    expect(Math.min(...gains)).toBeGreaterThanOrEqual(0.1)
    expect(Math.max(...gains)).toBeLessThanOrEqual(10)
    // Of log_uniform half lies below the geometric mean: 200, with a standard deviation of 10.
    expect(Math.abs(gains.filter((gain) => gain < 1).length - 200)).toBeLessThan(45)
    for (const size of ['2', '3', '4']) {
      const count = rows.filter((row) => row[1] === size).length
      // A third of 400, with a standard deviation of 9.4.
      expect(Math.abs(count - 400 / 3)).toBeLessThan(42)
    }
    expect(new Set(rows.map((row) => row[2]))).toEqual(new Set(['none', 'small']))
    expect(rows.every((row) => row[4] === 'ms' && Number(row[3]) >= 1 && Number(row[3]) <= 2)).toBe(
      true,
    )
  })

  it('are as many as are counted', () => {
    const size = fc.integer({ min: 1, max: 4 })
    fc.assert(
      fc.property(size, size, size, size, (a, b, draws, seeds) => {
        const list = (n: number) => Array.from({ length: n }, (_, i) => i + 1).join(', ')
        const { plans } = swept(
          `sweep s { vary gain in [${list(a)}]  vary size in [${list(b)}]  sample ${draws} { tau = uniform(1 ms, 2 ms) }  seeds 1..${seeds} }`,
        )
        const points = pointsOf(plans[0]!, isSetting)
        expect(points).toHaveLength(a * b * draws * seeds)
        expect(pointCount(plans[0]!)).toBe(points.length)
      }),
      { numRuns: 10 },
    )
  })
})

describe('what is said of', () => {
  it.each([
    ['vary gian in [1]', 'There is no parameter named `gian` here.'],
    ['vary variant in [smal]', 'There is no variant named `smal` here.'],
    ['vary variant in [1]', 'What `variant` is set to must be the name of a variant'],
    ['vary gain in 3', 'What `gain` is in turn must be a list, but is `3`.'],
    ['vary gain in []', 'What varies must be a list of some values, but is an empty one.'],
    ['vary gain in log(0, 1, 3)', 'What `log` is given must be two ends above 0'],
    ['vary gain in log(1, 2)', '`log` takes 3 arguments, but got 2.'],
    ['vary gain in range(0, 1, -0.1)', 'What `range` is given must be a step that leads'],
    ['vary tau in linear(1 ms, 2 s, 3)', '`linear` needs the same unit on both sides'],
    ['vary (gain, size) in [(1, 2, 3)]', 'Each point of names that vary together must be 2 values'],
    ['vary gain in [1]  vary gain in [2]', 'What `gain` is is said twice.'],
    ['seeds 1.5', 'A seed must be a whole number of at least 0, but is 1.5.'],
    ['seeds 5..1', 'The range of seeds must be two ends, the lower first'],
    ['seeds [1, 1]', 'The seed 1 is said twice.'],
    ['seeds 1  seeds 2', '`seeds` is said twice.'],
    ['experiment mian', 'There is no experiment named `mian` here.'],
    ['sample 2 { gain = normal(0, 1) }', 'What `gain` is drawn from must be `uniform`'],
    ['sample 2 { gain = uniform(2, 1) }', 'What `uniform` is given must be the lower end first'],
    [
      'sample 0 { gain = uniform(0, 1) }',
      'How many points are drawn must be a whole number from 1',
    ],
    ['report loss at epoch 1.5', 'The epoch must be a whole number of at least 0, but is 1.5.'],
    ['stop when loss', 'What a point stops for must be a measure compared with a number'],
    ['precision f64', 'A setting of a sweep must be `epochs`, `batch`, `steps` or `limit`'],
  ])('%s', (body, message) => {
    const { errors } = swept(`sweep s { ${body} }`)
    expect(errors).toHaveLength(1)
    expect(errors[0]?.slice(0, message.length)).toBe(message)
  })

  it('two sweeps of one name', () => {
    expect(swept('sweep s { seeds 1 }  sweep s { seeds 2 }').errors).toEqual([
      '`s` is declared twice.',
    ])
  })

  it('a point that is no model, by `ccn check` too', () => {
    const text = `${model}sweep s { vary gain in [1, -1]  vary size in [0, 2]  seeds 1..3 }\n`
    const { findings, sources } = checkAll('/project/main.ccn', memoryHost({ 'main.ccn': text }))
    const errors = findings.filter(({ diagnostic }) => diagnostic.severity === 'error')
    expect(errors.map(({ where }) => where)).toEqual(
      expect.arrayContaining(['sweep s at gain=-1', 'sweep s at size=0']),
    )
    // The line that is shown is that of the wrong point, not of the last one.
    const shown = errors.map(({ diagnostic: { span } }) =>
      sources.get(span.file)?.slice(span.start, span.end),
    )
    expect(shown).toEqual(expect.arrayContaining(['-1', '0']))
  })
})
