/**
 * Binds expressions of equations: every name in them means a variable, a parameter, a function or a
 * unit; every member exists; every function gets the arguments that it takes. What a node refers to is
 * remembered; what is wrong is reported, each mistake once, however many cells repeat it.
 */
import type { CallExpression, Expression, FunctionItem, Span } from '../../../grammar/ast.ts'
import {
  batchFunctions,
  evaluatingName,
  gradientName,
  noiseName,
  presentedName,
  runTimeName,
  temporal,
} from '../builtins.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluate, evaluateNumber } from '../evaluate.ts'
import type { Model } from '../model.ts'
import { checkCompound, lookUpUnit } from '../units.ts'
import { describeEntry, isValue, numberValue } from '../values.ts'
import { checkPlaces, checkTaken } from '../named-arguments.ts'
import { bindBatch, bindTotal, checkArity } from './call-forms.ts'
import { arityOf } from './calls.ts'
import type { Environment, Environments } from './environment.ts'
import type { Bound } from './index.ts'
import { Functions, type Hint } from './functions.ts'
import { Members } from './members.ts'
import { isSideName, namesIn, referenceTo, rootOf, spanOfRoot } from './name-parts.ts'
import { bindTarget, checkHeld } from './targets.ts'
import { reportUnreadable } from './locality.ts'
import { Paths } from './paths.ts'
import type { Place } from './places.ts'
import { gradientReference, unknown, type Reference, type References } from './reference.ts'

type Member = Expression & { readonly kind: 'Member' }
type Name = Expression & { readonly kind: 'Name' }

/** Binds places; remembers which functions are called, and by which. */
export class Binder {
  /** Places with bindings of their own: rules, short-term plasticity, functions. */
  readonly local = new Set<Environment>()
  readonly #context: Context
  readonly #references: References
  readonly #environments: Environments
  readonly #paths: Paths
  readonly #functions: Functions
  readonly #members: Members
  /** Values of parameters are known, so that they can be of the wrong kind. */
  #known = true

  constructor(
    context: Context,
    model: Model,
    { environments, references }: Pick<Bound, 'environments' | 'references'>,
  ) {
    this.#context = context
    this.#references = references
    this.#environments = environments
    this.#paths = new Paths(context, model, environments)
    const hint: Hint = (name, candidates) => this.#hint(name, candidates)
    this.#functions = new Functions(context, hint)
    this.#members = new Members(context, hint)
  }

  /** Whether the right side of a state equation is bound: there `xi` is noise. */
  #inDerivative = false

  /** Functions that the places bound so far call. */
  get functions(): Functions['called'] {
    return this.#functions.called
  }

  /** Of functions, those that each calls, and where. */
  get calls(): Functions['calls'] {
    return this.#functions.calls
  }

  /** Binds a place of the circuit. */
  place(place: Place): void {
    this.#place(place)
  }

  /** Binds a place of a definition that stands alone: its parameters have defaults, or no value. */
  outline(place: Place): void {
    this.#known = false
    this.#place(place)
    this.#known = true
  }

  /** Binds places of a function's body. */
  body(fn: FunctionItem, places: readonly Place[]): void {
    this.#functions.inside = fn
    for (const place of places) this.#place(place)
    this.#functions.inside = undefined
  }

  #place(place: Place): void {
    const { environment } = place
    switch (place.kind) {
      case 'value':
        return this.#bind(place.expression, environment)
      case 'delay':
        return this.#window(place.expression, environment)
      case 'refractory':
        this.#bind(place.clause.time, environment)
        return checkHeld(this.#context, place.clause, environment)
      case 'derivative': {
        const { derivative, name } = place.state
        if (derivative.factor) this.#bind(derivative.factor, environment)
        this.#inDerivative = environment.rule === undefined
        this.#bind(derivative.value, environment)
        this.#inDerivative = false
        if (derivative.variable.name !== name.name) {
          const { variable } = derivative
          this.#context.report(
            'unknownName',
            variable.span,
            { kind: 'state variable', name: variable.name },
            { hint: `this is the state equation of \`${name.name}\`: write \`d${name.name}/dt\`` },
          )
        }
        return
      }
      case 'assignment':
        this.#bind(place.assignment.value, environment)
        return bindTarget(this.#context, this.#references, place.assignment, environment)
    }
  }

