/**
 * The values of expressions: what every symbol is comes from outside, everything else follows. In double
 * precision, one example.
 */
import { evaluateElementary } from '../../contract/elementary.ts'
import type { IrNode } from '../ir/ir.ts'
import { evaluateNode, type Environment, type Tensor } from '../ir/evaluate.ts'
import { expanded } from '../ir/tensor.ts'
import {
  sizeOf,
  type Atom,
  type Expression,
  type NamedAtom,
  type Shape,
  type Structure,
} from './expressions.ts'

/** Values of symbols; undefined for one that is not given, whose definition then counts. */
export type Values = (symbol: NamedAtom) => Tensor | undefined

/** Evaluates expressions of one algebra, each once. */
export class Evaluator {
  readonly #values: Values
  readonly environment: Environment
  readonly #known = new Map<number, Tensor>()
  readonly #atoms = new Map<number, Tensor>()

  /** The environment is for the patterns of synapses. */
  constructor(values: Values, environment: Environment = { batch: 1 }) {
    this.#values = values
    this.environment = environment
  }

  /** The value of an expression, in its shape. Throws for a symbol without value or definition. */
  value(expression: Expression): Tensor {
    const known = this.#known.get(expression.id)
    if (known) return known
    const made = this.#sum(expression)
    this.#known.set(expression.id, made)
    return made
  }

  #sum({ terms, shape }: Expression): Tensor {
    const data = new Float64Array(sizeOf(shape))
    for (const { coefficient, factors } of terms) {
      let scalar = coefficient
      const arrays: { value: Tensor; power: number }[] = []
      for (const { atom, power } of factors) {
        const value = this.atom(atom)
        if (value.data.length === 1) scalar *= value.data[0]! ** power
        else arrays.push({ value, power })
      }
      addProduct(data, shape, scalar, arrays)
    }
    return { shape, data }
  }

  /** The value of an atom, in its shape. */
  atom(atom: Atom): Tensor {
    const known = this.#atoms.get(atom.id)
    if (known) return known
    const made = this.#evaluate(atom)
    this.#atoms.set(atom.id, made)
    return made
  }

  #evaluate(atom: Atom): Tensor {
    switch (atom.kind) {
      case 'symbol': {
        const given = this.#values(atom)
        if (given) return given
        if (atom.definition) return this.value(atom.definition)
        throw new Error(`${atom.name} has no value`)
      }
      case 'group':
        return this.value(atom.sum)
      case 'function': {
        const args = atom.args.map((each) => this.value(each))
        const numbers = args.map((each) => expanded(each, atom.shape))
        const data = new Float64Array(sizeOf(atom.shape))
        const at = numbers.map(() => 0)
        for (let i = 0; i < data.length; i++) {
          for (let k = 0; k < at.length; k++) at[k] = numbers[k]![i]!
          data[i] = evaluateElementary(atom.fn, at)
        }
        return { shape: atom.shape, data }
      }
      case 'structure':
        return structureValue(
          atom,
          atom.args.map((each) => this.value(each)),
          this.environment,
        )
    }
  }
}

/** What a structure makes of its operands. Patterns of synapses are those of the environment. */
export function structureValue(
  { form, shape }: Structure,
  operands: readonly Tensor[],
  environment: Environment,
): Tensor {
  const [a, b] = operands as [Tensor, Tensor]
  switch (form.op) {
    case 'matvec':
      return matvec(a, b)
    case 'outer': {
      const data = new Float64Array(sizeOf(shape))
      const columns = b.data.length
      const right = b.data
      a.data.forEach((left, i) => {
        const start = i * columns
        for (let j = 0; j < columns; j++) data[start + j] = left * right[j]!
      })
      return { shape, data }
    }
    case 'diagonal': {
      const data = new Float64Array(sizeOf(shape))
      a.data.forEach((value, i) => (data[i * (shape[1]! + 1)] = value))
      return { shape, data }
    }
    case 'broadcast':
      return { shape, data: expanded(a, shape) }
    case 'reshape':
      return { shape, data: a.data }
    case 'inverse':
      return { shape, data: inverseOf(a) }
    default:
      return byNode(form, operands, shape, environment)
  }
}

