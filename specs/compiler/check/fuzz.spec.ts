/**
 * Whatever the text, checking ends soon, and with diagnostics that can be shown. Random bytes, random
 * tokens, examples and library files with mutations. `FUZZ_SECONDS=600 npx vitest run
 * specs/compiler/check/fuzz.spec.ts` goes on for longer, with a new seed each time.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, type Host } from '../../../compiler/compile.ts'
import { tokenSoup } from '../../grammar/arbitrary.ts'
import { expectSoundDiagnostics } from '../../helpers/diagnostics.ts'
import { memoryHost } from '../../helpers/compile-text.ts'
import { mutations, randomBytes } from '../../helpers/mutations.ts'
import { root } from '../../helpers/repository.ts'

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 0)
const options = (numRuns: number) =>
  seconds > 0
    ? {
        numRuns: Number.MAX_SAFE_INTEGER,
        interruptAfterTimeLimit: seconds * 250,
        endOnFailure: true,
      }
    : { numRuns, seed: 20221, endOnFailure: true }
const timeout = 60_000 + seconds * 1000

/** No text of ordinary length takes longer, on the slowest machine. */
const longest = 30_000

const textsIn = (folder: string): readonly string[] =>
  readdirSync(`${root}/${folder}`)
    .filter((name) => name.endsWith('.ccn'))
    .map((name) => readFileSync(`${root}/${folder}/${name}`, 'utf8'))
const examples = textsIn('examples')
const library = textsIn('library/std')

/** Checks a text as `ccn check` does: as it stands, then each experiment and variant. */
function checkAnything(text: string, host: Host = memoryHost({ 'main.ccn': text })): void {
  const start = performance.now()
  const run = (extra: object) => {
    const compilation = compile('/project/main.ccn', host, { optimise: false, ...extra })
    expectSoundDiagnostics(compilation)
    return compilation
  }
  const { model, diagnostics } = run({})
  if (model && !diagnostics.some((each) => each.severity === 'error')) {
    for (const { item } of model.experiments.slice(1)) run({ experiment: item.name.name })
    for (const { name } of model.variants) run({ variants: [name] })
  }
  expect(performance.now() - start).toBeLessThan(longest)
}

describe('checking never fails', () => {
  it(
    'on random bytes',
    () => {
      fc.assert(
        fc.property(randomBytes, (text) => checkAnything(text)),
        options(150),
      )
    },
    timeout,
  )

  it(
    'on random tokens',
    () => {
      fc.assert(
        fc.property(tokenSoup, (text) => checkAnything(text)),
        options(150),
      )
    },
    timeout,
  )

  it(
    'on mutated examples',
    () => {
      const texts = mutations(examples)
      fc.assert(
        fc.property(texts, (text) => checkAnything(text)),
        options(60),
      )
    },
    timeout,
  )

  it(
    'on mutated library files, by themselves and imported',
    () => {
      const main = readFileSync(`${root}/examples/burstccn.ccn`, 'utf8')
      const property = fc.property(mutations(library, 2), (text) => {
        checkAnything(text)
        const real = memoryHost({ 'main.ccn': main })
        const read = (path: string) => (path.endsWith('/std/burstccn.ccn') ? text : real.read(path))
        checkAnything(main, { ...real, read })
      })
      fc.assert(property, options(40))
    },
    timeout,
  )
})
