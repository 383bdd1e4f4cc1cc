/** Files that would take all memory, never end, or lie elsewhere. */
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FieldPlan, ReaderPlan } from '../../../contract/dataset.ts'
import { loadDataset } from '../../../runtime/node/data/readers.ts'
import { encodeNpy } from '../../../runtime/node/io/npy.ts'
import { encodeNpz, openNpz } from '../../../runtime/node/io/npz.ts'
import { encodeSafetensors } from '../../../runtime/node/io/safetensors.ts'
import type { StoredTensor } from '../../../runtime/io/tensor.ts'
import { readFileArrays, type FileArray } from '../../../runtime/node/train/file-arrays.ts'

const top = mkdtempSync(join(tmpdir(), 'ccn-hostile-'))
const data = join(top, 'data')
mkdirSync(data)
afterAll(() => rmSync(top, { recursive: true, force: true }))
const write = (name: string, bytes: Uint8Array | string) => writeFileSync(join(data, name), bytes)

const x: FieldPlan = { name: 'x', shape: [3] }
const reader = (name: string, file: string): ReaderPlan =>
  name === 'npy'
    ? { name, positional: [], named: { x: file } }
    : { name, positional: [file], named: name === 'csv' ? { x: 'a:c' } : {} }

async function problem(plan: ReaderPlan, field = x, more: { allowed?: string[] } = {}) {
  const set = { name: 'd', fields: [field], train: plan, test: plan }
  const options = { dataDir: data, standardise: false, validation: 0, seed: 1, ...more }
  return loadDataset(set, options).then(
    () => 'read',
    (error: Error) => {
      expect(['DataError', 'IoError']).toContain(error.name)
      return error.message.replaceAll(top, 'TOP')
    },
  )
}

/** Memory that is taken while something is done, in MB, beyond what was there. */
async function memoryOf(what: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
  await what()
  clearInterval(watch)
  return (Math.max(most, process.memoryUsage.rss()) - before) / 1e6
}

