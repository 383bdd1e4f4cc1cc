/** The cognitive tasks: what a trial shows, wants and counts, written out from its definition. */
import { describe, expect, it } from 'vitest'
import { generators, readPart } from '../../../runtime/data/readers.ts'
import type { FieldPlan, ReaderPlan } from '../../../contract/dataset.ts'
import type { DataPart } from '../../../runtime/data/types.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const fieldsOf = (channels: number, outputs: number): readonly FieldPlan[] => [
  { name: 'stimulus', shape: [channels], time: true },
  { name: 'target', shape: [outputs], time: true },
  { name: 'mask', shape: [1], time: true },
  { name: 'rows', shape: [] },
  { name: 'label', shape: [], time: true, classes: outputs },
]

const read = (
  name: string,
  [channels, outputs]: readonly [number, number],
  named: ReaderPlan['named'],
  step = 0.1,
): Promise<DataPart> => {
  const fields = fieldsOf(channels, outputs)
  const own = name === 'sine' ? fields.slice(0, 4) : fields
  const plan = { name, positional: [], named, step }
  return readPart(plan, { dataset: 'd', fields: own, precision: 'f64' }, generators)
}

/** Trial k of a field as rows. */
function rowsOf(part: DataPart, name: string, k: number, width: number): number[][] {
  const values = part.fields[name]!
  const rows = values.length / part.count / width
  return Array.from({ length: rows }, (_, row) => {
    const at = (k * rows + row) * width
    return [...values.subarray(at, at + width)]
  })
}

/** A ring of n channels that is shown choice k with a coherence in %. */
const ring = (n: number, k: number, coherence: number) =>
  Array.from(
    { length: n },
    (_, i) => 0.5 + (coherence / 200) * Math.cos((2 * Math.PI * (i - k)) / n),
  )

const near = (found: number[][], wanted: number[][]) => {
  expect(found).toHaveLength(wanted.length)
  found.forEach((row, r) => {
    expect(row).toHaveLength(wanted[r]!.length)
    row.forEach((value, i) => expect(value, `row ${r}, ${i}`).toBeCloseTo(wanted[r]![i]!, 12))
  })
}
const times = (count: number, row: number[]) => Array.from({ length: count }, () => row)

