/**
 * Measures, bound: which weights each compares, which replacements backprop makes, how often it is taken.
 * What is measured of variables is bound with them (`bind/experiment.ts`).
 */
import type {
  Argument,
  CallExpression,
  Expression,
  MeasureStatement,
  Span,
} from '../../../grammar/ast.ts'
import type { Interval } from '../../../contract/plan.ts'
import { findElements, type WeightElement } from '../bind/elements.ts'
import { reductions } from '../builtins.ts'
import { didYouMean, evaluateNumber } from '../evaluate.ts'
import type { Experiment, Population, Scope } from '../model.ts'
import { checkPlaces } from '../named-arguments.ts'
import { measureHint } from '../statement-hints.ts'
import { parseName } from '../weights/parse-name.ts'
import type { Resolving } from './context.ts'
import { resolveEvery } from './durations.ts'
import { populationsOf } from './learnables.ts'
import { statementsOf } from './statements.ts'
import { textOf } from './text.ts'

/** What stands for a weight family in the backward pass: `backprop(W = Y, V = 0)`. */
export interface Replacement {
  readonly family: string
  readonly span: Span
  readonly elements: readonly WeightElement[]
  /** As it is written, for messages and names. */
  readonly text: string
  /** One number for all, or weights that join the same populations. */
  readonly by: number | readonly WeightElement[]
}

/** `W`, `-Q`, `update(W)`, `backprop(W)`, element by element. */
export type WeightSide =
  | {
      readonly kind: 'weights' | 'update'
      readonly elements: readonly WeightElement[]
      readonly span: Span
    }
  | {
      readonly kind: 'backprop'
      /** Undefined: of what it is compared with. */
      readonly elements?: readonly WeightElement[]
      readonly replacements: readonly Replacement[]
    }
  | { readonly kind: 'negative'; readonly of: WeightSide }

export type MeasureBody =
  | { readonly kind: 'loss' }
  /** Of these populations, or of all that answer. */
  | { readonly kind: 'error'; readonly populations?: readonly Population[] }
  | {
      readonly kind: 'angle' | 'ratio'
      readonly left: WeightSide
      readonly right: WeightSide
      readonly span: Span
    }
  | { readonly kind: 'norm'; readonly side: WeightSide }
  | { readonly kind: 'rate' | 'cv'; readonly argument: Expression }
  | { readonly kind: 'statistic'; readonly name: string; readonly argument: Expression }
  /** A statistic over the synapses of weights. */
  | {
      readonly kind: 'synapses'
      readonly name: string
      readonly elements: readonly WeightElement[]
    }

/** Whether it is of weights as they are, not of how much they change. */
export const isOfValues = (side: WeightSide): boolean =>
  side.kind === 'negative' ? isOfValues(side.of) : side.kind === 'weights'

/** Whether all that a measure is of are weights as they are, which no example changes. */
export function isOfWeightsAlone(body: MeasureBody): boolean {
  switch (body.kind) {
    case 'synapses':
      return true
    case 'norm':
      return isOfValues(body.side)
    case 'angle':
    case 'ratio':
      return isOfValues(body.left) && isOfValues(body.right)
    case 'error':
    case 'loss':
    case 'rate':
    case 'cv':
    case 'statistic':
      return false
  }
}

export interface BoundMeasure {
  readonly label: string
  readonly expression: Expression
  readonly every: Interval
  readonly body: MeasureBody
}

const known = ['error', 'loss', 'angle', 'norm', 'ratio', 'rate', 'cv', ...reductions]

/** The measures of an experiment, in order; mistakes are reported. */
export function resolveMeasures(
  context: Resolving,
  experiment: Experiment,
): readonly BoundMeasure[] {
  const labels = new Set<string>()
  return statementsOf(experiment, 'Measure').flatMap((statement) =>
    ofStatement(context, experiment, statement, labels),
  )
}

function ofStatement(
  context: Resolving,
  { scope, item }: Experiment,
  { measures, every: written }: MeasureStatement,
  labels: Set<string>,
): readonly BoundMeasure[] {
  const { diagnostics, step } = context
  const said = written && resolveEvery({ diagnostics, scope, step }, written)
  const every: Interval = said ?? { unit: 'steps', count: 100 }
  return measures.flatMap(({ name, value }): readonly BoundMeasure[] => {
    const label = name?.name ?? textOf(context, value)
    if (labels.has(label)) {
      const parameters = { statement: label, experiment: item.name.name }
      diagnostics.report('repeatedStatement', value.span, parameters)
      return []
    }
    labels.add(label)
    const body = new Measures(context, scope).body(value)
    return body ? [{ label, expression: value, every, body }] : []
  })
}

/** What a measure is of; undefined after a report. */
export const measureBody = (
  context: Resolving,
  scope: Scope,
  expression: Expression,
): MeasureBody | undefined => new Measures(context, scope).body(expression)

class Measures {
  readonly #context: Resolving
  readonly #scope: Scope

  constructor(context: Resolving, scope: Scope) {
    this.#context = context
    this.#scope = scope
  }

