/** Data sets from files: what is read, and what is said of files that are not as they should be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { loadDataset } from '../../../runtime/node/data/readers.ts'
import type { FieldPlan, ReaderPlan } from '../../../contract/dataset.ts'
import { encodeNpy } from '../../../runtime/node/io/npy.ts'
import { encodeNpz } from '../../../runtime/node/io/npz.ts'
import { zip64 } from '../../helpers/zip64.ts'

const folder = mkdtempSync(join(tmpdir(), 'ccn-data-'))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, bytes: Uint8Array | string) => writeFileSync(join(folder, name), bytes)

const image: FieldPlan = { name: 'image', shape: [2, 3] }
const label: FieldPlan = { name: 'label', shape: [], classes: 3 }

const reader = (name: string, ...positional: string[]): ReaderPlan => ({
  name,
  positional,
  named: {},
})

function load(part: ReaderPlan, fields: readonly FieldPlan[] = [image, label], dataDir = folder) {
  const plan = { name: 'mine', fields, train: part, test: part }
  return loadDataset(plan, { dataDir, standardise: false, validation: 0, seed: 1 })
}

/** An IDX file of bytes. */
function idx(sizes: readonly number[], bytes: readonly number[], type = 8): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length)
  header.set([0, 0, type, sizes.length])
  sizes.forEach((size, k) => header.writeUInt32BE(size, 4 + 4 * k))
  return Buffer.concat([header, Buffer.from(bytes)])
}

const bytes = Array.from({ length: 24 }, (_, i) => i * 10)
const images = idx([4, 2, 3], bytes)
const labels = idx([4], [0, 1, 2, 1])
write('images', images)
write('labels', labels)
write('packed.gz', gzipSync(images))
write('cut', images.subarray(0, 30))
write('header', images.subarray(0, 7))
write('long', Buffer.concat([images, Buffer.alloc(1)]))
write('magic', Buffer.concat([Buffer.from([1]), images.subarray(1)]))
write('floats', idx([4, 2, 3], bytes, 13))
write('three', idx([3], [0, 1, 2]))
write('outside', idx([4], [0, 1, 3, 1]))
write('cutgz', gzipSync(images).subarray(0, 20))
write('empty', '')
write('wide', idx([4, 3, 3], [...bytes, ...bytes].slice(0, 36)))

const record = (kind: number) => Buffer.from([kind, ...Buffer.alloc(3072, 51)])
write('cifar.bin', Buffer.concat([record(1), record(2)]))
write('cifar-cut.bin', Buffer.concat([record(1), record(2)]).subarray(0, 5000))
write('cifar-label.bin', record(10))
const cifarFields: FieldPlan[] = [
  { name: 'image', shape: [3, 32, 32] },
  { name: 'label', shape: [], classes: 10 },
]

const floats = { shape: [4, 2, 3], data: Float32Array.from(bytes) }
const kinds = { shape: [4], data: Int32Array.of(0, 1, 2, 1) }
const archive = Buffer.from(
  encodeNpz(
    new Map<string, typeof floats | typeof kinds>([
      ['image', floats],
      ['label', kinds],
    ]),
  ),
)
write('all.npz', archive)
write('cut.npz', archive.subarray(0, archive.length - 40))
const flipped = Buffer.from(archive)
flipped[200]! ^= 1
write('flipped.npz', flipped)
write('half.npz', encodeNpz(new Map([['image', floats]])))
write(
  'nan.npz',
  encodeNpz(
    new Map<string, typeof floats | typeof kinds>([
      ['image', { ...floats, data: floats.data.map((v, i) => (i === 7 ? NaN : v)) }],
      ['label', kinds],
    ]),
  ),
)
write('image.npy', encodeNpy(floats))
write('label.npy', encodeNpy(kinds))
write('cut.npy', Buffer.from(encodeNpy(floats)).subarray(0, 150))

write('large.npz', zip64('image.npy', encodeNpy(floats)))
write('long.npz', encodeNpz(new Map([['x'.repeat(60_000), floats]])))
write('bare.npz', encodeNpz(new Map()))
write('data.nwb', Buffer.from('\x89HDF\r\n\x1a\n\0\0\0\0', 'latin1'))
write('twice.npy', gzipSync(gzipSync(encodeNpy(floats))))

