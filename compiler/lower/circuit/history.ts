/**
 * Looks at earlier steps: `prev`, `since`, `count`, and delays of connections. Each keeps what it needs
 * in storages of its own; what several places look back at in the same way is kept once.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { CellVariable } from '../../model/bind/reference.ts'
import type { Scope } from '../../model/model.ts'
import { inSteps, type Clock } from './clock.ts'
import type { LowerContext } from '../context.ts'
import type { Initial, Memories } from './memory.ts'

/** Where a look back stands. */
export interface Viewpoint {
  /** `h[0]` */
  readonly name: string
  readonly units: number
  /** The variable of the cell that an expression is, if it is no more than that. */
  readonly variableOf: (expression: Expression) => CellVariable | undefined
  /** A state by its name, as it is before the step. */
  readonly before: (state: string) => ValueId | undefined
  /** An expression, with every variable as it is at the end of the step. */
  readonly atEnd: (expression: Expression) => ValueId | undefined
  readonly initial: (expression: Expression) => Initial
  readonly scope: Scope
}

const zero: Initial = ({ builder }) => builder.constant(0)
const never: Initial = ({ builder }) => builder.constant(Infinity)

export class History {
  readonly #context: LowerContext
  readonly #clock: Clock
  readonly #memories: Memories
  /** Scopes in which a look back of this name stands. */
  readonly #scopes = new Map<string, Scope[]>()

  constructor(context: LowerContext, clock: Clock, memories: Memories) {
    this.#context = context
    this.#clock = clock
    this.#memories = memories
  }

  /** `next` as it was so many steps ago, [examples, units]; `name` says what it is. */
  ago(
    name: string,
    units: number,
    steps: number,
    next: () => ValueId | undefined,
    initial: Initial = zero,
  ): ValueId {
    const { examples } = this.#clock
    const key = steps === 1 ? `${name} before` : `${name} up to ${steps} steps before`
    const kept = this.#register(key, units, steps, next, initial)
    return steps === 1
      ? kept
      : this.#context.builder.slice(kept, 0, examples * (steps - 1), examples)
  }

  /** The last so many values, the newest first, [steps x examples, units]. */
  #register(
    key: string,
    units: number,
    steps: number,
    next: () => ValueId | undefined,
    initial: Initial,
  ): ValueId {
    const { examples } = this.#clock
    const { builder } = this.#context
    const kept = this.#memories.keep(key, [examples * steps, units], initial, () => {
      const value = next()
      if (value === undefined || steps === 1) return value
      const newest = builder.broadcast(value, [examples, units])
      return builder.concat([newest, builder.slice(kept, 0, 0, examples * (steps - 1))], 0)
    })
    return kept
  }

  temporal(call: CallExpression, view: Viewpoint): ValueId | undefined {
    const name = call.callee.kind === 'Name' ? call.callee.name : ''
    const [of, second, third] = call.args.map((each) => each.value)
    // The number of arguments was checked.
    if (!of) return undefined
    if (name === 'prev') return this.#prev(of, second, view)
    if (name === 'since') return this.#since(of, view)
    return second && this.#count(call, of, second, third, view)
  }

  #prev(of: Expression, first: Expression | undefined, view: Viewpoint): ValueId {
    const found = view.variableOf(of)
    const state = found?.kind === 'state' && !first ? view.before(found.name) : undefined
    if (state !== undefined) return state
    const variable = nameOf(found)
    const begins = first ? `, from ${this.#text(first)}` : ''
    // Parameters of the same name may differ between a cell and the one that it extends.
    const what = variable ?? `(${this.#text(of)})`
    const name = `${view.name}.${what}${begins}`
    return this.ago(
      variable !== undefined && !first ? name : this.#within(view.scope, name),
      view.units,
      1,
      () => view.atEnd(of),
      first ? view.initial(first) : zero,
    )
  }

  /** Steps since the signal was last emitted, times the step. */
  #since(of: Expression, view: Viewpoint): ValueId {
    const { builder } = this.#context
    const name = `${view.name}.since(${nameOf(view.variableOf(of)) ?? this.#text(of)})`
    const shape = [this.#clock.examples, view.units]
    const one = builder.constant(1)
    const steps = this.#memories.keep(name, shape, never, () => {
      const emitted = view.atEnd(of)
      return emitted === undefined
        ? undefined
        : builder.map('select', emitted, one, builder.map('add', steps, one))
    })
    return builder.map('mul', steps, builder.constant(this.#clock.step))
  }

  /** How often the signal was emitted at least `from` and at most `to` ago. */
  #count(
    call: CallExpression,
    of: Expression,
    second: Expression,
    third: Expression | undefined,
    view: Viewpoint,
  ): ValueId | undefined {
    const { builder, diagnostics } = this.#context
    const ends = [third ? second : undefined, third ?? second].map((each, i) => {
      if (!each) return 1
      const found = inSteps(diagnostics, this.#clock, view.scope, each)
      return found === undefined ? undefined : i === 0 ? Math.ceil(found) : Math.floor(found)
    })
    const [from, to] = ends
    if (from === undefined || to === undefined) return undefined
    const first = Math.max(1, from)
    if (to < first) {
      return diagnostics.report('badValue', call.span, {
        what: 'The window of `count`',
        expected: `at least one step of ${this.#clock.step} s long`,
        found: `${from} to ${to} steps ago`,
      })
    }
    const { examples } = this.#clock
    const variable = nameOf(view.variableOf(of)) ?? this.#text(of)
    const name = `${view.name}.${variable} in the ${to} steps before`
    const kept = this.#register(name, view.units, to, () => view.atEnd(of), zero)
    const within = builder.slice(kept, 0, examples * (first - 1), examples * (to - first + 1))
    if (examples === 1) return builder.reduce('sum', within, [0], true)
    let total: ValueId | undefined
    for (let lag = first; lag <= to; lag++) {
      const each = builder.slice(kept, 0, examples * (lag - 1), examples)
      total = total === undefined ? each : builder.map('add', total, each)
    }
    return total
  }

  #text(expression: Expression): string {
    const { file, start, end } = expression.span
    return (this.#context.sources.get(file)?.slice(start, end) ?? '').replace(/\s+/g, ' ')
  }

  /** A name for the same text in this scope alone. */
  #within(scope: Scope, name: string): string {
    const scopes = this.#scopes.get(name) ?? []
    this.#scopes.set(name, scopes)
    if (!scopes.includes(scope)) scopes.push(scope)
    const place = scopes.indexOf(scope)
    return place === 0 ? name : `${name} (${place + 1})`
  }
}

/** What a variable is kept as: its name; a bias is kept as the expression that it is written as. */
const nameOf = (variable: CellVariable | undefined): string | undefined =>
  variable?.kind === 'bias' ? undefined : variable?.name
