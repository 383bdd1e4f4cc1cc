/** `ccn describe` and `ccn diff` on the command line: what they print, write, refuse, and exit with. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Workplace } from './run-cli.ts'

const model = `model small
param p = 1  /// a number [Somebody 2020]
cell C { compartment soma  event e = p * soma }
population c[2] : C
connect c.e -> c.soma as W { init 1  delay 1 step }
variant strong { set p = 2 }
experiment e { step 1 ms  duration 1 s }`

const place = new Workplace({
  'a.ccn': model,
  'b.ccn': model.replace('p * soma', 'soma + p'),
  'c.ccn': model.replace('p * soma', 'soma * p /* the same */'),
  'broken.ccn': 'model x\nparam p = q',
})

describe('ccn describe', () => {
  it('prints, and writes by the ending of a file', async () => {
    const printed = await place.run('describe a.ccn')
    expect(printed.out).toContain('| `p` | p | 1 |  | a number | Somebody 2020 |')
    const written = await place.run('describe a.ccn --set p=3 -o a.html')
    expect(written).toEqual({ code: 0, out: 'wrote a.html\n', err: '' })
    expect(readFileSync(place.path('a.html'), 'utf8')).toMatch(/^<!doctype html>/)
  })
  it.each([
    ['describe a.ccn -o a.doc', 2, /ending of a\.doc says no format/],
    ['describe a.ccn --format word', 2, /Allowed choices/],
    ['describe broken.ccn', 1, /CCN2001/],
    ['describe nothere.ccn', 1, /There is no file nothere\.ccn/],
  ])('%s', async (argv, code, said) => {
    const outcome = await place.run(argv)
    expect(outcome.code).toBe(code)
    expect(outcome.err).toMatch(said)
  })
})

describe('ccn diff', () => {
  it('tells what differs, and by its exit code where that is asked for', async () => {
    const { code, out } = await place.run('diff a.ccn b.ccn')
    expect([code, out]).toEqual([
      0,
      '~ population c\n    e\n    - event e = p * soma\n    + event e = soma + p\n',
    ])
    expect((await place.run('diff a.ccn b.ccn --exit-code')).code).toBe(1)
    expect(await place.run('diff a.ccn c.ccn --exit-code')).toEqual({
      code: 0,
      out: 'No difference in meaning.\n',
      err: '',
    })
  })
  it('tells what a variant changes, as JSON', async () => {
    const { out } = await place.run('diff a.ccn --variant strong --json')
    expect(JSON.parse(out)).toEqual({
      differences: [
        {
          kind: 'parameter',
          names: ['p'],
          change: 'changed',
          facts: [{ name: 'value', before: '1', after: '2' }],
        },
      ],
    })
  })
  it('draws', async () => {
    expect((await place.run('diff a.ccn b.ccn -o d.svg')).out).toContain('wrote d.svg')
    expect(readFileSync(place.path('d.svg'), 'utf8')).toMatch(/^<svg/)
  })
  it.each([
    ['diff a.ccn', 2, /only one circuit/],
    ['diff a.ccn nothere', 1, /There is no file nothere/],
    ['diff a.ccn b.ccn -o d.txt', 2, /ends in \.svg/],
  ])('%s', async (argv, code, said) => {
    const outcome = await place.run(argv)
    expect(outcome.code).toBe(code)
    expect(outcome.err).toMatch(said)
  })
})
