/**
 * The header of a .npy file: a Python dictionary that says of which type and shape the array is. Reads
 * what `numpy.load` reads: versions 1 to 3, either kind of quotes, the long numbers of Python 2 (`4L`),
 * and every spelling of a type that NumPy knows.
 */
import type { ByteSource } from './source.ts'
import { otherThan } from './formats.ts'
import { bytesAt } from './source.ts'

/** What a header says. */
export interface NpyHeader {
  /** Letter and bytes: `f4`, `u1`, `b1`. */
  readonly kind: string
  readonly littleEndian: boolean
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Where the values begin. */
  readonly dataStart: number
}

/** As many as NumPy has. */
const MOST_AXES = 64
const MAGIC = Buffer.from('\x93NUMPY', 'latin1')
/** Longer headers are those of records, which cannot be read anyway. */
const MOST_BYTES = 64 * 1024

/** Types by the names and letters that NumPy has for them, where C's `long` has 8 bytes. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ '?': 'b1', bool: 'b1', bool_: 'b1', b: 'i1', B: 'u1', h: 'i2', H: 'u2', i: 'i4', I: 'u4' },
  ...{ l: 'i8', L: 'u8', q: 'i8', Q: 'u8', p: 'i8', P: 'u8', e: 'f2', f: 'f4', d: 'f8', g: 'f16' },
  ...{ int8: 'i1', int16: 'i2', int32: 'i4', int64: 'i8', int: 'i8', byte: 'i1', short: 'i2' },
  ...{ intc: 'i4', int_: 'i8', long: 'i8', longlong: 'i8', intp: 'i8', uint8: 'u1', uint16: 'u2' },
  ...{ uint32: 'u4', uint64: 'u8', uint: 'u8', ubyte: 'u1', ushort: 'u2', uintc: 'u4' },
  ...{ float16: 'f2', float32: 'f4', float64: 'f8', half: 'f2', single: 'f4', double: 'f8' },
  ...{ float: 'f8', float_: 'f8', longdouble: 'f16', F: 'c8', D: 'c16', complex64: 'c8' },
  ...{ complex128: 'c16', complex: 'c16', O: 'O8', object: 'O8' },
}

/** What the types are that hold no real numbers. */
const OTHERS: Readonly<Record<string, string>> = {
  c: 'complex numbers',
  S: 'strings of bytes',
  a: 'strings of bytes',
  U: 'strings',
  V: 'raw bytes or records',
  O: 'Python objects',
  M: 'dates',
  m: 'lengths of time',
}

/** Reads a header. `fail` is called with the reason where there is none, or one of other values. */
export function readNpyHeader(source: ByteSource, fail: (reason: string) => never): NpyHeader {
  const at = (start: number, length: number): Buffer =>
    start + length <= source.size
      ? bytesAt(source, start, length)
      : fail('the file ends inside the header')
  if (source.size < 6 || !at(0, 6).equals(MAGIC)) fail(otherThan('it is no .npy file', source))
  const version = at(6, 2)[0] ?? 0
  if (version < 1 || version > 3) fail(`version ${version} of the .npy format is not known`)
  const lengthBytes = version === 1 ? 2 : 4
  const length = at(8, lengthBytes).readUIntLE(0, lengthBytes)
  if (length > MOST_BYTES) fail(`its header has ${length} bytes, as no array of numbers needs`)
  const dataStart = 8 + lengthBytes + length
  const text = at(8 + lengthBytes, length).toString(version === 3 ? 'utf8' : 'latin1')
  const entries = readDictionary(text) ?? fail('its header is damaged')
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => entries.get(key))
  if (descr === undefined || typeof order !== 'boolean' || !Array.isArray(shape)) {
    return fail('its header is damaged')
  }
  if (typeof descr !== 'string') return fail('arrays of records cannot be read')
  const sizes = shape.filter(
    (size): size is number => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0,
  )
  const count = sizes.reduce((product, size) => product * size, 1)
  if (sizes.length !== shape.length || sizes.length > MOST_AXES || !Number.isSafeInteger(count)) {
    fail('its header is damaged')
  }
  return {
    kind: kindOf(descr, fail),
    littleEndian: !descr.startsWith('>'),
    fortranOrder: order,
    shape: sizes,
    dataStart,
  }
}

function kindOf(descr: string, fail: (reason: string) => never): string {
  const name = descr.replace(/^[<>|=]/, '')
  const kind = Object.hasOwn(KINDS, name) ? (KINDS[name] ?? name) : name
  const letter = kind.charAt(0)
  const what = Object.hasOwn(OTHERS, letter) ? OTHERS[letter] : undefined
  if (what !== undefined) fail(`it holds ${what}, not real numbers`)
  return kind
}

type Literal = string | number | boolean | undefined | readonly Literal[]

/** The dictionary that a Python literal is; undefined if it is none. */
function readDictionary(text: string): ReadonlyMap<string, Literal> | undefined {
  const pattern =
    /\s*(?:[uUbB]?'((?:[^'\\]|\\.)*)'|[uUbB]?"((?:[^"\\]|\\.)*)"|(-?\d+)[lL]?|(True|False|None)|([{}()[\],:]))/y
  const tokens: { readonly mark?: string; readonly value?: Literal }[] = []
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const found = pattern.exec(text)
    if (!found) return undefined
    const [, single, double, number, word, mark] = found
    if (mark !== undefined) tokens.push({ mark })
    else if (number !== undefined) tokens.push({ value: Number(number) })
    else if (word !== undefined)
      tokens.push({ value: word === 'None' ? undefined : word === 'True' })
    else tokens.push({ value: single ?? double ?? '' })
  }
  let next = 0
  const takes = (mark: string): boolean => tokens[next]?.mark === mark && ++next > 0
  /** Elements up to a closing bracket, each after the other with commas between them. */
  const list = (closing: string, element: () => boolean): boolean => {
    for (let first = true; !takes(closing); first = false) {
      if (!first && !takes(',')) return false
      if (!first && takes(closing)) return true
      if (!element()) return false
    }
    return true
  }
  let depth = 0
  const value = (): { readonly value: Literal } | undefined => {
    const opening = tokens[next]?.mark
    if (opening === undefined) {
      const token = tokens[next++]
      return token && { value: token.value }
    }
    if ((opening !== '(' && opening !== '[') || depth > 16) return undefined
    next++
    depth++
    const elements: Literal[] = []
    const whole = list(opening === '(' ? ')' : ']', () => {
      const read = value()
      if (read) elements.push(read.value)
      return read !== undefined
    })
    depth--
    return whole ? { value: elements } : undefined
  }
  const entries = new Map<string, Literal>()
  const whole =
    takes('{') &&
    list('}', () => {
      const key = value()
      if (typeof key?.value !== 'string' || !takes(':')) return false
      const read = value()
      if (read) entries.set(key.value, read.value)
      return read !== undefined
    })
  return whole && next === tokens.length ? entries : undefined
}
