/** `check`, `fmt` and `compile` on real files. */
import { readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tinyModel, Workplace } from './run-cli.ts'

const broken = tinyModel.replace('population h[hidden]', 'population h[hiden]')
const place = new Workplace({ 'tiny.ccn': tinyModel, 'broken.ccn': broken })
beforeAll(() => place.run('fmt tiny.ccn'))
afterAll(() => place.remove())

describe('ccn check', () => {
  it('is content with a good file', async () => {
    const { code, out, err } = await place.run('check tiny.ccn')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^tiny.ccn: no errors/m)
  })

  it('shows errors with the place, and fails', async () => {
    const { code, out } = await place.run('check tiny.ccn broken.ccn')
    expect(code).toBe(1)
    expect(out).toContain('error[CCN2001]')
    expect(out).toContain('broken.ccn:11:14')
    expect(out).toContain('did you mean `hidden`?')
    expect(out).toMatch(/^broken.ccn: 1 error$/m)
  })

  it('looks at every experiment and variant', async () => {
    place.write(
      'more.ccn',
      `${tinyModel}variant wrong { Z: tied = W2 }\nexperiment second { data nothing }`,
    )
    const { code, out } = await place.run('check more.ccn')
    expect(code).toBe(1)
    expect(out).toContain('in variant wrong')
    expect(out).toContain('nothing')
  })

  it('gives data', async () => {
    const { code, out } = await place.run('check tiny.ccn broken.ccn --json')
    expect(code).toBe(1)
    const [good, bad] = JSON.parse(out) as { errors: number; diagnostics: unknown[] }[]
    expect(good!.errors).toBe(0)
    expect(bad!.diagnostics[0]).toMatchObject({
      code: 'CCN2001',
      severity: 'error',
      file: 'broken.ccn',
      start: { line: 11, column: 14 },
    })
  })
})

describe('ccn fmt', () => {
  it('writes only what changes', async () => {
    place.write('ugly.ccn', 'param   a=1\n\n\n\nparam b   = 2')
    expect((await place.run('fmt ugly.ccn --check')).code).toBe(1)
    expect(readFileSync(place.path('ugly.ccn'), 'utf8')).toContain('a=1')
    expect((await place.run('fmt ugly.ccn')).out).toBe('formatted ugly.ccn\n')
    const { mtimeMs, ino } = statSync(place.path('ugly.ccn'))
    expect((await place.run('fmt ugly.ccn')).out).toBe('')
    expect((await place.run('fmt ugly.ccn --check')).code).toBe(0)
    expect(statSync(place.path('ugly.ccn'))).toMatchObject({ mtimeMs, ino })
  })

  it('leaves a file with syntax errors alone', async () => {
    place.write('bad.ccn', 'param   = = 1')
    const { code, err } = await place.run('fmt bad.ccn')
    expect(code).toBe(1)
    expect(err).toContain('error[CCN1')
    expect(readFileSync(place.path('bad.ccn'), 'utf8')).toBe('param   = = 1')
  })

  it('formats the standard input', async () => {
    const { code, out } = await place.run('fmt --stdin', { stdin: 'param   a=1\n' })
    expect({ code, out }).toEqual({ code: 0, out: 'param a = 1\n' })
    expect((await place.run('fmt --stdin --check', { stdin: 'param   a=1\n' })).code).toBe(1)
  })
})

describe('ccn compile', () => {
  it.each([
    ['ast', 'SourceFile'],
    ['model', 'model tiny'],
    ['ir', 'graph step'],
    ['ts', 'export function create'],
  ])('--emit %s', async (stage, text) => {
    const { code, out, err } = await place.run(`compile tiny.ccn --emit ${stage}`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(text)
  })

  it('writes to a folder', async () => {
    const { out } = await place.run('compile tiny.ccn --emit ir --out built/here')
    expect(out).toBe('wrote built/here/tiny.ir.txt\n')
    expect(readFileSync(place.path('built/here/tiny.ir.txt'), 'utf8')).toContain('graph step')
  })

  it('takes parameters and variants', async () => {
    const { out } = await place.run('compile --emit model --set hidden=3 rate=0.1 tiny.ccn')
    expect(out).toContain('hidden = 3')
    expect(out).toContain('rate = 0.1')
    const changed = await place.run('compile tiny.ccn --emit model --variant symmetric')
    expect(changed.out).not.toBe((await place.run('compile tiny.ccn --emit model')).out)
  })

  it('tells what it does not know', async () => {
    const parameter = await place.run('compile tiny.ccn --set hiden=3')
    expect(parameter).toMatchObject({ code: 1, err: expect.stringContaining('`hidden`') })
    const variant = await place.run('compile tiny.ccn --variant symetric')
    expect(variant).toMatchObject({ code: 1, err: expect.stringContaining('symmetric') })
    const experiment = await place.run('train tiny.ccn --experiment party')
    expect(experiment).toMatchObject({ code: 1, err: expect.stringContaining('parity') })
  })

  it('tells times and shows passes', async () => {
    const { err } = await place.run('compile tiny.ccn --emit ir --timings --print-after share')
    expect(err).toMatch(/^lower +\d+\.\d ms$/m)
    expect(err).toMatch(/^total +\d+\.\d ms$/m)
    expect(err).toContain('// after share')
  })
})
