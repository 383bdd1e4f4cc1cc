/** Functions as they are named where they are called; remembers which are, and by which. */
import { describeVariable } from './name-parts.ts'
import type { Expression, FunctionItem, Span } from '../../../grammar/ast.ts'
import { builtinsOf } from './function-bodies.ts'
import {
  batchFunctions,
  builtinNames,
  draws,
  elementwise,
  reductions,
  ruleFunctions,
  temporal,
} from '../builtins.ts'
import type { Context } from '../context.ts'
import type { Entry, FunctionValue } from '../model.ts'
import { describeEntry } from '../values.ts'
import type { Environment } from './environment.ts'
import { type FunctionReference } from './reference.ts'

/** A suggestion, as long as there is room for what it belongs to. */
export type Hint = (name: string, candidates: () => readonly string[]) => string | undefined

export class Functions {
  /** Functions that the places bound so far call. */
  readonly called = new Map<FunctionItem, FunctionValue>()
  readonly calls = new Map<FunctionItem, { readonly to: FunctionItem; readonly span: Span }[]>()
  /** The function whose body is bound right now. */
  inside: FunctionItem | undefined
  readonly #context: Context
  readonly #hint: Hint

  constructor(context: Context, hint: Hint) {
    this.#context = context
    this.#hint = hint
  }

  /** The function that an expression names; undefined if it is not known which, or after a report. */
  named(expression: Expression, environment: Environment): FunctionReference | undefined {
    if (expression.kind !== 'Name') {
      if (expression.kind === 'ErrorExpression') return undefined
      const parameters = {
        name: 'this',
        found: 'an expression',
        expected: 'the name of a function',
      }
      return this.#context.report('wrongKind', expression.span, parameters)
    }
    const { name, span } = expression
    const { scope, rule } = environment
    const entry: Entry | undefined = scope.lookUp(name)
    const fn: FunctionReference | undefined =
      entry?.kind === 'function' || entry?.kind === 'builtin'
        ? entry
        : !entry && (builtinNames.has(name) || (rule && ruleFunctions.has(name)))
          ? { kind: 'builtin', name }
          : undefined
    if (fn?.kind === 'function') {
      this.called.set(fn.definition, fn)
      this.#remember(fn.definition, span)
    }
    if (fn && rule && !worksInRules(fn)) {
      const known = [...elementwise.keys(), ...ruleFunctions, ...draws, 'clip', 'mean', 'sum']
      return this.#context.report(
        'unknownName',
        span,
        { kind: 'function for rules', name },
        {
          hint:
            fn.kind === 'function'
              ? `\`${name}\` draws, looks back or takes a pullback: compute that in the cell`
              : this.#hint(name, () => known),
        },
      )
    }
    if (fn && !rule && !isOfCells(environment)) {
      const names = fn.kind === 'builtin' ? [fn.name] : [...builtinsOf(fn)]
      const found = names.find((each) => batchFunctions.has(each))
      if (found !== undefined)
        return this.#context.report('batchPlace', span, { name: found }, { hint: ofCells })
    }
    if (fn) return fn
    if (entry) {
      const parameters = { name, found: describeEntry(entry), expected: 'a function' }
      return this.#context.report('wrongKind', span, parameters)
    }
    if (scope.knows(name)) return undefined
    const variable = environment.variables.get(name)
    if (variable) {
      const parameters = { name, found: describeVariable(variable), expected: 'a function' }
      return this.#context.report('wrongKind', span, parameters)
    }
    const hint = this.#hint(name, () => [...builtinNames, ...scope.names()])
    return this.#context.report('unknownName', span, { kind: 'function', name }, { hint })
  }

  #remember(to: FunctionItem, span: Span): void {
    if (!this.inside) return
    const calls = this.calls.get(this.inside) ?? []
    calls.push({ to, span })
    this.calls.set(this.inside, calls)
  }
}

/** Whether what stands there is computed by cells, in each step. */
const isOfCells = ({ cell, initial, fn }: Environment): boolean =>
  fn !== undefined || (cell !== undefined && initial !== true)

const ofCells = 'let a cell compute it, as in `m = batch_mean(x)`, and name that variable'

/** Whether the lowering of rules, which keeps apart what lives on the two sides, knows a function. */
const worksInRules = (fn: FunctionReference): boolean =>
  fn.kind === 'function'
    ? [...builtinsOf(fn)].every(isSideBySide)
    : [temporal, ruleFunctions, draws].some((each) => each.has(fn.name)) || isSideBySide(fn.name)

const isSideBySide = (name: string): boolean =>
  elementwise.has(name) || reductions.has(name) || name === 'clip'
