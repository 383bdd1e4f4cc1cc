/**
 * `npm run oracles -- [--engine wasm|tfjs-wasm|interpreter] [--precision f64] [--threads N] PATH...`:
 * runs fixtures of the published reference programs (files, or folders of them) beside the compiled
 * `.ccn` models and prints the largest deviation of every quantity. Exits with 1 if any is too large,
 * if a file is no fixture or says something unknown, or if nothing could be compared at all; with 2
 * if it is called wrongly.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Deviation } from './compare.ts'
import { isKnownModel, problemsOf } from './config.ts'
import { readFixture, type Fixture } from './fixture.ts'
import { replayContinuous } from './continuous.ts'
import { isContinuous } from './map-continuous.ts'
import { mappingFor } from './map-fixture.ts'
import { isSine, replaySine, sineTolerance } from './sine.ts'
import { isSilencing, replaySilencing } from './silencing.ts'
import { isSpikingRun, replaySpikingRun } from './spiking-run.ts'
import { isSpiking, replaySpiking } from './spiking.ts'
import { compileFixture, isWithin, replay, type Target } from './replay.ts'

class UsageError extends Error {}

interface Call {
  readonly target: Target
  readonly verbose: boolean
  readonly files: readonly string[]
}

function readCall(args: readonly string[]): Call {
  const { values: options, positionals: given } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'wasm' },
      precision: { type: 'string', default: 'f32' },
      threads: { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
    },
  })
  const engine = (['wasm', 'tfjs-wasm', 'interpreter'] as const).find((e) => e === options.engine)
  const precision = (['f32', 'f64'] as const).find((each) => each === options.precision)
  const threads = Number(options.threads)
  if (!engine) throw new UsageError(`There is no engine called ${options.engine}.`)
  if (!precision) throw new UsageError(`There is no precision called ${options.precision}.`)
  if (engine === 'tfjs-wasm' && precision === 'f64')
    throw new UsageError('The engine tfjs-wasm computes in single precision only.')
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new UsageError(`There cannot be ${options.threads} threads.`)
  const standard = fileURLToPath(new URL('./fixtures', import.meta.url))
  const files = (given.length > 0 ? given : [standard]).flatMap(fixturesAt)
  return { target: { engine, precision, threads }, verbose: options.verbose, files }
}

/** The `.json` files of a folder in the order of their names, or the file itself. */
function fixturesAt(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`There is no file or folder ${path}.`)
  if (!found.isDirectory()) return [path]
  const names = readdirSync(path).filter((name) => name.endsWith('.json'))
  if (names.length === 0) throw new UsageError(`The folder ${path} has no .json files.`)
  return names.toSorted().map((name) => join(path, name))
}

/** Fixtures of a form of their own. */
function replayOf(
  fixture: unknown,
  target: Target,
):
  | (() => Promise<{
      readonly file: string
      readonly deviations: readonly Deviation[]
      readonly tolerance?: number
    }>)
  | undefined {
  if (isSilencing(fixture))
    return async () => ({
      file: 'silencing.ccn',
      deviations: await replaySilencing(fixture, target),
    })
  if (isContinuous(fixture))
    return async () => ({
      file: 'continuous.ccn',
      deviations: await replayContinuous(fixture, target),
    })
  if (isSine(fixture))
    return async () => ({
      file: 'continuous.ccn',
      deviations: await replaySine(fixture, target),
      tolerance: sineTolerance,
    })
  return undefined
}

type Outcome = 'passed' | 'failed' | 'skipped'

