/**
 * Options of the comparison models that no published fixture has, beside an independent NumPy program
 * (`independent/family.py`, which writes its fixtures): momentum, decay and ties of every pathway, noise,
 * feedback that moves towards the forward weights.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'
import { problemsOf } from './config.ts'
import { readFixture } from './fixture.ts'
import { mappingFor } from './map-fixture.ts'
import { compileFixture, isWithin, replay, type Target } from './replay.ts'

const folder = `${root}/specs/oracles/independent/fixtures`
const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'wasm' },
  { engine: 'wasm', precision: 'f64', threads: 2 },
]

describe.each(readdirSync(folder))('%s', (name) => {
  const fixture = readFixture(`${folder}/${name}`)
  const mapping = mappingFor(fixture)
  const compiled = compileFixture(mapping)

  it('is understood', () => {
    expect(problemsOf(fixture)).toEqual([])
    expect(compiled).not.toHaveProperty('errors')
  })

  it.each(targets)('agrees on %o', async (target) => {
    if ('errors' in compiled) throw new Error(compiled.errors.join('\n'))
    const found = await replay(compiled.ir, fixture, mapping, target)
    expect(found.length).toBeGreaterThan(6)
    const single = target.engine === 'wasm' && target.precision !== 'f64'
    // The fixtures hold no run in single precision to allow for its rounding by.
    const allowed = single ? 1e-4 : 1e-11
    const off = found.filter(
      (each) =>
        !(each.unit === 'relative' ? each.worst <= allowed : isWithin(each, target, mapping)),
    )
    expect(off).toEqual([])
  })
})
