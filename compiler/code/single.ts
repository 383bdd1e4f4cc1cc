/**
 * Operations that are no loop over one space: they move elements about, or are rare. Plain loops over
 * single elements, done by one thread.
 */
import type { Dim, IrNode, Shape } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import {
  access,
  add,
  get,
  int,
  mul,
  op,
  type Code,
  type FunctionType,
  type Local,
  type ValueType,
} from './tree.ts'
import { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import type { Lanes } from './lanes.ts'
import { layoutOf, numberIn } from '../plan/layout.ts'
import { strideOf } from './body-emitter.ts'

/** The function of an operation: parameters are the batch, the operands' addresses, the result's. */
export function singleFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  name: string,
  node: IrNode,
  operands: readonly Shape[],
): FunctionType {
  const names = ['batch', ...operands.map((_, i) => `operand${i}`), 'result']
  const fn = new FunctionBuilder(
    name,
    names.map((each): [string, ValueType] => [each, 'int']),
    'void',
    { comment: `${node.op} of ${operands.map((shape) => `[${shape.join(', ')}]`).join(', ')}` },
  )
  const single = new Single(
    fn,
    lanes,
    operands.map((shape, i) => ({ shape, base: fn.parameter(i + 1) })),
    { shape: node.shape, base: fn.parameter(names.length - 1) },
  )
  single.emit(node)
  return module.add(fn.build())
}

interface Tensor {
  readonly shape: Shape
  readonly base: Local
}

class Single {
  readonly #fn: FunctionBuilder
  readonly #lanes: Lanes
  readonly #operands: readonly Tensor[]
  readonly #result: Tensor

  constructor(fn: FunctionBuilder, lanes: Lanes, operands: readonly Tensor[], result: Tensor) {
    this.#fn = fn
    this.#lanes = lanes
    this.#operands = operands
    this.#result = result
  }

