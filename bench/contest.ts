/**
 * Contenders that do the same work, timed in turn: round by round, so that what disturbs the machine
 * disturbs all, and ratios can be formed within a round.
 */
import { setTimeout } from 'node:timers/promises'
import { progress } from './machine.ts'
import { figures, median, ratios, summary } from './statistics.ts'

export interface Contender {
  readonly name: string
  /** Seconds that so many steps took. */
  time(steps: number): Promise<number>
  close(): void
}

/** Seconds a step by round; as many for every contender. */
export interface Measured {
  readonly name: string
  readonly rounds: readonly number[]
}

export interface ContestOptions {
  readonly rounds: number
  /** Of one contender in one round. */
  readonly seconds: number
}

/** Time to let threads fall asleep that the previous contender left spinning, in milliseconds. */
const PAUSE = 40

/**
 * Times the contenders and closes them. One that fails is left out, with a sentence on standard error.
 */
export async function contest(
  contenders: readonly Contender[],
  { rounds, seconds }: ContestOptions,
): Promise<Measured[]> {
  const running: { readonly each: Contender; readonly steps: number; times: number[] }[] = []
  try {
    for (const each of contenders) {
      progress(`warming up: ${each.name}`)
      try {
        const steps = await stepsFor(each, seconds)
        running.push({ each, steps, times: [] })
      } catch (error) {
        progress(`${each.name} is left out: ${error instanceof Error ? error.message : error}`)
      }
    }
    for (let round = 0; round < rounds; round++) {
      progress(`round ${round + 1} of ${rounds}`)
      // Whoever comes first in one round comes last in another.
      const order = running.map((_, i) => (i + round) % running.length)
      for (const i of order) {
        const turn = running[i]
        if (!turn) continue
        await setTimeout(PAUSE)
        turn.times.push((await turn.each.time(turn.steps)) / turn.steps)
      }
    }
    return running.map(({ each, times }) => ({ name: each.name, rounds: times }))
  } finally {
    for (const each of contenders) each.close()
  }
}

/** Steps that take about so long; everything is compiled when this has been found. */
async function stepsFor(contender: Contender, seconds: number): Promise<number> {
  let steps = 1
  let taken = await contender.time(steps)
  while (taken < seconds / 2) {
    steps = Math.ceil(steps * Math.min(8, Math.max(1.5, seconds / Math.max(taken, 1e-6))))
    taken = await contender.time(steps)
  }
  taken = await contender.time(steps)
  return Math.max(1, Math.round((steps * seconds) / taken))
}

/**
 * A row for each contender: its time a step (median, least and greatest), its steps a second, and the
 * time of a step in relation to each of the references (median of the rounds, least and greatest).
 */
export function contestRows(
  measured: readonly Measured[],
  references: readonly string[],
  unit: { readonly name: string; readonly perSecond: number },
): string[][] {
  const found = references.flatMap((name) => measured.filter((each) => each.name === name))
  const head = ['', unit.name, 'steps/s', ...found.map(({ name }) => `/ ${name}`)]
  const rows = measured.map(({ name, rounds }) => [
    name,
    `${figures(median(rounds) * unit.perSecond)} (${figures(Math.min(...rounds) * unit.perSecond)} - ${figures(Math.max(...rounds) * unit.perSecond)})`,
    figures(1 / median(rounds)),
    ...found.map((reference) =>
      reference.name === name
        ? '1'
        : summary(
            ratios(rounds, reference.rounds),
            median(rounds) < median(reference.rounds) / 20 ? 4 : 2,
          ),
    ),
  ])
  return [head, ...rows]
}
