/**
 * How large the quantities are that the value of an expression is made of: what an error analysis says of rounding.
 * A sum counts by what is added, not by what is left of it, so that rounding is some units in the last place of it,
 * however much cancels. Roundings are taken as independent of each other: their squares add.
 */
import { evaluateElementary } from '../../contract/elementary.ts'
import type { Tensor } from '../ir/evaluate.ts'
import { expanded } from '../ir/tensor.ts'
import { isLinear } from './algebra.ts'
import { structureValue, type Evaluator } from './evaluate.ts'
import {
  sizeOf,
  type Application,
  type Atom,
  type Expression,
  type Shape,
  type Structure,
} from './expressions.ts'

/** By how much arguments are moved to see what a function makes of their rounding, relative to what they are made of. */
const small = 1e-6

const ofEvaluators = new WeakMap<Evaluator, Magnitudes>()

/** The magnitudes with the values of an evaluator: what was taken before is known. */
export function magnitudesWith(evaluator: Evaluator): Magnitudes {
  const known = ofEvaluators.get(evaluator)
  if (known) return known
  const made = new Magnitudes(evaluator)
  ofEvaluators.set(evaluator, made)
  return made
}

/** Magnitudes of expressions, each taken once, with the values of an evaluator. */
export class Magnitudes {
  readonly #evaluator: Evaluator
  readonly #known = new Map<number, Tensor>()
  readonly #atoms = new Map<number, Tensor>()

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator
  }

  /** Numbers of at least 0, in the expression's shape. */
  of(expression: Expression): Tensor {
    const known = this.#known.get(expression.id)
    if (known) return known
    const { terms, shape } = expression
    const data = new Float64Array(sizeOf(shape))
    for (const { coefficient, factors } of terms) {
      const product = new Float64Array(data.length).fill(Math.abs(coefficient))
      for (const { atom, power } of factors) {
        if (power < 0) this.#divide(product, shape, atom, power)
        else multiply(product, expanded(this.#atom(atom), shape), power)
      }
      for (let i = 0; i < data.length; i++) data[i]! += product[i]! * product[i]!
    }
    for (let i = 0; i < data.length; i++) data[i] = Math.sqrt(data[i]!)
    const made = { shape, data }
    this.#known.set(expression.id, made)
    return made
  }

  /** What a division makes of rounding is in proportion to it: m / |a| is how much cancelled in a. */
  #divide(product: Float64Array, shape: Shape, atom: Atom, power: number): void {
    const made = expanded(this.#atom(atom), shape)
    const value = expanded(this.#evaluator.atom(atom), shape)
    for (let i = 0; i < product.length; i++) {
      const base = Math.abs(value[i]!)
      product[i]! *= base ** power * Math.max(1, made[i]! / base)
    }
  }

  #atom(atom: Atom): Tensor {
    const known = this.#atoms.get(atom.id)
    if (known) return known
    const made = this.#made(atom)
    this.#atoms.set(atom.id, made)
    return made
  }

  #made(atom: Atom): Tensor {
    switch (atom.kind) {
      case 'symbol':
        return atom.definition
          ? this.of(atom.definition)
          : mapped(this.#evaluator.atom(atom), Math.abs)
      case 'group':
        return this.of(atom.sum)
      case 'function':
        return this.#function(atom)
      case 'structure':
        return this.#structure(atom)
    }
  }

  /** Of what is linear by the squares: M² v² are those of the parts of M v. */
  #structure(atom: Structure): Tensor {
    if (atom.form.op === 'inverse') return this.#inverse(atom)
    const linear = isLinear(atom.form)
    const operands = atom.args.map((each) =>
      linear ? mapped(this.of(each), square) : this.of(each),
    )
    const made = structureValue(atom, operands, this.#evaluator.environment)
    return linear ? mapped(made, Math.sqrt) : made
  }

  /** What rounding in a matrix makes of its inverse is in proportion to |A⁻¹| |A| |A⁻¹|. */
  #inverse(atom: Structure): Tensor {
    const value = mapped(this.#evaluator.atom(atom), Math.abs)
    return matrixProduct(matrixProduct(value, this.of(atom.args[0]!)), value)
  }

  #function({ fn, args, shape }: Application): Tensor {
    const values = args.map((each) => expanded(this.#evaluator.value(each), shape))
    const sizes = args.map((each) => expanded(this.of(each), shape))
    const data = new Float64Array(sizeOf(shape))
    const at = values.map(() => 0)
    for (let i = 0; i < data.length; i++) {
      for (let k = 0; k < at.length; k++) at[k] = values[k]![i]!
      const value = evaluateElementary(fn, at)
      let squares = value * value
      for (let k = 0; k < at.length; k++) {
        const x = at[k]!
        at[k] = x + small * sizes[k]![i]!
        const moved = (evaluateElementary(fn, at) - value) / small
        at[k] = x
        if (Number.isFinite(moved)) squares += moved * moved
      }
      data[i] = Math.sqrt(squares)
    }
    return { shape, data }
  }
}

function multiply(product: Float64Array, by: Float64Array, power: number): void {
  if (power === 1) for (let i = 0; i < product.length; i++) product[i]! *= by[i]!
  else for (let i = 0; i < product.length; i++) product[i]! *= by[i]! ** power
}

function matrixProduct(a: Tensor, b: Tensor): Tensor {
  const [size = 1] = a.shape
  const data = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++)
      for (let j = 0; j < size; j++)
        data[i * size + j]! += a.data[i * size + k]! * b.data[k * size + j]!
  return { shape: a.shape, data }
}

const square = (x: number): number => x * x

const mapped = ({ shape, data }: Tensor, by: (x: number) => number): Tensor => ({
  shape,
  data: data.map(by),
})