/** A zip archive whose list names the same packed bytes many times. */
function overlapping(count: number, unpacked: Buffer, called = 'x%.npy'): Buffer {
  const packed = deflateRawSync(unpacked, { level: 9 })
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(8, 8)
  header.writeUInt32LE(crc32(unpacked), 14)
  header.writeUInt32LE(packed.length, 18)
  header.writeUInt32LE(unpacked.length, 22)
  header.writeUInt16LE(5, 26)
  const body = Buffer.concat([header, Buffer.from('x.npy'), packed])
  const entries = Array.from({ length: count }, (_, k) => {
    const name = Buffer.from(called.replace('%', k === 0 ? '' : String(k)))
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt32LE(crc32(unpacked), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(unpacked.length, 24)
    entry.writeUInt16LE(name.length, 28)
    return Buffer.concat([entry, name])
  })
  const list = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(body.length, 16)
  return Buffer.concat([body, list, end])
}

const zeros = (rows: number) => ({ shape: [rows, 3], data: new Float32Array(rows * 3) })
/** An IDX header of rows of 3 values. */
function idxHeader(rows: number): Buffer {
  const header = Buffer.from([0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 3])
  header.writeUInt32BE(rows, 4)
  return header
}

describe('a bomb', () => {
  beforeAll(() => {
    write('overlap.npz', overlapping(60, Buffer.from(encodeNpy(zeros(1000)))))
    write('twice.npz', overlapping(2, Buffer.from(encodeNpy(zeros(4))), 'x.npy'))
    write('wide.csv', `a,b,c${','.repeat(2_000_000)}\n`)
    write('twice.csv', 'a,b,c,a\n1,2,3,4\n')
    write('dense.npz', encodeNpz(new Map([['x', zeros(23_000_000)]]), { compress: true }))
    write(
      'other.npz',
      encodeNpz(
        new Map([
          ['x', zeros(4)],
          ['y', zeros(100_000)],
        ]),
        { compress: true },
      ),
    )
    write('shape.npz', encodeNpz(new Map([['x', { shape: [3, 9], data: new Float32Array(27) }]])))
    write('dense.csv', gzipSync(Buffer.alloc(280_000_000, '1,2,3\n'), { level: 1 }))
    write(
      'long.idx',
      gzipSync(Buffer.concat([idxHeader(2), Buffer.alloc(100_000_000)]), { level: 1 }),
    )
    write('wide.idx', gzipSync(Buffer.concat([idxHeader(2 ** 31), Buffer.alloc(1000)])))
    for (const name of ['sparse.npy', 'sparse.csv', 'sparse.bin', 'sparse.npz']) {
      closeSync(openSync(join(data, name), 'w'))
      truncateSync(join(data, name), 2 ** 40)
    }
  })

  it.each([
    [
      'npz',
      'overlap.npz',
      /^Cannot read TOP\/data\/overlap\.npz: its entries x\.npy and x1\.npy overlap\.$/,
    ],
    [
      'npz',
      'dense.npz',
      /dense\.npz: entry x\.npy unpacks from .* to 276\.0 MB: if that is meant, save it without compression\.$/,
    ],
    ['npz', 'twice.npz', /twice\.npz: it has two entries x\.npy\.$/],
    ['csv', 'wide.csv', /wide\.csv: line 1: more than 1000000 fields\.$/],
    ['csv', 'twice.csv', /twice\.csv has two columns a: give them names of their own\.$/],
    ['npz', 'other.npz', /^read$/],
    [
      'npz',
      'shape.npz',
      /x\.npy holds \[9\] an example, but the field is declared as \[3\]\.|array x holds \[9\]/,
    ],
    [
      'csv',
      'dense.csv',
      /dense\.csv unpacks from .* to more than 268\.4 MB: if that is meant, unpack it by gunzip first\.$/,
    ],
    [
      'idx',
      'long.idx',
      /long\.idx holds more than the 18 bytes that its header announces: fetch it again\.$/,
    ],
    ['idx', 'wide.idx', /wide\.idx holds 1000 values where its header announces 2147483648 x 3/],
    ['npy', 'sparse.npy', /sparse\.npy: it is no \.npy file\.$/],
    ['csv', 'sparse.csv', /sparse\.csv: it has 1099\.5 GB, more than 2\.1 GB\.$/],
    ['npz', 'sparse.npz', /sparse\.npz: it is no zip archive, or is cut short\.$/],
  ])('%s of %s takes little memory', async (name, file, expected) => {
    let message = ''
    const taken = await memoryOf(async () => (message = await problem(reader(name, file))))
    expect(message).toMatch(expected)
    expect(taken).toBeLessThan(600)
  })

  it('of which nothing is asked for is not unpacked', () => {
    const archive = encodeNpz(
      new Map([
        ['x', zeros(4)],
        ['y', zeros(1_000_000)],
      ]),
    )
    const damaged = Buffer.from(archive)
    damaged[damaged.length - 2000]! ^= 1
    const { names, read } = openNpz(damaged, 'a.npz')
    expect(names).toEqual(['x', 'y'])
    expect(read('x').shape).toEqual([4, 3])
    expect(() => read('y')).toThrow('entry y.npy is damaged')
  })
})

describe('what is no file', () => {
  const pipe = join(data, 'pipe')
  beforeAll(() => {
    execFileSync('mkfifo', [pipe])
    symlinkSync('/dev/zero', join(data, 'zero'))
    mkdirSync(join(data, 'folder'))
  })

  it.each([
    ['csv', 'pipe', 'Cannot read TOP/data/pipe: it is a pipe, not a file.'],
    ['npy', 'pipe', 'Cannot read TOP/data/pipe: it is a pipe, not a file.'],
    ['npz', 'pipe', 'Cannot read TOP/data/pipe: it is a pipe, not a file.'],
    ['csv', 'folder', 'Cannot read TOP/data/folder: it is a folder.'],
    [
      'csv',
      '/dev/zero',
      'Data set d: "/dev/zero" lies outside of the data folder TOP/data: put it there, or allow its folder by --allow-read FOLDER.',
    ],
    [
      'csv',
      'zero',
      'Data set d: "zero" lies outside of the data folder TOP/data: put it there, or allow its folder by --allow-read FOLDER.',
    ],
  ])('%s of %s', async (name, file, expected) => {
    expect(await problem(reader(name, file))).toBe(expected)
  })

  it('is refused where it is allowed, too', async () => {
    const plan = reader('csv', '/dev/zero')
    expect(await problem(plan, x, { allowed: ['/dev'] })).toBe(
      'Cannot read /dev/zero: it is a device, not a file.',
    )
  })

  it('a socket', async () => {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(join(data, 'socket'), listening))
    expect(await problem(reader('csv', 'socket'))).toBe(
      'Cannot read TOP/data/socket: it is a socket, not a file.',
    )
    await new Promise((closed) => server.close(closed))
  })
})

