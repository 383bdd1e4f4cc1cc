/**
 * Hostile data files: each format that ccn reads, damaged at random, is read as a run would read it. What
 * comes of it must be the data, as they are declared, or one sentence (DataError, IoError, RunError); what
 * else happens is a finding.
 *
 *     const findings = await fuzzHostileData(random, Date.now() + 60_000)
 *
 * `random` gives numbers from 0 up to 1, and the same ones for the same seed; `deadline` is a time in
 * milliseconds since 1970. A finding has the bytes of the file, made as small as could be.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FieldPlan, ReaderPlan } from '../../contract/dataset.ts'
import { isPlain } from '../../contract/escape.ts'
import { loadDataset } from '../../runtime/node/data/readers.ts'
import { encodeNpy } from '../../runtime/node/io/npy.ts'
import { decodeNpz, encodeNpz } from '../../runtime/node/io/npz.ts'
import { encodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import { readBytes } from '../../runtime/node/io/source.ts'
import type { StoredTensor } from '../../runtime/io/tensor.ts'
import { encodeCheckpoint, readCheckpoint } from '../../runtime/node/train/checkpoint.ts'
import { readFileArrays } from '../../runtime/node/train/file-arrays.ts'
import { createManifest, parseManifest, sourceRecord } from '../../runtime/node/train/manifest.ts'
import { initialState } from '../../runtime/train/state.ts'
import { damage, type Random } from './damage.ts'

/** Something that should not have happened. */
export interface Finding {
  /** Which kind of file, e.g. `npz`. */
  readonly what: string
  /** What happened, in a line. */
  readonly reason: string
  /** The file, in base 64. */
  readonly bytes: string
}

interface Kind {
  readonly name: string
  /** The file that is damaged. */
  readonly whole: Uint8Array
  /** Reads it from a folder where it has the name `file`, and throws where the result is wrong. */
  readonly read: (folder: string) => Promise<void>
}

/** No more than this is said of one kind. */
const MOST_OF_A_KIND = 5

/** Damages and reads until the deadline. */
export async function fuzzHostileData(
  random: Random,
  deadline: number,
): Promise<readonly Finding[]> {
  const top = mkdtempSync(join(tmpdir(), 'ccn-fuzz-data-'))
  const folder = join(top, 'data')
  mkdirSync(folder)
  const findings: Finding[] = []
  try {
    while (Date.now() < deadline) {
      const kind = kinds[Math.floor(random() * kinds.length)]!
      if (findings.filter(({ what }) => what === kind.name).length >= MOST_OF_A_KIND) continue
      const others = kinds.map(({ whole }) => whole)
      const bytes = damage(kind.whole, others, random)
      const reason = await outcome(kind, bytes, folder)
      if (reason === undefined) continue
      const small = await reduced(kind, bytes, folder)
      const known = findings.some((each) => each.what === kind.name && each.reason === reason)
      if (!known) {
        findings.push({ what: kind.name, reason, bytes: Buffer.from(small).toString('base64') })
      }
    }
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
  return findings
}

/** What is wrong with how a file is read; undefined if nothing is. */
async function outcome(
  { read }: Kind,
  bytes: Uint8Array,
  folder: string,
): Promise<string | undefined> {
  writeFileSync(join(folder, 'file'), bytes)
  try {
    await read(folder)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) return `throws ${String(error)}`
    const { name, message } = error
    if (!['DataError', 'IoError', 'RunError'].includes(name)) return `${name}: ${message}`
    if (!isPlain(message)) return `a message with control characters: ${JSON.stringify(message)}`
    if (message.length > 2000) return `a message of ${message.length} characters`
    return undefined
  }
}

/** A shorter file with which something is wrong, too. */
async function reduced(kind: Kind, bytes: Uint8Array, folder: string): Promise<Uint8Array> {
  let small = bytes
  for (let size = small.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at + size <= small.length; at += size) {
      const without = Buffer.concat([small.subarray(0, at), small.subarray(at + size)])
      if ((await outcome(kind, without, folder)) !== undefined) small = without
    }
  }
  return small
}

const x: FieldPlan = { name: 'x', shape: [3] }
const label: FieldPlan = { name: 'label', shape: [], classes: 4 }
const values = Float64Array.from({ length: 12 }, (_, i) => i / 8)
const table: StoredTensor = { shape: [4, 3], data: values }
const labels: StoredTensor = { shape: [4], data: Int32Array.of(0, 1, 2, 3) }
const weights: StoredTensor = { shape: [3, 4], data: Float32Array.from(values) }

function dataset(plan: ReaderPlan, fields: readonly FieldPlan[]) {
  return async (folder: string): Promise<void> => {
    const set = { name: 'd', fields, train: plan, test: plan }
    const options = { dataDir: folder, standardise: true, validation: 0, seed: 1 }
    const { train } = await loadDataset(set, options)
    for (const { name, shape } of fields) {
      const size = shape.reduce((product, length) => product * length, 1)
      const found = train.fields[name]
      if (found?.length !== train.count * size) throw new Error(`${name} has a wrong length`)
      if (found.some(Number.isNaN)) throw new Error(`${name} holds NaN`)
    }
  }
}

