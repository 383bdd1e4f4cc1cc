/**
 * The second pass over an expression of weights, of a circuit that is whole: which one of a family a
 * name means, what numbers are, what draws are asked for, and which axes and shape every part has. What
 * does not fit is reported here, so that lowering only computes.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import type { Elements, WeightElement } from '../bind/elements.ts'
import {
  compileTimeFunctions,
  elementwise,
  indexName,
  elementwiseOfWeights,
  initialisers,
  weightFunctions,
} from '../builtins.ts'
import { isIndex } from './names.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluate, evaluateBoolean } from '../evaluate.ts'
import type { PairQuantity } from '../../../contract/pattern.ts'
import {
  hiddenPairHint,
  isOfSpace,
  pairQuantitiesIn,
  pairQuantityOf,
} from '../patterns/pair-names.ts'
import { spaceOf } from '../patterns/pair-program.ts'
import { dimensionless } from '../units.ts'
import { familyName } from '../families.ts'
import type { Let, WeightExpression } from '../model.ts'
import { paramsOf } from '../values.ts'
import { chooseElement } from './choice.ts'
import { bindInitialiser } from './initialisers.ts'
import { productType, typeOfWhole } from './matrix-types.ts'
import { bindSpectral } from './spectral.ts'
import { unknownWeight, type WeightReference, type WeightReferences } from './reference.ts'
import { biasTarget, connectionTarget, matrixTarget, type WeightTarget } from './targets.ts'
import { fit, inOrder, joins, joinsSame, number, shapeText, type WeightType } from './types.ts'

/** An expression, what it sets, and whether it only says how that begins. */
interface Use {
  readonly within: WeightExpression
  readonly target: WeightTarget | undefined
  readonly begins: boolean
}

export class WeightTyping {
  readonly #context: Context
  readonly #elements: Elements
  readonly #references: WeightReferences
  readonly #lets = new Map<Let, WeightType | undefined>()
  readonly #running = new Set<Let>()

  constructor(context: Context, elements: Elements, references: WeightReferences) {
    this.#context = context
    this.#elements = elements
    this.#references = references
  }

  /** Binds what an expression sets a weight to; `begins`: it only says how the weight begins. */
  bind(within: WeightExpression, target: WeightTarget, begins: boolean): void {
    const found = this.#type({ within, target, begins }, within.value, target)
    if (!found) return this.#references.fail(within)
    if (found.axes.length > 0) this.#fit(within, found, target, within.value.span)
  }

  /** The axes and shape of a `let`; undefined after a report, and inside of a circle. */
  ofLet(definition: Let): WeightType | undefined {
    if (this.#lets.has(definition)) return this.#lets.get(definition)
    if (this.#running.has(definition)) return undefined
    this.#running.add(definition)
    const within = definition.value
    const found = this.#type({ within, target: undefined, begins: false }, within.value, undefined)
    this.#running.delete(definition)
    this.#lets.set(definition, found)
    if (!found) this.#references.fail(within)
    return found
  }

  /** Binds a condition that is known when the model is compiled. */
  bindCondition(within: WeightExpression): void {
    const value = evaluateBoolean(this.#context, within.scope, within.value)
    if (value) this.#references.set(within, within.value, { kind: 'value', value })
    else this.#references.fail(within)
  }

  /** The axes and shape of an element of any family. */
  ofElement(element: WeightElement): WeightType | undefined {
    switch (element.kind) {
      case 'connection':
        return connectionTarget(element.connection)
      case 'matrix':
        return matrixTarget(element.matrix)
      case 'let':
        return this.ofLet(element.definition)
    }
  }

  /** `found` in the order and shape of `target`; undefined after a report. */
  #fit(
    within: WeightExpression,
    found: WeightType,
    target: WeightType,
    span: Span,
  ): WeightType | undefined {
    if (fit(found, target)) return target
    this.#references.fail(within)
    return this.#context.report('shapeMismatch', span, {
      left: 'What is needed here',
      leftShape: shapeText(target.shape),
      right: 'this',
      rightShape: shapeText(inOrder(found, target)),
    })
  }

