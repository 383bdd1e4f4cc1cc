/** Pages of runs, of every kind that there is. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeNpz } from '../../../runtime/node/io/npz.ts'
import { tinyModel, Workplace } from '../../cli/run-cli.ts'
import { inBrowser } from '../../helpers/in-browser.ts'
import { readPage, type ReadPage } from '../../helpers/read-page.ts'

const images = `model seen
import { Input } from "std/cells"
import { Teacher, Depressing, BurstDependent } from "std/burstccn"
dataset small {
  field image[28, 28]
  field label class 10
  train digits(count = 60, seed = 1)
  test digits(count = 30, seed = 2)
}
population x[784] : Input
population y[10]  : Teacher(0.5, 0.5)
connect x.event -> y.soma as W : Depressing { init xavier_normal()  learn BurstDependent }
experiment read {
  data small
  present x = image, y.target = one_hot(label)
  batch 10  epochs 2
  optimise W, k with sgd(rate = 0.1)
  measure angle(W, backprop) every 1 step
}
`
const spikes = `
cell Spiking {
  compartment soma
  state v : 5 ms * dv/dt = soma + 2 + normal() - v
  spike s when v > 1 { v = 0 }
}
synapse S {}
param gain = 1
population z[30] : Spiking
connect z.s -> z.soma as W : S { init 0.1 * gain  fixed  delay 1 ms }
experiment e {
  step 1 ms
  protocol { repeat 6 { phase a 5 ms  phase b 5 ms { set gain = 2 } } }
  measure rate(z.s) every 5 ms
  record z.s, z.v every 1 step
}
`
/** What people write into comments and names of files, and what a browser would make of it. */
const hostile = `/// </script><script>alert(1)</script><img src=x onerror=alert(1)> "'\`&amp;
model odd
cell C { compartment soma  state v : 5 ms * dv/dt = k + soma - v  event e = v }
synapse S {}
population y[2] : C
param k = 1 /// <b onmouseover="alert(1)">bold</b>
connect y.e -> y.soma as W : S { init 0.1  fixed  delay 1 ms }
experiment e { step 1 ms  protocol { phase p 3 ms }  record y.e every 1 step }
`
const failing = `model grows
cell Growing { compartment soma  state v : 1 ms * dv/dt = 1e30 * v + 1 + soma  event e = v }
population z[3] : Growing
experiment e { step 1 ms  protocol { phase p 30 ms }  measure high = mean(z.v) every 1 ms }
`
const place = new Workplace({
  'tiny.ccn': tinyModel,
  'seen.ccn': images,
  'spikes.ccn': spikes,
  'odd <b>.ccn': hostile,
  'grows.ccn': failing,
})
afterAll(() => place.remove())

const withPage = { env: { CCN_REPORT: '1' } }
const pageOf = (run: string): ReadPage =>
  readPage(readFileSync(place.path(`runs/${run}/report.html`), 'utf8'))

beforeAll(async () => {
  await place.run(
    'train tiny.ccn --engine wasm --name tiny --variant symmetric --set hidden=5 --seed 3',
    withPage,
  )
  await place.run('train spikes.ccn --engine wasm --name spikes', withPage)
})

