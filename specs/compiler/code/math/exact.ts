/**
 * The element-wise functions to 200 bits, by series of whole numbers: what results are measured
 * against. Real numbers are whole multiples of 2^-P, P chosen so that the result has 200 bits.
 */

/** scaled / 2^bits */
export interface Exact {
  readonly scaled: bigint
  readonly bits: number
}

const GUARD = 200
const LONGEST = 2600

const shift = (a: bigint, by: number): bigint => (by >= 0 ? a << BigInt(by) : a >> BigInt(-by))

const view = new DataView(new ArrayBuffer(8))

/** A finite number as mantissa 2^exponent. */
function parts(x: number): { readonly mantissa: bigint; readonly exponent: number } {
  view.setFloat64(0, x)
  const pattern = view.getBigUint64(0)
  const field = Number((pattern >> 52n) & 0x7ffn)
  const fraction = pattern & ((1n << 52n) - 1n)
  const size = field === 0 ? fraction : fraction | (1n << 52n)
  return { mantissa: x < 0 ? -size : size, exponent: Math.max(field, 1) - 1075 }
}

/** x in units of 2^-bits; exact where bits suffices. */
function fixed(x: number, bits: number): bigint {
  const { mantissa, exponent } = parts(x)
  return shift(mantissa, exponent + bits)
}

/** artanh(1 / n) or atan(1 / n) to LONGEST bits. */
function inverseSeries(n: bigint, alternating: boolean): bigint {
  let power = (1n << BigInt(LONGEST)) / n
  let sum = 0n
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += alternating && k % 4n === 3n ? -power / k : power / k
    power /= n * n
  }
  return sum
}

const LN2 =
  18n * inverseSeries(26n, false) -
  2n * inverseSeries(4801n, false) +
  8n * inverseSeries(8749n, false)
const PI = 16n * inverseSeries(5n, true) - 4n * inverseSeries(239n, true)

const ln2 = (bits: number): bigint => shift(LN2, bits - LONGEST)
const pi = (bits: number): bigint => shift(PI, bits - LONGEST)

/** e^x of a fixed number. */
function expFixed(x: bigint, bits: number): bigint {
  const inner = bits + 40
  const one = 1n << BigInt(inner)
  const unit = ln2(inner)
  const wide = x << 40n
  const n = wide / unit
  const r = (wide - n * unit) >> 16n
  let term = one
  let sum = one
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = (term * r) >> BigInt(inner)
    term /= k
    sum += term
  }
  for (let i = 0; i < 16; i++) sum = (sum * sum) >> BigInt(inner)
  return shift(sum, Number(n) - 40)
}

/** log of 1 + t for |t| far below 1. */
function logNearOne(t: bigint, bits: number): bigint {
  let power = t
  let sum = 0n
  for (let k = 1n; power !== 0n && power !== -1n; k++) {
    sum += (k % 2n === 0n ? -power : power) / k
    power = (power * t) >> BigInt(bits)
  }
  return sum
}

/** log of a positive fixed number, near `guess`. */
function logFixed(x: bigint, guess: number, bits: number): bigint {
  const start = fixed(guess, bits)
  const ratio = (x * expFixed(-start, bits)) >> BigInt(bits)
  return start + logNearOne(ratio - (1n << BigInt(bits)), bits)
}

/** Sine and cosine of a small fixed number. */
function sineAndCosine(x: bigint, bits: number): readonly [bigint, bigint] {
  let term = 1n << BigInt(bits)
  const sums = [0n, 0n, 0n, 0n]
  for (let k = 0; term !== 0n && term !== -1n; k++) {
    sums[k % 4]! += term
    term = ((term * x) >> BigInt(bits)) / BigInt(k + 1)
  }
  return [sums[1]! - sums[3]!, sums[0]! - sums[2]!]
}

/** Bits so that x itself has GUARD bits behind its first. */
const bitsFor = (x: number): number => GUARD - Math.min(0, Math.floor(Math.log2(Math.abs(x))))

/** The sine of x + phase pi / 2. */
function sine(x: number, phase: number): Exact {
  const bits = bitsFor(x)
  const angle = fixed(x, bits)
  const quarter = pi(bits + 1100) / 2n
  const wide = angle << 1100n
  const n = (2n * wide + quarter) / (2n * quarter) - (wide < 0n ? 1n : 0n)
  const [sin, cos] = sineAndCosine((wide - n * quarter) >> 1100n, bits)
  const values = [sin, cos, -sin, -cos]
  return { scaled: values[Number((((n + BigInt(phase)) % 4n) + 4n) % 4n)]!, bits }
}