describe('perceptual decision', () => {
  const named = { count: 40, sigma: 0, fixation: 0.2, stimulus: 0.3, delay: 0.1, decision: 0.2 }

  it.each([2, 3])('of %i directions', async (n) => {
    const cohs = '12.8, 51.2'
    const part = await read('perceptual_decision', [1 + n, 1 + n], { ...named, dim_ring: n, cohs })
    const seen = new Set<string>()
    for (let k = 0; k < 40; k++) {
      const label = rowsOf(part, 'label', k, 1).flat()
      const choice = label[7]! - 1
      const stimulus = rowsOf(part, 'stimulus', k, 1 + n)
      const coherence = [12.8, 51.2].find(
        (each) => Math.abs(stimulus[2]![1 + choice]! - 0.5 - each / 200) < 1e-9,
      )!
      seen.add(`${choice} ${coherence}`)
      const rest = Array.from({ length: n }, () => 0)
      near(stimulus, [
        ...times(2, [1, ...rest]),
        ...times(3, [1, ...ring(n, choice, coherence)]),
        [1, ...rest],
        ...times(2, [0, ...rest]),
      ])
      expect(label).toEqual([0, 0, 0, 0, 0, 0, 1 + choice, 1 + choice])
      const chosen = Array.from({ length: 1 + n }, (_, i) => Number(i === 1 + choice))
      near(rowsOf(part, 'target', k, 1 + n), [...times(6, [1, ...rest]), ...times(2, chosen)])
      near(rowsOf(part, 'mask', k, 1), times(8, [1]))
    }
    expect(seen.size).toBe(2 * n)
  })

  it('without an output to fixate counts the decision alone', async () => {
    const part = await read('perceptual_decision', [3, 2], { ...named, fixate: 0 })
    const label = rowsOf(part, 'label', 5, 1).flat()
    const choice = label[0]!
    expect(label).toEqual(Array.from({ length: 8 }, () => choice))
    const chosen = [Number(choice === 0), Number(choice === 1)]
    near(rowsOf(part, 'target', 5, 2), [...times(6, [0, 0]), ...times(2, chosen)])
    near(rowsOf(part, 'mask', 5, 1), [...times(6, [0]), ...times(2, [1])])
  })

  it('has noise that does not depend on the step, in the stimulus alone', async () => {
    for (const step of [0.1, 0.025]) {
      const more = { ...named, count: 400, sigma: 2, cohs: '0' }
      const part = await read('perceptual_decision', [3, 3], more, step)
      const shown = Math.round(0.3 / step)
      const first = Math.round(0.2 / step)
      let squares = 0
      for (let k = 0; k < 400; k++) {
        const rows = rowsOf(part, 'stimulus', k, 3)
        expect(rows[0]).toEqual([1, 0, 0])
        for (const row of rows.slice(first, first + shown)) squares += (row[1]! - 0.5) ** 2
      }
      const std = Math.sqrt(squares / (400 * shown))
      expect(Math.abs(std / (2 / Math.sqrt(1000 * step)) - 1)).toBeLessThan(0.1)
    }
  })

  it('lasts differently from trial to trial', async () => {
    const part = await read('perceptual_decision', [3, 3], { ...named, delay_max: 0.4 })
    const lengths = [...part.fields['rows']!]
    expect(new Set(lengths)).toEqual(new Set([8, 9, 10, 11]))
    for (const [k, rows] of lengths.entries()) {
      const mask = rowsOf(part, 'mask', k, 1).flat()
      expect(mask).toEqual(Array.from({ length: 11 }, (_, row) => Number(row < rows)))
      const cue = rowsOf(part, 'stimulus', k, 3).map(([fixation]) => fixation)
      expect(cue).toEqual(Array.from({ length: 11 }, (_, row) => Number(row < rows - 2)))
    }
  })
})

it('a test of a match is the sample or its opposite', async () => {
  const named = {
    count: 20,
    sigma: 0,
    fixation: 0.1,
    sample: 0.1,
    delay: 0.2,
    test: 0.1,
    decision: 0.1,
  }
  const part = await read('delayed_match_to_sample', [5, 3], { ...named, dim_ring: 4 })
  for (let k = 0; k < 20; k++) {
    const answer = rowsOf(part, 'label', k, 1).flat()[5]! - 1
    const rows = rowsOf(part, 'stimulus', k, 5)
    const sample = rows[1]!.slice(1).findIndex((each) => each > 0.99)
    near(rows, [
      [1, 0, 0, 0, 0],
      [1, ...ring(4, sample, 100)],
      ...times(2, [1, 0, 0, 0, 0]),
      [1, ...ring(4, sample + 2 * answer, 100)],
      [0, 0, 0, 0, 0],
    ])
  }
})

it('a context cue says which stimulus counts', async () => {
  const named = {
    count: 200,
    sigma: 0,
    fixation: 0.1,
    stimulus: 0.1,
    delay: 0.1,
    decision: 0.1,
    cohs: '50',
  }
  const part = await read('context_integration', [7, 3], named)
  const seen = new Set<string>()
  for (let k = 0; k < 200; k++) {
    const rows = rowsOf(part, 'stimulus', k, 7)
    const context = rows[0]![6] === 1 ? 1 : 0
    const choices = [rows[1]![1]! > 0.5 ? 0 : 1, rows[1]![3]! > 0.5 ? 0 : 1]
    seen.add(`${context} ${choices}`)
    const cue = [1 - context, context]
    near(rows, [
      [1, 0, 0, 0, 0, ...cue],
      [1, ...ring(2, choices[0]!, 50), ...ring(2, choices[1]!, 50), ...cue],
      [1, 0, 0, 0, 0, ...cue],
      [0, 0, 0, 0, 0, ...cue],
    ])
    expect(rowsOf(part, 'label', k, 1).flat()).toEqual([0, 0, 0, 1 + choices[context]!])
  }
  expect(seen.size).toBe(8)
})

