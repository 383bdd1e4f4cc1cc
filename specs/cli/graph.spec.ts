/** `ccn graph`: pictures as files, what they show as data, and what goes wrong. */
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { readPicture } from '../helpers/picture.ts'
import { Workplace } from './run-cli.ts'

const model = `model two
cell Cell { compartment soma  state v = 0 : 1 ms * dv/dt = soma - v  signal s = v }
param size = 3 in 1..
population a[size] : Cell
population b[2] : Cell
connect a.s -> b.soma as W { init 1  fixed }
variant back { connect b.s -> a.soma as V { init 1  fixed  delay 1 step } }
`
const place = new Workplace({
  'm.ccn': model,
  'empty.ccn': 'model m\n',
  'wrong.ccn': 'model m\npopulation a[2] : Nothing\n',
})
afterAll(() => place.remove())

const texts = (name: string) =>
  readPicture(readFileSync(place.path(name), 'utf8')).texts.map(({ text }) => text)

describe('ccn graph', () => {
  it('draws a file, as its variants and settings make it', async () => {
    expect(await place.run('graph m.ccn')).toMatchObject({ code: 0, out: 'two.svg\n' })
    expect(texts('two.svg')).toEqual(expect.arrayContaining(['a', 'b', 'W', '2×3']))
    await place.run('graph m.ccn --variant back --set size=7 -o back.svg')
    expect(texts('back.svg')).toEqual(expect.arrayContaining(['V', '7×2', '2×7']))
  })

  it('makes PNG and PDF, the same each time', async () => {
    expect((await place.run('graph m.ccn -o p.png')).out).toBe('p.png\n')
    expect([...readFileSync(place.path('p.png')).subarray(0, 4)]).toEqual([137, 80, 78, 71])
    await place.run('graph m.ccn -o p.pdf')
    await place.run('graph m.ccn -o q.pdf')
    const pdf = readFileSync(place.path('p.pdf'))
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    // Text stays text: its font is in the file.
    expect(pdf.toString('latin1')).toContain('DejaVuSans')
    expect(readFileSync(place.path('q.pdf')).equals(pdf)).toBe(true)
  })

  it('prints the picture, or what it shows', async () => {
    const { out } = await place.run('graph m.ccn --theme dark -o -')
    expect(out).toMatch(/^<svg [^]*<\/svg>\n$/)
    const shown = await place.run('graph m.ccn --json')
    const { boxes, lines } = JSON.parse(shown.out) as {
      boxes: { id: string }[]
      lines: { title: string; weight: string }[]
    }
    expect(boxes.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(lines).toMatchObject([{ title: 'W', weight: 'fixed' }])
  })

  it.each([
    ['graph m.ccn -o x.gif', 2, '"x.gif" ends in .gif'],
    ['graph m.ccn -o x', 2, '"x" has no ending'],
    ['graph m.ccn --theme blue', 2, 'Allowed choices are light, dark, auto.'],
    ['graph nothing.ccn', 1, 'nothing.ccn'],
    ['graph empty.ccn -o wrong.svg', 1, 'empty.ccn has no populations that could be drawn.'],
    ['graph wrong.ccn -o wrong.svg', 1, 'Nothing'],
    ['graph m.ccn --variant none -o wrong.svg', 1, 'none'],
    ['graph m.ccn -o m.ccn/x.svg', 1, 'm.ccn'],
  ])('%s: exits with %i', async (command, expected, message) => {
    const { code, err } = await place.run(command)
    expect(code).toBe(expected)
    expect(err).toContain(message)
    expect(existsSync(place.path('wrong.svg'))).toBe(false)
  })
})
