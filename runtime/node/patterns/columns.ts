/**
 * Columns of numbers from a file: of a CSV table by their names, of an .npy array [rows, columns] in their
 * order, of an .npz archive as arrays of their names, or as one array that is named. How many rows there are
 * is known, and may be refused, before the values are read.
 */
import { IoError } from '../../io/errors.ts'
import { forEachCsvRow } from '../../io/csv.ts'
import type { StoredTensor } from '../../io/tensor.ts'
import { decodeNpy } from '../io/npy.ts'
import { openNpz, type NpzArchive } from '../io/npz.ts'
import { bytesAt, sizeText, type ByteSource } from '../io/source.ts'
import { isOfNumbers, rowFound } from '../data/header.ts'
import { onlyThese } from '../../io/names.ts'
import { otherThan, textOf } from '../io/formats.ts'

/** Larger tables are no text that somebody wrote. */
const MOST_TEXT = 512 * 2 ** 20

/** What is wanted of a file. */
export interface Wanted {
  /** Names of columns; of an array, in this order. Columns that may be missing are `optional`. */
  readonly columns: readonly string[]
  readonly optional?: readonly string[]
  /** The array of an archive, if the source names one. */
  readonly array?: string | undefined
  /** Called with the number of rows, as soon as it is known or has grown; may throw. */
  readonly rows: (count: number) => void
}

/** Columns in the order that was asked for; undefined for an optional one that is missing. */
export type Columns = readonly (ArrayLike<number> | undefined)[]

/** Reads columns from a file that is open. `path` is for messages, and tells CSV by its end. Throws IoError. */
export function readColumns(source: ByteSource, path: string, wanted: Wanted): Columns {
  if (/\.csv$/i.test(path)) return fromText(source, path, wanted)
  const start = source.size < 2 ? Buffer.alloc(2) : bytesAt(source, 0, 2)
  if (start[0] === 0x93) return fromArray((before) => decodeNpy(source, path, before), path, wanted)
  if (start[0] === 0x50 && start[1] === 0x4b) {
    return fromArchive(openNpz(source, path), path, wanted)
  }
  throw new IoError('read', path, otherThan('it is no .npy, .npz or .csv file', source))
}

/** The names in the first row of a CSV table; '' for the only column of one without names. */
export function columnNames(source: ByteSource, path: string): readonly string[] {
  const start = textOf(bytesAt(source, 0, Math.min(source.size, 2 ** 16)), path)
  const [first = ''] = start.split(/\r|\n/, 1)
  const names: string[] = []
  forEachCsvRow(first, path, (row) => names.push(...row.map((name) => name.trim())))
  return names.length === 1 && isOfNumbers(names) ? [''] : names
}

/** Whether a file is an archive of arrays. */
export function isArchive(source: ByteSource): boolean {
  return source.size > 4 && bytesAt(source, 0, 2).toString('latin1') === 'PK'
}

type Read = (before: (shape: readonly number[]) => boolean) => StoredTensor

function fromArray(read: Read, path: string, { columns, optional = [], rows }: Wanted): Columns {
  const all = [...columns, ...optional]
  const { shape, data } = read((found) => {
    const [count = 1, width = 1, ...more] = found
    if (more.length > 0 || width < columns.length || width > all.length) {
      const names = columns.join(', ')
      throw new IoError(
        'use',
        path,
        `it holds [${found.join(', ')}], not a row for each and the columns ${names}`,
      )
    }
    rows(count)
    return false
  })
  const [count = 1, width = 1] = shape
  return all.map((_, column) => {
    if (column >= width) return undefined
    const values = new Float64Array(count)
    for (let row = 0; row < count; row++) values[row] = data[row * width + column]!
    return values
  })
}

function fromArchive(archive: NpzArchive, path: string, wanted: Wanted): Columns {
  const { columns, optional = [], array, rows } = wanted
  if (array !== undefined) {
    return fromArray((before) => archive.read(array, before), `${path}, array ${array}`, wanted)
  }
  const lacking = columns.filter((name) => !archive.names.includes(name))
  if (lacking.length > 0) {
    const [alone] = archive.names
    if (archive.names.length === 1 && alone !== undefined) {
      return fromArray((before) => archive.read(alone, before), `${path}, array ${alone}`, wanted)
    }
    throw new IoError('use', path, `it has no array ${lacking[0]}, ${onlyThese(archive.names, 8)}`)
  }
  const [first = ''] = columns
  return [...columns, ...optional].map((name) => {
    if (!archive.names.includes(name)) return undefined
    const { data } = archive.read(name, (shape) => {
      if (shape.length !== 1) {
        throw new IoError(
          'use',
          `${path}, array ${name}`,
          `it holds [${shape.join(', ')}], no list`,
        )
      }
      const [count = 0] = shape
      const [expected = 0] = archive.shape(first)
      if (count !== expected) {
        const reason = `its array ${first} has ${expected} values, and its array ${name} has ${count}`
        throw new IoError('use', path, reason)
      }
      rows(count)
      return false
    })
    return data
  })
}

function fromText(source: ByteSource, path: string, wanted: Wanted): Columns {
  const { columns, optional = [], rows } = wanted
  if (source.size > MOST_TEXT) {
    const sizes = `${sizeText(source.size)}, more than ${sizeText(MOST_TEXT)}`
    throw new IoError('read', path, `it has ${sizes}: save it as .npz`)
  }
  const places: number[] = []
  const values: number[][] = [...columns, ...optional].map(() => [])
  let count = 0
  forEachCsvRow(textOf(bytesAt(source, 0, source.size), path), path, (row, line) => {
    if (places.length === 0) {
      const isData = placesIn(row, path, wanted, places)
      if (!isData) return
    }
    rows(++count)
    places.forEach((place, k) => {
      if (place < 0) return
      const text = row[place] ?? ''
      const value = text.trim() === '' ? Number.NaN : Number(text)
      if (!Number.isFinite(value)) {
        throw new IoError('use', path, `line ${line}: "${text.slice(0, 40)}" is no number`)
      }
      values[k]!.push(value)
    })
  })
  if (places.length === 0) throw new IoError('use', path, 'it is empty: it has no row of names')
  return values.map((column, k) => (places[k]! < 0 ? undefined : column))
}

/**
 * Where the columns are, by the first row: by their names, or, if it is of numbers, in their order. Whether it
 * is data itself.
 */
function placesIn(
  row: readonly string[],
  path: string,
  { columns, optional = [] }: Wanted,
  places: number[],
): boolean {
  const all = [...columns, ...optional]
  if (isOfNumbers(row) && row.length >= columns.length && row.length <= all.length) {
    places.push(...all.map((_, column) => (column < row.length ? column : -1)))
    return true
  }
  const names = row.map((name) => name.trim())
  const lacking = columns.find((name) => !names.includes(name))
  if (lacking !== undefined) {
    throw new IoError('use', path, `it has no column ${lacking}; ${rowFound(names)}`)
  }
  const twice = all.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice !== undefined) throw new IoError('use', path, `it has two columns ${twice}`)
  places.push(...all.map((name) => names.indexOf(name)))
  return false
}
