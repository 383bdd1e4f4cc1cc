/** Patterns as they are drawn: their counts and order, and that chance is as it is said to be. */
import { describe, expect, it } from 'vitest'
import { expectedPairs } from '../../../contract/pair-groups.ts'
import { gridSpace } from '../../../contract/pair-program.ts'
import {
  capacityOf,
  turnedPlan,
  type DrawnPattern,
  type PairProgram,
  type PatternPlan,
  type PatternRule,
} from '../../../contract/pattern.ts'
import { drawPattern, pairArrays } from '../../../runtime/patterns/draw.ts'
import { identityOf } from '../../../runtime/patterns/identity.ts'
import { Gaps, logOfMiss, Words } from '../../../runtime/patterns/words.ts'
import { logOfFraction, streamKey, threefryWords } from '../../../runtime/support/random.ts'

function planOf(rule: PatternRule, pre: number, post: number, name = 'p'): PatternPlan {
  return { name, pre, post, rule, capacity: capacityOf(rule, pre, post) }
}

/** Of every synapse, [j, i]. */
function pairsOf({ starts, targets }: DrawnPattern): [number, number][] {
  return [...starts.keys()].slice(1).flatMap((next) => {
    const j = next - 1
    return [...targets.subarray(starts[j], starts[next])].map((i): [number, number] => [j, i])
  })
}

function requireSound(plan: PatternPlan, drawn: DrawnPattern): void {
  expect(drawn.starts.length).toBe(plan.pre + 1)
  expect(drawn.starts[0]).toBe(0)
  expect(drawn.starts[plan.pre]).toBe(drawn.count)
  expect(drawn.targets.length).toBe(drawn.count)
  expect(drawn.count).toBeLessThanOrEqual(plan.capacity)
  const pairs = pairsOf(drawn)
  const { rule } = plan
  for (const [k, [j, i]] of pairs.entries()) {
    expect(i >= 0 && i < plan.post).toBe(true)
    if ('self' in rule && !rule.self) expect(i).not.toBe(j)
    const [before, at] = pairs[k - 1] ?? [-1, -1]
    const repeats = 'repeats' in rule && rule.repeats
    expect(before < j || (before === j && (repeats ? at <= i : at < i))).toBe(true)
  }
}

/** Chi-squared over its degrees of freedom, as deviations of a normal one (Wilson and Hilferty). */
function deviations(counts: readonly number[], expected: number): number {
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  const k = counts.length - 1
  return (Math.cbrt(chi / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k))
}

const tally = (values: readonly number[], size: number): number[] => {
  const counts = Array.from({ length: size }, () => 0)
  for (const value of values) counts[value]!++
  return counts
}

const rules: readonly (readonly [string, PatternRule])[] = [
  ['probability', { kind: 'probability', p: 0.1, self: true }],
  ['probability without itself', { kind: 'probability', p: 0.1, self: false }],
  ['a large probability', { kind: 'probability', p: 0.93, self: true }],
  ['in_degree', { kind: 'in_degree', count: 5, repeats: false, self: true }],
  ['in_degree with repeats', { kind: 'in_degree', count: 5, repeats: true, self: false }],
  ['out_degree', { kind: 'out_degree', count: 5, repeats: false, self: false }],
  ['out_degree of most', { kind: 'out_degree', count: 33, repeats: false, self: false }],
  ['number', { kind: 'number', count: 200, repeats: false, self: false }],
  ['number of most', { kind: 'number', count: 1100, repeats: false, self: true }],
  ['number with repeats', { kind: 'number', count: 200, repeats: true, self: true }],
  ['one_to_one', { kind: 'one_to_one' }],
  ['all', { kind: 'all', self: false }],
]

