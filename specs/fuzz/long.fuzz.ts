/**
 * Runs the fuzzers in turn until the time is up; `main.ts` starts it with what was asked for in the
 * environment. Every failure of a new kind is made smaller, printed, and written to a folder.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { print } from '../../compiler/ir/print.ts'
import { fuzzHostileData } from './hostile-data.ts'
import { parts, programHolds, programs, type Part } from './parts.ts'
import { reduce } from './reduce.ts'
import { seeded } from './seeded.ts'

const { minutes, seed, only, out, input } = JSON.parse(process.env['FUZZ'] ?? '{}') as {
  readonly minutes: number
  readonly seed: number
  readonly only: readonly string[]
  readonly out: string
  readonly input?: string
}

/** How long a fuzzer goes on before it is the next one's turn. */
const turn = 15_000
/** How long a failure is made smaller. */
const patience = 60_000

/** What findings that are no `.ccn` text are written as. */
const endings: Readonly<Record<string, string>> = { programs: 'ir', files: 'base64' }

const counts = new Map<string, number>()
const kinds = new Map<string, string>()

it('fuzz', async () => {
  mkdirSync(out, { recursive: true })
  const chosen = parts.filter(({ name }) => only.includes(name))
  if (input !== undefined) {
    for (const { holds } of chosen) await holds(readFileSync(input, 'utf8'))
    return
  }
  const end = Date.now() + minutes * 60_000
  for (let round = 0; Date.now() < end; round++) {
    for (const part of chosen) if (Date.now() < end) await fuzzTexts(part, seed + round, end)
    if (only.includes('programs') && Date.now() < end) await fuzzPrograms(seed + round, end)
    if (only.includes('files') && Date.now() < end) await fuzzFiles(seed + round, end)
  }
  console.log('')
  for (const [name, count] of counts)
    console.log(`${name}: ${count} ${name === 'files' ? 'random numbers' : 'inputs'}`)
  console.log(`${kinds.size} findings`)
  expect([...kinds.values()]).toEqual([])
})

const limits = (at: number, end: number) => ({
  seed: at,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: Math.max(1, Math.min(turn, end - Date.now())),
})

async function fuzzTexts(part: Part, at: number, end: number): Promise<void> {
  const property = fc.asyncProperty(part.texts, async (text) => {
    // A run that never ends, or takes the process with it, leaves what it was at.
    writeFileSync(`${out}/last.ccn`, text)
    counts.set(part.name, (counts.get(part.name) ?? 0) + 1)
    const failure = await failureOf(part, text)
    if (failure !== undefined && !kinds.has(kindOf(part.name, failure))) throw failure
  })
  const { counterexample, failed } = await fc.check(property, {
    ...limits(at, end),
    endOnFailure: true,
  })
  const text = counterexample?.[0]
  if (!failed || text === undefined) return
  const failure = await failureOf(part, text)
  if (failure === undefined) return note(part.name, at, 'it failed once, and not again', text, '')
  const kind = kindOf(part.name, failure)
  const smaller = await reduce(
    text,
    async (each) => {
      const other = await failureOf(part, each)
      return other !== undefined && kindOf(part.name, other) === kind
    },
    patience,
  )
  note(part.name, at, kind, smaller, messageOf((await failureOf(part, smaller)) ?? failure))
}

async function fuzzPrograms(at: number, end: number): Promise<void> {
  const property = fc.asyncProperty(programs, async (trial) => {
    counts.set('programs', (counts.get('programs') ?? 0) + 1)
    await programHolds(trial)
  })
  const { counterexample, failed, errorInstance } = await fc.check(property, limits(at, end))
  const trial = counterexample?.[0]
  if (!failed || trial === undefined) return
  const message = messageOf(errorInstance)
  note('programs', at, kindOf('programs', errorInstance), print(trial.graph), message)
}

/** Damaged data files; the bytes of what fails are kept in base 64. */
async function fuzzFiles(at: number, end: number): Promise<void> {
  const until = Math.min(Date.now() + turn, end)
  const random = seeded(at)
  const counted = (): number => {
    counts.set('files', (counts.get('files') ?? 0) + 1)
    return random()
  }
  for (const { what, reason, bytes } of await fuzzHostileData(counted, until)) {
    const kind = `files: ${what}: ${reason}`.replace(/[\d.]+/g, '_').slice(0, 160)
    if (!kinds.has(kind)) note('files', at, kind, bytes, reason)
  }
}

async function failureOf({ holds }: Part, text: string): Promise<unknown> {
  try {
    await holds(text)
    return undefined
  } catch (error) {
    return error ?? new Error('nothing was thrown')
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error)

/** Failures are of one kind if they say the same, but for numbers and names, at the same place. */
function kindOf(part: string, error: unknown): string {
  const text = messageOf(error)
  const [first = ''] = text.split('\n')
  const said = first.replace(/`[^`]*`|"[^"]*"|[\d.]+|e[+-]\d+/g, '_').slice(0, 120)
  const place = /at (?!.*node_modules)(?!.*specs\/)\S+ \(?[^)]*\/((?:\w|-)+\.ts):\d+/.exec(
    text,
  )?.[1]
  return `${part}: ${said}${place === undefined ? '' : ` (${place})`}`
}

function note(part: string, at: number, kind: string, text: string, message: string): void {
  kinds.set(kind, kind)
  const name = createHash('sha256').update(kind).digest('hex').slice(0, 8)
  const path = `${out}/${part}-${name}.${endings[part] ?? 'ccn'}`
  writeFileSync(path, text)
  writeFileSync(`${path}.txt`, `${kind}\nseed ${at}\n\n${message}\n`)
  console.log(
    `\n${kind}\n${message.split('\n').slice(0, 12).join('\n')}\n--- ${path}\n${text.slice(0, 2000)}\n---`,
  )
  console.log(
    part in endings
      ? `again: npm run fuzz -- --only ${part} --seed ${at}`
      : `again: npm run fuzz -- --only ${part} --input ${path}`,
  )
}
