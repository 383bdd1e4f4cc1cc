/**
 * Whole numbers of steps, however a time is written: random steps and numbers of steps, as decimals, as
 * products, as quotients that do not come out even in binary, and in steps; in single and double precision.
 */
import { describe, expect, it } from 'vitest'
import { randomOf } from '../helpers/random.ts'
import { made } from '../helpers/run-outcome.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

/** Steps as people write them: in microseconds, with the text. */
const steps: readonly (readonly [string, number])[] = [
  ['0.1 ms', 100],
  ['1 ms', 1000],
  ['0.3 ms', 300],
  ['0.7 ms', 700],
  ['25 us', 25],
  ['0.05 ms', 50],
  ['2.3 ms', 2300],
  ['0.001 s', 1000],
  ['0.9 ms', 900],
  ['1.1 ms', 1100],
]

/** A number of microseconds as a decimal number of milliseconds. */
const milliseconds = (us: number): string => `${Number((us / 1000).toFixed(3))} ms`

/** Ways to write k steps of so many microseconds. */
const forms: readonly ((k: number, step: string, us: number) => string)[] = [
  (k, _, us) => milliseconds(k * us),
  (k, _, us) => `${Number((k * us * 1e-6).toFixed(6))} s`,
  (k, _, us) => `${k * us} us`,
  (k, step) => `${k} * ${step}`,
  (k) => `${k} steps`,
  (k, step, us) => `${milliseconds(k * us)} / ${step} * ${step}`,
  (k, step) => `${k} / 7 * ${step} * 7`,
  (k, step, us) => `(${milliseconds((k + 3) * us)} - 3 * ${step})`,
  (k, step, us) => `(${milliseconds(us)} / ${step}) * ${k} steps`,
  (k, _, us) => `(${milliseconds(k * us)} + ${milliseconds(2 * us)} - 2 steps)`,
]

const rounds = 12
const cells = 8
const length = 600

describe.each(['f32', 'f64'] as const)('whole steps in %s', (precision) => {
  it.each(Array.from({ length: rounds }, (_, i) => i))('round %i', async (round) => {
    const random = randomOf(round + (precision === 'f64' ? 1000 : 0))
    const below = (n: number): number => Math.floor(random() * n)
    const [step, us] = steps[below(steps.length)]!
    const drawn = Array.from({ length: cells }, () => {
      const k = 1 + below(below(3) === 0 ? 200 : 30)
      const at = below(forms.length)
      // A window is a time or a number of steps, not both.
      const window = forms[at === forms.length - 1 ? 0 : at]!(k, step, us)
      return { k, window, written: forms[at]!(k, step, us) }
    })
    const { ir } = made(`
      ${drawn
        .map(
          ({ written, window }, i) => `
      cell N${i} {
        spike s when since(s) >= ${written}
        n = since(s) / ${step}
        late = t >= ${written}
        after = t > ${written}
        exact = t == ${written}
        many = count(s, ${window})
        same = prev(since(s)) >= ${written}
      }
      cell M${i} { spike s when since(s) > ${written} }
      population a${i}[1] : N${i}
      population b${i}[1] : M${i}`,
        )
        .join('\n')}
      experiment e { step ${step}  duration ${length} steps  measure ${drawn.map((_, i) => `mean(a${i}.late)`).join(', ')} }`)
    const network = await wasmNetwork(ir, { precision }, { batch: 1 })
    const names = drawn.flatMap((_, i) => [
      ...['s', 'late', 'after', 'exact', 'many', 'same'].map((name) => `a${i}.${name}`),
      `b${i}.s`,
    ])
    const seen: Record<string, number>[] = []
    for (let n = 0; n < length; n++) {
      const values = network.observe(1, {}, names)
      seen.push(Object.fromEntries(names.map((name) => [name, values[name]!.data[0]!])))
      network.step(1, {})
    }
    network.dispose()
    for (const [i, { k, written }] of drawn.entries()) {
      const wanted = (n: number): Record<string, number> => ({
        [`a${i}.s`]: Number(n % k === 0),
        [`b${i}.s`]: Number(n % (k + 1) === 0),
        [`a${i}.late`]: Number(n >= k),
        [`a${i}.after`]: Number(n > k),
        [`a${i}.exact`]: Number(n === k),
        [`a${i}.many`]: Number(n > 0),
        [`a${i}.same`]: Number(n > 0 && (n - 1) % k === 0),
      })
      const wrong = seen.findIndex((values, n) =>
        Object.entries(wanted(n)).some(([name, value]) => values[name] !== value),
      )
      expect(
        wrong < 0
          ? 'right'
          : { step, k, written, at: wrong, found: seen[wrong], wanted: wanted(wrong) },
      ).toBe('right')
    }
  })
})