describe('patterns', () => {
  it.each(rules)('%s: in order, and the same for the same seed and name alone', (_, rule) => {
    const sizes = [[40, 40], ...('self' in rule && !rule.self ? [] : [[40, 35]])]
    for (const [pre = 0, post = 0] of sizes) {
      const plan = planOf(rule, pre, post)
      const drawn = drawPattern(plan, 7)
      requireSound(plan, drawn)
      expect(identityOf(drawPattern(plan, 7))).toEqual(identityOf(drawn))
      if (rule.kind === 'one_to_one' || rule.kind === 'all') continue
      expect(identityOf(drawPattern(plan, 8)).hash).not.toBe(identityOf(drawn).hash)
      const other = drawPattern({ ...plan, name: 'q' }, 7)
      expect(identityOf(other).hash).not.toBe(identityOf(drawn).hash)
    }
  })

  it('has the degrees that are said', () => {
    const into = drawPattern(
      planOf({ kind: 'in_degree', count: 5, repeats: false, self: false }, 30, 30),
      1,
    )
    expect(new Set(tally([...into.targets], 30))).toEqual(new Set([5]))
    const out = drawPattern(
      planOf({ kind: 'out_degree', count: 7, repeats: true, self: true }, 30, 20),
      1,
    )
    expect(new Set([...out.starts].slice(1).map((end, j) => end - out.starts[j]!))).toEqual(
      new Set([7]),
    )
    expect(
      drawPattern(planOf({ kind: 'number', count: 123, repeats: false, self: true }, 30, 20), 1)
        .count,
    ).toBe(123)
    expect(pairsOf(drawPattern(planOf({ kind: 'one_to_one' }, 3, 3), 1))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
    expect(pairsOf(drawPattern(planOf({ kind: 'all', self: false }, 3, 3), 1))).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 2],
      [2, 0],
      [2, 1],
    ])
  })

  it.each(rules.slice(0, 10))('%s: every pair is as likely as another', (_, rule) => {
    const [pre, post] = [12, 12]
    const self = !('self' in rule) || rule.self
    const size = { ...rule, ...('count' in rule ? { count: Math.min(rule.count, 9) } : {}) }
    const counts = Array.from({ length: pre * post }, () => 0)
    let total = 0
    for (let seed = 0; seed < 2000; seed++) {
      const drawn = drawPattern(planOf(size, pre, post), seed)
      for (const [j, i] of pairsOf(drawn)) counts[j * post + i]!++
      total += drawn.count
    }
    const possible = counts.filter((__, at) => self || at % post !== Math.floor(at / post))
    expect(possible.reduce((a, b) => a + b)).toBe(total)
    // Draws without repeats vary less than independent ones: the statistic may be small, not large.
    expect(deviations(possible, total / possible.length)).toBeLessThan(4)
  })

  it('joins each pair independently: degrees are binomial', () => {
    const [n, p] = [2000, 0.01]
    const drawn = drawPattern(planOf({ kind: 'probability', p, self: true }, n, n), 3)
    const variance = n * p * (1 - p)
    expect(Math.abs(drawn.count - n * n * p)).toBeLessThan(4 * Math.sqrt(n * variance))
    const outs = [...drawn.starts].slice(1).map((end, j) => end - drawn.starts[j]!)
    for (const degrees of [outs, tally([...drawn.targets], n)]) {
      const spread = degrees.reduce((sum, k) => sum + (k - n * p) ** 2, 0) / n
      // The variance of a variance of n numbers that are nearly normal.
      expect(Math.abs(spread / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
    }
    // Gaps that follow one another are independent: so are neighbouring rows.
    const related = outs.slice(1).reduce((sum, k, j) => sum + (k - n * p) * (outs[j]! - n * p), 0)
    expect(Math.abs(related / variance / n)).toBeLessThan(4 / Math.sqrt(n))
  })

  /** n! / (k! (n - k)!) p^k (1 - p)^(n - k), by its logarithm. */
  const binomial = (n: number, p: number, k: number): number => {
    if (k > n) return 0
    let log = k * Math.log(p) + (n - k) * Math.log1p(-p)
    for (let i = 1; i <= k; i++) log += Math.log((n - k + i) / i)
    return Math.exp(log)
  }
  const choose = (n: number, k: number): number => {
    let product = 1
    for (let i = 1; i <= k; i++) product *= (n - k + i) / i
    return product
  }
  const incoming = ({ targets }: DrawnPattern): readonly number[] => tally([...targets], 30)
  const outgoing = ({ starts }: DrawnPattern): readonly number[] =>
    [...starts].slice(1).map((end, j) => end - starts[j]!)
  const timesOfPair = (drawn: DrawnPattern): readonly number[] =>
    tally(
      pairsOf(drawn).map(([j, i]) => j * 30 + i),
      600,
    )
  const options = { repeats: false, self: true } as const
  /** Rules between 20 and 30 cells, something that is counted in what is drawn, and how likely each count is. */
  const distributions: readonly (readonly [
    string,
    PatternRule,
    (drawn: DrawnPattern) => readonly number[],
    (k: number) => number,
  ])[] = [
    [
      'synapses out of a cell, of so many into each',
      { ...options, kind: 'in_degree', count: 4 },
      outgoing,
      (k) => binomial(30, 4 / 20, k),
    ],
    [
      'synapses into a cell, of so many out of each',
      { ...options, kind: 'out_degree', count: 4 },
      incoming,
      (k) => binomial(20, 4 / 30, k),
    ],
    [
      'times of a pair, of so many into each with repeats',
      { ...options, kind: 'in_degree', count: 9, repeats: true },
      timesOfPair,
      (k) => binomial(9, 1 / 20, k),
    ],
    [
      'times of a pair, of a number with repeats',
      { ...options, kind: 'number', count: 900, repeats: true },
      timesOfPair,
      (k) => binomial(900, 1 / 600, k),
    ],
    [
      'synapses into a cell, of a number in all',
      { ...options, kind: 'number', count: 150 },
      incoming,
      // Hypergeometric: 20 of the 600 pairs lead to it.
      (k) => (choose(20, k) * choose(580, 150 - k)) / choose(600, 150),
    ],
    [
      'synapses into a cell, each with a probability',
      { kind: 'probability', p: 0.2, self: true },
      incoming,
      (k) => binomial(20, 0.2, k),
    ],
  ]
  it.each(distributions)('has as often as theory says: %s', (_, rule, counted, chance) => {
    const found: number[] = []
    for (let seed = 0; seed < 300; seed++) {
      for (const k of counted(drawPattern(planOf(rule, 20, 30), seed)))
        found[k] = (found[k] ?? 0) + 1
    }
    const total = Object.values(found).reduce((sum, each) => sum + each, 0)
    // The tails together, so that at least some ten are expected of each.
    let [chi, free] = [0, -1]
    let [rest, seen] = [1, total]
    for (let k = 0; k < 40; k++) {
      const expected = chance(k) * total
      if (expected < 10) continue
      rest -= chance(k)
      seen -= found[k] ?? 0
      chi += ((found[k] ?? 0) - expected) ** 2 / expected
      free++
    }
    if (rest * total > 5) {
      chi += (seen - rest * total) ** 2 / (rest * total)
      free++
    }
    expect(free).toBeGreaterThan(1)
    // Wilson and Hilferty; degrees of one pattern are not quite independent of each other.
    const deviation = (Math.cbrt(chi / free) - (1 - 2 / (9 * free))) / Math.sqrt(2 / (9 * free))
    expect(deviation).toBeLessThan(4)
    expect(deviation).toBeGreaterThan(-4)
  })

  it.each(rules)('%s: the same pairs the other way round', (_, rule) => {
    const plan = planOf(rule, 40, 40)
    const drawn = drawPattern(plan, 7)
    const turned = drawPattern(turnedPlan(plan), 7)
    const expected = pairsOf(drawn)
      .map(([j, i]): [number, number] => [i, j])
      .toSorted(([a, b], [c, d]) => a - c || b - d)
    expect(pairsOf(turned)).toEqual(expected)
  })

  it('knows the logarithm of a miss', () => {
    for (const p of [1e-12, 1e-6, 0.001, 0.1, 0.29, 0.31, 0.5, 0.9, 0.999999]) {
      expect(logOfMiss(p) / Math.log1p(-p)).toBeCloseTo(1, 13)
    }
    expect(logOfMiss(0)).toBeCloseTo(0)
    expect(logOfMiss(1)).toBe(-Infinity)
  })

  it('gives none and all at the ends', () => {
    expect(drawPattern(planOf({ kind: 'probability', p: 0, self: true }, 50, 40), 1).count).toBe(0)
    expect(drawPattern(planOf({ kind: 'probability', p: 1, self: true }, 50, 40), 1).count).toBe(
      2000,
    )
    expect(drawPattern(planOf({ kind: 'probability', p: 1, self: false }, 50, 50), 1).count).toBe(
      2450,
    )
  })

  it('refuses what cannot be chosen, and what does not fit', () => {
    const choose = (rule: PatternRule) => () =>
      drawPattern({ ...planOf(rule, 5, 5), capacity: 99 }, 1)
    expect(choose({ kind: 'in_degree', count: 5, repeats: false, self: false })).toThrow(
      'The pattern p needs 5 different cells for each, but there are 4 to choose from.',
    )
    expect(choose({ kind: 'number', count: 26, repeats: false, self: true })).toThrow(
      'The pattern p needs 26 different pairs, but there are 25.',
    )
    const small = { ...planOf({ kind: 'probability', p: 0.5, self: true }, 20, 20), capacity: 100 }
    expect(() => drawPattern(small, 1)).toThrow(
      'more synapses than the 100 that memory is planned for',
    )
  })
})

