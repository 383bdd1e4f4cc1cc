/** A folder of a run may come from anywhere: what its manifest and its checkpoint hold is checked. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeSafetensors } from '../../../runtime/node/io/safetensors.ts'
import { readCheckpoint } from '../../../runtime/node/train/checkpoint.ts'
import { parseManifest } from '../../../runtime/node/train/manifest.ts'
import { initialState } from '../../../runtime/train/state.ts'

const folder = mkdtempSync(join(tmpdir(), 'ccn-manifest-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const source = (path: string) => ({
  root: 'project',
  path,
  sha256: hash('model m'),
  text: 'model m',
})
const every = { unit: 'steps', count: 1 }
const plan = {
  name: 'e',
  present: [],
  batch: 1,
  evaluationBatch: 1,
  epochs: 1,
  seed: 1,
  optimisers: [],
  measures: [{ label: 'a', outputs: ['a'], every }],
  scores: ['loss'],
  records: [{ variables: ['v'], weights: [], every }],
  phases: [],
}
const whole = {
  format: 'run 1',
  name: 'm-e-001',
  model: 'm',
  experiment: 'e',
  sources: [source('main.ccn')],
  invocation: { variants: [], set: {} },
  parameters: { k: 0.5 },
  plan,
  seed: 1,
  engine: 'wasm',
  versions: { ccn: '1', node: '20', tfjs: '4' },
  startedAt: '2026-01-02T03:04:05.678Z',
}

const parse = (value: unknown) => parseManifest(JSON.stringify(value), 'M')
const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)])

describe('a manifest', () => {
  it('that ccn writes is read', () => {
    expect(parse(whole)).toEqual(whole)
    expect(parse({ ...whole, later: { more: true } })).toHaveProperty('later')
  })

  it.each([
    ['', 'a path below its folder'],
    ['/etc/passwd.ccn', 'a path below its folder'],
    ['../up.ccn', 'a path below its folder'],
    ['a/../../up.ccn', 'a path below its folder'],
    ['a/./b.ccn', 'a path below its folder'],
    ['a//b.ccn', 'a path below its folder'],
    ['a\\..\\b.ccn', 'a path below its folder'],
    ['a\n;code()//.ccn', 'a path without control characters'],
    ['a\r.ccn', 'a path without control characters'],
    ['a\u2028.ccn', 'a path without control characters'],
    ['a\u2029.ccn', 'a path without control characters'],
    ['a\u0000.ccn', 'a path without control characters'],
    ['a\u001b[2J.ccn', 'a path without control characters'],
    ['a'.repeat(5000), 'at most 4096 characters'],
  ])('with the path %j is refused', (path, reason) => {
    let message = ''
    try {
      parse({ ...whole, sources: [source(path)] })
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/^Cannot read M: sources\.0\.path of the manifest is /)
    expect(message).toContain(reason)
    // oxlint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\0-\x1f\u2028\u2029]/)
  })

  it.each([
    ['no object', [], 'it is no manifest of a run, or of another version of ccn'],
    ['nothing', null, 'it is no manifest of a run, or of another version of ccn'],
    [
      'no sources',
      { ...whole, sources: [] },
      'sources of the manifest is 0, not one source at least',
    ],
    [
      'more copies than there can be',
      { ...whole, plan: { ...plan, replicate: 1e9 } },
      'plan.replicate of the manifest is 1000000000, not at most 10000 copies',
    ],
    ['a missing plan', { ...whole, plan: undefined }, 'plan of the manifest is missing'],
    ['a plan that is a text', { ...whole, plan: 'p' }, 'plan of the manifest is "p", not Object'],
    [
      'records of something else',
      { ...whole, plan: { ...plan, records: [{ variables: 3, weights: [], every }] } },
      'plan.records.0.variables of the manifest is 3, not Array',
    ],
    [
      'half an example',
      { ...whole, plan: { ...plan, batch: 0.5 } },
      'plan.batch of the manifest is 0.5, not whole number',
    ],
    [
      'a checksum of another text',
      { ...whole, sources: [{ ...source('a.ccn'), text: 'other' }] },
      'the text of a.ccn does not match its checksum',
    ],
    [
      'a name that moves the cursor',
      { ...whole, model: 'm\u001b[2J' },
      /^model of the manifest is .*, not text without control characters$/,
    ],
    [
      'a date that is none',
      { ...whole, startedAt: 'soon' },
      'startedAt of the manifest is "soon", not a time as ISO 8601 writes it',
    ],
    [
      'more depth than a stack',
      { ...whole, plan: { ...plan, more: deep(2000) } },
      'the manifest is nested deeper than anything that ccn writes',
    ],
    [
      'phases in phases in phases',
      { ...whole, plan: { ...plan, phases: [{ kind: 'repeat', times: -1, phases: [] }] } },
      'plan.phases.0.times of the manifest is -1, not at least 0',
    ],
  ])('with %s is refused', (_, value, reason) => {
    let message = ''
    try {
      parse(value)
    } catch (error) {
      message = (error as Error).message
    }
    const said = message.replace('Cannot read M: ', '').replace(/\.$/, '')
    if (typeof reason === 'string') expect(said).toBe(reason)
    else expect(said).toMatch(reason)
  })
})

describe('a checkpoint', () => {
  const write = (state: unknown, more: Record<string, string> = {}) => {
    const path = join(folder, 'checkpoint.safetensors')
    const text = JSON.stringify(state)
    const metadata = { ccn: 'checkpoint 1', state: text, state_sha256: hash(text), ...more }
    writeFileSync(path, encodeSafetensors(new Map(), metadata))
    return path
  }

  it('that ccn writes is read', async () => {
    const { state } = await readCheckpoint(write(initialState))
    expect(state).toEqual(initialState)
  })

  it.each([
    [{ ...initialState, step: -1 }, 'step of its state is -1, not at least 0'],
    [{ ...initialState, step: 1e300 }, 'step of its state is 1e+300, not whole number'],
    [{ ...initialState, scoreMeans: 3 }, 'scoreMeans of its state is 3, not Object'],
    [
      { ...initialState, records: { part: 1, rows: { v: 'many' } } },
      'records.rows.v of its state is "many", not number',
    ],
    [{ ...initialState, epoch: undefined }, 'epoch of its state is missing'],
    [[], 'epoch of its state is missing'],
    [deep(500), 'its state is nested deeper than anything that ccn writes'],
  ])('of the state %j is refused', async (state, reason) => {
    const path = write(state)
    await expect(readCheckpoint(path)).rejects.toThrow(`Cannot read ${path}: ${reason}.`)
  })
})
