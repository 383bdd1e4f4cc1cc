/**
 * Vectors of 128 bits as lanes of one precision: four of f32 or two of f64. Emitters are written
 * once, on lanes. A multiply-add is fused where the host has relaxed SIMD (`fused`), else it is a
 * product and a sum.
 */
import { f32, f64, op, v128, type Code } from './encoder/code.ts'
import type { InstructionName } from './encoder/instructions.ts'

export type Precision = 'f32' | 'f64'

type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pmin' | 'pmax'
type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
type Unary = 'abs' | 'neg' | 'sqrt' | 'ceil' | 'floor' | 'trunc' | 'nearest'

export class Lanes {
  readonly precision: Precision
  /** Whether the host has relaxed fused multiply-add. */
  readonly fused: boolean
  /** Bytes of an element. */
  readonly bytes: 4 | 8
  /** Elements of a vector. */
  readonly count: 4 | 2
  readonly shape: 'f32x4' | 'f64x2'

  constructor(precision: Precision, fused: boolean) {
    this.precision = precision
    this.fused = fused
    this.bytes = precision === 'f32' ? 4 : 8
    this.count = precision === 'f32' ? 4 : 2
    this.shape = precision === 'f32' ? 'f32x4' : 'f64x2'
  }

  /** Of every lane by itself. */
  binary(name: Arithmetic, a: Code, b: Code): Code {
    return op(`${this.shape}.${name}`, a, b)
  }

  unary(name: Unary, a: Code): Code {
    return op(`${this.shape}.${name}`, a)
  }

  /** All bits set where it holds, none where it does not. */
  compare(name: Comparison, a: Code, b: Code): Code {
    return op(`${this.shape}.${name}`, a, b)
  }

  /** a b + c */
  madd(a: Code, b: Code, c: Code): Code {
    if (this.fused) return op(`${this.shape}.relaxed_madd`, a, b, c)
    return this.binary('add', this.binary('mul', a, b), c)
  }

  /** c - a b */
  nmadd(a: Code, b: Code, c: Code): Code {
    if (this.fused) return op(`${this.shape}.relaxed_nmadd`, a, b, c)
    return this.binary('sub', c, this.binary('mul', a, b))
  }

  /** The same number in every lane. */
  constant(value: number): Code {
    return this.precision === 'f32'
      ? v128(new Float32Array(4).fill(value))
      : v128(new Float64Array(2).fill(value))
  }

  /** A scalar of this precision in every lane. */
  splat(scalar: Code): Code {
    return op(`${this.shape}.splat`, scalar)
  }

  /** A scalar constant of this precision. */
  scalar(value: number): Code {
    return this.precision === 'f32' ? f32(value) : f64(value)
  }

  /** The instruction that loads one element into every lane. */
  get loadSplat(): InstructionName {
    return this.precision === 'f32' ? 'v128.load32_splat' : 'v128.load64_splat'
  }

  get scalarLoad(): InstructionName {
    return `${this.precision}.load`
  }

  get scalarStore(): InstructionName {
    return `${this.precision}.store`
  }
}