const grid = (rows: number, columns: number, spacing: number, isPeriodic = false) => ({
  layout: { kind: 'grid', rows, columns, spacing: [spacing, spacing] } as const,
  period: isPeriodic ? ([columns * spacing, rows * spacing] as const) : ([0, 0] as const),
})

/** exp(-distance / scale) */
const decaying = (scale: number): PairProgram => [
  { kind: 'pair', quantity: 'distance' },
  { kind: 'const', value: -scale },
  { kind: 'apply', fn: 'div', args: [0, 1] },
  { kind: 'apply', fn: 'exp', args: [2] },
]

/** distance < reach */
const near = (reach: number): PairProgram => [
  { kind: 'pair', quantity: 'distance' },
  { kind: 'const', value: reach },
  { kind: 'apply', fn: 'lt', args: [0, 1] },
]

describe('patterns by position', () => {
  it('are joined with the probability of their distance', () => {
    const positions = { pre: grid(20, 30, 1, true), post: grid(20, 30, 1, true) }
    const rule = { kind: 'pairs', program: decaying(2), self: false } as const
    const plan = { ...planOf(rule, 600, 600), positions }
    const space = gridSpace(plan)!
    const found = new Map<number, number>()
    let total = 0
    for (let seed = 0; seed < 5; seed++) {
      const drawn = drawPattern(plan, seed)
      requireSound(plan, drawn)
      total += drawn.count
      const distances = pairArrays([{ name: 'd', pattern: 'p', quantity: 'distance' }], [plan], {
        p: drawn,
      })['d']!
      for (const d of distances.data)
        found.set(Math.round(d * 1e6), (found.get(Math.round(d * 1e6)) ?? 0) + 1)
    }
    // As many of each distance as pairs at it times exp(-d / 2), within chance.
    const pairs = new Map<number, number>()
    for (let i = 1; i < 600; i++) {
      const [dx, dy] = [i % 30, Math.floor(i / 30)].map((d, k) => Math.min(d, [30, 20][k]! - d))
      const d = Math.round(Math.hypot(dx!, dy!) * 1e6)
      pairs.set(d, (pairs.get(d) ?? 0) + 600)
    }
    for (const [d, count] of pairs) {
      const p = Math.exp(-d / 2e6)
      const mean = 5 * count * p
      expect(Math.abs((found.get(d) ?? 0) - mean)).toBeLessThan(5 * Math.sqrt(mean * (1 - p)) + 1)
    }
    const expected = expectedPairs(rule.program, plan, space) - 600
    expect(Math.abs(total / 5 - expected)).toBeLessThan(4 * Math.sqrt(expected / 5))
  })

  it('follow a condition exactly, on a line and round a ring', () => {
    for (const isPeriodic of [false, true]) {
      const positions = { pre: grid(1, 50, 2, isPeriodic), post: grid(1, 50, 2, isPeriodic) }
      const rule = { kind: 'pairs', program: near(5), self: true } as const
      const drawn = drawPattern({ ...planOf(rule, 50, 50), positions }, 1)
      const expected = Array.from({ length: 2500 }, (_, k): [number, number] => [
        Math.floor(k / 50),
        k % 50,
      ]).filter(([j, i]) => {
        const d = Math.abs(i - j)
        return 2 * (isPeriodic ? Math.min(d, 50 - d) : d) < 5
      })
      expect(pairsOf(drawn)).toEqual(expected)
    }
  })

  it('follow indices without positions', () => {
    const program: PairProgram = [
      { kind: 'pair', quantity: 'pre.index' },
      { kind: 'const', value: 1 },
      { kind: 'apply', fn: 'add', args: [0, 1] },
      { kind: 'pair', quantity: 'post.index' },
      { kind: 'apply', fn: 'eq', args: [2, 3] },
    ]
    const drawn = drawPattern(planOf({ kind: 'pairs', program, self: true }, 100, 100), 1)
    expect(pairsOf(drawn)).toEqual(Array.from({ length: 99 }, (_, j) => [j, j + 1]))
  })

  it('estimates how many there are of very many pairs', () => {
    const positions = { pre: grid(100, 100, 1, true), post: grid(100, 100, 1, true) }
    const plan = {
      ...planOf({ kind: 'pairs', program: decaying(3), self: true }, 10_000, 10_000),
      positions,
    }
    const all = Array.from({ length: 10_000 }, (_, i) => {
      const [dx, dy] = [i % 100, Math.floor(i / 100)].map((d) => Math.min(d, 100 - d))
      return Math.exp(-Math.hypot(dx!, dy!) / 3)
    })
    const exact = 10_000 * all.reduce((a, b) => a + b)
    const found = expectedPairs(decaying(3), plan, gridSpace(plan))
    expect(found).toBeGreaterThan(exact)
    expect(found).toBeLessThan(1.05 * exact)
  })

  it('says where a probability is no number', () => {
    const program: PairProgram = [
      { kind: 'const', value: -1 },
      { kind: 'pair', quantity: 'pre.index' },
      { kind: 'apply', fn: 'sub', args: [0, 1] },
      { kind: 'apply', fn: 'log', args: [2] },
    ]
    expect(() => drawPattern(planOf({ kind: 'pairs', program, self: true }, 9, 9), 1)).toThrow(
      'The probability of the pattern p is no number for pre cell 0 and post cell 0.',
    )
  })
})

