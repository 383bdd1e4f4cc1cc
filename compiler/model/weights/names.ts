/**
 * The first pass over an expression of weights: what each name is. A weight (or `let`, or matrix), a
 * bias, a function, or else something known when the model is compiled, which the second pass asks for
 * its value (`typing.ts`). What nothing has the name of is reported, in a part that does not count as well.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import { childrenOf, isExpression } from '../../../grammar/walk.ts'
import { findFamily, type Elements } from '../bind/elements.ts'
import {
  builtinNames,
  compileTimeFunctions,
  elementwiseOfWeights,
  indexName,
  initialisers,
  weightFunctions,
} from '../builtins.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluateInteger } from '../evaluate.ts'
import { pairQuantityOf } from '../patterns/pair-names.ts'
import { familyName } from '../families.ts'
import type { BooleanValue, Entry, NumberValue, Scope, WeightExpression } from '../model.ts'
import { checkPlaces, checkTaken } from '../named-arguments.ts'
import { calledByName } from '../statement-hints.ts'
import { unknownWeight, type WeightReference, type WeightReferences } from './reference.ts'
import { joins } from './types.ts'

/** Whether it is the number of a cell, where nothing else is called so. */
export const isIndex = (scope: Scope, node: Expression): boolean =>
  node.kind === 'Name' && node.name === indexName && !scope.knows(indexName)

type Path = Expression & { readonly kind: 'Name' | 'Member' | 'Index' }

/** Two populations, [post, pre]: of a family, the element between them is meant. */
type Ends = readonly string[] | undefined

export class WeightNames {
  readonly #context: Context
  readonly #elements: Elements
  readonly #references: WeightReferences

  constructor(context: Context, elements: Elements, references: WeightReferences) {
    this.#context = context
    this.#elements = elements
    this.#references = references
  }

  /** Binds the names of an expression for a weight between two populations. */
  bind(expression: WeightExpression, ends: Ends): void {
    this.#visit(expression, expression.value, ends)
  }