  /** `target`: what decides which elements names mean, which is turned round inside of `transpose`. */
  #type(place: Use, node: Expression, target: WeightTarget | undefined): WeightType | undefined {
    const inner = (each: Expression): WeightType | undefined => this.#type(place, each, target)
    switch (node.kind) {
      case 'Name':
      case 'Member':
      case 'Index':
        return this.#path(place, node, target)
      case 'Unary':
        return inner(node.operand)
      case 'Binary': {
        const { operator, left, right, span } = node
        if (operator === '@') return productType(this.#context, [inner(left), inner(right)], span)
        // Comparisons are of numbers that are known now; there is none of weights.
        if (!arithmetic.has(operator) && !this.#isOfPairs(place, node)) break
        return this.#elementwise(place, inner(left), inner(right), span)
      }
      case 'Call':
        if (this.#isCountedNow(place.within, node)) break
        return this.#call(place, node, target)
      case 'Conditional': {
        const { scope } = place.within
        if (this.#isOfPairs(place, node.test)) {
          const [then, otherwise] = [inner(node.then), inner(node.otherwise)]
          const test = inner(node.test)
          return this.#elementwise(
            place,
            this.#elementwise(place, test, then, node.span),
            otherwise,
            node.span,
          )
        }
        const test = evaluateBoolean(this.#context, scope, node.test)
        if (!test) return undefined
        for (const name of paramsOf(test.symbol)) this.#context.structural.add(name)
        const taken = test.value ? node.then : node.otherwise
        this.#set(place, node, { kind: 'branch', taken })
        this.#references.forget(place.within, test.value ? node.otherwise : node.then)
        return inner(taken)
      }
      default:
        break
    }
    return this.#known(place, node)
  }

  #isOfPairs({ within }: Use, node: Expression): boolean {
    return pairQuantitiesIn(within.scope, node).size > 0
  }

  #set({ within }: Use, node: Expression, reference: WeightReference): void {
    this.#references.set(within, node, reference)
  }

