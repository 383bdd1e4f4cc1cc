/**
 * Looks at earlier steps: `prev`, `since`, `count`, and delays of connections. Each keeps what it needs
 * in storages of its own; what several places look back at in the same way is kept once.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { CellVariable } from '../../model/bind/reference.ts'
import { limits } from '../../model/families.ts'
import type { Scope } from '../../model/model.ts'
import { counted as numberOf } from '../../model/values.ts'
import { inSteps, type Clock } from '../../model/clock.ts'
import type { LowerContext } from '../context.ts'
import { timeText } from '../../model/time-text.ts'
import type { Initial, Memories } from './memory.ts'
import { BLOCK, countIn, inBlocks, secondsOf, type StepCount } from './step-counts.ts'

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
  /** Whether an expression is a time that is counted in steps. */
  readonly isCounted: (expression: Expression) => boolean
  readonly scope: Scope
}

/** Steps of a window that are added up anew in each step. */
const MOST_ADDED = 8

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
    if (steps === 1) return this.#memories.keep(`${name} before`, [examples, units], initial, next)
    const ring = this.#ring(`${name} in the last ${steps} steps`, units, steps, next, initial)
    return this.#context.builder.recall(ring, steps, steps)
  }

  /** The values of so many steps before as a ring, for delays that differ. */
  ring(name: string, units: number, rows: number, next: () => ValueId | undefined): ValueId {
    const key = `${name} in a ring of ${rows} steps`
    return this.#ring(key, units, rows, next, zero)
  }

  /** Whether so many steps of the past of so many units can be kept; reports if they cannot. */
  affords(span: Span, what: string, steps: number, units: number): boolean {
    const { examples } = this.#clock
    if (steps * units * examples <= limits.weights) return true
    const sides = [numberOf(steps, 'step'), numberOf(units, 'unit')]
    if (examples > 1) sides.push(numberOf(examples, 'example'))
    this.#context.diagnostics.report('tooLarge', span, {
      what: `${what} keeps ${sides.join(' of ')}, so that it`,
      count: numberOf(steps * units * examples, 'value'),
      limit: numberOf(limits.weights, 'value'),
    })
    return false
  }

  /** The last so many values, a ring. */
  #ring(
    key: string,
    units: number,
    steps: number,
    next: () => ValueId | undefined,
    initial: Initial,
  ): ValueId {
    return this.#memories.keepRing(key, steps, [this.#clock.examples, units], initial, next)
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
    const plain = `${view.name}.${what}${begins}`
    const name = variable !== undefined && !first ? plain : this.#within(view.scope, plain)
    const initial = first ? view.initial(first) : zero
    if (view.isCounted(of)) return this.#countBefore(name, of, view, initial)
    return this.ago(name, view.units, 1, () => view.atEnd(of), initial)
  }

  /** A time that is counted in steps, a step ago: what is kept are the steps. */
  #countBefore(name: string, of: Expression, view: Viewpoint, initial: Initial): ValueId {
    const { builder } = this.#context
    const { step } = this.#clock
    let made: StepCount | undefined
    const count = (): StepCount | undefined => {
      const value = made ? undefined : view.atEnd(of)
      if (value !== undefined) made = inBlocks(builder, countIn(builder, value, step))
      return made
    }
    const first: Initial = (context, weights) => {
      const value = initial(context, weights)
      if (value === undefined) return undefined
      return context.builder.map('div', value, context.builder.constant(step))
    }
    const blocks = this.ago(`${name}, blocks`, view.units, 1, () => {
      const found = count()
      return found && (found.blocks ?? builder.constant(0))
    })
    const rest = this.ago(`${name}, steps`, view.units, 1, () => count()?.rest, first)
    return secondsOf(builder, { blocks, rest, isWhole: false }, step)
  }

  /** The time since the signal was last emitted, with its count of steps. */
  #since(of: Expression, view: Viewpoint): ValueId {
    const { builder } = this.#context
    const name = this.#sinceName(of, view)
    const shape = [this.#clock.examples, view.units]
    const number = (value: number): ValueId => builder.constant(value)
    // Single precision counts no further than 2^24: what is above are whole blocks.
    let made: { readonly blocks: ValueId; readonly rest: ValueId } | undefined
    const next = (): typeof made => {
      const emitted = made ? undefined : view.atEnd(of)
      if (emitted === undefined) return made
      const later = builder.map('add', rest, number(1))
      const isFull = builder.map('eq', later, number(BLOCK))
      const counting = builder.map('select', isFull, number(0), later)
      made = {
        blocks: builder.map('select', emitted, number(0), builder.map('add', blocks, isFull)),
        rest: builder.map('select', emitted, number(1), counting),
      }
      return made
    }
    const blocks = this.#memories.keep(`${name}, blocks`, shape, zero, () => next()?.blocks)
    const rest = this.#memories.keep(`${name}, steps`, shape, never, () => next()?.rest)
    return secondsOf(builder, { blocks, rest, isWhole: true }, this.#clock.step)
  }

  /**
   * Steps since the signal was last emitted, as one number: exact below 2^24, and no less than that from
   * there on. It is enough to be compared with a number of steps that is known and less.
   */
  stepsSince(of: Expression, view: Viewpoint): ValueId {
    const { builder } = this.#context
    const one = builder.constant(1)
    const shape = [this.#clock.examples, view.units]
    const steps = this.#memories.keep(this.#sinceName(of, view), shape, never, () => {
      const emitted = view.atEnd(of)
      if (emitted === undefined) return undefined
      return builder.map('select', emitted, one, builder.map('add', steps, one))
    })
    return steps
  }

  #sinceName(of: Expression, view: Viewpoint): string {
    const variable = nameOf(view.variableOf(of))
    const name = `${view.name}.since(${variable ?? this.#text(of)})`
    return variable === undefined ? this.#within(view.scope, name) : name
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
      if (found === undefined || Number.isFinite(found))
        return found === undefined ? undefined : i === 0 ? Math.ceil(found) : Math.floor(found)
      return diagnostics.report('badValue', each.span, {
        what: 'The window of `count`',
        expected: 'a time or a number of steps',
        found: Number.isNaN(found) ? 'no number' : 'infinite',
      })
    })
    const [from, to] = ends
    if (from === undefined || to === undefined) return undefined
    const first = Math.max(1, from)
    if (to < first) {
      return diagnostics.report('badValue', call.span, {
        what: 'The window of `count`',
        expected: `at least one step of ${timeText(this.#clock.step)} long`,
        found: third ? `${from} to ${to} steps ago` : `${to} steps`,
      })
    }
    if (!this.affords(call.span, 'The window of `count`', to, view.units)) return undefined
    const variable = view.variableOf(of)
    const name = `${view.name}.${nameOf(variable) ?? this.#text(of)} in the ${to} steps before`
    const ring = this.#ring(name, view.units, to, () => view.atEnd(of), zero)
    const ago = (lag: number): ValueId => builder.recall(ring, to, lag)
    // What is 0 or 1 is counted as it comes and goes, without error.
    if (variable?.detected === true && to - first >= MOST_ADDED) {
      const shape = [this.#clock.examples, view.units] as const
      const total = this.#memories.keep(`${name}, from ${first} on`, shape, zero, () => {
        const come = first === 1 ? view.atEnd(of) : ago(first - 1)
        if (come === undefined) return undefined
        return builder.map('sub', builder.map('add', total, come), ago(to))
      })
      return total
    }
    let sum: ValueId | undefined
    for (let lag = first; lag <= to; lag++)
      sum = sum === undefined ? ago(lag) : builder.map('add', sum, ago(lag))
    return sum
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
