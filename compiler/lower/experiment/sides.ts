/** What angles, ratios and norms are taken of: weights, what rules ask of them, what backprop would do. */
import type { Span } from '../../../grammar/ast.ts'
import type { StorageShape } from '../../ir/ir.ts'
import type { Replacement, WeightSide } from '../../model/experiment/measures.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { storedShape, type Weights, type WeightValue } from '../circuit/weights.ts'
import type { WeightElement } from '../context.ts'
import type { Updates } from '../plasticity/updates.ts'
import { differential, type ChangeOf } from './differential.ts'
import { changeName } from '../through/window.ts'
import type { Backprop } from './loss.ts'

/** One of the things an angle is between, element by element. */
export interface Side {
  readonly elements: readonly WeightElement[]
  readonly value: (element: WeightElement) => WeightValue | undefined
}

export class Sides {
  readonly #circuit: CircuitLowering
  readonly #updates: Updates
  /** Weights after the step. */
  readonly #after: Weights
  readonly #backprop: Backprop
  readonly #experimentSpan: Span

  /** `backprop`: gradients of the circuit in the phase whose loss counts. */
  constructor(
    circuit: CircuitLowering,
    updates: Updates,
    {
      after,
      backprop,
      span,
    }: { readonly after: Weights; readonly backprop: Backprop; readonly span: Span },
  ) {
    this.#circuit = circuit
    this.#updates = updates
    this.#after = after
    this.#backprop = backprop
    this.#experimentSpan = span
  }

  /** The values of a side; `same`: what stands beside it, which `backprop` is of where it says nothing. */
  side(bound: WeightSide, same: readonly WeightElement[] | undefined): Side | undefined {
    switch (bound.kind) {
      case 'negative': {
        const inner = this.side(bound.of, same)
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
      case 'backprop':
        return this.#backpropSide(bound.elements ?? same ?? [], bound.replacements)
      case 'weights':
        return { elements: bound.elements, value: (element) => this.#after.element(element) }
      case 'update': {
        const { elements, span } = bound
        const changeOf: ChangeOf = (element) => this.#updates.asked.get(element.name)
        const moving = elements.filter(
          (element) => this.#differential(element, changeOf) !== undefined,
        )
        if (moving.length === 0) {
          const name = elements[0]?.name ?? 'this'
          return this.#circuit.context.diagnostics.report('notLearnable', span, { name })
        }
        return { elements: moving, value: (element) => this.#differential(element, changeOf) }
      }
    }
  }

  #differential(element: WeightElement, changeOf: ChangeOf): WeightValue | undefined {
    return differential(this.#circuit.context, this.#circuit.weights, element, changeOf)
  }

  #backpropSide(
    elements: readonly WeightElement[],
    replacements: readonly Replacement[],
  ): Side | undefined {
    const storages = this.#storagesOf(elements)
    const label =
      replacements.length === 0
        ? 'backprop'
        : `backprop[${replacements.map((each) => `${each.family} = ${each.text}`).join(', ')}]`
    if (this.#updates.following.size > 0) return this.#throughTime(elements, replacements)
    const changes = this.#backprop.changes(storages, replacements, label)
    if (!changes) return undefined
    return {
      elements,
      value: (element) => this.#differential(element, (each) => changes.get(each.name)),
    }
  }

  /** Where something learns through time, gradients are those of the window that ended last. */
  #throughTime(
    elements: readonly WeightElement[],
    replacements: readonly Replacement[],
  ): Side | undefined {
    const { context } = this.#circuit
    const storages = this.#storagesOf(elements)
    const other = storages.find(({ name }) => !this.#updates.following.has(name))
    const [first] = replacements
    if (other || first || storages.length === 0) {
      const span = first?.span ?? this.#experimentSpan
      const of = other ? `of \`${other.name}\`, which does not learn by it,` : 'with other weights,'
      return context.diagnostics.report('noLowering', span, {
        construct: `A measure of the gradient through time ${of}`,
      })
    }
    const shapes = new Map(storages.map(({ name, shape }) => [name, shape]))
    return {
      elements,
      value: (element) =>
        this.#differential(element, ({ name }) => {
          const shape = shapes.get(name)
          return shape && context.builder.load(changeName(name), shape)
        }),
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