write('good.csv', 'a,b,c,d,e,f,label\n1,2,3,4,5,6,0\n7,8,9,10,11,12,2\n')
write('ragged.csv', 'a,b,c,d,e,f,label\n1,2,3\n')
write('word.csv', 'a,b,c,d,e,f,label\n1,2,x,4,5,6,0\n')
write('quote.csv', 'a,b,c,d,e,f,label\n1,2,"3,4,5,6,0\n')
write('class.csv', 'a,b,c,d,e,f,label\n1,2,3,4,5,6,7\n')
write('none.csv', '')
write('head.csv', 'a,b,c,d,e,f,label\n')
const row = 'a,b,c,d,e,f,label\n1,2,3,4,5,6,0\n'
write('wide.csv', Buffer.from(`\ufeff${row}`, 'utf16le').swap16())
write('wider.csv', Buffer.from([...row].map((letter) => `${letter}\0\0\0`).join('')))
write('semicolons.csv', row.replaceAll(',', ';'))
write('bare.csv', '1,2\n3,4\n')
write('large.csv', row.replace('3', '1e39'))
write('nearly.csv', 'a,b,c,d,e,f,label\n1,2,3,4,5,6,1.00000001\n')
write('tiny.csv', 'a,b,c,d,e,f,label\n1,2,3,4,5,6,0\n1,1e-50,-1e-60,1e-44,5.5,16777217,2\n')
write('ids.csv', 'a,b,c,d,e,f,label\n1,2,3,4,5,16777217,0\n')
const csv = (file: string): ReaderPlan => ({
  name: 'csv',
  positional: [file],
  named: { image: 'a:f' },
})
const npy = (file: string): ReaderPlan => ({
  name: 'npy',
  positional: [],
  named: { image: file, label: 'label.npy' },
})

