/**
 * Calls of functions written in .ccn, where a value must be known early or says how weights begin: the call is replaced by
 * the function's body, of its arguments. What the body names is looked up where the function stands, under a name of its own
 * where the same name means something else at the call. An argument that the body reads twice is one node of the tree, so that
 * what it draws is drawn once.
 */
import type { CallExpression, Expression, ListExpression } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { fits, takenBy } from './named-arguments.ts'
import type { Entry, FunctionValue, Scope, WeightExpression } from './model.ts'
import { MutableScope } from './scope.ts'

/** How deep functions may call one another; that one never ends, or stands for too much, is told where it is declared. */
const deepestCall = 60

/** The expression with every such call replaced, and the scope in which it is read; as it is where there is none. */
export function inlined(scope: Scope, value: Expression): WeightExpression {
  if (!callsFunctions(scope, value)) return { value, scope }
  const inner = new MutableScope(scope.file, scope)
  return { value: new Inliner(scope, inner).expand(value, { scope }, 0), scope: inner }
}

/** Whether an expression calls a function written in .ccn. */
export function callsFunctions(scope: Scope, value: Expression): boolean {
  let found = false
  walk(value, (node) => {
    if (node.kind === 'Call' && functionOf(scope, node)) found = true
    return !found
  })
  return found
}

const functionOf = (scope: Scope, { callee }: CallExpression): FunctionValue | undefined => {
  const entry = callee.kind === 'Name' ? scope.lookUp(callee.name) : undefined
  return entry?.kind === 'function' ? entry : undefined
}

/** Where an expression stands: its scope, and what the names of a body stand for. */
interface Place {
  readonly scope: Scope
  readonly locals?: ReadonlyMap<string, Expression>
}

class Inliner {
  readonly #outer: Scope
  readonly #inner: MutableScope
  /** Names that were given to what a body means and the call does not. */
  readonly #renamed = new Map<Entry, string>()

  constructor(outer: Scope, inner: MutableScope) {
    this.#outer = outer
    this.#inner = inner
  }

  expand(node: Expression, place: Place, depth: number): Expression {
    const inner = (each: Expression): Expression => this.expand(each, place, depth)
    switch (node.kind) {
      case 'Name': {
        const local = place.locals?.get(node.name)
        if (local) return local
        const name = this.#nameOf(node.name, place)
        return name === node.name ? node : { ...node, name }
      }
      case 'Member':
        return { ...node, object: inner(node.object) }
      case 'Index':
        return { ...node, object: inner(node.object), index: inner(node.index) }
      case 'Unary':
      case 'Spread':
        return { ...node, operand: inner(node.operand) }
      case 'Binary':
        return { ...node, left: inner(node.left), right: inner(node.right) }
      case 'Conditional':
        return {
          ...node,
          test: inner(node.test),
          then: inner(node.then),
          otherwise: inner(node.otherwise),
        }
      case 'List':
        return { ...node, elements: node.elements.map(inner) as ListExpression['elements'] }
      case 'Call':
        return this.#call(node, place, depth)
      default:
        return node
    }
  }

  #call(call: CallExpression, place: Place, depth: number): Expression {
    const args = call.args.map((each) => ({
      ...each,
      value: this.expand(each.value, place, depth),
    }))
    // A function that was handed over is called by the name that it has where it was.
    const callee = this.expand(call.callee, place, depth)
    const fn = callee.kind === 'Name' ? this.#inner.lookUp(callee.name) : undefined
    const made = { ...call, callee, args }
    if (fn?.kind !== 'function' || depth > deepestCall) return made
    return this.#body(made, fn, depth) ?? made
  }

  /** The body of a function; undefined where the arguments do not fit. */
  #body(
    call: CallExpression,
    { definition, scope }: FunctionValue,
    depth: number,
  ): Expression | undefined {
    if (!fits(call, definition)) return undefined
    const { parameters, bindings, result } = definition
    const locals = new Map<string, Expression>()
    for (const [i, taken] of takenBy(call, definition).entries()) {
      const name = parameters[i]?.name.name
      const { argument, standard } = taken ?? {}
      const value = argument
        ? argument.value
        : standard && this.expand(standard, { scope, locals }, depth + 1)
      if (!value || name === undefined) return undefined
      locals.set(name, value)
    }
    for (const { name, value } of bindings)
      locals.set(name.name, this.expand(value, { scope, locals }, depth + 1))
    return this.expand(result, { scope, locals }, depth + 1)
  }

  /** The name, in the scope of the whole expression, of what a name means in a body. */
  #nameOf(name: string, { scope, locals }: Place): string {
    if (!locals && scope === this.#outer) return name
    const meant = scope.lookUp(name)
    if (!meant || meant === this.#inner.lookUp(name)) return name
    const known = this.#renamed.get(meant)
    if (known !== undefined) return known
    let free = `${name}_`
    while (this.#inner.knows(free)) free += '_'
    this.#inner.declare(free, meant)
    this.#renamed.set(meant, free)
    return free
  }
}
