/** What angles, ratios and norms are taken of: weights, what rules ask of them, what backprop would do. */
import type { Argument, Expression } from '../../../grammar/ast.ts'
import type { StorageShape } from '../../ir/ir.ts'
import type { Scope } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { storedShape, type Weights, type WeightValue } from '../circuit/weights.ts'
import type { WeightElement } from '../context.ts'
import { parseName } from '../names.ts'
import type { Updates } from '../plasticity/updates.ts'
import { differential, type ChangeOf } from './differential.ts'
import { Backprop, type Replacement } from './loss.ts'

/** One of the things an angle is between, element by element. */
export interface Side {
  readonly elements: readonly WeightElement[]
  readonly value: (element: WeightElement) => WeightValue | undefined
}

export const isBackprop = (expression: Expression): boolean =>
  (expression.kind === 'Name' && expression.name === 'backprop') ||
  (expression.kind === 'Call' &&
    expression.callee.kind === 'Name' &&
    expression.callee.name === 'backprop')

const textOf = (expression: Expression): string =>
  expression.kind === 'Name'
    ? expression.name
    : expression.kind === 'NumberLiteral'
      ? expression.text
      : '...'

export class Sides {
  readonly #circuit: CircuitLowering
  readonly #updates: Updates
  readonly #scope: Scope
  /** Weights after the step. */
  readonly #after: Weights
  readonly #backprop: Backprop

  /** `answer`: the circuit in the phase whose loss counts. */
  constructor(
    circuit: CircuitLowering,
    updates: Updates,
    scope: Scope,
    { after, answer }: { readonly after: Weights; readonly answer: CircuitLowering },
  ) {
    this.#circuit = circuit
    this.#updates = updates
    this.#scope = scope
    this.#after = after
    this.#backprop = new Backprop(answer)
  }

  /** `W`, `-Q`, `update(W)`, `backprop(W)`; `asUpdate` reads a bare name as its update. */
  side(expression: Expression, asUpdate: boolean): Side | undefined {
    if (expression.kind === 'Unary' && expression.operator === '-') {
      const inner = this.side(expression.operand, asUpdate)
      return (
        inner && {
          elements: inner.elements,
          value: (element) => {
            const found = inner.value(element)
            return (
              found && { ...found, value: this.#circuit.context.builder.map('neg', found.value) }
            )
          },
        }
      )
    }
    if (isBackprop(expression)) return this.backpropSide(expression, undefined)
    const isUpdate =
      expression.kind === 'Call' &&
      expression.callee.kind === 'Name' &&
      expression.callee.name === 'update'
    const named = isUpdate ? expression.args[0]?.value : expression
    if (!named) return undefined
    const elements = parseName(this.#circuit.context, named, this.#scope)
    if (!elements) return undefined
    if (!isUpdate && !asUpdate)
      return { elements, value: (element) => this.#after.element(element) }
    const changeOf: ChangeOf = (element) => this.#updates.asked.get(element.name)
    const moving = elements.filter((element) => this.#differential(element, changeOf) !== undefined)
    if (moving.length === 0) {
      return this.#circuit.context.diagnostics.report('notLearnable', named.span, {
        name: elements[0]?.name ?? 'this',
      })
    }
    return { elements: moving, value: (element) => this.#differential(element, changeOf) }
  }

  #differential(element: WeightElement, changeOf: ChangeOf): WeightValue | undefined {
    return differential(this.#circuit.context, this.#circuit.weights, element, changeOf)
  }

  backpropSide(
    expression: Expression,
    same: readonly WeightElement[] | undefined,
  ): Side | undefined {
    const args: readonly Argument[] = expression.kind === 'Call' ? expression.args : []
    const named = args.find((each) => !each.name)
    const elements =
      same ?? (named ? parseName(this.#circuit.context, named.value, this.#scope) : undefined)
    if (!elements) return undefined
    const replacements = args.flatMap((each): Replacement[] =>
      each.name ? [{ family: each.name.name, span: each.name.span, value: each.value }] : [],
    )
    const storages = this.#storagesOf(elements)
    const label =
      replacements.length === 0
        ? 'backprop'
        : `backprop[${replacements.map((each) => `${each.family} = ${textOf(each.value)}`).join(', ')}]`
    const changes = this.#backprop.changes(storages, replacements, this.#scope, label)
    if (!changes) return undefined
    return {
      elements,
      value: (element) => this.#differential(element, (each) => changes.get(each.name)),
    }
  }

  /** The stored weights that the elements are made of: the forward weights that learn. */
  #storagesOf(
    elements: readonly WeightElement[],
  ): readonly { readonly name: string; readonly shape: StorageShape }[] {
    const found = new Map<string, StorageShape>()
    const collect: ChangeOf = (element) => {
      if (this.#updates.asked.has(element.name) || element.connection.rule)
        found.set(element.name, storedShape(element.connection))
      return undefined
    }
    for (const element of elements) {
      if (element.kind === 'connection' && !element.connection.tied)
        found.set(element.name, storedShape(element.connection))
      else this.#differential(element, collect)
    }
    return [...found].map(([name, shape]) => ({ name, shape }))
  }

  /** The weights that join the same populations on the other side. */
  partner(
    a: WeightValue | undefined,
    element: WeightElement,
    right: Side,
  ): WeightElement | undefined {
    if (!a) return undefined
    const same = right.elements.find((each) => each.name === element.name)
    return (
      same ??
      right.elements.find((each) => {
        const axes = this.#after.element(each)?.axes
        return (
          axes &&
          ((axes[0] === a.axes[0] && axes[1] === a.axes[1]) ||
            (axes[0] === a.axes[1] && axes[1] === a.axes[0]))
        )
      })
    )
  }
}
