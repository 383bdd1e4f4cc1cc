/**
 * The binary version of CIFAR-10: no header; records of one label byte and 32 x 32 red, green and
 * blue bytes, plane after plane. The part is made of all files in order; pixels become 0 .. 1.
 */

import { readDataFiles } from './files.ts'
import { fileNames, partByRole } from '../../data/reader.ts'
import type { Reader } from '../../data/reader.ts'
import { knownFormat } from '../io/formats.ts'
import { DataError, makeValues } from '../../data/types.ts'

const SHAPE = [3, 32, 32]
const PIXELS = 3 * 32 * 32
const RECORD = 1 + PIXELS

export const cifar: Reader = {
  async read(plan, context) {
    const files = await readDataFiles(fileNames(plan), context)
    for (const { path, bytes } of files) {
      if (bytes.length === 0 || bytes.length % RECORD !== 0) {
        const what = knownFormat(bytes)
        throw new DataError(
          what === ''
            ? `${path} has ${bytes.length} bytes, no whole number of ${RECORD}-byte CIFAR records: ` +
                'it is no CIFAR-10 binary file, or cut short.'
            : `${path} is no CIFAR-10 binary file, but ${what}.`,
        )
      }
    }
    const count = files.reduce((sum, { bytes }) => sum + bytes.length / RECORD, 0)
    const images = makeValues(count * PIXELS, context.precision)
    const labels = makeValues(count, context.precision)
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
