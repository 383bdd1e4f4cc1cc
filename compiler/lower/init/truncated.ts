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
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
    39307.89580009271061, 28729.085735721942674, 5226.495278852545925,
  ],
] as const
const tail = [
  [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833,
    7.7454501427834140764e-4,
  ],
  [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
    0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
    1.05075007164441684324e-9,
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
