/**
 * Normal numbers that are at most so many standard deviations from 0, from one uniform number each: by the inverse of
 * the normal distribution, Wichura's algorithm AS 241 (1988; PPND16, about 1 part in 10^16), of which two of the
 * three ranges are needed up to six standard deviations.
 */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'

/** Numerators and denominators, constant first. */
const centre = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852546,
  ],
] as const
const tail = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const

/** The share of a normal distribution that lies within so many standard deviations (Marsaglia 2004). */
export function shareWithin(x: number): number {
  let [sum, term] = [x, x]
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return (2 * sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}

/** What uniform numbers from 0 to 1 are of a normal distribution that is cut off. */
export function truncatedDraw(builder: GraphBuilder, uniform: ValueId, within: number): ValueId {
  const number = (value: number): ValueId => builder.constant(value)
  const quotient = ([above, below]: typeof centre | typeof tail, x: ValueId): ValueId =>
    builder.map('div', polynomial(builder, above, x), polynomial(builder, below, x))
  // q = p - 1/2, where p is the share of the whole distribution that lies below.
  const q = builder.map(
    'mul',
    number(shareWithin(within)),
    builder.map('sub', uniform, number(0.5)),
  )
  const size = builder.map('abs', q)
  const isNear = builder.map('le', size, number(0.425))
  const near = builder.map('min', size, number(0.425))
  const r = builder.map('sub', number(0.180625), builder.map('square', near))
  // Where it is near, what stands here is of no use, but must be a number.
  const rest = builder.map('max', builder.map('sub', number(0.5), size), number(1e-11))
  const s = builder.map('sqrt', builder.map('neg', builder.map('log', rest)))
  const far = quotient(tail, builder.map('sub', s, number(1.6)))
  const found = builder.map(
    'select',
    isNear,
    builder.map('mul', q, quotient(centre, r)),
    builder.map('mul', builder.map('sign', q), far),
  )
  // Rounding does not lead out of the range.
  return builder.map('max', builder.map('min', found, number(within)), number(-within))
}

/** Horner's scheme. */
const polynomial = (builder: GraphBuilder, coefficients: readonly number[], x: ValueId): ValueId =>
  coefficients
    .slice(0, -1)
    .reduceRight<ValueId>(
      (sum, each) => builder.map('add', builder.map('mul', sum, x), builder.constant(each)),
      builder.constant(coefficients.at(-1) ?? 0),
    )