it('go answers one of two stimuli', async () => {
  const named = { count: 20, stimulus: 0.1, delay: 0.1, decision: 0.1 }
  const part = await read('go_nogo', [3, 2], named)
  for (let k = 0; k < 20; k++) {
    const rows = rowsOf(part, 'stimulus', k, 3)
    const go = rows[0]![1]!
    near(rows, [
      [1, go, 1 - go],
      [1, 0, 0],
      [0, 0, 0],
    ])
    expect(rowsOf(part, 'label', k, 1).flat()).toEqual([0, 0, go])
  }
})

it('a sine begins with 0, and has the frequency that the input names', async () => {
  const named = { count: 12, duration: 0.5, frequencies: 3, lowest: 2, highest: 4 }
  const part = await read('sine', [1, 1], named, 0.05)
  for (let k = 0; k < 12; k++) {
    const level = rowsOf(part, 'stimulus', k, 1).flat()
    const f = 2 + (3 * level[0]! - 1)
    expect([2, 3, 4]).toContain(Math.round(f * 1e9) / 1e9)
    const wanted = Array.from({ length: 10 }, (_, row) => [Math.sin(2 * Math.PI * f * row * 0.05)])
    near(rowsOf(part, 'target', k, 1), wanted)
  }
})

it('is the same for the same seed, and goes on behind what is skipped', async () => {
  const named = { count: 6, stimulus_max: 3 }
  const all = await read('perceptual_decision', [3, 3], named)
  const rest = await read('perceptual_decision', [3, 3], { ...named, count: 2, skip: 4 })
  for (const name of ['stimulus', 'target', 'mask', 'label', 'rows']) {
    const width = all.fields[name]!.length / 6
    expect([...rest.fields[name]!], name).toEqual([...all.fields[name]!.subarray(4 * width)])
  }
  const other = await read('perceptual_decision', [3, 3], { ...named, seed: 2 })
  expect([...other.fields['stimulus']!]).not.toEqual([...all.fields['stimulus']!])
})

describe('mistakes', () => {
  it.each([
    [
      { count: 2, fixation: 0.15 },
      0.1,
      'needs whole steps for fixation, not 150 ms, which is 1.5 steps of 100 ms',
    ],
    [{ count: 1e7, stimulus: 2 }, 0.001, 'too many to keep'],
    [{ count: 2, fixation: 0, stimulus: 0, delay: 0, decision: 0 }, 0.1, 'last no step'],
  ])('%o', async (named, step, message) => {
    await expect(
      read('perceptual_decision', [3, 3], named as Record<string, number>, step),
    ).rejects.toThrow(message)
  })

  const text = (
    fields: string,
    args: string,
    present = 'x = s for 1 s',
    more = 'state v = 0 : 1 s * dv/dt = -v',
  ) => `
    dataset d { ${fields}  train perceptual_decision(count = 2${args})  test perceptual_decision(count = 2) }
    cell N { input i  ${more} }
    population x[3] : N
    experiment e { step 10 ms  duration 1 s  data d  present ${present} }`
  it.each([
    [
      'field s[3]',
      '',
      undefined,
      /The shape of `s` must be \[time, 3\], as .* gives, but is \[3\]/,
    ],
    ['field s[time, 4]', '', undefined, /The shape of `s` must be \[time, 3\]/],
    ['field s[time, 3]  field y class 3', '', undefined, /The shape of `y` must be \[time\]/],
    ['field s[time, 3]', ', fixation = 100', undefined, /A time needs a time, as `300 ms`/],
    ['field s[time, 3]', ', cohs = [1, -inf]', undefined, /cohs|inf/],
    ['field s[time, 3]', '', 'x = s', /presented must be a time, as in `for 1 s`, but is nothing/],
    ['field s[time, 3] lasts r', '', undefined, /What `s` lasts must be a field of one number/],
    ['field s[3] lasts s', '', undefined, /said of a field along time/],
  ])('%s%s', (fields, args, present, message) => {
    expect(errorsOf(compileText(text(fields, args, present)))[0]).toMatch(message)
  })
})