  emit(node: IrNode): void {
    switch (node.op) {
      case 'broadcast':
        return this.#copy((index) => this.#spreadIndex(index))
      case 'transpose':
        return this.#copy((index) => index.toReversed())
      case 'slice':
        return this.#copy((index) =>
          index.map((code, axis) => (axis === node.axis ? add(code, int(node.start)) : code)),
        )
      case 'reshape':
        return this.#reshape()
      case 'concat':
        return this.#concat(node.axis)
      case 'identity':
        return this.#fill(([row, column]) =>
          this.#truth(op('int.eq', row ?? int(0), column ?? int(0))),
        )
      case 'argmax':
        return this.#argmax()
      case 'reduce':
        return this.#reduce(node)
      default:
        throw new Error(`${node.op} is not an operation of this kind`)
    }
  }

  // --- elements --------------------------------------------------------------------------------------

  #size(dim: Dim): Code {
    return dim === 'batch' ? get(this.#fn.parameter(0)) : int(numberIn(dim))
  }

  #address({ shape, base }: Tensor, index: readonly Code[]): Code {
    const [first = int(0), ...rest] = index
    const { bytes } = this.#lanes
    if (shape.length < 2) return add(get(base), mul(first, int(bytes)))
    const stride = strideOf(this.#lanes, this.#size(layoutOf(shape).columns))
    return add(
      add(get(base), mul(first, stride)),
      mul(this.#flat(shape.slice(1), rest), int(bytes)),
    )
  }

  #flat(shape: Shape, index: readonly Code[]): Code {
    return shape.reduce<Code>(
      (offset, dim, axis) => add(mul(offset, this.#size(dim)), index[axis] ?? int(0)),
      int(0),
    )
  }

  #load(tensor: Tensor, index: readonly Code[]): Code {
    return access(this.#lanes.scalarLoad, 0, this.#address(tensor, index))
  }

  #store(index: readonly Code[], value: Code): void {
    this.#fn.push(access(this.#lanes.scalarStore, 0, this.#address(this.#result, index), value))
  }

  #binary(name: 'add' | 'mul' | 'max' | 'min', a: Code, b: Code): Code {
    return op(`${this.#lanes.precision}.${name}`, a, b)
  }

  #truth(code: Code): Code {
    return op(`${this.#lanes.precision}.ofInt`, code)
  }

  /** A loop for each axis, the last one innermost. */
  #nest(shape: Shape, build: (index: readonly Code[]) => void, index: readonly Code[] = []): void {
    const dim = shape[index.length]
    if (dim === undefined) {
      build(index)
      return
    }
    const counter = this.#fn.local('int', 'index')
    this.#fn.count(counter, int(0), this.#size(dim), 1, () => {
      this.#nest(shape, build, [...index, get(counter)])
    })
  }

  #fill(value: (index: readonly Code[]) => Code): void {
    this.#nest(this.#result.shape, (index) => this.#store(index, value(index)))
  }

  // --- moving ----------------------------------------------------------------------------------------

  #copy(from: (index: readonly Code[]) => readonly Code[]): void {
    this.#fill((index) => this.#load(nodeAt(this.#operands, 0), from(index)))
  }

  #spreadIndex(index: readonly Code[]): readonly Code[] {
    const { shape } = nodeAt(this.#operands, 0)
    const extra = index.length - shape.length
    return shape.map((dim, axis) => (dim === 1 ? int(0) : (index[axis + extra] ?? int(0))))
  }

  #reshape(): void {
    const operand = nodeAt(this.#operands, 0)
    const { columns } = layoutOf(operand.shape)
    const flat = this.#fn.local('int', 'flat')
    this.#fill((index) => {
      this.#fn.set(flat, this.#flat(this.#result.shape, index))
      if (operand.shape.length < 2) return this.#load(operand, [get(flat)])
      const size = this.#size(columns)
      const row = op('int.div', get(flat), size)
      const column = op('int.rem', get(flat), size)
      const stride = strideOf(this.#lanes, size)
      const address = add(
        add(get(operand.base), mul(row, stride)),
        mul(column, int(this.#lanes.bytes)),
      )
      return access(this.#lanes.scalarLoad, 0, address)
    })
  }

  #concat(axis: number): void {
    let start: Code = int(0)
    for (const operand of this.#operands) {
      const offset = start
      if (operand.shape.slice(1, axis).every((dim) => dim === 1)) {
        this.#copyPieces(operand, axis, offset)
      } else {
        this.#nest(operand.shape, (index) => {
          const moved = index.map((code, i) => (i === axis ? add(code, offset) : code))
          this.#store(moved, this.#load(operand, index))
        })
      }
      start = add(start, this.#size(operand.shape[axis] ?? 0))
    }
  }

  /** What lies in one piece in every row, or as whole rows, is copied as one. */
  #copyPieces(operand: Tensor, axis: number, start: Code): void {
    const place = (index: readonly Code[]): readonly Code[] =>
      this.#result.shape.map((_, i) => index[i] ?? int(0))
    const strideOfRows = strideOf(this.#lanes, this.#size(layoutOf(operand.shape).columns))
    if (axis === 0) {
      const count = this.#size(operand.shape[0] ?? 1)
      const bytes = operand.shape.length < 2 ? int(this.#lanes.bytes) : strideOfRows
      const to = this.#address(this.#result, place([start]))
      this.#fn.push(op('memory.copy', to, get(operand.base), mul(count, bytes)))
      return
    }
    const bytes = mul(this.#flatSize(operand.shape.slice(1)), int(this.#lanes.bytes))
    this.#nest(operand.shape.slice(0, 1), ([row = int(0)]) => {
      const begin = this.#result.shape.map((_, i) => (i === 0 ? row : i === axis ? start : int(0)))
      const to = this.#address(this.#result, place(begin))
      this.#fn.push(op('memory.copy', to, this.#address(operand, place([row])), bytes))
    })
  }

  #flatSize(shape: Shape): Code {
    return shape.reduce<Code>((product, dim) => mul(product, this.#size(dim)), int(1))
  }

  #argmax(): void {
    const { shape } = nodeAt(this.#operands, 0)
    const { precision } = this.#lanes
    const best = this.#fn.local(precision, 'best')
    const at = this.#fn.local('int', 'at')
    const value = this.#fn.local(precision, 'value')
    const inner = this.#fn.local('int', 'candidate')
    this.#fill((index) => {
      this.#fn.set(best, this.#lanes.scalar(-Infinity))
      this.#fn.set(at, int(0))
      this.#fn.count(inner, int(0), this.#size(shape.at(-1) ?? 1), 1, () => {
        this.#fn.set(value, this.#load(nodeAt(this.#operands, 0), [...index, get(inner)]))
        this.#fn.branch(op(`${precision}.gt`, get(value), get(best)), () => {
          this.#fn.set(best, get(value))
          this.#fn.set(at, get(inner))
        })
      })
      return this.#truth(get(at))
    })
  }

  // --- reductions over inner axes --------------------------------------------------------------------

  #reduce({ fn: reduction, axes, keep }: IrNode & { readonly op: 'reduce' }): void {
    const operand = nodeAt(this.#operands, 0)
    const adds = reduction === 'sum' || reduction === 'mean'
    const start = adds ? 0 : reduction === 'max' ? -Infinity : Infinity
    this.#fill(() => this.#lanes.scalar(start))
    const resultIndex = (index: readonly Code[]): readonly Code[] =>
      index.flatMap((code, axis) => (axes.includes(axis) ? (keep ? [int(0)] : []) : [code]))
    this.#nest(operand.shape, (index) => {
      const to = resultIndex(index)
      const before = this.#load(this.#result, to)
      const value = this.#load(operand, index)
      const name = reduction === 'max' || reduction === 'min' ? reduction : 'add'
      this.#store(to, this.#binary(name, before, value))
    })
    if (reduction !== 'mean') return
    const { precision } = this.#lanes
    const count = axes.reduce<Code>(
      (total, axis) => mul(total, this.#size(operand.shape[axis] ?? 1)),
      int(1),
    )
    this.#fill((index) =>
      op(`${precision}.div`, this.#load(this.#result, index), this.#truth(count)),
    )
  }
}
