/** Rounds after rounds, some at the same time, until the time is over. */
import { randomOf } from '../helpers/random.ts'
import { leftIn } from './inspect.ts'
import { kinds } from './rounds.ts'
import { World } from './world.ts'

export interface SoakOptions {
  /** Milliseconds after which no round begins any more. */
  readonly time: number
  readonly seed: number
  /** Rounds at the same time. */
  readonly lanes: number
  /** At most so many. */
  readonly rounds?: number
  /** Only the round of this number. */
  readonly only?: number
  readonly say: (line: string) => void
}

export interface Soaked {
  readonly rounds: number
  readonly findings: readonly string[]
  /** Where to look, if anything was found. */
  readonly folder: string
}

/** Soaks, and gives what was found. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const { time, seed, lanes, say } = options
  const world = new World()
  const findings: string[] = []
  const began = performance.now()
  const last = options.only ?? (options.rounds === undefined ? Infinity : options.rounds - 1)
  let next = options.only ?? 0
  let rounds = 0
  const lane = async (): Promise<void> => {
    while (next <= last && performance.now() - began < time) {
      const number = next++
      rounds++
      const draw = randomOf(seed * 10_007 + number)
      const [kind, round] = kinds[Math.floor(draw() * kinds.length)]!
      const start = performance.now()
      const result = await round(world, draw, number).catch((error: unknown) => ({
        done: 'the soak itself failed',
        findings: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      }))
      const seconds = ((performance.now() - start) / 1000).toFixed(0)
      const verdict = result.findings.length === 0 ? 'ok' : 'FOUND'
      say(
        `${String(number).padStart(4)}  ${kind.padEnd(6)}  ${verdict}  ${result.done}  (${seconds} s)`,
      )
      for (const each of result.findings) {
        say(`      ${each}`)
        findings.push(`round ${number}: ${each}`)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  // One more start, which finds everything that was killed before.
  await world.run(['train', 'epochs.ccn', '--epochs', '1', '--out', 'runs'])
  for (const name of [...leftIn(world.path('runs')), ...leftIn(world.path('cache'))]) {
    if (!/(^|\/)lock$/.test(name)) findings.push(`at the end: ${name} was left behind`)
  }
  world.close(findings.length > 0)
  return { rounds, findings, folder: world.folder }
}