describe('patterns from lists', () => {
  const plan = { ...planOf({ kind: 'file', file: { path: 'x', from: 'y' } }, 3, 4), capacity: 6 }
  const draw = (pre: number[], post: number[]) =>
    drawPattern(plan, 1, { pairs: { path: 'net.csv', pre, post } })

  it('come in order, and know their rows', () => {
    const drawn = draw([2, 0, 1, 0, 2, 0], [1, 3, 2, 0, 1, 3])
    expect(pairsOf(drawn)).toEqual([
      [0, 0],
      [0, 3],
      [0, 3],
      [1, 2],
      [2, 1],
      [2, 1],
    ])
    expect([...drawn.rows!]).toEqual([3, 1, 5, 2, 0, 4])
  })

  it('are refused for cells that are not there, or more pairs than were told', () => {
    expect(() => draw([3], [0])).toThrow(
      'net.csv: pair 0 has the pre cell 3, but there are 3 pre cells',
    )
    expect(() => draw([0], [-1])).toThrow('net.csv: pair 0 has the post cell -1')
    expect(() => draw([0], [1.5])).toThrow('the post cell 1.5')
    expect(() => draw([0], [Number.NaN])).toThrow('the post cell NaN')
    expect(() => draw([0, 1], [1])).toThrow('2 pre cells and 1 post cells')
    expect(() => draw([0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1])).toThrow(
      '7 pairs, more than the 6',
    )
  })
})

