/**
 * Names in equations: every one means a variable, a parameter, a function or a unit; every member
 * exists; every function gets the arguments that it takes. What a rule may not sense is said by
 * `locality.ts`.
 *
 * Says what lowering would say, in the same words, so that models which cannot be run yet are
 * checked as thoroughly as those which can.
 */
import type { CallExpression, Expression, FunctionItem, Span } from '../../grammar/ast.ts'
import { childrenOf } from '../../grammar/walk.ts'
import { builtinNames, draws, elementwise, reductions, runTimeName } from '../model/builtins.ts'
import type { Context } from '../model/context.ts'
import { didYouMean } from '../model/evaluate.ts'
import type { Entry, FunctionValue } from '../model/model.ts'
import { counted, describeEntry, isValue } from '../model/values.ts'
import type { Environment, Environments, Place, Side, Variable } from './environment.ts'
import { functionPlaces, isUnitName } from './places.ts'
import { reportNotLocal } from './locality.ts'

/** Checks the names at every place, and in every function that is called there. */
export function checkNames(
  context: Context,
  environments: Environments,
  places: readonly Place[],
): void {
  const check = new Names(context)
  for (const place of places) check.place(place)
  // Functions call functions: the list grows while it is walked.
  for (const fn of check.functions.values()) {
    for (const place of functionPlaces(environments, fn)) check.place(place)
  }
  if (!reportRecursion(context, check.calls)) reportExpansion(context, check.calls)
}

/** Resolves the names of expressions; remembers which functions are called by which. */
class Names {
  readonly functions = new Map<FunctionItem, FunctionValue>()
  /** Functions by the function whose body calls them. */
  readonly calls = new Map<FunctionItem, { readonly to: FunctionItem; readonly span: Span }[]>()
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  place(place: Place): void {
    switch (place.kind) {
      case 'value':
      case 'delay':
        return this.expression(place.expression, place.environment)
      case 'derivative': {
        const { derivative, name } = place.state
        if (derivative.factor) this.expression(derivative.factor, place.environment)
        this.expression(derivative.value, place.environment)
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
        this.expression(place.assignment.value, place.environment)
        return this.#target(place.assignment.target, place.environment)
    }
  }

  /** A suggestion, as long as there is room for what it belongs to. */
  #hint(name: string, candidates: () => readonly string[]): string | undefined {
    return this.#context.isFull ? undefined : didYouMean(name, candidates())
  }

  expression(expression: Expression, environment: Environment): void {
    switch (expression.kind) {
      case 'Name':
        return this.#name(expression.name, expression.span, environment)
      case 'Member':
        return this.#member(expression, environment)
      case 'Call':
        return this.#call(expression, environment)
      default:
        for (const child of childrenOf(expression)) {
          if (isExpression(child)) this.expression(child, environment)
        }
    }
  }

