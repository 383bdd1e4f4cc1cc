/**
 * The models of the zoo beside their independent programs: what each program has written down (`TOPIC/NAME.json`), every target
 * computes too. Numbers are compared in double and in single precision to the end of the run, and between
 * all targets for a few steps.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { zooModels } from '../../showcase/zoo/index.ts'
import { besideArgs, fileOf } from '../../showcase/zoo/model.ts'
import { zooPage, zooPath } from '../../showcase/zoo/page.ts'
import { root } from '../helpers/repository.ts'
import { apart, compiledRun, deviations, outcomeOn, type Fixture } from './replay.ts'

const files = (folder: string, ending: string): readonly string[] =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && name.includes('/'))
    .map((name) => name.slice(0, -ending.length))
    .toSorted()

const names = zooModels.map(({ topic, model }) => `${topic.folder}/${model.name}`)

/** Lines of the files that need more than 80. */
const longer = new Map([
  ['diehl_cook', 93],
  ['liquid_state', 87],
  ['song', 84],
  ['dendritic_microcircuits', 83],
  ['miconi', 81],
  ['equilibrium_propagation', 81],
])

describe('the zoo', () => {
  it('has an entry, a program and its numbers for every file', () => {
    expect(names.toSorted()).toEqual(files('examples/zoo', '.ccn'))
    expect(files('specs/zoo', '.py')).toEqual(names.toSorted())
    expect(files('specs/zoo', '.json')).toEqual(names.toSorted())
  })
  it('is on its page as it is (npm run zoo -- --page)', async () => {
    expect(readFileSync(zooPath, 'utf8')).toBe(await zooPage())
    for (const { topic, model } of zooModels)
      expect(readFileSync(zooPath, 'utf8')).toContain(`](../${fileOf(topic, model)})`)
  })
  it('is of short files', () => {
    for (const { topic, model } of zooModels) {
      const lines = readFileSync(`${root}/${fileOf(topic, model)}`, 'utf8').split('\n')
      const said = lines.filter((line) => line !== '' && !line.startsWith('///'))
      expect(said.length, model.name).toBeLessThanOrEqual(longer.get(model.name) ?? 80)
    }
  })
})

describe.each(zooModels)('$topic.folder/$model.name', ({ topic, model }) => {
  const { within, single, few = 5, figure } = model.beside
  const path = `${root}/specs/zoo/${topic.folder}/${model.name}.json`
  const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture
  const compiled = compiledRun(besideArgs(topic, model))

  it('computes what the independent program does', async () => {
    expect(fixture[figure]).toBeTypeOf('number')
    const outcome = await outcomeOn(compiled, { engine: 'wasm', precision: 'f64' })
    const off = Object.entries(deviations(fixture, outcome))
    expect(off.filter(([, worst]) => !(worst <= within))).toEqual([])
    if (typeof single === 'string') return
    const rounded = await outcomeOn(compiled, { engine: 'wasm' })
    const roundedOff = Object.entries(deviations(fixture, rounded))
    expect(roundedOff.filter(([, worst]) => !(worst <= single))).toEqual([])
  })

  it('does on every target', async () => {
    const exact = await outcomeOn(compiled, { engine: 'wasm', precision: 'f64' }, few)
    const [interpreted, tensors] = [
      await outcomeOn(compiled, { engine: 'interpreter' }, few),
      await outcomeOn(compiled, { engine: 'tfjs-wasm' }, few),
    ]
    for (const [name, { data }] of Object.entries(exact.saved)) {
      const values = Array.from(data).map(finite)
      const found = [interpreted, tensors].map(({ saved }) =>
        apart(values, Array.from(saved[name]?.data ?? []).map(finite)),
      )
      if (values.length === 0) continue
      expect(found[0], `${name}, interpreter`).toBeLessThan(1e-6)
      expect(found[1], `${name}, tfjs`).toBeLessThan(1e-3)
    }
  })
})

/** What the programs come to with other sizes, seeds and options (others.py). */
interface Other {
  readonly name: string
  readonly options: string
  readonly run: string
  readonly figures: Fixture
}
const others = JSON.parse(readFileSync(`${root}/specs/zoo/others.json`, 'utf8')) as readonly Other[]

describe('as the independent program with other sizes, seeds and options', () => {
  it('is of models of the zoo', () => {
    for (const { name } of others) expect(names).toContain(name)
  })
  const asked = zooModels.flatMap(({ topic, model }) =>
    others
      .filter(({ name }) => name === `${topic.folder}/${model.name}`)
      .map((other) => ({ topic, model, ...other })),
  )
  it.each(asked)('$model.name $options', async ({ topic, model, run, figures }) => {
    const compiled = compiledRun([...besideArgs(topic, model), ...run.split(' ')])
    const outcome = await outcomeOn(compiled, { engine: 'wasm', precision: 'f64' })
    const off = Object.entries(deviations(figures, outcome))
    expect(off.filter(([, worst]) => !(worst <= model.beside.within))).toEqual([])
  })
})

/** What has never been is infinitely long ago. */
const finite = (value: number): number => (value === Infinity ? 1e30 : value)