  #visit(within: WeightExpression, node: Expression, ends: Ends): void {
    switch (node.kind) {
      case 'Name':
      case 'Member':
      case 'Index': {
        const reference = this.#path(within, node, ends)
        if (reference) this.#references.set(within, node, reference)
        return
      }
      case 'Call':
        return this.#call(within, node, ends)
      default:
        for (const child of childrenOf(node))
          if (isExpression(child)) this.#visit(within, child, ends)
    }
  }

  /** What a path means; undefined of what the second pass asks for its value. */
  #path(within: WeightExpression, node: Path, ends: Ends): WeightReference | undefined {
    const { scope } = within
    // What is known of pairs is judged by the second pass.
    if (pairQuantityOf(scope, node) || isIndex(scope, node)) return undefined
    const bias = this.#bias(scope, node)
    if (bias) return bias
    if (node.kind === 'Index') return this.#indexed(within, node, ends)
    const found = findFamily(this.#elements, scope, node, 'own')
    if (found) {
      const joining = ends ? found.filter((each) => joins(each, ends)) : []
      return { kind: 'weights', elements: joining.length > 0 ? joining : found }
    }
    const root = rootName(node)
    if (root === undefined) return undefined
    const entry = scope.lookUp(root)
    if (entry) return node.kind === 'Name' && isNumber(entry) ? valueOf(entry) : undefined
    if (scope.knows(root)) return unknownWeight
    const name = familyName(node) ?? root
    if (this.#context.isBroken(name)) return unknownWeight
    const known = [...this.#elements.keys(), ...scope.names()]
    const hint = this.#context.isFull ? undefined : didYouMean(name, known)
    this.#context.report('unknownName', node.span, { kind: 'weight', name }, { hint })
    return unknownWeight
  }

  /** `W[0]`: an element of the whole family, inside of its loop too; `W[0..2]` is several. */
  #indexed(
    within: WeightExpression,
    node: Path & { readonly kind: 'Index' },
    ends: Ends,
  ): WeightReference | undefined {
    const { scope } = within
    const { object, index } = node
    const family = findFamily(this.#elements, scope, object, 'whole')
    if (!family) {
      this.#visit(within, object, ends)
      this.#visit(within, index, ends)
      const of = this.#references.find(within, object)
      return of?.kind === 'unknown' ? of : undefined
    }
    const whole = (each: Expression): number | undefined =>
      evaluateInteger(this.#context, scope, each)
    const from = index.kind === 'Range' ? (index.from ? whole(index.from) : 0) : whole(index)
    const to = index.kind === 'Range' ? (index.to ? whole(index.to) : family.length - 1) : from
    if (from === undefined || to === undefined) return unknownWeight
    const outside = [from, to].find((each) => each < 0 || each >= family.length)
    return outside !== undefined && from <= to
      ? outsideOf(family.length, outside)
      : { kind: 'weights', elements: family.slice(from, to + 1) }
  }

  /** `upper.k`, `h[0].k`, `loop.x.k`: a bias of one population. */
  #bias(scope: Scope, node: Path): WeightReference | undefined {
    if (node.kind !== 'Member') return undefined
    const owner = this.#owner(scope, node.object)
    if (owner && 'outside' in owner) return owner
    if (owner?.kind !== 'population') return undefined
    const { population } = owner
    const bias = population.cell.biases.find((each) => each.name === node.member.name)
    return bias && { kind: 'bias', population, bias }
  }

  /** What stands in front of a bias's name, if it is of populations. */
  #owner(
    scope: Scope,
    object: Expression,
  ): Entry | (WeightReference & { readonly kind: 'weights' }) | undefined {
    switch (object.kind) {
      case 'Name':
        return scope.lookUp(object.name)
      case 'Member': {
        const owner = this.#owner(scope, object.object)
        return owner?.kind === 'instance' ? owner.scope.lookUp(object.member.name) : undefined
      }
      case 'Index': {
        const owner = this.#owner(scope, object.object)
        if (owner?.kind !== 'populations' && owner?.kind !== 'instances') return undefined
        if (object.index.kind === 'Range') return undefined
        const index = evaluateInteger(this.#context, scope, object.index)
        if (index === undefined) return undefined
        if (index < 0 || index >= owner.elements.length)
          return outsideOf(owner.elements.length, index)
        if (owner.kind === 'populations') {
          const population = owner.elements[index]
          return population && { kind: 'population', population }
        }
        const inner = owner.elements[index]
        return inner && { kind: 'instance', name: owner.name, scope: inner }
      }
      default:
        return undefined
    }
  }

  #call(within: WeightExpression, call: CallExpression, ends: Ends): void {
    const { callee, args } = call
    const name = callee.kind === 'Name' ? callee.name : ''
    // What is turned round joins the populations the other way.
    const inner = name === 'transpose' ? undefined : ends
    const isInOrder =
      initialisers.has(name) || name === 'spectral' || checkPlaces(this.#context, call, name)
    if (!isInOrder) return this.#references.set(within, callee, unknownWeight)
    for (const argument of args) this.#visit(within, argument.value, inner)
    const own = within.scope.lookUp(name)
    const isLeft = own?.kind === 'function'
    // Of a call that stands as it was written the arguments do not fit, or the function never ends.
    if (isLeft) checkTaken(this.#context, call, own.definition)
    const reference = isLeft ? unknownWeight : this.#function(within.scope, callee, name)
    this.#references.set(within, callee, reference)
  }

  #function(scope: Scope, { span }: Expression, name: string): WeightReference {
    if (
      initialisers.has(name) ||
      weightFunctions.has(name) ||
      compileTimeFunctions.has(name) ||
      elementwiseOfWeights.has(name)
    )
      return { kind: 'function', name }
    const known = [...initialisers.keys(), ...weightFunctions, ...elementwiseOfWeights]
    const isOther = builtinNames.has(name) || (name !== '' && scope.lookUp(name) !== undefined)
    const other = isOther ? `of weights there are ${[...weightFunctions].join(', ')}` : undefined
    const hint = name === '' ? calledByName : (didYouMean(name, known) ?? other)
    this.#context.report('unknownName', span, { kind: 'function of weights', name }, { hint })
    return unknownWeight
  }
}

const isNumber = (entry: Entry): entry is NumberValue | BooleanValue =>
  entry.kind === 'number' || entry.kind === 'boolean'

const valueOf = (value: NumberValue | BooleanValue): WeightReference => ({ kind: 'value', value })

const outsideOf = (
  count: number,
  index: number,
): WeightReference & { readonly kind: 'weights' } => ({
  kind: 'weights',
  elements: [],
  outside: { index, count },
})

function rootName(expression: Expression): string | undefined {
  let at = expression
  while (at.kind === 'Member') at = at.object
  return at.kind === 'Name' ? at.name : undefined
}