/** Others are operations of the tensor program, of one example where they are of images. */
function byNode(
  form: Structure['form'],
  operands: readonly Tensor[],
  shape: Shape,
  environment: Environment,
): Tensor {
  const section = 'circuit'
  const node = nodeOf(form, shape)
  const rows = form.op === 'conv' || form.op === 'convImageGradient' ? [0] : []
  const images = form.op === 'convKernelGradient' ? [0, 1] : rows
  const given = operands.map((each, i) =>
    images.includes(i) ? { ...each, shape: [1, ...each.shape] } : each,
  )
  const whole = rows.length > 0 ? [1, ...shape] : shape
  const value = evaluateNode(
    { ...node, shape: whole, section } as IrNode,
    given,
    whole,
    environment,
  )
  return { shape, data: value.data }
}

function nodeOf(form: Structure['form'], shape: Shape): object {
  const args = [0, 1]
  switch (form.op) {
    case 'matmul':
      return { op: 'matmul', args, transposeLeft: false, transposeRight: false }
    case 'sum':
      return { op: 'reduce', fn: 'sum', args, axes: form.axes, keep: form.keep }
    case 'largest':
    case 'smallest': {
      const fn = form.op === 'largest' ? 'max' : 'min'
      return { op: 'reduce', fn, args, axes: form.axes, keep: form.keep }
    }
    case 'convImageGradient':
      return { ...form, args, imageShape: form.to }
    case 'convKernelGradient':
      return { ...form, args, kernelShape: form.to }
    case 'identity':
      return { op: 'identity', to: shape }
    default:
      return { ...form, args }
  }
}

/** The inverse of a matrix, by elimination with the largest pivots; not finite where there is none. */
function inverseOf({ shape, data }: Tensor): Float64Array {
  const [size = 1] = shape
  const left = Float64Array.from(data)
  const right = new Float64Array(size * size)
  for (let i = 0; i < size; i++) right[i * (size + 1)] = 1
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(left[row * size + column]!) > Math.abs(left[pivot * size + column]!)) pivot = row
    }
    for (const each of [left, right]) {
      if (pivot === column) break
      const from = each.slice(pivot * size, (pivot + 1) * size)
      each.copyWithin(pivot * size, column * size, (column + 1) * size)
      each.set(from, column * size)
    }
    const scale = 1 / left[column * size + column]!
    for (let k = 0; k < size; k++) {
      left[column * size + k]! *= scale
      right[column * size + k]! *= scale
    }
    for (let row = 0; row < size; row++) {
      const factor = left[row * size + column]!
      if (row === column || factor === 0) continue
      for (let k = 0; k < size; k++) {
        left[row * size + k]! -= factor * left[column * size + k]!
        right[row * size + k]! -= factor * right[column * size + k]!
      }
    }
  }
  return right
}

function matvec(matrix: Tensor, vector: Tensor): Tensor {
  const [rows, columns] = matrix.shape as [number, number]
  const [numbers, by] = [matrix.data, vector.data]
  const data = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    let sum = 0
    const start = i * columns
    for (let j = 0; j < columns; j++) sum += numbers[start + j]! * by[j]!
    data[i] = sum
  }
  return { shape: [rows], data }
}

function addProduct(
  data: Float64Array,
  shape: Shape,
  scalar: number,
  arrays: readonly { readonly value: Tensor; readonly power: number }[],
): void {
  const all = arrays.map(({ value, power }) => ({ numbers: expanded(value, shape), power }))
  const [first, second] = all.map(({ numbers }) => numbers)
  const isPlain = all.length <= 2 && all.every(({ power }) => power === 1)
  if (isPlain && first) {
    if (second) for (let i = 0; i < data.length; i++) data[i]! += scalar * first[i]! * second[i]!
    else for (let i = 0; i < data.length; i++) data[i]! += scalar * first[i]!
    return
  }
  const product = new Float64Array(data.length).fill(scalar)
  for (const { numbers, power } of all) {
    if (power === 1) for (let i = 0; i < product.length; i++) product[i]! *= numbers[i]!
    else for (let i = 0; i < product.length; i++) product[i]! *= numbers[i]! ** power
  }
  for (let i = 0; i < data.length; i++) data[i]! += product[i]!
}
