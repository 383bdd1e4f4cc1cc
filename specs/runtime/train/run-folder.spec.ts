import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IoError } from '../../../runtime/io/errors.ts'
import { RunError } from '../../../runtime/train/errors.ts'
import { differences, identityOf, sourceRecord } from '../../../runtime/node/train/manifest.ts'
import { overridePlan } from '../../../runtime/train/override.ts'
import { listRuns, RunFolder } from '../../../runtime/node/train/run-folder.ts'
import { fakeDraft, fakePlan } from '../../helpers/fake-experiment.ts'

const startedAt = '2026-11-24T00:00:00Z'
let root: string

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'ccn-runs-')), 'runs')
})
afterEach(() => rm(join(root, '..'), { recursive: true }))

const create = (name?: string, force = false) =>
  RunFolder.create(fakeDraft(), { root, name, force, startedAt })

describe('the folder of a run', () => {
  it('is numbered by default, after the highest number', async () => {
    expect((await create()).name).toBe('logistic-clouds-001')
    expect((await create()).name).toBe('logistic-clouds-002')
    await mkdir(join(root, 'logistic-clouds-041'))
    await mkdir(join(root, 'logistic-clouds-x99'))
    expect((await create()).name).toBe('logistic-clouds-042')
  })

  it('has different names when several runs start at once', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => create()))
    expect(new Set(runs.map(({ name }) => name)).size).toBe(8)
  })

  it('is not overwritten unless forced', async () => {
    const first = await create('mine')
    await first.addMetrics([{ kind: 'epoch', epoch: 0, step: 0 }])
    await writeFile(join(first.path, 'notes.txt'), 'keep me')
    await expect(create('mine')).rejects.toThrow(RunError)
    await expect(create('mine')).rejects.toThrow('--resume mine')
    await expect(create('mine', true)).rejects.toThrow(`in use by process ${process.pid}`)
    await first.unlock()
    const second = await create('mine', true)
    expect((await readdir(second.path)).toSorted()).toEqual(['lock', 'manifest.json', 'notes.txt'])
  })

  it('may be an empty folder, but no folder with other things in it, not even by force', async () => {
    await mkdir(join(root, 'empty'), { recursive: true })
    expect((await create('empty')).name).toBe('empty')
    await mkdir(join(root, 'photos'))
    await writeFile(join(root, 'photos', 'cat.png'), '')
    await expect(create('photos', true)).rejects.toThrow('is no run of ccn')
  })

  it('is not made of what could not be read again', async () => {
    const draft = fakeDraft()
    const sources = draft.sources.map((each) => ({ ...each, path: 'a\u2028b.ccn' }))
    const made = RunFolder.create({ ...draft, sources }, { root, name: 'odd', startedAt })
    await expect(made).rejects.toThrow(RunError)
    await expect(made).rejects.toThrow(/^A run of this .*"a\\u\{2028\}b.ccn", not a path without/)
    expect(existsSync(join(root, 'odd'))).toBe(false)
  })

  it('keeps tests that measure the intervals of events', async () => {
    const measure = {
      label: 'c',
      output: 'c',
      value: 'c',
      combine: 'cv',
      factor: 1,
      over: 5,
    } as const
    const evaluation = {
      steps: 5,
      phases: [],
      keep: [],
      states: [],
      written: [],
      measures: [measure],
    }
    const plan = { ...fakePlan, evaluation }
    await RunFolder.create(fakeDraft(plan), { root, name: 'tested', startedAt })
    expect((await RunFolder.open('tested', root)).manifest.plan.evaluation).toEqual(evaluation)
  })

  it.each(['', '.', '..', 'a/b', '../x', '-x', 'a b'])('is not called %j', async (name) => {
    await expect(create(name)).rejects.toThrow("A run's name")
  })

  it('says so if the disk does not let it be', async () => {
    await mkdir(join(root, '..'), { recursive: true })
    await writeFile(root, 'a file')
    await expect(create()).rejects.toThrow(IoError)
    await expect(create('x')).rejects.toThrow(IoError)
  })

  it('is found by name and by path', async () => {
    const run = await create('mine')
    expect((await RunFolder.open('mine', root)).manifest).toEqual(run.manifest)
    expect((await RunFolder.open(run.path, '/nowhere')).manifest).toEqual(run.manifest)
    await expect(RunFolder.open('yours', root)).rejects.toThrow('There is no run yours')
  })

  it('lists runs, the latest first, without damaged ones', async () => {
    await create('b')
    await RunFolder.create(fakeDraft(), { root, name: 'a', startedAt: '2026-11-25T00:00:00Z' })
    await create('broken')
    await writeFile(join(root, 'broken', 'manifest.json'), '{')
    expect((await listRuns(root)).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(await listRuns(join(root, 'none'))).toEqual([])
  })

  it('notes the end', async () => {
    const run = await create('mine')
    await run.finish({ kind: 'epoch', epoch: 3, step: 15 }, '2026-11-24T01:00:00Z')
    const text = await readFile(join(run.path, 'manifest.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({
      finishedAt: '2026-11-24T01:00:00Z',
      result: { epoch: 3 },
      versions: { ccn: '0' },
    })
  })
})