  /** What an assignment changes: a state variable, or the weight in a rule. */
  #target(
    { name, span }: { readonly name: string; readonly span: Span },
    environment: Environment,
  ): void {
    const variable = environment.variables.get(name)
    if (variable?.kind === 'state') return
    if (environment.rule && name === 'w') return
    if (variable) {
      this.#context.report('wrongKind', span, {
        name,
        found: describeVariable(variable),
        expected: environment.rule ? '`w` or a state variable' : 'a state variable',
      })
      return
    }
    const states = [...environment.variables.values()].filter((each) => each.kind === 'state')
    const names = states.map((each) => each.name)
    const hint = didYouMean(name, environment.rule ? ['w', ...names] : names)
    this.#context.report('unknownName', span, { kind: 'state variable', name }, { hint })
  }

  #name(name: string, span: Span, environment: Environment): void {
    if (environment.variables.has(name)) return
    const entry = environment.scope.lookUp(name)
    if (entry && isValue(entry)) {
      if (entry.kind === 'number' || entry.kind === 'boolean' || entry.kind === 'list') return
      if (environment.rule) return reportNotLocal(this.#context, environment, name, span)
      const found = describeEntry(entry)
      this.#context.report('expectedNumber', span, { expected: 'number', found })
      return
    }
    if (!entry && (isUnitName(name) || environment.scope.knows(name))) return
    if (!entry && name === runTimeName) return
    if (environment.circuit?.knows(name)) return
    if (environment.rule) return reportNotLocal(this.#context, environment, name, span)
    this.#context.report(
      'unknownName',
      span,
      { kind: 'variable or parameter', name },
      { hint: this.#hint(name, () => namesIn(environment)) },
    )
  }

  #member(expression: Expression & { readonly kind: 'Member' }, environment: Environment): void {
    const { object, member } = expression
    const side = this.#side(object, environment)
    if (side !== undefined) {
      if (side !== 'unknown' && !hasMember(side, member.name)) this.#noMember(side, member)
      return
    }
    if (object.kind === 'Name') {
      const variable = environment.variables.get(object.name)
      if (variable?.kind === 'compartment') {
        return this.#within(`\`${object.name}\``, variable.members, member)
      }
      if (!variable && environment.phases.has(object.name)) {
        if (environment.self) this.#within(`\`${object.name}\``, environment.self, member)
        return
      }
    }
    if (object.kind === 'Member') {
      const inner = this.#side(object.object, environment)
      const compartment = inner === 'unknown' ? undefined : inner?.variables.get(object.member.name)
      if (inner === 'unknown') return
      if (compartment?.kind === 'compartment') {
        return this.#within(`\`${object.member.name}\``, compartment.members, member)
      }
    }
    this.#freeMember(expression, environment)
  }

  /** A member of something that is neither of the cell nor of the synapse. */
  #freeMember(
    expression: Expression & { readonly kind: 'Member' },
    environment: Environment,
  ): void {
    const root = rootOf(expression)
    const { object, member, span } = expression
    if (root === undefined) return this.expression(object, environment)
    if (environment.outline && !environment.rule) return
    const known = environment.scope.lookUp(root) ?? environment.scope.knows(root)
    if (environment.rule) {
      if (environment.circuit?.knows(root) || environment.phases.has(root)) return
      if (environment.outline && object.kind === 'Member' && isSideName(object.member.name)) return
      const name = object.kind === 'Name' ? `${root}.${member.name}` : 'this'
      return reportNotLocal(this.#context, environment, name, span)
    }
    if (known) return
    this.#context.report(
      'unknownName',
      spanOfRoot(expression),
      { kind: 'value', name: root },
      { hint: didYouMean(root, [...environment.phases, ...namesIn(environment)]) },
    )
  }

  /** The cell that `pre`, `post` or `predict.post` stands for. */
  #side(object: Expression, environment: Environment): Side | 'unknown' | undefined {
    const { sides, phases, outline } = environment
    if (object.kind === 'Name' && sides.has(object.name)) return sides.get(object.name) ?? 'unknown'
    if (object.kind !== 'Member' || object.object.kind !== 'Name') return undefined
    const phase = object.object.name
    if (!phases.has(phase) && outline !== true) return undefined
    return sides.has(object.member.name) ? (sides.get(object.member.name) ?? 'unknown') : undefined
  }

  #within(
    owner: string,
    members: ReadonlyMap<string, Variable> | undefined,
    member: { readonly name: string; readonly span: Span },
  ): void {
    if (members?.has(member.name)) return
    this.#context.report(
      'unknownMember',
      member.span,
      { owner, kind: 'variable', name: member.name },
      { hint: didYouMean(member.name, [...(members?.keys() ?? [])]) },
    )
  }

  #noMember(
    { owner, variables }: Side,
    member: { readonly name: string; readonly span: Span },
  ): void {
    this.#within(owner, variables, member)
  }

  // --- functions -------------------------------------------------------------------------------

  #call(call: CallExpression, environment: Environment): void {
    const fn = this.#function(call.callee, environment)
    const [first, ...rest] = call.args
    if (fn?.kind === 'builtin' && fn.name === 'pullback') {
      if (call.args.length !== 3) this.#arity(call, 'pullback', 3)
      if (first) this.#function(first.value, environment)
      for (const argument of rest) this.expression(argument.value, environment)
      return
    }
    for (const argument of call.args) this.expression(argument.value, environment)
    if (fn?.kind === 'function') {
      const { name, parameters } = fn.definition
      if (call.args.length !== parameters.length) this.#arity(call, name.name, parameters.length)
    } else if (fn?.kind === 'builtin') {
      const [least, most] = arityOf(fn.name)
      const count = call.args.length
      if (count < least || count > most) this.#arity(call, fn.name, count < least ? least : most)
    }
  }

  #arity(call: CallExpression, name: string, expected: number): void {
    const parameters = { owner: `\`${name}\``, expected, found: call.args.length }
    this.#context.report('tooManyArguments', call.span, parameters)
  }

  /** The function that an expression names; undefined if it is not known which, or after a report. */
  #function(expression: Expression, environment: Environment): Entry | undefined {
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
    const entry = environment.scope.lookUp(name)
    if (entry?.kind === 'function') {
      this.functions.set(entry.definition, entry)
      this.#remember(entry.definition, expression.span)
      return entry
    }
    if (entry?.kind === 'builtin') return entry
    if (!entry && builtinNames.has(name)) return { kind: 'builtin', name }
    if (entry) {
      const parameters = { name, found: describeEntry(entry), expected: 'a function' }
      return this.#context.report('wrongKind', span, parameters)
    }
    if (environment.scope.knows(name)) return undefined
    const hint = this.#hint(name, () => [...builtinNames, ...environment.scope.names()])
    return this.#context.report('unknownName', span, { kind: 'function', name }, { hint })
  }

  #remember(to: FunctionItem, span: Span): void {
    for (const { definition } of this.functions.values()) {
      const { file, start, end } = definition.span
      if (span.file !== file || span.start < start || span.end > end) continue
      const calls = this.calls.get(definition) ?? []
      calls.push({ to, span })
      this.calls.set(definition, calls)
    }
  }
}

