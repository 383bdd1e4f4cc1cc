/**
 * Successive halving (Jamieson and Talwalkar 2016, Algorithm 1, with epochs as the budget and every round from
 * the start): of N combinations and E epochs, round r = 0 .. R, where R is the whole part of log N / log eta,
 * runs the N / eta^r best of the round before, rounded down, for E / eta^(R - r) epochs, rounded up. Seeds of a
 * combination go on together and count by their mean; of equals the first go on.
 *
 * A sweep without halving has one round of all its points.
 */
import { sha256 } from '../../runtime/node/train/source-record.ts'
import { figureOfPoint } from './figures.ts'
import type { PointResult, SweepStore } from './store.ts'
import type { DefinedPoint, SweepFile } from './sweep-file.ts'

/** Points that differ in the seed alone. */
export type Combination = readonly DefinedPoint[]

/** The combinations of a sweep, in order. */
export function combinationsOf({ points }: Pick<SweepFile, 'points'>): readonly Combination[] {
  const found = new Map<string, DefinedPoint[]>()
  for (const point of points) {
    const name = JSON.stringify([point.values, point.settings])
    const before = found.get(name)
    if (before) before.push(point)
    else found.set(name, [point])
  }
  return [...found.values()]
}

/** How many combinations each round has, and for how many epochs; one round without halving. */
export function roundSizes(
  sweep: Pick<SweepFile, 'plan' | 'points' | 'epochs'>,
): readonly { readonly combinations: number; readonly epochs?: number }[] {
  const count = combinationsOf(sweep).length
  const eta = sweep.plan.draws?.goal?.halving
  const { epochs } = sweep
  if (eta === undefined || epochs === undefined) return [{ combinations: count }]
  // Logarithms of powers may come out below: 3 for 4^3 is wanted.
  const last = Math.floor(Math.log(count) / Math.log(eta) + 1e-9)
  return Array.from({ length: last + 1 }, (_, round) => ({
    combinations: Math.floor(count / eta ** round),
    epochs: Math.ceil(epochs / eta ** (last - round)),
  }))
}

/** How many points are run in all rounds. */
export function plannedPoints(sweep: Pick<SweepFile, 'plan' | 'points' | 'epochs'>): number {
  const [first] = combinationsOf(sweep)
  const seeds = first?.length ?? 0
  return roundSizes(sweep).reduce((sum, { combinations }) => sum + combinations * seeds, 0)
}

/** A round that has begun. */
export interface Round {
  readonly combinations: readonly Combination[]
}

/** The rounds that have begun: each follows once all of the one before has ended. */
export async function roundsOf(
  sweep: SweepFile,
  store: SweepStore,
  results: ReadonlyMap<string, PointResult>,
): Promise<readonly Round[]> {
  const rounds: Round[] = []
  let left = combinationsOf(sweep).map((combination, number) => ({ combination, number }))
  for (const { combinations, epochs } of roundSizes(sweep)) {
    if (rounds.length > 0) {
      const before = rounds.at(-1)!.combinations
      if (!before.flat().every(({ key }) => results.has(key))) break
      left = await best(sweep, store, results, before, left, combinations)
    }
    rounds.push({
      combinations: left.map(({ combination }) =>
        combination.map((point) =>
          epochs === undefined ? point : shortened(point, epochs, sweep),
        ),
      ),
    })
  }
  return rounds
}

type Numbered = { readonly combination: Combination; readonly number: number }

async function best(
  sweep: SweepFile,
  store: SweepStore,
  results: ReadonlyMap<string, PointResult>,
  before: readonly Combination[],
  left: readonly Numbered[],
  count: number,
): Promise<Numbered[]> {
  const scored: (Numbered & { readonly score: number })[] = []
  for (const [i, candidate] of left.entries()) {
    const score = await scoreOf(
      sweep,
      store,
      before[i]!.map(({ key }) => results.get(key)),
    )
    scored.push({ ...candidate, score })
  }
  return scored
    .toSorted((a, b) => (a.score === b.score ? a.number - b.number : a.score - b.score))
    .slice(0, count)
    .toSorted((a, b) => a.number - b.number)
}

/** What decides: lower is better; a combination of which a seed has no figure comes last. */
export async function scoreOf(
  sweep: SweepFile,
  store: SweepStore,
  found: readonly (PointResult | undefined)[],
): Promise<number> {
  const goal = sweep.plan.draws?.goal
  if (!goal) return 0
  let sum = 0
  for (const result of found) {
    if (result?.status !== 'done') return Infinity
    const value = await figureOfPoint(store, goal.figure, result)
    if (value === undefined) return Infinity
    sum += value
  }
  const mean = sum / found.length
  return goal.direction === 'minimise' ? mean : -mean
}

/** The point of a round; that of all epochs is the point itself. */
function shortened(point: DefinedPoint, epochs: number, sweep: SweepFile): DefinedPoint {
  if (epochs === sweep.epochs) return point
  return {
    ...point,
    key: sha256(`${point.key} for ${epochs} epochs`),
    settings: { ...point.settings, epochs: `${epochs}` },
  }
}
