/**
 * The binary version of CIFAR-10: no header; records of one label byte and 32 x 32 red, green and
 * blue bytes, plane after plane. The part is made of all files in order; pixels become 0 .. 1.
 */

import { readDataFiles } from './files.ts'
import { checkNames, fileArguments, partByRole } from '../../data/reader.ts'
import type { Reader } from '../../data/reader.ts'
import { DataError } from '../../data/types.ts'

const SHAPE = [3, 32, 32]
const PIXELS = 3 * 32 * 32
const RECORD = 1 + PIXELS

export const cifar: Reader = {
  summary: 'CIFAR-10 binary files: images [3, 32, 32] and class labels',
  parameters: [{ name: 'file...', doc: 'one or more files of 3073-byte records, in order' }],
  needsFiles: true,
  async read(plan, context) {
    const names = fileArguments(plan, context, 1, Infinity)
    checkNames(plan, [], context)
    const files = await readDataFiles(names, context)
    for (const { path, bytes } of files) {
      if (bytes.length === 0 || bytes.length % RECORD !== 0) {
        throw new DataError(
          `${path} has ${bytes.length} bytes, no whole number of ${RECORD}-byte CIFAR records: ` +
            'it is no CIFAR-10 binary file, or cut short.',
        )
      }
    }
    const count = files.reduce((sum, { bytes }) => sum + bytes.length / RECORD, 0)
    const images = new Float32Array(count * PIXELS)
    const labels = new Float32Array(count)
    let example = 0
    for (const { bytes } of files) {
      for (let at = 0; at < bytes.length; at += RECORD) {
        labels[example] = bytes[at]!
        const to = example * PIXELS
        for (let k = 0; k < PIXELS; k++) images[to + k] = bytes[at + 1 + k]! / 255
        example++
      }
    }
    const source = files.map(({ path }) => path).join(', ')
    return partByRole(
      [{ shape: SHAPE, data: images, source }],
      { shape: [], data: labels, source },
      context,
    )
  },
}
