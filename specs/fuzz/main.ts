/**
 * `npm run fuzz -- --minutes N [--seed S] [--only text,compile,library,format,run,circuits,networks,programs,files]
 * [--out FOLDER] [--input FILE]`: the fuzzers of the specs without their limit on time. Prints every
 * failure of a new kind, made smaller, with the command that repeats it, writes it to the folder, and exits
 * with 1 if there is any. `--input` tries one file again. The same seed makes the same inputs.
 */
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const known = 'text compile library format run circuits networks programs files'.split(' ')

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      only: { type: 'string', default: known.join(',') },
      out: { type: 'string', default: `${tmpdir()}/ccn-fuzz` },
      input: { type: 'string' },
    },
  })
  const minutes = Number(values.minutes)
  const seed = Number(values.seed)
  const only = values.only.split(',')
  const unknown = only.filter((each) => !known.includes(each))
  if (!(minutes >= 0) || !Number.isSafeInteger(seed) || unknown.length > 0) {
    console.error(
      unknown.length > 0
        ? `There is no fuzzer named ${unknown.join(', ')}; there are ${known.join(', ')}.`
        : 'Minutes are a number of at least 0, the seed is a whole number.',
    )
    return 2
  }
  const { out, input } = values
  console.log(`fuzz for ${minutes} minutes, seed ${seed}; findings go to ${out}`)
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const config = 'specs/fuzz/vitest.config.ts'
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
  const child = spawn(process.execPath, [vitest, 'run', '--config', config], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      FUZZ: JSON.stringify({ minutes, seed, only, out, ...(input === undefined ? {} : { input }) }),
    },
  })
  // What never ends is a finding, too: the text is in the folder.
  const watch = setTimeout(
    () => {
      console.error(`This should have ended long ago; the last text is ${out}/last.ccn.`)
      child.kill('SIGKILL')
    },
    minutes * 60_000 * 1.5 + 600_000,
  )
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(watch)
  return code === 0 ? 0 : 1
}

process.exitCode = await main()