describe('what is read', () => {
  it.each([
    ['IDX', reader('idx', 'images', 'labels'), 255],
    ['gzipped IDX, by its name without .gz', reader('idx', 'packed', 'labels'), 255],
    ['.npz', reader('npz', 'all.npz'), 1],
    ['.npy', npy('image.npy'), 1],
  ])('%s', async (_, part, scale) => {
    const { train, test } = await load(part)
    expect(train.count).toBe(4)
    expect([...train.fields['image']!]).toEqual(bytes.map((value) => Math.fround(value / scale)))
    expect([...train.fields['label']!]).toEqual([0, 1, 2, 1])
    expect(test).toEqual(train)
  })

  it('CIFAR-10', async () => {
    const { train } = await load(reader('cifar', 'cifar.bin', 'cifar.bin'), cifarFields)
    expect([...train.fields['label']!]).toEqual([1, 2, 1, 2])
    expect(new Set(train.fields['image'])).toEqual(new Set([Math.fround(0.2)]))
  })

  it('CSV', async () => {
    const { train } = await load(csv('good.csv'))
    expect([...train.fields['image']!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect([...train.fields['label']!]).toEqual([0, 2])
  })

  it('stretches', async () => {
    const part = { ...reader('npz', 'all.npz'), named: { skip: 1, count: 2 } }
    expect([...(await load(part)).train.fields['label']!]).toEqual([1, 2])
    const beyond = { ...reader('npz', 'all.npz'), named: { skip: 3, count: 2 } }
    await expect(load(beyond)).rejects.toThrow('asks for examples 3 to 4, but there are 4.')
  })
})

it('reads archives with fields of 8 bytes (zip64), and tables in UTF-16', async () => {
  const { train } = await load(reader('npz', 'large.npz'), [image])
  expect([train.count, train.fields['image']?.[23]]).toEqual([4, 230])
  const table = await load(csv('wide.csv'))
  expect([...table.train.fields['image']!]).toEqual([1, 2, 3, 4, 5, 6])
})

describe('what single precision holds as another number is told', () => {
  const told = async (file: string, precision?: 'f64') => {
    const plan = { name: 'mine', fields: [image, label], train: csv(file), test: csv(file) }
    const options = { dataDir: folder, standardise: false, validation: 0, seed: 1 }
    const { notes = [] } = await loadDataset(plan, { ...options, ...(precision && { precision }) })
    return notes.map((note) => note.replaceAll(folder, 'FOLDER'))
  }
  const advice = 'say `precision f64` in the experiment, or train with --precision f64.'

  it.each([
    [
      'tiny.csv',
      '1e-50 of example 1 (the first is 0), and 1 more, are 0 in single precision, whose smallest number is 1.4e-45',
    ],
    [
      'ids.csv',
      '16777217 of example 0 (the first is 0) is rounded in single precision, which holds whole numbers up to 16777216',
    ],
  ])('%s', async (file, what) => {
    expect(await told(file)).toEqual([
      `Data set mine, field image, FOLDER/${file}: ${what}: ${advice}`,
    ])
    expect(await told(file, 'f64')).toEqual([])
  })

  it('of nothing that is rounded as ever', async () => {
    expect(await told('good.csv')).toEqual([])
  })
})

describe('one sentence for', () => {
  it.each([
    [
      'a number that single precision does not have',
      csv('large.csv'),
      'Data set mine, field image, FOLDER/large.csv: 1e+39 of example 0 (the first is 0) is infinite in single precision, whose largest number is 3.4e38: say `precision f64` in the experiment, or train with --precision f64.',
    ],
    [
      'a label that is a class in single precision alone',
      csv('nearly.csv'),
      'Data set mine, field label, FOLDER/nearly.csv: 1.00000001 of example 0 (the first is 0) is no whole number.',
    ],
    [
      'an HDF5 file for an archive',
      reader('npz', 'data.nwb'),
      'Cannot read FOLDER/data.nwb: it is no zip archive, but an HDF5 file (NWB, MATLAB 7.3, Keras): save its arrays by numpy.savez.',
    ],
    [
      'an HDF5 file for an array',
      npy('data.nwb'),
      'Cannot read FOLDER/data.nwb: it is no .npy file, but an HDF5 file (NWB, MATLAB 7.3, Keras): save its arrays by numpy.savez.',
    ],
    [
      'an HDF5 file for a table',
      csv('data.nwb'),
      'Cannot read FOLDER/data.nwb: it is no table, but an HDF5 file (NWB, MATLAB 7.3, Keras): save its arrays by numpy.savez.',
    ],
    [
      'an HDF5 file for images',
      reader('idx', 'data.nwb', 'labels'),
      'FOLDER/data.nwb is no IDX file, but an HDF5 file (NWB, MATLAB 7.3, Keras): save its arrays by numpy.savez.',
    ],
    [
      'a file packed twice',
      npy('twice.npy'),
      'Cannot read FOLDER/twice.npy: it is no .npy file, but a gzip archive: unpack it by gunzip first.',
    ],
    [
      'text of 4 bytes a letter',
      csv('wider.csv'),
      'Cannot read FOLDER/wider.csv: it holds zero bytes, as no text does: if it is UTF-16 or UTF-32, save it as UTF-8.',
    ],
    [
      'semicolons',
      csv('semicolons.csv'),
      'FOLDER/semicolons.csv has no column a for the field image; its header row reads: a;b;c;d;e;f;label (write commas between columns, not semicolons).',
    ],
    [
      'a table without names',
      csv('bare.csv'),
      'FOLDER/bare.csv has no column a for the field image; its first row has 2 numbers, and no names: write a row of names above.',
    ],
    [
      'an archive of a long name',
      reader('npz', 'long.npz'),
      `FOLDER/long.npz has no array image for the field image, only: ${'x'.repeat(37)}....`,
    ],
    [
      'an archive without arrays',
      reader('npz', 'bare.npz'),
      'FOLDER/bare.npz has no array image for the field image, nor any other.',
    ],
    [
      'an IDX file cut short',
      reader('idx', 'cut', 'labels'),
      'FOLDER/cut holds 14 values where its header announces 4 x 2 x 3 = 24: fetch it again.',
    ],
    [
      'a header cut short',
      reader('idx', 'header', 'labels'),
      'FOLDER/header ends inside its header: fetch it again.',
    ],
    [
      'an IDX file too long',
      reader('idx', 'long', 'labels'),
      'FOLDER/long holds 25 values where its header announces 4 x 2 x 3 = 24: fetch it again.',
    ],
    [
      'a wrong magic number',
      reader('idx', 'magic', 'labels'),
      'FOLDER/magic is no IDX file: it begins with 0x01000803, not with 0x000008...',
    ],
    ['an empty file', reader('idx', 'empty', 'labels'), 'FOLDER/empty is empty.'],
    [
      'another IDX type',
      reader('idx', 'floats', 'labels'),
      'FOLDER/floats holds values of IDX type 0x0d, not bytes (0x08).',
    ],
    [
      'files in the wrong order',
      reader('idx', 'labels', 'images'),
      'FOLDER/labels has one axis, as labels have: the values file comes first, then the labels.',
    ],
    [
      'fewer labels than images',
      reader('idx', 'images', 'three'),
      'Data set mine, field label: FOLDER/three has 3 examples, but FOLDER/images 4.',
    ],
    [
      'images of another size',
      reader('idx', 'wide', 'labels'),
      'Data set mine, field image: FOLDER/wide holds [3, 3] an example, but the field is declared as [2, 3].',
    ],
    [
      'a label that is no class',
      reader('idx', 'images', 'outside'),
      'Data set mine, field label, example 2 (the first is 0): 3 is not a class from 0 to 2.',
    ],
    [
      'a gzip file cut short',
      reader('idx', 'cutgz', 'labels'),
      'FOLDER/cutgz is a damaged gzip file or cut short: fetch it again.',
    ],
    [
      'missing files',
      reader('idx', 'none', 'labels'),
      'No file none(.gz) in FOLDER: put it there, or name the folder that has the data by --data-dir.',
    ],
    [
      'an archive cut short',
      reader('npz', 'cut.npz'),
      'Cannot read FOLDER/cut.npz: it is no zip archive, or is cut short.',
    ],
    [
      'an archive with a wrong bit',
      reader('npz', 'flipped.npz'),
      'Cannot read FOLDER/flipped.npz: entry image.npy is damaged.',
    ],
    [
      'an archive that lacks an array',
      reader('npz', 'half.npz'),
      'FOLDER/half.npz has no array label for the field label, only: image.',
    ],
    [
      'NaN among the data',
      reader('npz', 'nan.npz'),
      'Data set mine, field image, example 1 (the first is 0): NaN is not a finite number.',
    ],
    [
      'an array cut short',
      npy('cut.npy'),
      'Cannot read FOLDER/cut.npy: 22 bytes of data where f4(4, 2, 3) takes 96.',
    ],
    ['what is no array', npy('good.csv'), 'Cannot read FOLDER/good.csv: it is no .npy file.'],
    [
      'a ragged table',
      csv('ragged.csv'),
      'Cannot read FOLDER/ragged.csv: line 2: 3 fields where the first row has 7.',
    ],
    ['a word in a table', csv('word.csv'), 'FOLDER/word.csv, line 2, column c: "x" is no number.'],
    [
      'an open quote',
      csv('quote.csv'),
      'Cannot read FOLDER/quote.csv: line 2: a quote is never closed.',
    ],
    [
      'a class of a table',
      csv('class.csv'),
      'Data set mine, field label, example 0 (the first is 0): 7 is not a class from 0 to 2.',
    ],
    ['an empty table', csv('none.csv'), 'FOLDER/none.csv is empty: it has no header row.'],
    ['a table without rows', csv('head.csv'), 'Data set mine: csv(...) gives no examples.'],
    [
      'no columns of that name',
      { ...csv('good.csv'), named: { image: 'a:q' } },
      'FOLDER/good.csv has no column q for the field image; its header row reads: a, b, c, d, e, f, label.',
    ],
  ] as const)('%s', async (_, part, message) => {
    const error = await load(part).then(
      () => undefined,
      (reason: Error) => reason,
    )
    expect(['DataError', 'IoError']).toContain(error?.name)
    expect(error?.message.replaceAll(folder, 'FOLDER')).toBe(message)
  })

  it.each([
    [
      'cifar-cut.bin',
      'FOLDER/cifar-cut.bin has 5000 bytes, no whole number of 3073-byte CIFAR records: it is no CIFAR-10 binary file, or cut short.',
    ],
    [
      'cifar-label.bin',
      'Data set mine, field label, example 0 (the first is 0): 10 is not a class from 0 to 9.',
    ],
  ])('%s', async (file, message) => {
    const text = await load(reader('cifar', file), cifarFields).catch(
      (error: Error) => error.message,
    )
    expect(String(text).replaceAll(folder, 'FOLDER')).toBe(message)
  })

  it('a data folder that is not there', async () => {
    const nowhere = join(folder, 'nowhere')
    await expect(load(reader('idx', 'images', 'labels'), undefined, nowhere)).rejects.toThrow(
      `No files images(.gz), labels(.gz) in ${nowhere}, a folder that is missing: put them there, or name the folder that has the data by --data-dir.`,
    )
  })
})