  /** A number that is known when the model is compiled. */
  #known(place: Use, node: Expression): WeightType | undefined {
    const value = evaluate(this.#context, place.within.scope, node)
    if (!value) return undefined
    if (value.kind === 'number' || value.kind === 'boolean') {
      this.#set(place, node, { kind: 'value', value })
      return number
    }
    return this.#context.report('expectedNumber', node.span, {
      expected: 'weight or number',
      found: 'something else',
    })
  }

  #path(
    place: Use,
    node: Expression & { readonly kind: 'Name' | 'Member' | 'Index' },
    target: WeightTarget | undefined,
  ): WeightType | undefined {
    const quantity = pairQuantityOf(place.within.scope, node)
    if (quantity) return this.#pair(place, node, quantity)
    if (isIndex(place.within.scope, node)) return this.#index(place, node)
    const reference = this.#references.find(place.within, node)
    if (reference?.kind === 'unknown') return undefined
    if (reference?.kind === 'bias') return biasTarget(reference.population, reference.bias)
    if (reference?.kind === 'weights') {
      const element = chooseElement(this.#context, node, reference, (each) =>
        target ? this.#joins(each, target.axes) : false,
      )
      this.#set(place, node, element ? { kind: 'weights', elements: [element] } : unknownWeight)
      return element && this.ofElement(element)
    }
    if (node.kind !== 'Member') return this.#known(place, node)
    const name = familyName(node)
    if (name === undefined) {
      return this.#context.report('wrongKind', node.span, {
        name: 'this',
        found: 'an expression',
        expected: 'the name of a weight',
      })
    }
    const hint = hiddenPairHint(node) ?? didYouMean(name, [...this.#elements.keys()])
    return this.#context.report('unknownName', node.span, { kind: 'weight', name }, { hint })
  }

  /** What is known of the pair of each synapse, where a weight or a delay of single ones begins. */
  #pair(place: Use, node: Expression, quantity: PairQuantity): WeightType | undefined {
    const { target, begins } = place
    const refuse = (reason: string, hint?: string): undefined =>
      this.#context.report('withoutSynapses', node.span, { name: quantity, reason }, { hint })
    const connection = target?.connection
    if (!target || !connection) return refuse('here are none')
    if (!begins) return refuse('a tie is of whole weights; `init` and `delay` may read it')
    const { pattern, name, connectivity } = connection
    if (!pattern)
      return refuse(
        `those of \`${name}\` are not listed: its connectivity is \`${connectivity}\``,
        connectivity === 'all_to_all'
          ? 'write `all_to_all when true`, which lists them'
          : undefined,
      )
    const space = isOfSpace(quantity) ? spaceOf(this.#context, pattern, node.span) : undefined
    if (isOfSpace(quantity) && !space) return undefined
    const dimension = space?.dimension ?? dimensionless
    this.#set(place, node, { kind: 'pair', quantity, dimension })
    return target
  }

  /** The number of each cell, in what cells begin with. */
  #index(place: Use, node: Expression): WeightType | undefined {
    const { target } = place
    if (target && target.axes.length === 1 && !target.connection) {
      this.#set(place, node, { kind: 'index' })
      return target
    }
    return this.#context.report(
      'unknownName',
      node.span,
      { kind: 'weight', name: indexName },
      { hint: 'of the two cells of a synapse there are `pre.index` and `post.index`' },
    )
  }

  #joins(element: WeightElement, axes: readonly string[]): boolean {
    if (element.kind !== 'let') return joins(element, axes)
    const own = this.ofLet(element.definition)?.axes
    return own !== undefined && joinsSame(own, axes)
  }

  /** Whether a call is of numbers alone: `size(h)`, `round(n / 2)`, but not `log(uniform())`. */
  #isCountedNow(within: WeightExpression, { callee, args }: CallExpression): boolean {
    if (callee.kind !== 'Name' || !compileTimeFunctions.has(callee.name)) return false
    if (!elementwiseOfWeights.has(callee.name)) return true
    let isOfNumbers = true
    for (const { value } of args) {
      walk(value, (node) => {
        if (node.kind !== 'Name' && node.kind !== 'Member' && node.kind !== 'Index') return
        const reference = this.#references.find(within, node)
        const isCounted =
          reference?.kind === 'value' ||
          (reference?.kind === 'function' && compileTimeFunctions.has(reference.name))
        if ((reference && !isCounted) || pairQuantityOf(within.scope, node)) isOfNumbers = false
      })
    }
    return isOfNumbers
  }

  #elementwise(
    { within }: Use,
    left: WeightType | undefined,
    right: WeightType | undefined,
    span: Span,
  ): WeightType | undefined {
    if (!left || !right) return undefined
    if (left.axes.length === 0) return right
    return right.axes.length === 0 ? left : this.#fit(within, right, left, span)
  }

  #call(
    place: Use,
    call: CallExpression,
    target: WeightTarget | undefined,
  ): WeightType | undefined {
    const callee = this.#references.find(place.within, call.callee)
    if (callee?.kind !== 'function') return undefined
    const { name } = callee
    const { scope } = place.within
    if (initialisers.has(name)) {
      if (!target) {
        return this.#context.report('notConstant', call.span, {
          reason: `\`${name}\` draws initial weights, and here is none to be set`,
        })
      }
      const setting = { target, begins: place.begins }
      const bound = bindInitialiser(this.#context, scope, call, name, setting)
      if (!bound) return undefined
      this.#set(place, call, bound)
      return target
    }
    if (name === 'spectral') {
      const bound = bindSpectral(this.#context, scope, call, { ...place, target }, (each) =>
        this.#type(place, each, target),
      )
      if (bound) this.#set(place, bound.radius, { kind: 'value', value: bound.value })
      return bound?.type
    }
    const isFactor = name === 'left_factor' || name === 'right_factor'
    const within = name === 'transpose' ? undefined : target
    const args: WeightType[] = []
    for (const { value } of isFactor ? call.args.slice(0, 1) : call.args) {
      const found = this.#type(place, value, within)
      if (!found) return undefined
      args.push(found)
    }
    if (!weightFunctions.has(name)) return this.#mapped(place, call, name, args)
    const found = typeOfWhole(this.#context, scope, call, name, args)
    if (found?.rank) this.#set(place, found.rank.node, { kind: 'value', value: found.rank.value })
    return found?.type
  }

  /** An element-wise function of weights, draws and numbers. */
  #mapped(
    place: Use,
    call: CallExpression,
    name: string,
    args: readonly WeightType[],
  ): WeightType | undefined {
    const [first, ...rest] = args
    const folds = (name === 'min' || name === 'max') && args.length > 1
    const expected = name === 'clip' ? 3 : (elementwise.get(name)?.arity ?? 1)
    if (!first || (!folds && args.length !== expected)) {
      return this.#context.report('tooManyArguments', call.span, {
        owner: `\`${name}\``,
        expected: first ? expected : 1,
        found: args.length,
      })
    }
    return rest.reduce<WeightType | undefined>(
      (left, right) => this.#elementwise(place, left, right, call.span),
      first,
    )
  }
}

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '^'])
