/**
 * The tutorial: its models train, its additions fit where it puts them, and what it shows of the checker
 * is what the checker prints. The figures of its runs are those of one machine and are not compared.
 */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { Workplace } from '../cli/run-cli.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { root } from '../helpers/repository.ts'

const text = readFileSync(`${root}/docs/tutorial.md`, 'utf8')
const fences = text.split(/^```(.*)\n/m)
/** Fenced blocks of a kind: the parts of the text after an opening fence, which come in turns. */
const blocks = (kind: string): readonly string[] =>
  fences.filter((_, i) => i % 4 === 2 && fences[i - 1] === kind)
const [first = '', second = '', spikes = '', decide = ''] = blocks('ccn')
const [wrong = ''] = blocks('ccn error')
const [addition = ''] = blocks('ccn addition')
const [change = ''] = blocks('ccn change')
const shown = blocks('').filter((block) => block.startsWith('$ ccn check'))
const withAddition = (rule: string): string =>
  second.replace('experiment digits', `${rule}\nexperiment digits`)

const place = new Workplace()
afterAll(() => place.remove())

describe('the tutorial', () => {
  it.each([
    ['the first model', first],
    ['the second model', second],
    ['the model with a rule', withAddition(addition)],
  ])('%s compiles', (_, model) => {
    expect(errorsOf(compileText(model))).toEqual([])
  })
  it('runs its circuit in time', async () => {
    place.write('spikes.ccn', spikes)
    const { code, out, err } = await place.run('train spikes.ccn')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('10,000 steps of 0.1 ms, 1 s in all')
    const rate = Number(/^rate +([\d.]+) Hz$/m.exec(out)?.[1])
    expect(rate).toBeGreaterThan(13)
    expect(rate).toBeLessThan(16)
  }, 60_000)
  it('trains a readout, then a whole circuit through time, and tests both', async () => {
    const whole = decide.replace(/^ {2}optimise .*\n/m, change)
    expect(whole).not.toBe(decide)
    for (const [model, learned] of [
      [decide, ['Out']],
      [whole, ['In', 'Out', 'W']],
    ] as const) {
      place.write('decide.ccn', model)
      const { code, out } = await place.run('train decide.ccn --set cells=8 --steps 330')
      expect(code).toBe(0)
      expect(out).toMatch(/^evaluation 0\/1 .* test error +[\d.]+ %/m)
      expect(out).toMatch(/^test error +\d/m)
      const checked = await place.run('check decide.ccn')
      const still = [
        ...`${checked.out}${checked.err}`.matchAll(/`(\w+)` has a plasticity rule, but/g),
      ]
      expect(['In', 'Out', 'W'].filter((name) => !still.some(([, each]) => each === name))).toEqual(
        learned,
      )
    }
  }, 60_000)
  it('shows what the checker says', async () => {
    for (const [i, model] of [first, withAddition(wrong)].entries()) {
      place.write('first.ccn', model)
      const { out, err } = await place.run('check first.ccn')
      const [, expected = ''] = /^\$ ccn check first\.ccn\n([\s\S]*)$/.exec(shown[i] ?? '') ?? []
      expect(expected.length).toBeGreaterThan(0)
      expect(`${out}${err}`).toContain(expected.trimEnd())
    }
  })
  it('says the variants that its last model has, and all of them train', async () => {
    place.write('first.ccn', withAddition(addition))
    const commands = [...text.matchAll(/^\$ (?:ccn) (train first\.ccn.*)$/gm)].map(([, c]) => c)
    expect(commands.length).toBe(6)
    for (const command of commands) {
      const { code, err } = await place.run(`${command} --epochs 1 --limit 64 --quiet`)
      expect({ command, code, err }).toEqual({ command, code: 0, err: '' })
    }
  }, 120_000)
})
