/**
 * Vectors of 128 bits as lanes of one precision: four of f32 or two of f64. Emitters are written
 * once, on lanes. A multiply-add is fused where the host has one (`fused`), else it is a
 * product and a sum.
 */
import type { Precision } from '../../contract/artifact.ts'
import { f32, f64, op, lanesOf, type Code } from './tree.ts'
import type { OperationName } from './operations.ts'

export type { Precision }

type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pmin' | 'pmax'
type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
type Unary = 'abs' | 'neg' | 'sqrt' | 'ceil' | 'floor' | 'trunc' | 'nearest'

export class Lanes {
  readonly precision: Precision
  /** Whether the host has a fused multiply-add. */
  readonly fused: boolean
  /** Bytes of an element. */
  readonly bytes: 4 | 8
  /** Elements of a vector. */
  readonly count: 4 | 2
  readonly shape: 'f32s' | 'f64s'

  constructor(precision: Precision, fused: boolean) {
    this.precision = precision
    this.fused = fused
    this.bytes = precision === 'f32' ? 4 : 8
    this.count = precision === 'f32' ? 4 : 2
    this.shape = precision === 'f32' ? 'f32s' : 'f64s'
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
    if (this.fused) return op(`${this.shape}.madd`, a, b, c)
    return this.binary('add', this.binary('mul', a, b), c)
  }

  /** c - a b */
  nmadd(a: Code, b: Code, c: Code): Code {
    if (this.fused) return op(`${this.shape}.nmadd`, a, b, c)
    return this.binary('sub', c, this.binary('mul', a, b))
  }

  /** The same number in every lane. */
  constant(value: number): Code {
    return this.precision === 'f32'
      ? lanesOf(new Float32Array(4).fill(value))
      : lanesOf(new Float64Array(2).fill(value))
  }

  /** A scalar of this precision in every lane. */
  splat(scalar: Code): Code {
    return op(`${this.shape}.splat`, scalar)
  }

  /** A scalar constant of this precision. */
  scalar(value: number): Code {
    return this.precision === 'f32' ? f32(value) : f64(value)
  }

  /** The operation that loads one element into every lane. */
  get loadSplat(): OperationName {
    return this.precision === 'f32' ? 'lanes.loadSplat32' : 'lanes.loadSplat64'
  }

  get scalarLoad(): OperationName {
    return `${this.precision}.load`
  }

  get scalarStore(): OperationName {
    return `${this.precision}.store`
  }
}
