/**
 * `npm run oracles -- FILE...`: runs fixtures of the published reference programs beside the compiled
 * `.ccn` models and prints the largest deviation of every quantity. Exits with 1 if any is too large.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFixture } from './fixture.ts'
import { mappingFor } from './mapping.ts'
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
  const mapping = fixture.config && mappingFor(fixture)
  if (!mapping) {
    skipped++
    continue
  }
  const compiled = compileFixture(mapping)
  if ('errors' in compiled) {
    failed++
    console.log(`FAIL ${fixture.case}: ${compiled.errors.join(' ')}`)
    continue
  }
  const deviations = await replay(compiled.ir, fixture, mapping, target)
  const wrong = deviations.filter((each) => !isWithin(each, target))
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
      `       ${each.quantity.padEnd(20)} ${each.worst.toExponential(2)} ${each.unit} (${each.where}; ${each.compared} compared)`,
    )
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 ? 1 : 0