/** Least and greatest number of arguments of a function of the language. */
function arityOf(name: string): readonly [number, number] {
  const map = elementwise.get(name)
  if (map) return [map.arity, map.arity]
  if (reductions.has(name)) return [1, 1]
  if (name === 'clip') return [3, 3]
  if (name === 'normal' || name === 'uniform') return [0, 0]
  if (draws.has(name) || name === 'since') return [1, 1]
  if (name === 'prev') return [1, 2]
  return name === 'count' ? [2, 3] : [1, 2]
}

type Calls = ReadonlyMap<
  FunctionItem,
  readonly { readonly to: FunctionItem; readonly span: Span }[]
>

/** Functions that call themselves, directly or through others: no function ends that does. */
function reportRecursion(context: Context, calls: Calls): boolean {
  let found = false
  const done = new Set<FunctionItem>()
  for (const start of calls.keys()) {
    const path: { readonly at: FunctionItem; next: number }[] = [{ at: start, next: 0 }]
    while (path.length > 0) {
      const top = path.at(-1)
      if (!top) break
      const call = calls.get(top.at)?.[top.next++]
      if (!call) {
        done.add(top.at)
        path.pop()
        continue
      }
      const from = path.findIndex((each) => each.at === call.to)
      if (from >= 0) {
        const cycle = [...path.slice(from).map((each) => each.at), call.to]
        const names = cycle.map((each) => `\`${each.name.name}\``)
        found = true
        context.report('definitionCycle', call.span, { cycle: names.join(' -> ') })
      } else if (!done.has(call.to)) path.push({ at: call.to, next: 0 })
    }
  }
  return found
}

/** How deep functions may call one another, and how many calls one may stand for. */
const [deepestCall, mostCalls] = [60, 10_000]

/** Functions stand for their bodies, so that few lines can stand for more than any machine holds. */
function reportExpansion(context: Context, calls: Calls): void {
  const sizes = new Map<FunctionItem, { readonly count: number; readonly depth: number }>()
  for (const start of calls.keys()) {
    const pending = [start]
    for (let at = pending.at(-1); at; at = pending.at(-1)) {
      const called = calls.get(at) ?? []
      const open = called.filter(({ to }) => !sizes.has(to))
      if (open.length > 0) {
        for (const { to } of open) pending.push(to)
        continue
      }
      pending.pop()
      if (sizes.has(at)) continue
      let [count, depth] = [1, 0]
      for (const { to } of called) {
        const inner = sizes.get(to) ?? { count: 1, depth: 0 }
        count += inner.count
        depth = Math.max(depth, inner.depth + 1)
      }
      const name = `\`${at.name.name}\``
      if (count > mostCalls) {
        context.reportOnce('tooLarge', at.name.span, {
          what: name,
          count: `more than ${counted(mostCalls, 'call')} in it`,
          limit: mostCalls.toLocaleString('en-US'),
        })
      } else if (depth > deepestCall) {
        context.reportOnce('tooDeep', at.name.span, { limit: deepestCall })
      }
      // Said of the first, not of those that call it.
      sizes.set(
        at,
        count > mostCalls || depth > deepestCall ? { count: 1, depth: 0 } : { count, depth },
      )
    }
  }
}

/** Everything that a name could mean, for suggestions. */
export function namesIn(environment: Environment): readonly string[] {
  return [...environment.variables.keys(), ...environment.scope.names()]
}

const expressionKinds: ReadonlySet<string> = new Set<Expression['kind']>([
  'NumberLiteral',
  'StringLiteral',
  'BooleanLiteral',
  'Name',
  'Member',
  'Index',
  'Call',
  'Unary',
  'Binary',
  'Conditional',
  'List',
  'Spread',
  'Range',
  'ErrorExpression',
])

/** Whether a node is an expression. */
export function isExpression(node: { readonly kind: string }): node is Expression {
  return expressionKinds.has(node.kind)
}

const isSideName = (name: string): boolean => name === 'pre' || name === 'post'

function hasMember(side: Side, name: string): boolean {
  if (side.variables.has(name)) return true
  const entry = side.cell.scope.lookUp(name)
  if (entry) return entry.kind === 'number' || entry.kind === 'boolean' || entry.kind === 'list'
  return side.cell.scope.knows(name)
}

/** `a` of `a.b[0].c`; undefined where something else than a name stands in front. */
export function rootOf(expression: Expression): string | undefined {
  let at = expression
  while (at.kind === 'Member' || at.kind === 'Index') at = at.object
  return at.kind === 'Name' ? at.name : undefined
}

function spanOfRoot(expression: Expression): Span {
  let at = expression
  while (at.kind === 'Member' || at.kind === 'Index') at = at.object
  return at.span
}

function describeVariable(variable: Variable): string {
  switch (variable.kind) {
    case 'equation':
    case 'binding':
      return 'computed by an equation'
    case 'state':
      return 'a state variable'
    case 'compartment':
      return 'a compartment'
    case 'input':
      return 'an input'
    case 'bias':
      return 'a bias'
    case 'given':
      return 'given'
  }
}