function arrays(ending: string) {
  return async (folder: string): Promise<void> => {
    // The ending tells the format of one of them.
    const path = join(folder, `w${ending}`)
    writeFileSync(path, await readBytes(join(folder, 'file')))
    const from = join(folder, 'main.ccn')
    const file = { name: 'W', shape: [3, 4], path, from, values: 'weight' } as const
    const { arrays: read } = await readFileArrays([file], { folders: [folder] })
    if (read['W']?.data.length !== 12 || !read['W'].data.every(Number.isFinite)) {
      throw new Error('W is not what it was declared to be')
    }
  }
}

const images = Buffer.concat([
  Buffer.from([0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 3]),
  Buffer.from(Array.from({ length: 12 }, (_, i) => 20 * i)),
])
const byName = (name: string, ...positional: string[]): ReaderPlan => ({
  name,
  positional,
  named: {},
})

const manifest = createManifest(
  {
    model: 'm',
    experiment: 'e',
    sources: [sourceRecord('project', 'main.ccn', 'model m')],
    invocation: { variants: ['a'], set: { k: '1' }, dataDir: '/data' },
    parameters: { k: 1 },
    plan: {
      name: 'e',
      present: [],
      batch: 1,
      evaluationBatch: 1,
      epochs: 1,
      seed: 1,
      optimisers: [],
      measures: [],
      scores: ['loss'],
      records: [{ variables: ['v'], weights: [], every: { unit: 'steps', count: 1 } }],
      phases: [],
    },
    seed: 1,
    engine: 'wasm',
    versions: { ccn: '1', node: '20', tfjs: '4' },
  },
  'm-e-001',
  '2026-01-02T03:04:05.678Z',
)
const origin = { identity: 'i', engine: 'wasm', versions: '{}' }
const storages = { W: { shape: [3, 4], data: Float32Array.from(values) } }

const kinds: readonly Kind[] = [
  {
    name: 'npy',
    whole: encodeNpy(table),
    read: dataset({ name: 'npy', positional: [], named: { x: 'file' } }, [x]),
  },
  {
    name: 'npz',
    whole: encodeNpz(
      new Map([
        ['x', table],
        ['label', labels],
      ]),
    ),
    read: dataset(byName('npz', 'file'), [x, label]),
  },
  {
    name: 'packed npz',
    whole: encodeNpz(
      new Map([
        ['x', table],
        ['label', labels],
      ]),
      { compress: true },
    ),
    read: dataset(byName('npz', 'file'), [x, label]),
  },
  {
    name: 'csv',
    whole: Buffer.from('a,b,"c",label\r\n1,2,3,0\n4,"5",6e0,1\n'),
    read: dataset({ name: 'csv', positional: ['file'], named: { x: 'a:c' } }, [x, label]),
  },
  { name: 'idx', whole: images, read: dataset(byName('idx', 'file'), [x]) },
  { name: 'packed idx', whole: gzipSync(images), read: dataset(byName('idx', 'file'), [x]) },
  {
    name: 'cifar',
    whole: Buffer.concat([Buffer.from([3]), Buffer.alloc(3072, 7)]),
    read: dataset(byName('cifar', 'file'), [
      { name: 'image', shape: [3, 32, 32] },
      { name: 'label', shape: [], classes: 10 },
    ]),
  },
  { name: 'weights of npy', whole: encodeNpy(weights), read: arrays('.npy') },
  { name: 'weights of npz', whole: encodeNpz(new Map([['W', weights]])), read: arrays('.npz') },
  {
    name: 'weights of safetensors',
    whole: encodeSafetensors(
      new Map([
        ['W', weights],
        ['other', table],
      ]),
    ),
    read: arrays('.safetensors'),
  },
  {
    name: 'manifest',
    whole: Buffer.from(JSON.stringify(manifest)),
    read: async (folder) => {
      const path = join(folder, 'file')
      const { plan, sources } = parseManifest(String(Buffer.from(await readBytes(path))), path)
      if (!plan.records.every(({ variables }) => Array.isArray(variables)) || !sources[0]) {
        throw new Error('a manifest was taken that is none')
      }
    },
  },
  {
    name: 'checkpoint',
    whole: encodeCheckpoint({ state: initialState, storages }, origin),
    read: async (folder) => {
      const { state } = await readCheckpoint(join(folder, 'file'), 'i')
      const text = createHash('sha256').update(JSON.stringify(state)).digest('hex')
      if (!Number.isSafeInteger(state.step) || text === '')
        throw new Error('a wrong state was taken')
    },
  },
  {
    name: 'records',
    whole: encodeNpz(
      new Map([
        ['v', table],
        ['step(v)', labels],
      ]),
    ),
    read: async (folder) => {
      const path = join(folder, 'file')
      for (const { shape, data } of decodeNpz(await readBytes(path), path).values()) {
        if (data.length !== shape.reduce((product, length) => product * length, 1)) {
          throw new Error('an array is not of its shape')
        }
      }
    },
  },
]
