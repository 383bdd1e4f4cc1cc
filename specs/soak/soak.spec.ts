/** A short soak; `npm run soak -- --minutes 30` is a long one. */
import { expect, it } from 'vitest'
import { soak } from './soak.ts'

it('a run that is killed and gone on with is the undisturbed one to the bit', async () => {
  const lines: string[] = []
  const say = (line: string): void => void lines.push(line)
  const { rounds, findings } = await soak({ time: 600_000, seed: 23, lanes: 1, rounds: 1, say })
  expect({ rounds, findings, lines }).toEqual({ rounds: 1, findings: [], lines })
}, 300_000)