describe('a manifest', () => {
  it.each([
    ['{', 'it is no JSON'],
    ['[]', 'no manifest of a run'],
    ['null', 'no manifest of a run'],
    ['{"format": "run 2"}', 'another version'],
    ['{"format": "run 1", "sources": []}', 'name of the manifest is missing'],
  ])('is refused if damaged: %s', async (text, message) => {
    const run = await create('mine')
    await writeFile(join(run.path, 'manifest.json'), text)
    await expect(RunFolder.open('mine', root)).rejects.toThrow(message)
  })

  it('is refused if its sources were edited', async () => {
    const run = await create('mine')
    const path = join(run.path, 'manifest.json')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('model logistic\\n', 'model statistic\\n'))
    await expect(RunFolder.open('mine', root)).rejects.toThrow('logistic.ccn does not match')
  })

  const draft = fakeDraft()
  it('is of the same computation whatever the order of keys, versions and folders', () => {
    const other = {
      ...draft,
      versions: { ccn: '1', node: '1', tfjs: '1' },
      plan: Object.fromEntries(Object.entries(draft.plan).toReversed()) as typeof draft.plan,
      invocation: { ...draft.invocation, dataDir: '/elsewhere' },
    }
    expect(differences(draft, other)).toEqual([])
    expect(identityOf(draft)).toBe(identityOf(other))
  })

  it('is of the same run whatever its length, which may grow', () => {
    const longer = { ...draft, plan: { ...fakePlan, epochs: 9 } }
    expect(differences(draft, longer)).toEqual([])
    expect(identityOf(longer)).toBe(identityOf(draft))
  })

  it.each([
    [{ ...draft, engine: 'tfjs-cpu' }, ['engine ("fake", not "tfjs-cpu")']],
    [{ ...draft, parameters: { gain: 2 } }, ['parameters gain (1, not 2)']],
    [{ ...draft, plan: { ...fakePlan, batch: 9 } }, ['plan batch (4, not 9)']],
    [
      { ...draft, sources: [sourceRecord('project', 'logistic.ccn', 'other')] },
      ['the text of logistic.ccn'],
    ],
    [
      { ...draft, sources: [...draft.sources, sourceRecord('library', 'std/cells.ccn', '')] },
      ['the files that are imported'],
    ],
    [
      { ...draft, invocation: { ...draft.invocation, variants: ['symmetric'] } },
      ['variants ([], not ["symmetric"])'],
    ],
  ])('says what differs: %#', (other, expected) => {
    expect(differences(draft, other)).toEqual(expected)
    expect(identityOf(draft)).not.toBe(identityOf(other))
  })
})

describe('overridePlan', () => {
  it('changes what is given', () => {
    const plan = overridePlan(fakePlan, { epochs: 1, seed: -3, limit: 10 })
    expect(plan).toMatchObject({ epochs: 1, seed: -3, batch: 4, data: { limit: 10 } })
    expect(overridePlan(fakePlan, {})).toEqual(fakePlan)
  })

  it.each([{ epochs: -1 }, { batch: 0 }, { limit: 0 }, { seed: 0.5 }, { epochs: Number.NaN }])(
    'refuses %j',
    (overrides) => {
      expect(() => overridePlan(fakePlan, overrides)).toThrow('must be a whole number')
    },
  )
})