  body(expression: Expression): MeasureBody | undefined {
    const call = expression.kind === 'Call' ? expression : undefined
    const callee = call?.callee ?? expression
    const name = callee.kind === 'Name' ? callee.name : ''
    if (call && known.includes(name) && !checkPlaces(this.#context.diagnostics, call, name))
      return undefined
    switch (name) {
      case 'loss':
        return this.#takes(call, name, 0, expression) ? { kind: name } : undefined
      case 'error': {
        const [argument] = call?.args ?? []
        if (!argument) return { kind: name }
        if (!this.#takes(call, name, 1, expression)) return undefined
        const populations = populationsOf(this.#context, this.#scope, argument.value)
        return populations && { kind: name, populations }
      }
      case 'angle':
      case 'ratio': {
        const [first, second] = call?.args ?? []
        if (!first || !second || !this.#takes(call, name, 2, expression)) {
          return this.#count(name, 2, call, expression)
        }
        const left = this.#side(first.value, isBackprop(second.value))
        const right = this.#side(second.value, false, true)
        return left && right && { kind: name, left, right, span: second.value.span }
      }
      case 'norm': {
        const [first] = call?.args ?? []
        if (!first || !this.#takes(call, name, 1, expression))
          return this.#count(name, 1, call, expression)
        const side = this.#side(first.value, false)
        return side && { kind: name, side }
      }
      default:
        break
    }
    if (name === 'rate' || name === 'cv') {
      const [first, ...more] = call?.args ?? []
      if (first && more.length === 0) return { kind: name, argument: first.value }
      const parameters = { owner: `\`${name}\``, expected: 1, found: call?.args.length ?? 0 }
      return this.#context.diagnostics.report('tooManyArguments', expression.span, parameters, {
        hint: `say of what: \`${name}(h.spike)\``,
      })
    }
    if (reductions.has(name)) {
      const [first] = call?.args ?? []
      if (!first || !this.#takes(call, name, 1, expression))
        return this.#count(name, 1, call, expression)
      if (!findElements(this.#context.bound.elements, this.#scope, first.value))
        return { kind: 'statistic', name, argument: first.value }
      const elements = parseName(this.#context, first.value, this.#scope)
      return elements && { kind: 'synapses', name, elements }
    }
    return this.#context.diagnostics.report(
      'unknownName',
      callee.span,
      { kind: 'measure', name: name || 'this' },
      { hint: didYouMean(name, known) ?? measureHint(expression, known) },
    )
  }

  /** Whether a measure has no more arguments than it takes. */
  #takes(
    call: CallExpression | undefined,
    name: string,
    most: number,
    expression: Expression,
  ): boolean {
    if (!call || call.args.length <= most) return true
    this.#count(name, most, call, expression)
    return false
  }

  #count(
    name: string,
    expected: number,
    call: CallExpression | undefined,
    { span }: Expression,
  ): undefined {
    const found = call?.args.length ?? 0
    const owner = `\`${name}\``
    return this.#context.diagnostics.report('tooManyArguments', span, { owner, expected, found })
  }

  /** `asUpdate` reads a bare name as its update; `isSecond`: `backprop` may be of what stands first. */
  #side(expression: Expression, asUpdate: boolean, isSecond = false): WeightSide | undefined {
    if (expression.kind === 'Unary' && expression.operator === '-') {
      const of = this.#side(expression.operand, asUpdate)
      return of && { kind: 'negative', of }
    }
    if (isBackprop(expression)) return this.#backprop(expression, isSecond)
    const isUpdate =
      expression.kind === 'Call' &&
      expression.callee.kind === 'Name' &&
      expression.callee.name === 'update'
    if (isUpdate && expression.args.length !== 1)
      return this.#count('update', 1, expression, expression)
    const named = isUpdate ? expression.args[0]?.value : expression
    const elements = named && parseName(this.#context, named, this.#scope)
    if (!elements) return undefined
    return { kind: isUpdate || asUpdate ? 'update' : 'weights', elements, span: named.span }
  }

  #backprop(expression: Expression, isSecond: boolean): WeightSide | undefined {
    const args: readonly Argument[] = expression.kind === 'Call' ? expression.args : []
    const [named, more] = args.filter((each) => !each.name)
    if (more) {
      const found = args.length
      const owner = '`backprop`'
      return this.#context.diagnostics.report('tooManyArguments', more.span, {
        owner,
        expected: 1,
        found,
      })
    }
    if (!named && !isSecond) {
      return this.#context.diagnostics.report(
        'missingArgument',
        expression.span,
        { owner: '`backprop`', name: 'weight' },
        { hint: 'say of which weights, as in `norm(backprop(W))`' },
      )
    }
    const elements = named && parseName(this.#context, named.value, this.#scope)
    const replacements = args.flatMap((each) => this.#replacement(each) ?? [])
    if (named && !elements) return undefined
    return { kind: 'backprop', ...(elements ? { elements } : {}), replacements }
  }

  /** Of `W = Y`; undefined after a report, and of what is no replacement. */
  #replacement({ name, value }: Argument): Replacement | undefined {
    if (!name) return undefined
    const { span } = name
    const family = name.name
    const bare = { kind: 'Name', name: family, span } as const
    const elements = parseName(this.#context, bare, this.#scope)
    const by =
      value.kind === 'NumberLiteral'
        ? evaluateNumber(this.#context.diagnostics, this.#scope, value)?.value
        : parseName(this.#context, value, this.#scope)
    if (!elements || by === undefined) return undefined
    return { family, span, elements, text: textOf(this.#context, value), by }
  }
}

const isBackprop = (expression: Expression): boolean =>
  (expression.kind === 'Name' && expression.name === 'backprop') ||
  (expression.kind === 'Call' &&
    expression.callee.kind === 'Name' &&
    expression.callee.name === 'backprop')
