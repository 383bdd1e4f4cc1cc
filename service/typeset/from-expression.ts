/**
 * Expressions of a file as mathematics, in the modeller's names: `post.e` is e with the subscript post, `W[0]` is W
 * with 0, `x / y` a fraction, `prev(x)` is x(t − Δt), `since(s)` is t − t_s^last, `count(s, a, b)` is N_s(a, b), a
 * mean over units ⟨x⟩, a draw the name of its distribution.
 */
import type {
  Argument,
  Assignment,
  BinaryExpression,
  CallExpression,
  ConditionalExpression,
  Derivative,
  Expression,
} from '../../grammar/ast.ts'
import {
  apply,
  derivative,
  fenced,
  named,
  negative,
  number,
  minus,
  power,
  product,
  quotient,
  relation,
  root,
  sum,
  symbol,
  transpose,
  withScripts,
  words,
} from './build.ts'
import type { Mathematics, ProductOperator, Relation, Symbolic } from './mathematics.ts'
import { nameSymbol } from './symbols.ts'

/** What a caller knows better than the text of an expression does. */
export interface FromOptions {
  /** Something in place of an expression; undefined leaves it as it is. */
  readonly replace?: (expression: Expression) => Mathematics | undefined
  /** The symbol of a name, where it is not that of `nameSymbol`. */
  readonly symbolOf?: (name: string) => Symbolic | undefined
  /** What `*` is; `scalar` unless said otherwise. `@` is the matrix product. */
  readonly productOf?: (expression: BinaryExpression) => ProductOperator | undefined
}

/** See the module's head. */
export function fromExpression(expression: Expression, options: FromOptions = {}): Mathematics {
  return new Reader(options).read(expression)
}

/** `w += a`: w ← w + a. */
export function fromAssignment(assignment: Assignment, options: FromOptions = {}): Relation {
  const reader = new Reader(options)
  const target = reader.name(assignment.target.name)
  const value = reader.read(assignment.value)
  const { operator } = assignment
  const after = operator === '=' ? value : sum(target, operator === '+=' ? value : minus(value))
  return relation(target, '←', after)
}

/** `tau * dv/dt = -v`, with what multiplies the derivative before it. */
export function fromDerivative(
  { variable, factor, value }: Derivative,
  options: FromOptions = {},
): Relation {
  const reader = new Reader(options)
  const rate = derivative(reader.name(variable.name), nameSymbol('t'))
  const left = factor ? product([reader.read(factor), rate]) : rate
  // `0 / 1 s` says the unit of a rate that is 0.
  const still =
    isZero(value) || (value.kind === 'Binary' && value.operator === '/' && isZero(value.left))
  return relation(left, '=', still ? number(0) : reader.read(value))
}

const isZero = (expression: Expression): boolean =>
  expression.kind === 'NumberLiteral' && expression.value === 0

const relations = { '==': '=', '!=': '≠', '<': '<', '<=': '≤', '>': '>', '>=': '≥' } as const

class Reader {
  readonly #options: FromOptions

  constructor(options: FromOptions) {
    this.#options = options
  }

  name(name: string): Symbolic {
    return this.#options.symbolOf?.(name) ?? nameSymbol(name)
  }

  read(expression: Expression): Mathematics {
    const replaced = this.#options.replace?.(expression)
    if (replaced) return replaced
    switch (expression.kind) {
      case 'Name':
        return this.name(expression.name)
      case 'NumberLiteral':
        return number(expression.text, expression.unit?.name)
      case 'StringLiteral':
        return words(`“${expression.value}”`)
      case 'BooleanLiteral':
        return words(expression.text)
      case 'Member':
        return this.#within(this.name(expression.member.name), expression.object)
      case 'Index':
        return this.#index(expression.object, expression.index)
      case 'Call':
        return this.#call(expression)
      case 'Unary': {
        const of = this.read(expression.operand)
        return expression.operator === '-' ? negative(of) : { kind: 'not', of }
      }
      case 'Binary':
        return this.#binary(expression)
      case 'Conditional':
        return { kind: 'cases', cases: this.#cases(expression) }
      case 'List':
        return fenced('square', ...expression.elements.map((each) => this.read(each)))
      case 'Spread':
        return apply('all', this.read(expression.operand))
      case 'Range':
        return this.#range(expression.from, expression.to)
      case 'ErrorExpression':
        return words('?')
    }
  }

  /** A member with what it is of as a subscript: v of `soma.v` is v_soma. */
  #within(member: Symbolic, object: Expression): Mathematics {
    const owner = this.read(object)
    return withScripts(member, [owner])
  }