function arctangent(x: number): Exact {
  const bits = bitsFor(x) + 60
  const one = 1n << BigInt(bits)
  const guess = Math.atan(x)
  // tan(a - guess) = (x - tan guess) / (1 + x tan guess), and atan t = t - t^3 / 3 for such a t.
  const [sin, cos] = sineAndCosine(fixed(guess, bits), bits)
  const { mantissa, exponent } = parts(x)
  const scale = exponent > 0 ? mantissa << BigInt(exponent) : mantissa
  const over = exponent < 0 ? -exponent : 0
  const top = scale * cos - (sin << BigInt(over))
  const bottom = (cos << BigInt(over)) + scale * sin
  const t = (top * one) / bottom
  const cube = (((t * t) >> BigInt(bits)) * t) >> BigInt(bits)
  return { scaled: fixed(guess, bits) + t - cube / 3n, bits }
}

/** log x of a positive finite number. */
function logarithm(x: number): Exact {
  const bits = GUARD + 1100
  return { scaled: logFixed(fixed(x, bits), Math.log(x), bits), bits }
}

/** e^x, x given in units of 2^-bits. */
function exponential(x: bigint, bits: number): Exact {
  const most = Number(shift(x, -bits))
  const extra = Math.max(0, Math.ceil(-most / Math.LN2) + 2)
  return { scaled: expFixed(x << BigInt(extra), bits + extra), bits: bits + extra }
}

/** The function of finite numbers within its domain. */
export function exactMap(name: string, x: number, y = 0): Exact {
  switch (name) {
    case 'exp': {
      const bits = bitsFor(x)
      return exponential(fixed(x, bits), bits)
    }
    case 'exprel': {
      // Twice the bits near 0, as the difference is as small as x, and more where the quotient is small.
      const size = Math.max(Math.abs(x), 2 ** -GUARD)
      const bits = 2 * bitsFor(size) + Math.max(8, Math.ceil(Math.log2(size)))
      const one = 1n << BigInt(bits)
      if (Math.abs(x) < size) return { scaled: one, bits }
      // Below -1000 the exponential is nothing beside 1.
      const { scaled, bits: its } = exponential(fixed(Math.max(x, -1000), bits), bits)
      const difference = shift(scaled, bits - its) - one
      return { scaled: (difference * one) / fixed(x, bits), bits }
    }
    case 'log': {
      // Near 1 few bits suffice, elsewhere those of the smallest number.
      if (x < 0.25 || x > 4) return logarithm(x)
      const bits = GUARD + 60
      return { scaled: logFixed(fixed(x, bits), Math.log(x), bits), bits }
    }
    case 'sigmoid': {
      const bits = bitsFor(x) + Math.max(0, Math.ceil(-x / Math.LN2))
      const e = expFixed(fixed(-Math.min(2000, Math.abs(x)), bits), bits)
      const one = 1n << BigInt(bits)
      return { scaled: ((x < 0 ? e : one) * one) / (one + e), bits }
    }
    case 'tanh': {
      const bits = bitsFor(x)
      const bounded = Math.max(-60, Math.min(60, x))
      const e = expFixed(fixed(-2 * Math.abs(bounded), bits), bits)
      const one = 1n << BigInt(bits)
      const size = ((one - e) * one) / (one + e)
      return { scaled: x < 0 ? -size : size, bits }
    }
    case 'softplus': {
      const bits = bitsFor(x) + Math.max(0, Math.ceil(-x / Math.LN2))
      const one = 1n << BigInt(bits)
      const e = expFixed(fixed(-Math.min(2000, Math.abs(x)), bits), bits)
      const guess = Math.log1p(Math.exp(-Math.abs(x)))
      return { scaled: fixed(Math.max(x, 0), bits) + logFixed(one + e, guess, bits), bits }
    }
    case 'sin':
      return sine(x, 0)
    case 'cos':
      return sine(x, 1)
    case 'atan':
      return arctangent(x)
    case 'pow': {
      const log = exactMap('log', x)
      const { mantissa, exponent } = parts(y)
      return exponential(shift(log.scaled * mantissa, exponent), log.bits)
    }
    default:
      throw new Error(`there is no exact ${name}`)
  }
}

/**
 * The distance of a result from the exact value in units in the last place of the exact value.
 * Subnormal values have the unit of the smallest normal ones.
 */
export function ulpError(result: number, exact: Exact, precision: 'f32' | 'f64'): number {
  const [digits, least] = precision === 'f32' ? [24, -149] : [53, -1074]
  const size = exact.scaled < 0n ? -exact.scaled : exact.scaled
  const top = size === 0n ? least : bitLength(size) - 1 - exact.bits
  const unit = Math.max(top - digits + 1, least)
  const bits = Math.max(exact.bits, 1100)
  const distance = fixed(result, bits) - shift(exact.scaled, bits - exact.bits)
  // To 2^-20 units.
  return Math.abs(Number(shift(distance, 20 - unit - bits)) / 2 ** 20)
}

function bitLength(size: bigint): number {
  const text = size.toString(16)
  return text.length * 4 - (Math.clz32(Number.parseInt(text[0]!, 16)) - 28)
}