  /** A suggestion, as long as there is room for what it belongs to. */
  #hint(name: string, candidates: () => readonly string[]): string | undefined {
    return this.#context.isFull ? undefined : didYouMean(name, candidates())
  }

  #bind(expression: Expression, environment: Environment): void {
    switch (expression.kind) {
      case 'NumberLiteral':
        return checkCompound(
          this.#context,
          expression,
          (name) => environment.variables.has(name) || environment.scope.knows(name),
        )
      case 'BooleanLiteral':
      case 'ErrorExpression':
        return
      case 'Name':
        return this.#set(expression, environment, this.#name(expression, environment))
      case 'Member':
        return this.#set(expression, environment, this.#member(expression, environment))
      case 'Call':
        return this.#call(expression, environment)
      case 'Unary':
        return this.#bind(expression.operand, environment)
      case 'Binary':
        this.#bind(expression.left, environment)
        this.#bind(expression.right, environment)
        if (expression.operator === '@') {
          const reason = '`@` is a product of weights, which have no place in an equation'
          this.#context.report('notConstant', expression.span, { reason })
        }
        return
      case 'Conditional':
        this.#bind(expression.test, environment)
        this.#bind(expression.then, environment)
        return this.#bind(expression.otherwise, environment)
      case 'Index':
      case 'List':
      case 'Spread':
      case 'Range':
      case 'StringLiteral':
        return this.#set(expression, environment, this.#constant(expression, environment))
    }
  }

  #set(node: Expression, environment: Environment, reference: Reference): void {
    this.#references.set(environment, node, reference)
  }

  // --- names and members -----------------------------------------------------------------------

  #name({ name, span }: Name, environment: Environment): Reference {
    const variable = environment.variables.get(name)
    if (variable?.kind === 'binding') this.local.add(environment)
    if (variable) return referenceTo(variable, 'self')
    const { scope } = environment
    const entry = scope.lookUp(name)
    if (entry && isValue(entry)) {
      if (entry.kind === 'number' || entry.kind === 'boolean')
        return { kind: 'value', value: entry }
      if (entry.kind === 'list' && !this.#known) return unknown
      if (environment.rule && entry.kind !== 'list')
        return this.#unreadable(environment, name, name, span)
      const found = describeEntry(entry)
      const hint =
        entry.kind === 'list'
          ? 'of an array, as in `population h[2][8] : ...`, each element takes its own from a list'
          : undefined
      this.#context.report('expectedNumber', span, { expected: 'number', found }, { hint })
      return unknown
    }
    if (!entry) {
      if (this.#context.lost.has(name)) return unknown
      const unit = scope.knows(name) ? undefined : lookUpUnit(name)
      if (unit) return { kind: 'value', value: numberValue(unit.scale, unit.dimension) }
      if (scope.knows(name)) return unknown
      if (name === runTimeName) return { kind: 'time' }
      if (name === presentedName) return { kind: 'presented' }
      if (name === evaluatingName && !environment.rule && !environment.observed)
        return { kind: 'evaluating' }
      if (name === gradientName && environment.rule?.nonlocal) return gradientReference
      if (name === noiseName && this.#inDerivative) return { kind: 'noise' }
    }
    if (environment.rule) return this.#unreadable(environment, name, name, span)
    if (environment.observed && entry?.kind === 'weight') {
      this.#context.report(
        'wrongKind',
        span,
        { name: 'this', found: 'a weight', expected: 'a variable, as in `h.apical`,' },
        { hint: 'of weights there are `norm`, `angle`, and `mean(W)` and its like' },
      )
      return unknown
    }
    const hint =
      this.#hint(name, () => namesIn(environment)) ??
      (environment.initial
        ? 'a value before the first step is made of parameters, biases and draws'
        : undefined)
    this.#context.report('unknownName', span, { kind: 'variable or parameter', name }, { hint })
    return unknown
  }

  #unreadable(environment: Environment, name: string, root: string, span: Span): Reference {
    // What was said of the rule in use is not said of it once more where it stands alone.
    if (this.#known || !this.#context.hasErrorAt(span))
      reportUnreadable(this.#context, environment, { name, root, span })
    return unknown
  }

  /** A number that is known when the model is compiled. */
  #constant(expression: Expression, environment: Environment): Reference {
    const value = evaluate(this.#context, environment.scope, expression)
    if (value?.kind === 'number' || value?.kind === 'boolean') return { kind: 'value', value }
    if (value && (this.#known || value.kind !== 'list')) {
      const found = describeEntry(value)
      this.#context.report('expectedNumber', expression.span, { expected: 'number', found })
    }
    return unknown
  }

  #member(expression: Member, environment: Environment): Reference {
    const { object, member } = expression
    if (environment.observed) {
      const path = this.#paths.variable(expression, environment.scope)
      return path ? { kind: 'path', path } : unknown
    }
    const side = this.#members.side(object, environment)
    if (side) {
      if (!side.cell) return unknown
      return this.#members.ofSide(side.cell, member, side, this.#known)
    }
    if (object.kind === 'Name') {
      const variable = environment.variables.get(object.name)
      if (variable?.kind === 'compartment') {
        return this.#members.within(`\`${object.name}\``, variable.members, member)
      }
      if (!variable && environment.phases.has(object.name)) {
        const phase = object.name
        if (environment.self)
          return this.#members.within(`\`${object.name}\``, environment.self, member, phase)
        const given = environment.variables.get(member.name)
        if (environment.rule && given?.kind === 'given' && given.given === 'sent')
          return { kind: 'local', variable: given, phase }
      }
    }
    return this.#freeMember(expression, environment)
  }

  /** A member of something that is neither of the cell nor of the synapse. */
  #freeMember(expression: Member, environment: Environment): Reference {
    const root = rootOf(expression)
    const { object, member, span } = expression
    if (root === undefined) {
      this.#bind(object, environment)
      return environment.rule
        ? this.#unreadable(environment, 'this', 'this', span)
        : this.#constant(expression, environment)
    }
    if (environment.rule) {
      if (environment.outline && object.kind === 'Member' && isSideName(object.member.name))
        return unknown
      const name = object.kind === 'Name' ? `${root}.${member.name}` : root
      return this.#unreadable(environment, name, root, span)
    }
    if (environment.outline) return unknown
    if (environment.scope.knows(root)) return this.#constant(expression, environment)
    this.#context.report(
      'unknownName',
      spanOfRoot(expression),
      { kind: 'value', name: root },
      {
        hint: this.#hint(root, () => [...environment.phases, ...namesIn(environment)]),
      },
    )
    return unknown
  }

  // --- functions -------------------------------------------------------------------------------

  #call(call: CallExpression, environment: Environment): void {
    const { callee, args } = call
    const { cell, scope } = environment
    const fn = this.#functions.named(callee, environment)
    this.#set(callee, environment, fn ? { kind: 'function', fn } : unknown)
    const [first, ...rest] = args
    if (fn?.kind === 'builtin') checkPlaces(this.#context, call, fn.name)
    if (fn?.kind === 'builtin' && temporal.has(fn.name))
      return this.#temporal(call, fn.name, environment)
    if (fn?.kind === 'builtin' && fn.name === 'pullback') {
      this.#arity(call, fn.name, ...arityOf(fn.name))
      if (first) {
        const of = this.#functions.named(first.value, environment)
        this.#set(first.value, environment, of ? { kind: 'function', fn: of } : unknown)
        if (of?.kind === 'function')
          this.#arity(call, of.definition.name.name, 1, 1, of.definition.parameters.length)
      }
      for (const { value } of rest) this.#bind(value, environment)
      return
    }
    if (fn?.kind === 'builtin' && fn.name === 'total')
      return bindTotal(this.#context, call, environment, (each) => this.#bind(each, environment))
    if (fn?.kind === 'builtin' && batchFunctions.has(fn.name) && !environment.rule)
      return bindBatch(this.#context, call, fn.name, (each, isInitial) =>
        this.#bind(each, isInitial ? this.#environments.initial(cell, scope) : environment),
      )
    for (const { value } of args) this.#bind(value, environment)
    if (fn?.kind === 'function') checkTaken(this.#context, call, fn.definition)
    else if (fn) this.#arity(call, fn.name, ...arityOf(fn.name))
  }

  /** `prev`, `since`, `count`: of what there is where a cell, or in the first case a rule, stands. */
  #temporal(call: CallExpression, name: string, environment: Environment): void {
    const { self, rule, terminal } = environment
    const [of, second, third] = call.args
    if (of) this.#bind(of.value, environment)
    this.#arity(call, name, ...arityOf(name))
    if (!self && !rule && !terminal) {
      const { observed, fn } = environment
      this.#context.report(
        'noLowering',
        call.span,
        { construct: `\`${name}\` ${fn ? 'in a function' : 'here'}` },
        {
          hint: observed
            ? 'let the cell compute it, and name the variable'
            : fn
              ? `compute it where the function is called, as in \`${fn.name.name}(${name}(...))\``
              : undefined,
        },
      )
      return
    }
    if (name === 'count') {
      for (const window of [second, third]) if (window) this.#window(window.value, environment)
    } else if (second && rule) {
      this.#set(second.value, environment, this.#constant(second.value, environment))
    } else if (second) {
      const { cell, scope } = environment
      // Of a terminal there is no cell whose biases could be read.
      this.#bind(second.value, this.#environments.initial(cell, scope))
      this.#bind(second.value, environment)
    }
  }

  /** A window or a delay: a number that is known when the model is compiled. */
  #window(expression: Expression, environment: Environment): void {
    evaluateNumber(this.#context, environment.scope, expression)
    this.#bind(expression, environment)
  }

  #arity(...[call, name, least, most, found]: Arity): void {
    checkArity(this.#context, call, name, least, most, found)
  }
}

type Arity = readonly [CallExpression, string, number, number, number?]
