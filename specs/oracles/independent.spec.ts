/**
 * Options that no published fixture has, beside independent NumPy programs that write their fixtures: of the
 * comparison models (`independent/family.py`) momentum, decay and ties of every pathway, noise, feedback that
 * moves towards the forward weights; of convolutional models (`independent/convolution.py`) no dense hidden
 * layer, random, tied and learned feedback kernels, each activation function, and the same.
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

/** A convolutional model takes the longer to compile; the interpreter has the published ones. */
const targetsOf = (name: string): readonly Target[] =>
  name.startsWith('conv') ? targets.slice(1) : targets

describe.each(readdirSync(folder))('%s', (name) => {
  const fixture = readFixture(`${folder}/${name}`)
  const mapping = mappingFor(fixture)
  const compiled = compileFixture(mapping)

  it('is understood', () => {
    expect(problemsOf(fixture)).toEqual([])
    expect(compiled).not.toHaveProperty('errors')
  })

  it.each(targetsOf(name))('agrees on %o', async (target) => {
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
