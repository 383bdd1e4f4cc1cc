/**
 * NumPy's .npy format: one array.
 *
 *     6 bytes   0x93 "NUMPY"; 2 bytes version; 2 (version 1) or 4 bytes header length n
 *     n bytes   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  (see npy-header.ts)
 *     the rest  the values, and whatever else: bytes after the values are passed over, as NumPy does
 *
 * Reads real numbers of 1 to 8 bytes and booleans, little- and big-endian, in C or Fortran order
 * (brought to C order, row-major). Complex numbers, strings, records and Python objects are
 * refused. A damaged file gives an IoError, never another error.
 */

import { IoError } from '../../io/errors.ts'
import type { StoredTensor, TensorData } from '../../io/tensor.ts'
import { short } from '../../io/names.ts'
import { readNpyHeader } from './npy-header.ts'
import { inMemory, sizeText, type ByteSource } from './source.ts'

/**
 * Looks at an array's shape before its values are read, and may throw. Whether all of the shape is as
 * the model declares it, so that whatever memory it takes is meant.
 */
export type BeforeReading = (shape: readonly number[]) => boolean

interface NumberType {
  readonly bytes: number
  readonly make: (count: number) => TensorData
  readonly get: (view: DataView, at: number, littleEndian: boolean) => number
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1')
const ints = (count: number) => new Int32Array(count)
const singles = (count: number) => new Float32Array(count)
const doubles = (count: number) => new Float64Array(count)

/** Each type is held in an array that holds all its values exactly; 64-bit integers up to 2^53. */
const TYPES: Readonly<Record<string, NumberType>> = {
  b1: { bytes: 1, make: ints, get: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, make: ints, get: (view, at) => view.getInt8(at) },
  u1: { bytes: 1, make: ints, get: (view, at) => view.getUint8(at) },
  i2: { bytes: 2, make: ints, get: (view, at, little) => view.getInt16(at, little) },
  u2: { bytes: 2, make: ints, get: (view, at, little) => view.getUint16(at, little) },
  i4: { bytes: 4, make: ints, get: (view, at, little) => view.getInt32(at, little) },
  u4: { bytes: 4, make: doubles, get: (view, at, little) => view.getUint32(at, little) },
  i8: { bytes: 8, make: doubles, get: (view, at, little) => Number(view.getBigInt64(at, little)) },
  u8: { bytes: 8, make: doubles, get: (view, at, little) => Number(view.getBigUint64(at, little)) },
  f2: { bytes: 2, make: singles, get: (view, at, little) => fromHalf(view.getUint16(at, little)) },
  f4: { bytes: 4, make: singles, get: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, make: doubles, get: (view, at, little) => view.getFloat64(at, little) },
}

/** Bytes of values that are read at once. */
const PIECE = 2 ** 20

/**
 * The array of a file, in C order. `path` is for messages only. Nothing but the header is read before
 * `before` has seen it. Throws IoError.
 */
export function decodeNpy(
  file: Uint8Array | ByteSource,
  path: string,
  before?: BeforeReading,
): StoredTensor {
  const fail = (reason: string): never => {
    throw new IoError('read', path, reason)
  }
  const source = file instanceof Uint8Array ? inMemory(file) : file
  const { kind, littleEndian, fortranOrder, shape, dataStart } = readNpyHeader(source, fail)
  const type = Object.hasOwn(TYPES, kind) ? TYPES[kind] : undefined
  if (!type) return fail(`arrays of the type ${short(kind)} cannot be read`)
  const count = shape.reduce((product, size) => product * size, 1)
  const expected = count * type.bytes
  const found = source.size - dataStart
  if (found < expected) {
    fail(`${found} bytes of data where ${kind}(${shape.join(', ')}) takes ${expected}`)
  }
  before?.(shape)
  try {
    const data = readValues(source, dataStart, type, count, littleEndian)
    if ((kind === 'i8' || kind === 'u8') && !data.every(Number.isSafeInteger)) {
      fail('it holds whole numbers past 2^53')
    }
    return { shape, data: fortranOrder ? toRowMajor(data, shape, type.make(count)) : data }
  } catch (error) {
    if (error instanceof IoError) throw error
    return fail(`its ${sizeText(expected)} of values do not fit into memory, or the file was cut`)
  }
}

function readValues(
  source: ByteSource,
  start: number,
  type: NumberType,
  count: number,
  littleEndian: boolean,
): TensorData {
  const data = type.make(count)
  const piece = new Uint8Array(Math.min(PIECE, count * type.bytes))
  const perPiece = Math.floor(PIECE / type.bytes)
  for (let first = 0; first < count; first += perPiece) {
    const size = Math.min(perPiece, count - first)
    const bytes = piece.subarray(0, size * type.bytes)
    source.read(bytes, start + first * type.bytes)
    const view = new DataView(bytes.buffer, 0, bytes.length)
    for (let i = 0; i < size; i++) data[first + i] = type.get(view, i * type.bytes, littleEndian)
  }
  return data
}

/** The bytes of a version 1 file: f4, f8 or i4 after the kind of array, C order. */
export function encodeNpy({ shape, data }: StoredTensor): Uint8Array {
  const kind = data instanceof Float32Array ? 'f4' : data instanceof Float64Array ? 'f8' : 'i4'
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dict = `{'descr': '<${kind}', 'fortran_order': False, 'shape': (${sizes}), }`
  // Spaces up to a multiple of 64 in all keep the data aligned; a line end closes the header.
  const padding = (64 - ((MAGIC.length + 4 + dict.length + 1) % 64)) % 64
  const header = Buffer.from(`${dict}${' '.repeat(padding)}\n`, 'latin1')
  const start = Buffer.from([...MAGIC, 1, 0, header.length & 0xff, header.length >> 8])
  const body = Buffer.alloc(data.byteLength)
  body.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return Buffer.concat([start, header, body])
}

/** Rewrites values whose first index runs fastest into `out`, whose last index runs fastest. */
function toRowMajor(data: TensorData, shape: readonly number[], out: TensorData): TensorData {
  const index = shape.map(() => 0)
  const strides: number[] = []
  let stride = 1
  for (const size of shape) {
    strides.push(stride)
    stride *= size
  }
  let from = 0
  for (let i = 0; i < out.length; i++) {
    out[i] = data[from]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++
      from += strides[axis]!
      if (index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return out
}

/** IEEE half precision: 1 sign, 5 exponent and 10 fraction bits. */
function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
