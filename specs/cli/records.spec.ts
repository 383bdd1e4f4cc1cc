/** `record`: what is kept of a run, and when. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeNpz } from '../../runtime/io/npz.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { tinyModel, Workplace } from './run-cli.ts'

const recording = (text: string) => tinyModel.replace('batch 3', `record ${text}\n  batch 3`)
const place = new Workplace({ 'm.ccn': recording('h.e, y.event, h.k, W1, Q  every 3 steps') })
afterAll(() => place.remove())

describe('record', () => {
  it('writes what variables and weights are before every so many steps, as .npz', async () => {
    const { err } = await place.run('train m.ccn --engine tfjs-cpu --name r')
    expect(err).toBe('')
    const folder = place.path('runs/r/records')
    const files = readdirSync(folder)
    expect(files).toEqual(['step-00000000.npz', 'step-00000003.npz', 'step-00000006.npz'])
    const [first, second] = files.map((file) => decodeNpz(readFileSync(`${folder}/${file}`), file))
    const shapes = Object.fromEntries([...first!].map(([name, { shape }]) => [name, shape]))
    // The last batch of an epoch holds the one example that is left.
    expect(shapes).toEqual({ 'h.e': [3, 6], 'y.e': [3, 2], 'h.k': [6], W1: [6, 2], Q: [6, 2] })
    expect(second!.get('h.e')!.shape).toEqual([1, 6])
    expect([...first!.get('h.k')!.data]).toEqual([0, 0, 0, 0, 0, 0])
    expect(second!.get('W1')!.data).not.toEqual(first!.get('W1')!.data)
  })

  it.each([
    ['h.q', 'CCN2004 `h` (cell Pyramidal) has no variable named `q`.'],
    ['V', 'CCN2001 There is no variable to record named `V` here.'],
    [
      'h.e every 0 steps',
      'CCN6008 `every` must be a whole number of steps, as in `every 100 steps`, but is 0.',
    ],
    [
      'h.e every 2 epochs',
      'CCN6008 `every` must be a whole number of steps, as in `every 100 steps`, but is something else.',
    ],
  ])('%s: %s', (text, message) => {
    expect(errorsOf(compileText(recording(text)))).toEqual([message])
  })

  it('takes elements of arrays, and names of roles', () => {
    const { plan } = compileText(
      recording('h.burst, y.event, k  every 5 steps').replace(', k ', ' '),
    )
    expect(plan?.records).toEqual([{ variables: ['h.b', 'y.e'], weights: [], every: 5 }])
  })
})
