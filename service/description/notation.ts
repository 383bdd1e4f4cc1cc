/**
 * Expressions of cells, synapses and rules as mathematics: names of a cell's compartments do not stand before its
 * states (which have names of their own), what arrives is I, and a parameter that a base cell calls as
 * another one is its value.
 */
import type { Assignment, Expression, StateMember } from '../../grammar/ast.ts'
import { childrenOf, isExpression } from '../../grammar/walk.ts'
import type {
  CellInstance,
  Entry,
  Equation,
  FunctionValue,
  Scope,
  State,
  Value,
} from '../../compiler/model/model.ts'
import { isValue } from '../../compiler/model/values.ts'
import {
  fromAssignment,
  fromDerivative,
  fromExpression,
  nameSymbol,
  symbol,
  type FromOptions,
  type Mathematics,
} from '../typeset/index.ts'
import { symbolMath, valueMath } from './quantities.ts'

/** All states of a cell, with the compartment that they stand in. */
export function statesOf(cell: CellInstance): readonly (State & { readonly within?: string })[] {
  return [
    ...cell.compartments.flatMap(({ name, states }) =>
      states.map((each) => ({ ...each, within: name })),
    ),
    ...cell.states,
  ]
}

/** All variables of a cell, with the compartment that they stand in. */
export function equationsOf(
  cell: CellInstance,
): readonly { readonly equation: Equation; readonly within?: string }[] {
  return [
    ...cell.compartments.flatMap(({ name, equations }) =>
      equations.map((equation) => ({ equation, within: name })),
    ),
    ...cell.equations.map((equation) => ({ equation })),
  ]
}

/** Writes expressions, and keeps in mind which names of parameters and functions stood in them. */
export class Notation {
  /** Parameters of the definition that were read, with their values. */
  readonly values = new Map<string, Value>()
  /** Functions of the file and the library that were called. */
  readonly functions = new Map<string, FunctionValue>()
  readonly #outer: Scope
  readonly #own: ReadonlySet<string>
  readonly #compartments: ReadonlySet<string>

  /** `own` are names that belong to the cell or rule itself. */
  constructor(outer: Scope, own: Iterable<string>, compartments: Iterable<string> = []) {
    this.#outer = outer
    this.#own = new Set(own)
    this.#compartments = new Set(compartments)
  }

  static ofCell(cell: CellInstance): Notation {
    const own = [
      ...cell.compartments.map(({ name }) => name),
      ...cell.inputs.map(({ name }) => name),
      ...cell.biases.map(({ name }) => name),
      ...statesOf(cell).map(({ member }) => member.name.name),
      ...equationsOf(cell).map(({ equation }) => equation.name),
    ]
    return new Notation(
      cell.scope,
      own,
      cell.compartments.map(({ name }) => name),
    )
  }

  expression(expression: Expression, scope: Scope, within?: string): Mathematics {
    return fromExpression(expression, this.#options(scope, within, expression))
  }

  assignment(assignment: Assignment, scope: Scope): Mathematics {
    return fromAssignment(assignment, this.#options(scope, undefined, assignment.value))
  }

  derivative(member: StateMember, scope: Scope, within?: string): Mathematics {
    const { derivative } = member
    this.#note(derivative.value, scope)
    if (derivative.factor) this.#note(derivative.factor, scope)
    return fromDerivative(derivative, this.#options(scope, within))
  }

  #options(scope: Scope, within: string | undefined, noted?: Expression): FromOptions {
    if (noted) this.#note(noted, scope)
    return {
      replace: (each) => {
        if (
          each.kind === 'Member' &&
          each.object.kind === 'Name' &&
          this.#compartments.has(each.object.name)
        )
          return nameSymbol(each.member.name)
        if (each.kind !== 'Name') return undefined
        if (each.name === 'input' && within !== undefined && !this.#own.has('input'))
          return symbol('I', { subscripts: [nameSymbol(within)] })
        return this.#otherValue(each.name, scope)
      },
    }
  }

  /** The value of a name that means another thing in a base cell than in the cell itself. */
  #otherValue(name: string, scope: Scope): Mathematics | undefined {
    if (scope === this.#outer || this.#own.has(name)) return undefined
    const [inner, outer] = [valueOf(scope.lookUp(name)), valueOf(this.#outer.lookUp(name))]
    if (!inner || inner === outer || sameValue(inner, outer)) return undefined
    if (inner.kind !== 'number') return undefined
    return inner.symbol ? symbolMath(inner.symbol) : valueMath(inner)
  }

  #note(expression: Expression, scope: Scope): void {
    const visit = (each: Expression): void => {
      if (each.kind === 'Name') this.#noteName(each.name, scope)
      if (each.kind === 'Member') {
        visit(each.object)
        return
      }
      for (const child of childrenOf(each)) {
        if (isExpression(child)) visit(child)
        else if (child.kind === 'Argument') visit(child.value)
      }
    }
    visit(expression)
  }

  #noteName(name: string, scope: Scope): void {
    if (this.#own.has(name)) return
    const value = valueOf(scope.lookUp(name))
    if (!value || this.values.has(name)) return
    if (value.kind === 'function') this.functions.set(value.definition.name.name, value)
    if (value.kind === 'number' || value.kind === 'boolean' || value.kind === 'list')
      this.values.set(
        name,
        this.#otherValue(name, scope) ? (valueOf(this.#outer.lookUp(name)) ?? value) : value,
      )
    if (
      (value.kind === 'function' && value.definition.name.name !== name) ||
      value.kind === 'builtin'
    )
      this.values.set(name, value)
  }
}

const valueOf = (entry: Entry | undefined): Value | undefined =>
  entry && isValue(entry) ? entry : undefined

const sameValue = (a: Value | undefined, b: Value | undefined): boolean =>
  a?.kind === 'number' && b?.kind === 'number'
    ? a.value === b.value && JSON.stringify(a.symbol) === JSON.stringify(b.symbol)
    : a?.kind === 'boolean' && b?.kind === 'boolean' && a.value === b.value
