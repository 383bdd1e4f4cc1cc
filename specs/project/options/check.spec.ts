/** Calls of the library that make no sense end in one sentence before anything is read or written. */
import { describe, expect, it } from 'vitest'
import * as ccn from '../../../project/index.ts'
import { known } from '../../../project/options/known.ts'

const file = 'model.ccn'
/** A call as a program in JavaScript may write it; what is said. */
const rows: readonly (readonly [call: () => Promise<unknown>, said: string])[] = [
  [
    () => ccn.train(file, { epochs: -3 }),
    'epochs of train is a whole number of at least 0, not -3',
  ],
  [() => ccn.train(file, { epochs: Number.NaN }), 'of at least 0, not NaN'],
  [() => ccn.train(file, { seed: 1.5 }), 'seed of train is a whole number, not 1.5'],
  [() => ccn.train(file, { batch: Infinity }), 'of at least 1, not Infinity'],
  [() => ccn.train(file, { replicate: 1e5 }), 'a whole number from 1 to 10000, not 100000'],
  [() => ccn.train(file, JSON.parse('{"threads": "2"}')), "at least 1, not '2'"],
  [
    () => ccn.train(file, JSON.parse('{"set": {"hidden": 8}}')),
    'set.hidden of train is a text, as in',
  ],
  [() => ccn.train(file, JSON.parse('{"epoch": 3}')), 'train has no option epoch.'],
  [() => ccn.train(file, JSON.parse('{"__proto__": 3}')), 'train has no option __proto__.'],
  [() => ccn.train(file, JSON.parse('{"precision": "f16"}')), "is one of 'f32', 'f64', not 'f16'"],
  [() => ccn.train(file, JSON.parse('{"live": {"port": 0}}')), 'live.port of train is a whole'],
  [() => ccn.train(JSON.parse('42')), 'train is called with a file, not 42.'],
  [() => ccn.train(file, JSON.parse('[]')), 'The options of train are an object, not a list.'],
  [async () => ccn.format(JSON.parse('3'), file), 'format is called with a text, not 3.'],
  [async () => ccn.diskHost(JSON.parse('[]')), 'diskHost is called with a file, not a list.'],
  [async () => ccn.memoryHost(JSON.parse('null')), 'texts by name, not null.'],
  [async () => ccn.memoryHost(JSON.parse('{"a": 3}')), 'texts by name, not 3 at a.'],
  [() => ccn.saveSvgAs(JSON.parse('{}'), ''), 'the path of a file, not an object.'],
  [async () => ccn.renderDiagnostic(JSON.parse('{}'), new Map()), 'with a finding, which'],
  [async () => ccn.diagnosticData(JSON.parse('"x"'), new Map()), "as `diagnostic`, not 'x'."],
  [() => ccn.evaluate(file, JSON.parse('{"part": "tests"}')), "not 'tests'"],
  [
    () => ccn.sweep(file, { jobs: Number.NaN }),
    'jobs of sweep is a whole number of at least 1, not NaN',
  ],
  [() => ccn.sweep(file, JSON.parse('{"seeds": [1, 2]}')), 'seeds of sweep is a text, not a list.'],
  [() => ccn.plot('run', { from: Number.NaN }), 'from of plot is a number, not NaN'],
  [() => ccn.compare(JSON.parse('"a"')), "compare is called with a list of runs, not 'a'."],
  [
    () => ccn.check(JSON.parse('[1]')),
    'check is called with a file, or a list of files, not 1 at [0].',
  ],
  [() => ccn.openRun(JSON.parse('null')), 'openRun is called with the name of a run, not null.'],
]

describe('a call of the library', () => {
  it.each(rows)('%s', async (call, said) => {
    const error: unknown = await call().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ccn.ProjectError)
    const { message, usage } = error as ccn.ProjectError
    expect(usage).toBe(true)
    expect(message).toContain(said)
  })

  it('guesses the option that was meant', async () => {
    const error: unknown = await ccn
      .train(file, JSON.parse('{"epoch": 3}'))
      .catch((thrown: unknown) => thrown)
    expect((error as ccn.ProjectError).hint).toBe('Did you mean epochs?')
  })

  it('has a table for each function that takes options', () => {
    const functions = Object.entries(ccn)
      .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
      .map(([name]) => name)
    const without = new Set([
      'diagnosticData',
      'diskHost',
      'format',
      'memoryHost',
      'renderDiagnostic',
      'saveSvgAs',
    ])
    expect(functions.filter((name) => !without.has(name)).toSorted()).toEqual(
      Object.keys(known).toSorted(),
    )
  })
})
