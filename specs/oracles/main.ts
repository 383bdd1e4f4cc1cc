/**
 * `npm run oracles -- [--engine wasm|tfjs-wasm|interpreter] [--precision f64] [--threads N] FILE...`:
 * runs fixtures of the published reference programs beside the compiled `.ccn` models and prints the
 * largest deviation of every quantity. Exits with 1 if any is too large.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Deviation } from './compare.ts'
import { knownModels, problemsOf } from './config.ts'
import { readFixture } from './fixture.ts'
import { mappingFor } from './map-fixture.ts'
import { compileFixture, isWithin, replay, type Target } from './replay.ts'

const { values: options, positionals: given } = parseArgs({
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
if (!engine) throw new RangeError(`There is no engine called ${options.engine}.`)
if (!precision) throw new RangeError(`There is no precision called ${options.precision}.`)
if (!(threads >= 1)) throw new RangeError(`There cannot be ${options.threads} threads.`)
const { verbose } = options
const target: Target = { engine, precision, threads }
const standard = fileURLToPath(new URL('./fixtures', import.meta.url))
const files = (given.length > 0 ? given : [standard]).flatMap((path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.json'))
        .toSorted()
        .map((name) => join(path, name))
    : [path],
)

let passed = 0
let failed = 0
let skipped = 0
for (const file of files) {
  const fixture = readFixture(file)
  const model = fixture.config?.model_name
  if (!knownModels.has(model)) {
    skipped++
    console.log(`skip ${fixture.case ?? file}: no model is compared with ${model ?? 'such a file'}`)
    continue
  }
  const problems = problemsOf(fixture)
  if (problems.length > 0) {
    failed++
    console.log(`FAIL ${fixture.case}: ${problems.join('\n       ')}`)
    continue
  }
  const mapping = mappingFor(fixture)
  const compiled = compileFixture(mapping)
  if ('errors' in compiled) {
    failed++
    console.log(`FAIL ${fixture.case}: ${compiled.errors.join(' ')}`)
    continue
  }
  let deviations: readonly Deviation[]
  try {
    deviations = await replay(compiled.ir, fixture, mapping, target)
  } catch (error) {
    failed++
    console.log(`FAIL ${fixture.case}: ${error instanceof Error ? error.message : String(error)}`)
    continue
  }
  const wrong = deviations.filter((each) => !isWithin(each, target, mapping))
  const worst = deviations
    .filter((each) => each.unit === 'relative')
    .toSorted((a, b) => b.worst - a.worst)[0]
  const angle = deviations
    .filter((each) => each.unit === 'degrees')
    .toSorted((a, b) => b.worst - a.worst)[0]
  if (wrong.length === 0) passed++
  else failed++
  console.log(
    `${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${fixture.case.padEnd(26)} ${mapping.file} ${mapping.variants.join(',') || '-'}` +
      `\n     worst ${worst?.quantity} ${worst?.worst.toExponential(1)}, angle ${angle ? `${angle.quantity} ${angle.worst.toExponential(1)} deg` : 'none'}, ${deviations.length} quantities`,
  )
  for (const each of verbose ? deviations : wrong) {
    console.log(
      `       ${each.quantity.padEnd(20)} ${each.worst.toExponential(2)} ${each.unit}, reference ${each.reference.toExponential(1)} (${each.where}; ${each.compared} compared)`,
    )
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 ? 1 : 0
