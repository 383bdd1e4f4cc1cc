/**
 * What the element-wise functions are written with: values that are computed once and kept in
 * locals of the function under construction, constants, masks and polynomials of one precision.
 */
import { get, int, op, lanesOf, type Code } from '../tree.ts'
import type { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import { Lanes, type Precision } from '../lanes.ts'
import type { Strange } from '../strange.ts'
import type { PerPrecision, Polynomial } from './coefficients.ts'

/** Terms from which on a polynomial is no chain. */
const LONG = 5

export class LaneMath {
  readonly module: ModuleBuilder
  readonly fn: FunctionBuilder
  readonly lanes: Lanes
  readonly precision: Precision
  /** Bits of the fraction: those below the exponent. */
  readonly fractionBits: 23 | 52
  /** What is added to an exponent in its field. */
  readonly bias: 127 | 1023

  /**
   * Where code is for usual arguments alone: what collects the arguments that are not, for which the value
   * is computed again by other code. Both give the same bits.
   */
  readonly unusual: Strange | undefined

  constructor(module: ModuleBuilder, fn: FunctionBuilder, lanes: Lanes, unusual?: Strange) {
    this.unusual = unusual
    this.module = module
    this.fn = fn
    this.lanes = lanes
    this.precision = lanes.precision
    this.fractionBits = lanes.precision === 'f32' ? 23 : 52
    this.bias = lanes.precision === 'f32' ? 127 : 1023
  }

  /** The same functions in double precision. */
  get inDouble(): LaneMath {
    return new LaneMath(
      this.module,
      this.fn,
      new Lanes(this.lanes.machine, 'f64', this.lanes.fused),
    )
  }

  /** Computes the code here, once, and gives what reads its value. */
  keep(name: string, code: Code): Code {
    return code.kind === 'get' ? code : get(this.fn.define(name, code))
  }

  of<T>(table: PerPrecision<T>): T {
    return table[this.precision]
  }

  constant(value: number): Code {
    return this.lanes.constant(value)
  }

  /** The same integer, as wide as an element, in every lane. */
  integer(value: bigint): Code {
    return this.precision === 'f32'
      ? lanesOf(new Int32Array(this.lanes.count).fill(Number(BigInt.asIntN(32, value))))
      : lanesOf(
          new Int32Array(new BigInt64Array(this.lanes.count).fill(BigInt.asIntN(64, value)).buffer),
        )
  }

  /** Of integers as wide as an element. */
  integers(name: 'add' | 'sub', a: Code, b: Code): Code {
    return op(`${this.precision === 'f32' ? 'ints' : 'longs'}.${name}`, a, b)
  }

  shiftLeft(a: Code, bits: number): Code {
    return op(this.precision === 'f32' ? 'ints.shl' : 'longs.shl', a, int(bits))
  }

  shiftRight(a: Code, bits: number): Code {
    return op(this.precision === 'f32' ? 'ints.shr' : 'longs.shr', a, int(bits))
  }

  add = (a: Code, b: Code): Code => this.lanes.binary('add', a, b)
  sub = (a: Code, b: Code): Code => this.lanes.binary('sub', a, b)
  mul = (a: Code, b: Code): Code => this.lanes.binary('mul', a, b)
  div = (a: Code, b: Code): Code => this.lanes.binary('div', a, b)
  madd = (a: Code, b: Code, c: Code): Code => this.lanes.madd(a, b, c)
  nmadd = (a: Code, b: Code, c: Code): Code => this.lanes.nmadd(a, b, c)
  and = (a: Code, b: Code): Code => op('lanes.and', a, b)
  or = (a: Code, b: Code): Code => op('lanes.or', a, b)
  xor = (a: Code, b: Code): Code => op('lanes.xor', a, b)
  /** `a` without the bits of `b`. */
  without = (a: Code, b: Code): Code => op('lanes.andNot', a, b)

  /** `a` in the lanes that the mask has, `b` in the others. */
  pick(mask: Code, a: Code, b: Code): Code {
    return this.lanes.choose(a, b, mask)
  }

  /** The bits of `a` where those of the mask are set, of `b` where they are not. */
  pickBits(mask: Code, a: Code, b: Code): Code {
    return op('lanes.choose', a, b, mask)
  }

  /** The smaller of `a` and a bound; NaN stays. */
  atMost(a: Code, bound: number): Code {
    return this.lanes.binary('pmin', a, this.constant(bound))
  }

  /** The larger of `a` and a bound; NaN stays. */
  atLeast(a: Code, bound: number): Code {
    return this.lanes.binary('pmax', a, this.constant(bound))
  }

  abs(a: Code): Code {
    return this.lanes.unary('abs', a)
  }

  /** The sign bits alone. */
  signs(a: Code): Code {
    return this.and(a, this.constant(-0))
  }

  /** 1 where the mask is set, else 0. */
  truth(mask: Code): Code {
    return this.and(mask, this.constant(1))
  }

  /**
   * Short ones by Horner's rule, longer ones by Estrin's: neighbours are joined two by two, so that no
   * number waits for a long chain of others. `z` is used often: give a kept value.
   */
  polynomial(z: Code, coefficients: Polynomial): Code {
    const terms = coefficients.map((each) => this.constant(each))
    return coefficients.length < LONG ? this.#chain(z, terms) : this.#tree(z, terms)
  }

  /** By Horner's rule, however long. */
  chain(z: Code, coefficients: Polynomial): Code {
    return this.#chain(
      z,
      coefficients.map((each) => this.constant(each)),
    )
  }

  #chain(z: Code, terms: readonly Code[]): Code {
    return terms.slice(0, -1).reduceRight((sum, each) => this.madd(sum, z, each), terms.at(-1)!)
  }

  #tree(z: Code, terms: readonly Code[]): Code {
    if (terms.length <= 3) return this.#chain(z, terms)
    const pairs = Array.from({ length: Math.ceil(terms.length / 2) }, (_, i) => {
      const [low, high] = [terms[2 * i]!, terms[2 * i + 1]]
      return high ? this.keep('part', this.madd(high, z, low)) : low
    })
    return this.#tree(this.keep('power', this.mul(z, z)), pairs)
  }

  /**
   * a b + c rounded to a multiple of 1 in two forms: `shifted`, whose low bits are the integer plus
   * `offset`, and `whole`, a number. For results below 2^21 in magnitude (f64: 2^50).
   */
  roundedMadd(a: Code, b: number, offset = 0): { readonly shifted: Code; readonly whole: Code } {
    const shift = 1.5 * 2 ** this.fractionBits + offset
    const shifted = this.keep('shifted', this.madd(a, this.constant(b), this.constant(shift)))
    return {
      shifted,
      whole: this.keep('whole', this.sub(shifted, this.constant(shift))),
    }
  }
}
