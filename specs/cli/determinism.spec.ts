/** One seed gives one result, to the bit, on one engine, through interruptions too. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { tinyModel, Workplace } from './run-cli.ts'

// Noise, a random mask, momentum, a schedule: all that draws, and all that has a memory.
const model = tinyModel
  .replace(
    'param rate',
    'synapse Noisy { stp depressing  transmit signal + 0.1 * normal() }\nparam rate',
  )
  .replace('import { Pyramidal', 'import { depressing, Pyramidal')
  .replace('as W1 : Depressing { init', 'as W1 : Noisy { random probability 0.7  init')
  .replace('sgd(rate = rate)', 'sgd(rate = rate, momentum = 0.9, schedule = cosine(warmup = 1))')

const place = new Workplace({ 'm.ccn': model })
afterAll(() => place.remove())

const files = ['checkpoint.safetensors', 'best.safetensors', 'metrics.jsonl']
const contents = (run: string) =>
  files.map((file) => readFileSync(place.path(`runs/${run}/${file}`)).toString('base64'))

describe.each(['wasm', 'tfjs-cpu'])('on %s', (engine) => {
  const train = async (name: string, more = '') => {
    const { code, err } = await place.run(`train m.ccn --engine ${engine} --name ${name} ${more}`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return contents(name)
  }

  it('the same seed gives the same bytes, and another one does not', async () => {
    const first = await train(`${engine}-a`, '--epochs 12')
    expect(await train(`${engine}-b`, '--epochs 12')).toEqual(first)
    const other = await train(`${engine}-c`, '--epochs 12 --seed 2')
    other.forEach((text, k) => expect(text).not.toBe(first[k]))
  })

  it('a run that is interrupted again and again comes to the same', async () => {
    const whole = await train(`${engine}-whole`, '--epochs 400')
    const name = `${engine}-cut`
    let command = `train m.ccn --engine ${engine} --epochs 400 --name ${name}`
    let cuts = 0
    for (;;) {
      const { code } = await place.run(command, {
        onListening: (press) => setTimeout(press, 60),
      })
      if (code === 0) break
      expect(code).toBe(130)
      cuts++
      command = `train --resume ${name}`
    }
    expect(cuts).toBeGreaterThan(0)
    expect(contents(name)).toEqual(whole)
  }, 60_000)
})
