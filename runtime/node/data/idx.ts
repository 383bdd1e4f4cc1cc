/**
 * The IDX format of MNIST: unsigned bytes with any number of axes.
 *
 *     2 bytes   zero;  1 byte  type (8: unsigned byte);  1 byte  number of axes
 *     4 bytes   the size of each axis, big-endian; the first counts examples
 *     the rest  the values, row-major
 *
 * Images have three axes (0x00000803 = 2051), labels one (0x00000801 = 2049). Pixels 0 .. 255
 * become 0 .. 1; labels stay as they are. The header must fit the field before anything is unpacked.
 */

import { readDataFiles } from './files.ts'
import type { DataFile } from './files.ts'
import { fileNames, partByRole, requireLayout, sizeOf } from '../../data/reader.ts'
import type { Column, Reader, ReaderContext } from '../../data/reader.ts'
import { knownFormat } from '../io/formats.ts'
import { DataError, makeValues } from '../../data/types.ts'

const UNSIGNED_BYTE = 8
const MOST_AXES = 16
const order = 'the values file comes first, then the labels'

export const idx: Reader = {
  async read(plan, context) {
    const field = context.fields.find(({ classes }) => classes === undefined)
    const look = (file: DataFile, number: number) => {
      const { sizes, start } = parseHeader(file)
      if (number > 0) requireLabels(file.path, sizes)
      else if (
        plan.positional.length > 1 &&
        sizes.length === 1 &&
        field &&
        sizeOf(field.shape) > 1
      ) {
        throw new DataError(`${file.path} has one axis, as labels have: ${order}.`)
      } else if (field) requireLayout(sizes.slice(1), field, file.path, context)
      return { bytes: start + sizeOf(sizes) }
    }
    const [values, labels] = await readDataFiles(fileNames(plan), context, look)
    return partByRole(
      [parseIdx(values!, 255, context)],
      labels && parseIdx(labels, 1, context),
      context,
    )
  },
}

function requireLabels(path: string, sizes: readonly number[]): void {
  if (sizes.length === 1) return
  throw new DataError(`${path} has ${sizes.length} axes, but labels have one: ${order}.`)
}

/** The values of an IDX file, divided by `scale`. Throws DataError. */
function parseIdx(file: DataFile, scale: number, { precision }: ReaderContext): Column {
  const { path, bytes } = file
  const { sizes, start } = parseHeader(file)
  const expected = sizeOf(sizes)
  if (bytes.length - start !== expected) {
    throw new DataError(
      `${path} holds ${bytes.length - start} values where its header announces ` +
        `${sizes.join(' x ')} = ${expected}: fetch it again.`,
    )
  }
  const data = makeValues(expected, precision)
  for (let i = 0; i < expected; i++) data[i] = bytes[start + i]! / scale
  return { shape: sizes.slice(1), data, source: path }
}

/** The sizes of the axes, and where the values begin. Throws DataError. */
function parseHeader({ path, bytes }: DataFile): {
  readonly sizes: readonly number[]
  readonly start: number
} {
  const hex = bytes.toString('hex', 0, 4)
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[3] === 0) {
    const what = knownFormat(bytes)
    const found = what === '' ? `: it begins with 0x${hex}, not with 0x000008...` : `, but ${what}.`
    throw new DataError(bytes.length === 0 ? `${path} is empty.` : `${path} is no IDX file${found}`)
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new DataError(`${path} holds values of IDX type 0x${hex.slice(4, 6)}, not bytes (0x08).`)
  }
  const axes = bytes[3]!
  if (axes > MOST_AXES) throw new DataError(`${path} has ${axes} axes, as no data have.`)
  const start = 4 + 4 * axes
  if (bytes.length < start) throw new DataError(`${path} ends inside its header: fetch it again.`)
  const sizes = Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis))
  return { sizes, start }
}
