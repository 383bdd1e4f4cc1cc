/**
 * The IDX format of MNIST: unsigned bytes with any number of axes.
 *
 *     2 bytes   zero;  1 byte  type (8: unsigned byte);  1 byte  number of axes
 *     4 bytes   the size of each axis, big-endian; the first counts examples
 *     the rest  the values, row-major
 *
 * Images have three axes (0x00000803 = 2051), labels one (0x00000801 = 2049). Pixels 0 .. 255
 * become 0 .. 1; labels stay as they are.
 */

import { readDataFiles } from './files.ts'
import type { DataFile } from './files.ts'
import { argumentError, checkNames, fileArguments, partByRole, sizeOf } from '../../data/reader.ts'
import type { Column, Reader } from '../../data/reader.ts'
import { DataError } from '../../data/types.ts'

const UNSIGNED_BYTE = 8

export const idx: Reader = {
  summary: 'MNIST-style files: values first, then class labels',
  parameters: [
    { name: 'values', doc: 'file for the first field that is no label; pixels become 0 .. 1' },
    { name: 'labels', doc: 'file for the label field' },
  ],
  needsFiles: true,
  async read(plan, context) {
    const labelled = context.fields.some(({ classes }) => classes !== undefined)
    const names = fileArguments(plan, context, labelled ? 2 : 1)
    checkNames(plan, [], context)
    if (context.fields.length !== names.length) {
      throw argumentError(plan, context, `fills ${names.length} fields, one a file`)
    }
    const [values, labels] = await readDataFiles(names, context)
    const label = labels && parseIdx(labels)
    if (label && label.shape.length > 0) {
      throw new DataError(
        `${label.source} has ${label.shape.length + 1} axes, but labels have one: ` +
          'the values file comes first, then the labels.',
      )
    }
    return partByRole([scaled(parseIdx(values!))], label, context)
  },
}

/** The values of an IDX file, without scaling. Throws DataError. */
export function parseIdx({ path, bytes }: DataFile): Column {
  const hex = bytes.toString('hex', 0, 4)
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[3] === 0) {
    throw new DataError(`${path} is no IDX file: it begins with 0x${hex}, not with 0x000008...`)
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new DataError(`${path} holds values of IDX type 0x${hex.slice(4, 6)}, not bytes (0x08).`)
  }
  const axes = bytes[3]!
  const start = 4 + 4 * axes
  if (bytes.length < start) throw new DataError(`${path} ends inside its header: fetch it again.`)
  const sizes = Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis))
  const expected = sizeOf(sizes)
  if (bytes.length - start !== expected) {
    throw new DataError(
      `${path} holds ${bytes.length - start} values where its header announces ` +
        `${sizes.join(' x ')} = ${expected}: fetch it again.`,
    )
  }
  return { shape: sizes.slice(1), data: Float32Array.from(bytes.subarray(start)), source: path }
}

/** Bytes 0 .. 255 brought to 0 .. 1. */
function scaled(column: Column): Column {
  const { data } = column
  for (let i = 0; i < data.length; i++) data[i] = data[i]! / 255
  return column
}