it('a pattern of a file that nobody has read is none that can be drawn', () => {
  const rule = { kind: 'file', file: { path: 'net.csv', from: 'm.ccn' } } as const
  const plan: PatternPlan = { name: 'W', pre: 2, post: 2, capacity: 4, rule }
  expect(() => drawPattern(plan, 1)).toThrow(
    'The pairs of the pattern W stand in a file, net.csv, that nobody has read: a page reads none, ' +
      'and needs the pattern drawn beforehand, in `patterns`.',
  )
})

it.each([
  ['in_degree', true],
  ['in_degree', false],
  ['out_degree', true],
  ['out_degree', false],
] as const)('many choices are those of the words one by one: %s, itself: %s', (kind, self) => {
  const [cells, of, count] = [1200, 200, 501]
  const isIn = kind === 'in_degree'
  const plan = planOf(
    { kind, count, repeats: false, self },
    ...(isIn ? ([cells, of] as const) : ([of, cells] as const)),
  )
  const words = new Uint32Array(250_000)
  threefryWords(streamKey(5, 'pattern p'), 0, 0, words)
  const wanted: [number, number][] = []
  let at = 0
  for (let i = 0; i < of; i++) {
    const choices = self ? cells : cells - 1
    const chosen = new Set<number>()
    while (chosen.size < count) {
      const word = words[at++]!
      const cell = word % choices
      if (word < 2 ** 32 - (2 ** 32 % choices)) chosen.add(self || cell < i ? cell : cell + 1)
    }
    for (const j of chosen) wanted.push(isIn ? [j, i] : [i, j])
  }
  const text = wanted.sort(([a, b], [c, d]) => a - c || b - d).join(' ')
  expect(pairsOf(drawPattern(plan, 5)).join(' ') === text).toBe(true)
})

it('many gaps and numbers are those of the words one by one', () => {
  const words = new Uint32Array(60_000)
  threefryWords(streamKey(3, 'pattern q'), 0, 0, words)
  const drawn = new Words(3, 'q')
  const wrong = [...words].filter((word, k) => {
    if (k % 7 === 3) return drawn.next() !== word
    const miss = k < 50_000 ? -0.1 : -1e-8
    return drawn.failures(miss) !== Math.floor(logOfFraction(word) / miss)
  })
  expect(wrong).toEqual([])
  // The same a list at a time.
  const gaps = new Gaps(new Words(3, 'q'), -0.1)
  const others = [...words].filter((word) => {
    const gap = gaps.at < gaps.list.length ? gaps.list[gaps.at++]! : gaps.next()
    return gap !== Math.floor(logOfFraction(word) / -0.1)
  })
  expect(others).toEqual([])
})