describe('the page of a run', () => {
  it('has curves, answers, weights, settings and how to repeat it', () => {
    const { title, headings, text, pictures, tables, faults } = pageOf('tiny')
    expect(faults).toEqual([])
    expect(title).toBe('Run tiny')
    expect(headings.filter((each) => each.startsWith('h2'))).toEqual(
      ['Course', 'Answers', 'Weights', 'Circuit', 'Settings', 'Timing', 'Repeat'].map(
        (each) => `h2 ${each}`,
      ),
    )
    expect(text).toContain('Finished')
    expect(text).toContain('tiny with symmetric, experiment parity')
    expect(text).toMatch(/variant symmetric hidden 6 5 seed 3/)
    expect(text).toContain(
      'ccn train tiny.ccn --experiment parity --variant symmetric --set hidden=5 --seed 3 --engine wasm',
    )
    expect(pictures.join('\n')).toMatch(/^error: test from .* to .*; training from/m)
    expect(pictures.join('\n')).toMatch(/^angle\(W1, backprop\): /m)
    expect(pictures.join('\n')).toMatch(
      /^Distribution of W1: mean .* at the start, mean .* at the end/m,
    )
    expect(tables).toContain('What was changed from the file')
    expect(tables).toContain('Examples by their class (rows) and by the answer (columns)')
    expect(text).toMatch(/Of all 4 test examples/)
  })

  it('is the same when it is made once more from what is left', async () => {
    const first = readFileSync(place.path('runs/tiny/report.html'), 'utf8')
    const { code, out, err } = await place.run('report tiny')
    expect([code, out, err]).toEqual([0, 'runs/tiny/report.html\n', ''])
    expect(readFileSync(place.path('runs/tiny/report.html'), 'utf8')).toBe(first)
  })

  it('is read in light and dark, on paper, on a telephone, and by who cannot see it', async () => {
    const seen = await inBrowser(place.path('runs/tiny/report.html'))
    // Where there is no Chromium this is left out.
    if (!seen) return
    // Nothing is asked for, and the console says nothing: not of the policy either.
    expect(seen.said).toEqual([])
    for (const { contrast, text } of seen.contrasts) {
      expect([text, contrast >= 4.5]).toEqual([text, true])
    }
    expect(seen.narrow).toBe(360)
    for (const each of [
      'banner',
      'navigation "Sections"',
      'main',
      'contentinfo',
      'region "Course"',
      'img "error: test',
      'table "',
    ]) {
      expect(seen.tree).toContain(each)
    }
    expect(seen.pdf).toBe('%PDF-')
  })

  it('of images shows right and wrong ones', async () => {
    await place.run('train seen.ccn --engine wasm --name seen', withPage)
    const { text, images: count, faults, pictures } = pageOf('seen')
    expect(faults).toEqual([])
    expect(count).toBeGreaterThanOrEqual(12)
    expect(count).toBeLessThanOrEqual(24)
    const { err, out } = await place.run('eval seen --json')
    expect(err).toBe('')
    const { scores } = JSON.parse(out) as { readonly scores: { readonly error: number } }
    // The page counts wrong answers itself, and comes to the same.
    expect(text).toContain(`are answered wrongly (${scores.error.toFixed(2)} %)`)
    // Two epochs are drawn by their steps.
    expect(pictures.join('\n')).toMatch(/^angle/m)
  })

  it('of spikes has rasters and rates, and curves for each kind of phase', () => {
    const { headings, pictures, faults, text } = pageOf('spikes')
    expect(faults).toEqual([])
    expect(headings).toContain('h2 Along time')
    expect(headings).not.toContain('h2 Answers')
    expect(pictures.join('\n')).toMatch(/^z\.s along time: 30 values at \d+ times$/m)
    expect(pictures.join('\n')).toMatch(/^rate\(z\.s\): in a from .*; in b from/m)
    expect(text).toContain('rate of z.s (Hz')
  })

  it('leaves out what is too much for a page, before it is read', async () => {
    const large = encodeNpz(
      new Map([
        ['z.v', { shape: [230_000, 30], data: new Int32Array(6_900_000) }],
        ['t(z.v)', { shape: [1], data: new Float64Array(1) }],
      ]),
      { compress: 'if it helps' },
    )
    expect(large.length).toBeLessThan(200_000)
    place.write('runs/spikes/records/part-0009.npz', large)
    const { code, err } = await place.run('report spikes')
    expect([code, err]).toEqual([0, ''])
    const { pictures, text, faults } = pageOf('spikes')
    expect(faults).toEqual([])
    expect(pictures.join('\n')).toContain('z.s along time')
    expect(pictures.join('\n')).not.toContain('z.v along time')
    expect(text).toContain('What was recorded of z.v: it is too much for a page')
  })

  it('escapes whatever a file holds', async () => {
    // The command line takes words apart at spaces, so the file comes by another name.
    place.write('odd.ccn', readFileSync(place.path('odd <b>.ccn')))
    await place.run('train odd.ccn --engine wasm --name odd', withPage)
    const { faults, text } = pageOf('odd')
    expect(faults).toEqual([])
    expect(text).toContain('<b onmouseover="alert(1)">bold</b>')
    expect(text).toContain('</script><script>alert(1)</script>')
  })

  it('of a run that failed says why, also when it is made again', async () => {
    const { code } = await place.run('train grows.ccn --engine wasm --name grows', withPage)
    expect(code).not.toBe(0)
    for (const again of [false, true]) {
      if (again) await place.run('report grows')
      const { text, faults } = pageOf('grows')
      expect(faults).toEqual([])
      expect(text).toMatch(/Failed.*: .*z\.v/)
    }
  })

  it('of an interrupted run says so, and is that of a finished one once it has gone on', async () => {
    const press = { onListening: (stop: () => void) => stop(), ...withPage }
    await place.run('train tiny.ccn --engine wasm --name half', press)
    expect(pageOf('half').text).toContain('Not finished')
    expect(pageOf('half').faults).toEqual([])
    await place.run('train --resume half', withPage)
    expect(pageOf('half').text).toContain('Finished')
    expect(pageOf('half').faults).toEqual([])
  })

  it('is there for a run of another version, without what this one cannot know', async () => {
    await place.run('train tiny.ccn --engine wasm --name old')
    const path = place.path('runs/old/manifest.json')
    const { resolved: _, ...manifest } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly resolved: string
      readonly engine: string
    }
    writeFileSync(path, JSON.stringify({ ...manifest, engine: 'abacus' }))
    rmSync(place.path('runs/old/timing.jsonl'))
    const { code, err } = await place.run('report old')
    expect([code, err]).toEqual([0, ''])
    const { text, faults } = pageOf('old')
    expect(faults).toEqual([])
    expect(text).toContain('Left out')
    expect(text).toContain('abacus')
  })

  it('is not written where it is not wanted', async () => {
    await place.run('train tiny.ccn --engine wasm --name bare --no-report', withPage)
    expect(existsSync(place.path('runs/bare/report.html'))).toBe(false)
  })

  it.each([
    ['report tiny -o page.pdf', 'name a file that ends in .html, not page.pdf'],
    ['report tony', 'Did you mean tiny?'],
  ])('ccn %s: %s', async (command, message) => {
    const { code, err } = await place.run(command)
    expect(code).not.toBe(0)
    expect(err).toContain(message)
  })
})
