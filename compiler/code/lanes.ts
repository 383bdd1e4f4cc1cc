/**
 * Vectors as lanes of one precision: in 128 bits, four of f32 or two of f64. Emitters are written
 * once, on lanes, and ask them what the machine is like. A multiply-add is fused where the host has one
 * (`fused`), else it is a product and a sum.
 */
import type { Precision } from '../../contract/artifact.ts'
import { padded, type Blocking, type Machine } from '../plan/machine.ts'
import { add, f32, f64, int, op, lanesOf, type Code } from './tree.ts'
import type { OperationName } from './operations.ts'

export type { Precision }

type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pmin' | 'pmax'
type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
type Unary = 'abs' | 'neg' | 'sqrt' | 'ceil' | 'floor' | 'trunc' | 'nearest'

export class Lanes {
  readonly machine: Machine
  readonly precision: Precision
  /** Whether the host has a fused multiply-add. */
  readonly fused: boolean
  /** Bytes of an element. */
  readonly bytes: 4 | 8
  /** Elements of a vector. */
  readonly count: number
  readonly shape: 'f32s' | 'f64s'

  constructor(machine: Machine, precision: Precision, fused: boolean) {
    this.machine = machine
    this.precision = precision
    this.fused = fused
    this.bytes = precision === 'f32' ? 4 : 8
    this.count = machine.vectorBytes / this.bytes
    this.shape = precision === 'f32' ? 'f32s' : 'f64s'
  }

  get vectorBytes(): number {
    return this.machine.vectorBytes
  }

  /** Bytes of an integer that code counts with. */
  get intBytes(): number {
    return this.machine.addressBytes
  }

  get blocking(): Blocking {
    return this.machine.blocking
  }

  /** A number of elements, rounded up to whole units of a row. */
  padded(count: number): number {
    return padded(this.machine, count)
  }

  /** The same of a number that the program knows. */
  paddedCode(count: Code): Code {
    const { rowUnit } = this.machine
    return op('int.and', add(count, int(rowUnit - 1)), int(-rowUnit))
  }

  /** Throws where code that is written lane by lane meets vectors of another length. */
  require(...counts: readonly number[]): void {
    if (counts.includes(this.count)) return
    throw new Error(`this code is written for ${counts.join(' or ')} lanes, not for ${this.count}`)
  }

  /** All bits set in the first `count` lanes. */
  first(count: Code): Code {
    const words = this.bytes / 4
    const places = Int32Array.from({ length: this.vectorBytes / 4 }, (_, i) =>
      Math.floor(i / words),
    )
    return op('ints.lt', lanesOf(places), op('ints.splat', count))
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

  /** `a` where the mask is set, `b` where it is not; of each lane all bits are set, or none. */
  choose(a: Code, b: Code, mask: Code): Code {
    // Hosts with relaxed SIMD have one instruction for it where others need three.
    return op(this.fused ? `${this.shape}.choose` : 'lanes.choose', a, b, mask)
  }

  /** The same number in every lane. */
  constant(value: number): Code {
    return this.precision === 'f32'
      ? lanesOf(new Float32Array(this.count).fill(value))
      : lanesOf(new Float64Array(this.count).fill(value))
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

  /** The operation that loads one element into a lane. */
  get loadLane(): OperationName {
    return this.precision === 'f32' ? 'lanes.loadLane32' : 'lanes.loadLane64'
  }

  /** The operation that stores one lane. */
  get storeLane(): OperationName {
    return this.precision === 'f32' ? 'lanes.storeLane32' : 'lanes.storeLane64'
  }

  get scalarLoad(): OperationName {
    return `${this.precision}.load`
  }

  get scalarStore(): OperationName {
    return `${this.precision}.store`
  }
}
