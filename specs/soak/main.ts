/**
 * `npm run soak -- --minutes N [--seed S] [--round R] [--lanes L]`: runs that are killed at random
 * moments, several at once, on full disks and with clocks set back, each gone on with to its end and
 * compared to the bit with one that nobody disturbed. Prints a line for every round and what it found;
 * exits with 1 if that is anything. The same seed does the same things again, and `--round` only those
 * of one round.
 */
import { parseArgs } from 'node:util'
import { soak } from './soak.ts'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      round: { type: 'string' },
      lanes: { type: 'string', default: '2' },
    },
  })
  const [minutes, seed, lanes] = [values.minutes, values.seed, values.lanes].map(Number)
  const only = values.round === undefined ? undefined : Number(values.round)
  const numbers = [minutes, seed, lanes, only ?? 0]
  if (!numbers.every((each) => each !== undefined && Number.isFinite(each) && each >= 0)) {
    console.error('Minutes, seed, round and lanes are numbers of at least 0.')
    return 2
  }
  console.log(`soak of ${minutes} minutes, seed ${seed}`)
  const { rounds, findings, folder } = await soak({
    time: minutes! * 60_000,
    seed: seed!,
    lanes: Math.max(1, lanes!),
    ...(only !== undefined && { only }),
    say: (line) => console.log(line),
  })
  console.log(`\n${rounds} rounds, ${findings.length} findings`)
  for (const each of findings) console.log(`- ${each.split('\n')[0]}`)
  if (findings.length > 0) console.log(`seed ${seed}; what was left is in ${folder}`)
  return findings.length > 0 ? 1 : 0
}

process.exitCode = await main()
