/**
 * The table of examples: every example that can be run is in it, its arguments are understood, and its
 * figures are measured. The runs themselves are `npm run examples`.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { showcases } from '../../showcase/examples.table.ts'
import {
  above,
  atEnd,
  below,
  correlation,
  first,
  highest,
  last,
  lessThan,
  lowest,
  near,
  outcomeOf,
  show,
} from '../../showcase/expectations.ts'
import { askedBy } from '../../showcase/arguments.ts'
import { inOrder } from '../../showcase/jobs.ts'
import { figuresOf, train } from '../../showcase/run.ts'
import { host, root } from '../helpers/repository.ts'

const files = readdirSync(`${root}/examples`).filter((name) => name.endsWith('.ccn'))
const runs = showcases.flatMap(({ name, runs }) =>
  Object.entries(runs).map(([run, args]) => ({ name, run, args })),
)

describe('the table of examples', () => {
  it('has files of examples', () => {
    const shown = runs.map(({ args }) => args.split(' ')[0]!.replace('examples/', ''))
    expect(files).toEqual(expect.arrayContaining([...new Set(shown)]))
  })

  it('has a name and an expectation for each', () => {
    expect(new Set(showcases.map(({ name }) => name)).size).toBe(showcases.length)
    for (const { runs: own, expect: expected } of showcases) {
      expect(Object.keys(own)).toContain('main')
      expect(expected.length).toBeGreaterThan(0)
      // Without runs nothing is met.
      expect(outcomeOf(expected, {}).lines.every((line) => line.startsWith('! '))).toBe(true)
    }
  })

  it.each(runs)('$name: $run compiles', ({ args }) => {
    const {
      file,
      options: { experiment, variants = [], set = {} },
    } = askedBy(args.split(' '))
    const { ir, diagnostics } = compile(`${root}/${file}`, host, {
      variants,
      ...(experiment === undefined ? {} : { experiment }),
      set,
    })
    expect(ir).toBeDefined()
    expect(diagnostics.filter(({ severity }) => severity !== 'remark')).toEqual([])
  })
})

describe('an expectation', () => {
  const lines = [
    { kind: 'epoch', test: { error: 90, loss: 2 } },
    { kind: 'step', phase: 'one', measures: { a: 1, b: -2, 'angle(W, Y)': 90 } },
    { kind: 'step', phase: 'two', measures: { a: 2, b: -4, 'angle(W, Y)': 45 } },
    { kind: 'epoch', test: { error: 12.34, loss: 0.5 }, measures: { a: 1.5 } },
  ]
  const main = figuresOf(lines, 2.5)
  const all = { main, other: { ...main, last: { 'test error': 50 } } }

  it('reads the figures of a run', () => {
    expect(main.last).toEqual({ 'test error': 12.34, 'test loss': 0.5, a: 1.5 })
    expect(main.ends).toHaveLength(2)
    expect(main.seconds).toBe(2.5)
  })

  it.each([
    [below(last('test error'), 12.5), true, 'test error 12.3 % (below 12.5 %)'],
    [below(last('test error'), 12.34), false, 'test error 12.3 % (below 12.34 %)'],
    [above(last('test error', 'other'), 50), false, 'other: test error 50.0 % (above 50 %)'],
    [near(first('angle(W, Y)'), 89, 1), true, 'angle(W, Y) at first 90.0° (89° within 1°)'],
    [above(atEnd('a', 'main', 'one'), 0), true, 'a at the end of one 1.00 (above 0)'],
    [below(highest('a'), 2), false, 'a at most 2.00 (below 2)'],
    [below(lowest('b', 'main', 'two'), -3), true, 'b at least of two -4.00 (below -3)'],
    [above(atEnd('a', 'main', 'three'), 0), false, 'a at the end of three nothing (above 0)'],
    [near(first('a'), 0, 0.5), false, 'a at first 1.00 (0 within 0.5)'],
    [below(correlation('a', 'b'), -0.99), true, 'correlation of a and b -1.00 (below -0.99)'],
    [
      lessThan(last('test error'), last('test error', 'other')),
      true,
      'test error 12.3 % (below other: test error 50.0 %)',
    ],
    [above(last('c'), 0), false, 'c nothing (above 0)'],
    [below(first('a', 'none'), 9), false, 'none: a at first nothing (below 9)'],
  ] as const)('%#', (expectation, holds, text) => {
    expect(expectation.holds(all)).toBe(holds)
    expect(expectation.showed(all)).toBe(text)
  })

  it.each([
    [0, '', '0'],
    [123.4, '°', '123°'],
    [0.000123, '', '1.2e-4'],
    [Number.POSITIVE_INFINITY, ' %', 'nothing'],
  ] as const)('shows %s as a number', (value, unit, text) => expect(show(value, unit)).toBe(text))
})

describe('runs', () => {
  it('are those of `ccn train`', async () => {
    const { last: figures, ends } = await train(['examples/xor.ccn', '--epochs', '3'])
    expect(ends).toHaveLength(4)
    expect(Object.keys(figures)).toEqual(
      expect.arrayContaining(['test error', 'test loss', 'angle(W, backprop)', 'bursting']),
    )
  })

  it('that fail say why in a sentence', async () => {
    await expect(train(['examples/xor.ccn', '--variant', 'none'])).rejects.toThrow(
      'There is no variant named `none`',
    )
  })

  it('are shown in the order of the table', async () => {
    const shown: number[] = []
    const wait = async (ms: number): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      return ms
    }
    await inOrder([30, 10, 1, 0], 2, wait, (item, result) => shown.push(item, result))
    expect(shown).toEqual([30, 30, 10, 10, 1, 1, 0, 0])
  })
})
