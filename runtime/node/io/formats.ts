/**
 * What a file is that is none of those that were expected, told by its first bytes, and what to do with
 * it: people give an NWB file where an .npz is read. And the text of a file, as UTF-8, or as UTF-16 where it
 * begins with a byte order mark, as spreadsheets write it.
 */
import { IoError } from '../../io/errors.ts'
import { bytesAt, type ByteSource } from './source.ts'

const arrays = 'save its arrays by numpy.savez'

/** The first bytes of formats, as latin1; what they are, and how to go on. */
const known: readonly (readonly [start: string, what: string, mend: string])[] = [
  ['\x89HDF\r\n\x1a\n', 'an HDF5 file (NWB, MATLAB 7.3, Keras)', arrays],
  ['CDF\x01', 'a NetCDF file', arrays],
  ['CDF\x02', 'a NetCDF file', arrays],
  ['MATLAB 5.0', 'a MATLAB file', arrays],
  ['PAR1', 'a Parquet file', 'save it as .csv or .npz'],
  ['\xd0\xcf\x11\xe0', 'an old Excel file', 'save it as .csv'],
  ['\x80\x02', 'a Python pickle', arrays],
  ['\x80\x03', 'a Python pickle', arrays],
  ['\x80\x04', 'a Python pickle', arrays],
  ['\x80\x05', 'a Python pickle', arrays],
  ['\x93NUMPY', 'an .npy file', 'read it by npy(...)'],
  ['\x89PNG', 'a PNG picture', arrays],
  ['\xff\xd8\xff', 'a JPEG picture', arrays],
  ['%PDF', 'a PDF file', 'give the data themselves'],
  ['SQLite format 3', 'an SQLite file', 'save the table as .csv'],
  ['BZh', 'a bzip2 archive', 'unpack it by bunzip2 first'],
  ['\xfd7zXZ', 'an xz archive', 'unpack it by unxz first'],
  ['7z\xbc\xaf', 'a 7z archive', 'unpack it first'],
  ['\x28\xb5\x2f\xfd', 'a zstd archive', 'unpack it by unzstd first'],
  ['PK\x03\x04', 'a zip archive', 'read an .npz archive by npz(...), and unpack others first'],
  ['\x1f\x8b', 'a gzip archive', 'unpack it by gunzip first'],
  ['version https:', 'the pointer of a Git LFS file', 'fetch the file by git lfs pull'],
  ['<!DOCTYPE', 'a web page', 'download the file itself'],
  ['<!doctype', 'a web page', 'download the file itself'],
  ['<html', 'a web page', 'download the file itself'],
]

/** What bytes are the beginning of, and what to do: `an HDF5 file (...): save its ...`; '' if not known. */
export function knownFormat(start: Uint8Array): string {
  const text = Buffer.from(start.subarray(0, 32)).toString('latin1')
  const found = known.find(([magic]) => text.startsWith(magic))
  return found ? `${found[1]}: ${found[2]}` : ''
}

/** `refusal`, and what it is instead: `, but an HDF5 file (...): save its ...`, or `unknown`. */
export function otherThan(refusal: string, source: ByteSource, unknown = ''): string {
  if (source.size === 0) return `${refusal}: it is empty`
  const what = knownFormat(bytesAt(source, 0, Math.min(source.size, 32)))
  return refusal + (what === '' ? unknown : `, but ${what}`)
}

/**
 * The text of a file. Throws IoError if it is none: a format whose first bytes are known, or one with
 * zeros in it; RangeError if it is longer than any text may be.
 */
export function textOf(bytes: Buffer, path: string): string {
  const fail = (what: string): never => {
    throw new IoError('read', path, what)
  }
  const what = knownFormat(bytes)
  if (what !== '') fail(`it is no table, but ${what}`)
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0)
  const isWide = mark === 0xfffe || mark === 0xfeff
  if (isWide && bytes.length % 2 === 0 && !bytes.subarray(2, 4).equals(Buffer.alloc(2))) {
    const little = mark === 0xfffe ? bytes : Buffer.from(bytes).swap16()
    return little.toString('utf16le')
  }
  if (bytes.subarray(0, 1024).includes(0)) {
    fail('it holds zero bytes, as no text does: if it is UTF-16 or UTF-32, save it as UTF-8')
  }
  return bytes.toString('utf8')
}
