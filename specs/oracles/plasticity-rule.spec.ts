/**
 * The published figure of the burst-dependent rule on Poisson spike trains: burst probability, event and
 * burst rate, and the change of a weight in 100 s, means of five trains of 100 s for each rate.
 */
import { expect, it } from 'vitest'
import { compileFixture, networkOn } from './replay.ts'

/** Rate in Hz: burst probability in %, events and bursts in Hz, change. */
const published: readonly (readonly [number, number, number, number, number])[] = [
  [10, 14.7, 8.48, 1.24, -0.03],
  [20, 27.5, 14.47, 3.97, -0.065],
  [30, 38.7, 18.31, 7.09, -0.062],
  [43, 50.0, 21.47, 10.74, 0],
  [60, 61.8, 22.9, 14.14, 0.162],
  [80, 72.4, 22.14, 16.02, 0.396],
]
const seconds = 20
const step = 2e-4

it('changes sign near 43 Hz, as published', async () => {
  const compiled = compileFixture({
    file: 'plasticity_rule.ccn',
    variants: [],
    experiment: 'rates',
    set: {
      dt: `${step} s`,
      rate: `[${published.map(([rate]) => `${rate} Hz`).join(', ')}, 43 Hz]`,
    },
  })
  if ('errors' in compiled) throw new Error(compiled.errors.join('\n'))
  const network = await networkOn({ engine: 'wasm', precision: 'f64' }, compiled.ir, { seed: 1 })
  const order = new Uint32Array(seconds / step)
  network.steps?.({ table: { inputs: {} }, order, batch: 1, rates: [{}] })
  const stored = network.save()
  network.dispose()
  const mean = (name: string): number => {
    const numbers = [...(stored[name]?.data ?? [])]
    return numbers.reduce((sum, each) => sum + each, 0) / numbers.length
  }
  for (const [i, [, probability, events, bursts, change]] of published.entries()) {
    const seen = mean(`target[${i}].events_seen`) / seconds
    const burst = mean(`target[${i}].bursts_seen`) / seconds
    expect(Math.abs((100 * burst) / seen - probability)).toBeLessThan(1)
    expect(Math.abs(seen / events - 1)).toBeLessThan(0.02)
    expect(Math.abs(burst / bursts - 1)).toBeLessThan(0.05)
    expect(Math.abs(((mean(`W[${i}]`) - 0.75) * 100) / seconds - change)).toBeLessThan(0.012)
  }
})