  #index(object: Expression, index: Expression): Mathematics {
    const of = this.read(object)
    const at = this.read(index)
    return of.kind === 'symbol' ? withScripts(of, [at]) : apply('element', of, at)
  }

  #range(from: Expression | undefined, to: Expression | undefined): Mathematics {
    const ends = [from, to].map((each) => each && this.read(each))
    if (ends[0]?.kind === 'number' && ends[1]?.kind === 'number')
      return words(`${ends[0].text}…${ends[1].text}`)
    return apply('from', ends[0] ?? number(0), ends[1] ?? words('end'))
  }

  #binary(expression: BinaryExpression): Mathematics {
    const { operator } = expression
    const left = this.read(expression.left)
    const right = this.read(expression.right)
    switch (operator) {
      case '+':
        return sum(left, right)
      case '-':
        return sum(left, minus(right))
      case '*':
        return product([left, right], this.#options.productOf?.(expression) ?? 'scalar')
      case '@':
        return product([left, right], 'matrix')
      case '/':
        return quotient(left, right)
      case '^':
        return power(left, right)
      case 'and':
      case 'or': {
        const operands = [left, right].flatMap((each) =>
          each.kind === 'logic' && each.operator === operator ? each.operands : [each],
        )
        return { kind: 'logic', operator, operands }
      }
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return relation(left, relations[operator], right)
    }
  }

  #cases({
    test,
    then,
    otherwise,
  }: ConditionalExpression): (Mathematics & { kind: 'cases' })['cases'] {
    const rest =
      otherwise.kind === 'Conditional' && !this.#options.replace?.(otherwise)
        ? this.#cases(otherwise)
        : [{ value: this.read(otherwise) }]
    return [{ value: this.read(then), when: this.read(test) }, ...rest]
  }

  #call({ callee, args }: CallExpression): Mathematics {
    const values = args.map((each) => this.#argument(each))
    const name = callee.kind === 'Name' ? callee.name : undefined
    const plain = args.every((each) => !each.name)
    const known = name !== undefined && plain ? this.#known(name, values) : undefined
    return (
      known ?? apply(name === undefined ? this.read(callee) : this.#functionName(name), ...values)
    )
  }

  #argument({ name, value }: Argument): Mathematics {
    const read = this.read(value)
    return name ? relation(this.name(name.name), '=', read) : read
  }

  /** A function's own name: a letter where it is one, else a word. */
  #functionName(name: string): Mathematics {
    const found = this.name(name)
    return found.name.length === 1 ? found : named(name)
  }

  /** What mathematics has a notation for. */
  #known(name: string, args: readonly Mathematics[]): Mathematics | undefined {
    const [first, second, third] = args
    if (args.length === 0) return draws[name]
    if (!first) return undefined
    switch (`${name} ${args.length}`) {
      case 'log 1':
        return apply('ln', first)
      case 'sqrt 1':
        return root(first)
      case 'abs 1':
        return fenced('absolute', first)
      case 'norm 1':
        return fenced('norm', first)
      case 'floor 1':
        return fenced('floor', first)
      case 'ceil 1':
        return fenced('ceiling', first)
      case 'mean 1':
        return fenced('average', first)
      case 'variance 1':
        return apply('Var', first)
      case 'max_of 1':
        return apply(symbol('max', { style: 'upright', subscripts: [words('units')] }), first)
      case 'min_of 1':
        return apply(symbol('min', { style: 'upright', subscripts: [words('units')] }), first)
      case 'sum 1':
        return { kind: 'over', operator: 'sum', below: words('units'), body: first }
      case 'transpose 1':
        return transpose(first)
      case 'bernoulli 1':
        return apply('Bernoulli', first)
      case 'poisson 1':
        return apply('Poisson', first)
      case 'binomial 2':
        return second && apply('Binomial', first, second)
      case 'prev 1':
        return earlier(first)
      case 'prev 2':
        return second && { ...earlier(first, second), separator: ';' }
      case 'since 1':
        return sum(nameSymbol('t'), minus(last(first)))
      case 'count 2':
        return second && apply(counted(first), second)
      case 'count 3':
        return second && third && apply(counted(first), second, third)
      case 'pullback 3':
        return (
          second && third && product([transpose(apply(jacobian(first), second)), third], 'matrix')
        )
      default:
        return undefined
    }
  }
}

const draws: Readonly<Record<string, Mathematics>> = {
  normal: apply('𝒩', number(0), number(1)),
  uniform: apply('𝒰', number(0), number(1)),
}

/** x(t − Δt): x at the end of the step before; with what it is in the first step. */
function earlier(of: Mathematics, first?: Mathematics): Mathematics & { kind: 'application' } {
  const step: Symbolic = { kind: 'symbol', name: 'Δt' }
  const time = sum(nameSymbol('t'), minus(step))
  return {
    kind: 'application',
    function: of.kind === 'symbol' ? of : fenced('square', of),
    args: first ? [time, first] : [time],
  }
}

/** The time of the last s. */
const last = (of: Mathematics): Mathematics => withScripts(nameSymbol('t'), [of], [words('last')])

/** How many s there were. */
const counted = (of: Mathematics): Mathematics => withScripts(nameSymbol('N'), [of])

/** The derivative of a function, as a matrix. */
const jacobian = (of: Mathematics): Mathematics => withScripts(nameSymbol('J'), [of])