describe('a file elsewhere', () => {
  const table = 'a,b,c\n1,2,3\n'
  beforeAll(() => {
    writeFileSync(join(top, 'secret.csv'), 'root:x:0:0\n')
    mkdirSync(join(top, 'other'))
    writeFileSync(join(top, 'other', 'more.csv'), table)
    symlinkSync(join(top, 'secret.csv'), join(data, 'link.csv'))
    symlinkSync(top, join(data, 'up'))
    mkdirSync(join(data, 'below'))
    writeFileSync(join(data, 'below', 'in.csv'), table)
    writeFileSync(join(data, '..in.csv'), table)
    symlinkSync(join(data, 'below', 'in.csv'), join(data, 'inside.csv'))
    symlinkSync('loop.csv', join(data, 'loop.csv'))
    symlinkSync('nothing', join(data, 'gone.csv'))
  })
  const outside = (name: string) =>
    `Data set d: ${JSON.stringify(name)} lies outside of the data folder TOP/data: put it there, or allow its folder by --allow-read FOLDER.`

  it.each([
    '../secret.csv',
    '../../../../etc/passwd',
    '/etc/passwd',
    'link.csv',
    'up/secret.csv',
    'below/../../secret.csv',
  ])('%s is not read', async (file) => {
    expect(await problem(reader('csv', file))).toBe(outside(file))
  })

  it.each(['below/in.csv', './below/../below/in.csv', 'inside.csv', '..in.csv'])(
    '%s is none',
    async (file) => {
      expect(await problem(reader('csv', file))).toBe('read')
    },
  )

  it.each([
    ['loop.csv', 'the path is a circle of links'],
    ['gone.csv', 'it is a link to what is not there'],
  ])('%s is no missing file', async (file, reason) => {
    expect(await problem(reader('csv', file))).toBe(`Cannot read TOP/data/${file}: ${reason}.`)
  })

  it('by its absolute path is none if it lies in the folder', async () => {
    expect(await problem(reader('csv', join(data, 'below', 'in.csv')))).toBe('read')
  })

  it('is read if its folder is allowed', async () => {
    const allowed = [join(top, 'other')]
    const file = join(top, 'other', 'more.csv')
    expect(await problem(reader('csv', file), x, { allowed })).toBe('read')
    expect(await problem(reader('csv', '../other/more.csv'), x, { allowed })).toBe('read')
    expect(await problem(reader('csv', '../secret.csv'), x, { allowed })).toBe(
      outside('../secret.csv'),
    )
  })
})

describe('weights', () => {
  const file = (path: string, more: Partial<FileArray> = {}): FileArray => ({
    name: 'W',
    shape: [2, 2],
    path,
    from: join(data, 'main.ccn'),
    values: 'weight',
    ...more,
  })
  const read = (path: string, more: Partial<FileArray> = {}, folders = [data]) =>
    readFileArrays([file(path, more)], { folders, precision: 'f64' }).then(
      ({ arrays }) => [...arrays['W']!.data].join(', '),
      (error: Error) => error.message.replaceAll(top, 'TOP'),
    )
  const w = { shape: [2, 2], data: Float64Array.of(0.1, 0.2, 0.3, 1 / 3) }
  beforeAll(() => {
    write('w.npy', encodeNpy(w))
    write(
      'w.safetensors',
      encodeSafetensors(
        new Map<string, StoredTensor>([
          ['W', w],
          ['other', zeros(4)],
        ]),
      ),
    )
    writeFileSync(join(top, 'w.npy'), encodeNpy(w))
    symlinkSync(join(top, 'w.npy'), join(data, 'linked.npy'))
  })

  it('of doubles stay doubles in a run of doubles', async () => {
    const exact = [0.1, 0.2, 0.3, 1 / 3].join(', ')
    expect(await read('w.npy')).toBe(exact)
    expect(await read('w.safetensors')).toBe(exact)
  })

  it.each([
    ['../w.npy', 'it lies outside of the project folder; allow its folder by --allow-read FOLDER'],
    [
      'linked.npy',
      'it is a link that leads outside of the project folder; allow its folder by --allow-read FOLDER',
    ],
    ['pipe', 'it is a pipe, not a file'],
    ['none.npy', 'there is no such file or folder'],
  ])('%s', async (path, reason) => {
    expect(await read(path)).toMatch(new RegExp(`^Cannot read .*: ${reason}\\.$`))
  })

  it('elsewhere are read if that is allowed', async () => {
    expect(await read('../w.npy', {}, [data, top])).toContain('0.1')
  })

  it('of another shape are not unpacked', async () => {
    const taken = await memoryOf(async () => {
      expect(await read('dense.npz', { array: 'x' })).toContain(
        'it holds [23000000, 3], but W is [2, 2]',
      )
    })
    expect(taken).toBeLessThan(200)
  })
})
