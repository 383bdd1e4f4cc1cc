/**
 * The polynomials and split constants of the element-wise functions, by precision. Each polynomial
 * is a minimax fit of its own (exchange algorithm of Remez in 200-bit arithmetic on the interval
 * named, slightly widened), its coefficients rounded one after another from the lowest, the rest
 * fitted again; `error` is the largest weighted error after rounding.
 */
import type { Precision } from '../lanes.ts'

/** By precision. */
export type PerPrecision<T> = Readonly<Record<Precision, T>>
/** From the coefficient of z^0 upwards. */
export type Polynomial = readonly number[]

/** q of e^r = 1 + r + r^2 q(r) for |r| <= ln 2 / 2; error of e^r - 1, relative: 1.8e-8, 3.3e-17. */
export const exponentialPolynomial: PerPrecision<Polynomial> = {
  f32: [
    0.4999999701976776, 0.1666654348373413, 0.04166720062494278, 0.008366547524929047,
    0.001388251199387014,
  ],
  f64: [
    0.5000000000000006, 0.16666666666666588, 0.041666666666576466, 0.008333333333389736,
    0.0013888888931667736, 0.00019841269718696555, 2.480150514183012e-5, 2.755740770214256e-6,
    2.7626093187877297e-7, 2.5053770248535292e-8,
  ],
}

/**
 * R of 2 artanh s = 2 s + s z R(z), z = s^2, for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1); error relative
 * to 2 s: 8.2e-10, 1.3e-18.
 */
export const artanhPolynomial: PerPrecision<Polynomial> = {
  f32: [0.6666677594184875, 0.39977553486824036, 0.2987212836742401],
  f64: [
    0.6666666666666735, 0.3999999999940876, 0.2857142874390695, 0.22222198399403065,
    0.18183574191458096, 0.1531377851822289, 0.14798855253137025,
  ],
}

/** T of tanh x = x + x z T(z), z = x^2, for |x| <= ln 3 / 2; relative error: 1.1e-9, 2.0e-17. */
export const tanhPolynomial: PerPrecision<Polynomial> = {
  f32: [
    -0.33333316445350647, 0.13332544267177582, -0.0538475476205349, 0.02105071395635605,
    -0.0062428489327430725,
  ],
  f64: [
    -0.33333333333332316, 0.13333333333169048, -0.05396825387625034, 0.021869485978973487,
    -0.008863194561115558, 0.003591720165136127, -0.0014532191061179106, 0.0005791440949673302,
    -0.00021031414036760086, 5.1029715103707656e-5,
  ],
}

/** P of 3 artanh(s) / s = 3 + z + z^2 P(z), z = s^2, on the same interval; error / 3: 7.7e-23. */
export const powerPolynomial: Polynomial = [
  0.5999999999999996, 0.428571428571688, 0.3333333332602944, 0.2727272833920845,
  0.23076833007503775, 0.200045644768347, 0.17510436380244832, 0.17998421939051154,
]

/** S of sin r = r + r z S(z), z = r^2, for |r| <= pi / 4; error relative to r: 3.7e-9, 3.5e-18. */
export const sinePolynomial: PerPrecision<Polynomial> = {
  f32: [-0.16666655242443085, 0.008332190103828907, -0.00019518405315466225],
  f64: [
    -0.16666666666666632, 0.008333333333322455, -0.00019841269829813437, 2.7557313687587747e-6,
    -2.5050756717581655e-8, 1.5896682078263923e-10,
  ],
}

/** C of cos r = 1 - z / 2 + z^2 C(z), z = r^2, for |r| <= pi / 4; relative error 1.2e-10, 5.8e-20. */
export const cosinePolynomial: PerPrecision<Polynomial> = {
  f32: [0.04166664555668831, -0.0013887309469282627, 2.4432327336398885e-5],
  f64: [
    0.041666666666666595, -0.0013888888888873307, 2.4801587288965233e-5, -2.7557314203080695e-7,
    2.087570313968669e-9, -1.1358617007361371e-11,
  ],
}

/** A of atan t = t + t z A(z), z = t^2, for |t| <= tan(pi / 8); error relative to t: 6.8e-10, 1.3e-18. */
export const arctangentPolynomial: PerPrecision<Polynomial> = {
  f32: [
    -0.33333316445350647, 0.1999852955341339, -0.14244422316551208, 0.10599356889724731,
    -0.06090354919433594,
  ],
  f64: [
    -0.333333333333332, 0.1999999999995377, -0.1428571428021249, 0.11111110784168456,
    -0.09090897775885946, 0.07692060500561729, -0.0666310687749192, 0.05847906840145377,
    -0.050393701077476524, 0.038065883271500824, -0.017908295864534775,
  ],
}

/** ln 2 in two parts, the first so short that its multiples by exponents are exact. */
export const ln2Parts: PerPrecision<readonly [number, number]> = {
  f32: [0.693145751953125, 1.428606765330187e-6],
  f64: [0.693147180559663, 2.8235290563031577e-13],
}

/** pi / 2 in parts, the first three so short that their multiples by `quadrantLimit` are exact. */
export const halfPiParts: PerPrecision<readonly number[]> = {
  f32: [1.5703125, 0.0004837512969970703, 7.549533620476723e-8, 2.5633440682570896e-12],
  f64: [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32],
}

/** The largest magnitude whose quadrant is found by subtracting those parts: 2^13 and 2^20 quadrants. */
export const quadrantLimit: PerPrecision<number> = {
  f32: 12867,
  f64: 1647099,
}

/** pi / 2 and pi / 4 rounded, and what the rounding left. */
export const halfPi: PerPrecision<readonly [number, number]> = {
  f32: [1.570796251296997, 7.549790126404332e-8],
  f64: [1.5707963267948966, 6.123233995736766e-17],
}
export const quarterPi: PerPrecision<readonly [number, number]> = {
  f32: [0.7853981256484985, 3.774895063202166e-8],
  f64: [0.7853981633974483, 3.061616997868383e-17],
}

/**
 * 2 / (3 ln 2), its first 26 bits and the rest: turns 3 artanh into a logarithm to base 2.
 */
export const toBinaryLogarithm = {
  whole: 0.9617966939259756,
  high: 0.9617966860532761,
  low: 7.872699542894897e-9,
} as const

/**
 * The fraction bits of 2 / pi, 64 to a word, behind a word of zeros; enough for every exponent of
 * f64 and 192 bits more.
 */
export const twoOverPi: readonly bigint[] = [
  0x0n,
  0xa2f9836e4e441529n,
  0xfc2757d1f534ddc0n,
  0xdb6295993c439041n,
  0xfe5163abdebbc561n,
  0xb7246e3a424dd2e0n,
  0x06492eea09d1921cn,
  0xfe1deb1cb129a73en,
  0xe88235f52ebb4484n,
  0xe99c7026b45f7e41n,
  0x3991d639835339f4n,
  0x9c845f8bbdf9283bn,
  0x1ff897ffde05980fn,
  0xef2f118b5a0a6d1fn,
  0x6d367ecf27cb09b7n,
  0x4f463f669e5fea2dn,
  0x7527bac7ebe5f17bn,
  0x3d0739f78a5292ean,
  0x6bfb5fb11f8d5d08n,
  0x56033046fc7b6babn,
  0xf0cfbc209af4361dn,
]