async function outcomeOf(file: string, { target, verbose }: Call): Promise<Outcome> {
  const fail = (name: string, reason: string): Outcome => {
    console.log(`FAIL ${name}: ${reason}`)
    return 'failed'
  }
  let fixture: Fixture
  try {
    fixture = readFixture(file)
  } catch (error) {
    return fail(file, `it is not JSON (${messageOf(error)}).`)
  }
  const name = fixture.case ?? file
  const special = replayOf(fixture, target)
  if (special) {
    try {
      const { file: model, deviations, tolerance } = await special()
      return report(name, model, deviations, { target, verbose }, false, tolerance)
    } catch (error) {
      return fail(name, messageOf(error))
    }
  }
  if (isSpiking(fixture)) {
    try {
      const deviations = await replaySpiking(fixture, target)
      return report(name, 'spiking.ccn clocked', deviations, { target, verbose }, false)
    } catch (error) {
      return fail(name, messageOf(error))
    }
  }
  if (isSpikingRun(fixture)) {
    try {
      // 100,000 steps are many for a library of tensors.
      const seconds = target.engine === 'tfjs-wasm' ? 10 : undefined
      const deviations = await replaySpikingRun(fixture, target, seconds)
      return report(name, 'spiking.ccn clocked', deviations, { target, verbose }, false)
    } catch (error) {
      return fail(name, messageOf(error))
    }
  }
  const wanted: unknown = fixture.config?.model_name
  if (typeof wanted !== 'string') {
    console.log(`skip ${name}: it names no model, so there is nothing here to compare it with.`)
    return 'skipped'
  }
  if (!isKnownModel(wanted)) {
    console.log(`skip ${name}: no model is compared with ${wanted}.`)
    return 'skipped'
  }
  const problems = problemsOf(fixture)
  if (problems.length > 0) return fail(name, problems.join('\n       '))
  const mapping = mappingFor(fixture)
  const compiled = compileFixture(mapping)
  if ('errors' in compiled) return fail(name, compiled.errors.join(' '))
  let deviations: readonly Deviation[]
  try {
    deviations = await replay(compiled.ir, fixture, mapping, target)
  } catch (error) {
    return fail(name, messageOf(error))
  }
  const model = `${mapping.file} ${mapping.variants.join(',') || '-'}`
  return report(name, model, deviations, { target, verbose }, mapping.roundedTies)
}

/** Prints how far a fixture is met. */
function report(
  name: string,
  model: string,
  deviations: readonly Deviation[],
  { target, verbose }: Pick<Call, 'target' | 'verbose'>,
  roundedTies: boolean,
  tolerance?: number,
): Outcome {
  const wrong = deviations.filter((each) =>
    tolerance === undefined ? !isWithin(each, target, { roundedTies }) : !(each.worst <= tolerance),
  )
  const worst = worstOf(deviations, 'relative')
  const angle = worstOf(deviations, 'degrees')
  console.log(
    `${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(26)} ${model}` +
      `\n     worst ${worst?.quantity} ${worst?.worst.toExponential(1)}, angle ${angle ? `${angle.quantity} ${angle.worst.toExponential(1)} deg` : 'none'}, ${deviations.length} quantities`,
  )
  for (const each of verbose ? deviations : wrong) {
    console.log(
      `       ${each.quantity.padEnd(20)} ${each.worst.toExponential(2)} ${each.unit}, reference ${each.reference.toExponential(1)} (${each.where}; ${each.compared} compared)`,
    )
  }
  return wrong.length === 0 ? 'passed' : 'failed'
}

const worstOf = (
  deviations: readonly Deviation[],
  unit: Deviation['unit'],
): Deviation | undefined =>
  deviations.filter((each) => each.unit === unit).toSorted((a, b) => b.worst - a.worst)[0]

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)

async function main(): Promise<number> {
  let call: Call
  try {
    call = readCall(process.argv.slice(2))
  } catch (error) {
    console.error(messageOf(error))
    return 2
  }
  const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 }
  for (const file of call.files) counts[await outcomeOf(file, call)]++
  const { engine, precision } = call.target
  const how = engine === 'interpreter' ? engine : `${engine} ${precision}`
  console.log(
    `${how}, ${call.files.length} fixtures: ${counts.passed} passed, ${counts.failed} failed, ` +
      `${counts.skipped} skipped (no such model)`,
  )
  if (counts.passed + counts.failed === 0) console.log('Nothing was compared.')
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0
}

process.exitCode = await main()
