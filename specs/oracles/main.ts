/**
 * `npm run oracles -- FILE...`: runs fixtures of the published reference programs beside the compiled
 * `.ccn` models and prints the largest deviation of every quantity. Exits with 1 if any is too large.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Deviation } from './compare.ts'
import { knownModels, problemsOf } from './config.ts'
import { readFixture } from './fixture.ts'
import { mappingFor } from './map-fixture.ts'
import { compileFixture, isWithin, replay, type Target } from './replay.ts'

const args = process.argv.slice(2)
const target: Target = args.includes('--interpreter') ? 'interpreter' : 'tfjs'
const verbose = args.includes('--verbose')
const given = args.filter((each) => !each.startsWith('--'))
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
