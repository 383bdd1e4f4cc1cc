/** `record`: what is kept of a run, and when. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeNpz } from '../../runtime/node/io/npz.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { tinyModel, Workplace } from './run-cli.ts'

const recording = (text: string) => tinyModel.replace('batch 3', `record ${text}\n  batch 3`)
const place = new Workplace({ 'm.ccn': recording('h.e, y.event, h.k, W1, Q  every 3 steps') })
afterAll(() => place.remove())

describe('record', () => {
  it('writes what variables and weights are before every so many steps, along time, as .npz', async () => {
    const { err } = await place.run('train m.ccn --engine tfjs-cpu --name r')
    expect(err).toBe('')
    const folder = place.path('runs/r/records')
    const files = readdirSync(folder)
    expect(files).toEqual(['part-0001.npz'])
    const part = decodeNpz(readFileSync(`${folder}/${files[0]}`), 'part')
    const shapes = Object.fromEntries([...part].map(([name, { shape }]) => [name, shape]))
    expect(shapes).toMatchObject({
      'h.e': [3, 3, 6],
      'y.e': [3, 3, 2],
      'h.k': [3, 6],
      W1: [3, 6, 2],
      Q: [3, 6, 2],
      'step(h.e)': [3],
    })
    expect([...part.get('step(Q)')!.data]).toEqual([0, 3, 6])
    // Step 3 ends an epoch with the one example that is left.
    const second = part.get('h.e')!.data.slice(18, 36)
    expect(second.findIndex(Number.isNaN)).toBe(6)
    expect([...part.get('h.k')!.data.slice(0, 6)]).toEqual([0, 0, 0, 0, 0, 0])
    const weights = part.get('W1')!.data
    expect(weights.slice(12, 24)).not.toEqual(weights.slice(0, 12))
  })

  it.each([
    ['metrics.jsonl', 'plot gone', 'Cannot read'],
    ['metrics.jsonl', 'train --resume gone --epochs 9', 'Cannot read'],
    ['timing.jsonl', 'train --resume gone --epochs 9', 'Cannot read'],
    ['records/part-0001.npz', 'plot gone', 'Cannot read'],
    ['checkpoint.safetensors', 'train --resume gone --epochs 9', 'Cannot read'],
  ])('%s that is gone is told of by %s', async (file, argv, message) => {
    await place.run('train m.ccn --name gone --force --quiet')
    rmSync(place.path(`runs/gone/${file}`))
    const { code, err } = await place.run(argv)
    expect(err).toMatch(
      new RegExp(`^error: ${message} \\S+/${file}: it is missing, though the run`),
    )
    expect(code).toBe(1)
    expect(existsSync(place.path('runs/gone/plot.svg'))).toBe(false)
  })

  it.each([
    ['h.q', 'CCN2004 `h` (cell Pyramidal) has no variable named `q`.'],
    ['V', 'CCN2001 There is no variable to record named `V` here.'],
    ['h.e every 0 steps', 'CCN6008 `every` must be a whole number of steps, at least 1, but is 0.'],
    [
      'h.e every 2 ms',
      'CCN6008 `every` must be a number of steps, batches or epochs, but is a number with the dimension time.',
    ],
  ])('%s: %s', (text, message) => {
    expect(errorsOf(compileText(recording(text)))).toEqual([message])
  })

  it('takes elements of arrays, and names of roles', () => {
    const { plan } = compileText(
      recording('h.burst, y.event, k  every 5 steps').replace(', k ', ' '),
    )
    expect(plan?.records).toEqual([
      { variables: ['h.b', 'y.e'], weights: [], every: { unit: 'steps', count: 5 } },
    ])
  })
})
