/**
 * Expressions, ranges, arguments and references.
 *
 * Operators are read by precedence climbing: `expression(minimum)` reads operators that bind at
 * least as tightly as `minimum`. Two things look at the line or the context: the upper end of an open range (`1..`) must not be the next member; and `tau *`
 * before a derivative belongs to the derivative.
 */
import { tokenMatcher, type IToken } from 'chevrotain'
import type { Argument, Expression, RangeExpression, RuleReference } from '../ast.ts'
import { endOf } from '../lex.ts'
import { binaryLevel, isBinaryOperator, level } from '../precedence.ts'
import {
  BinaryMark,
  contextual,
  DerivativeToken,
  keywords,
  marks,
  Name,
  NumberToken,
  Pattern,
  StringToken,
  Word,
} from '../tokens.ts'
import type { Rule } from './base.ts'
import { TreeParser } from './trees.ts'

/** Contextual words that open the member behind an open range. */
const membersBehindRange = [
  contextual.learn,
  contextual.fixed,
  contextual.init,
  contextual.tied,
  contextual.delay,
  contextual.sign,
  contextual.transmit,
  contextual.bounds,
  Pattern,
]

/** The rules for expressions. */
export abstract class ExpressionParser extends TreeParser {
  readonly expression: Rule<Expression, [minimum?: number]> = this.RULE(
    'expression',
    (minimum: number = 0): Expression => {
      const first = this.LA(1)
      let left = this.SUBRULE(this.operand)
      this.MANY({
        GATE: () => this.operatorLevel() >= minimum && !this.beforeDerivative(),
        DEF: () => {
          const token = this.CONSUME(BinaryMark)
          const binds = levelOf(token)
          const right = this.SUBRULE1(this.expression, { ARGS: [binds + 1] })
          left = this.ACTION(() => this.binary(first, token, left, right))
          this.ACTION(() => this.refuseChain(binds))
        },
      })
      return left
    },
  )

  /**
   * An operand of a binary operator: a prefix operator with its own operand, or an atom with its
   * members, indices, calls and exponent. One flat rule, because every rule costs stack and
   * operands nest deeply.
   */
  readonly operand: Rule<Expression> = this.RULE('operand', (): Expression => {
    const first = this.LA(1)
    let isAtom = true
    let node = this.OR<Expression>({
      ERR_MSG: 'an expression',
      DEF: [
        {
          ALT: () => {
            this.CONSUME(marks.Minus)
            isAtom = false
            this.enter()
            const operand = this.SUBRULE(this.operand)
            this.leave()
            return this.ACTION(() => this.prefixed('-', first, operand))
          },
        },
        {
          ALT: () => {
            this.CONSUME(keywords.not)
            isAtom = false
            this.enter()
            const operand = this.SUBRULE(this.expression, { ARGS: [level.not] })
            this.leave()
            return this.ACTION(() => this.prefixed('not', first, operand))
          },
        },
        {
          ALT: () => {
            isAtom = false
            return this.SUBRULE(this.conditional)
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(Name)
            return this.ACTION(() => this.name(name))
          },
        },
        { ALT: () => this.SUBRULE(this.quantity) },
        { ALT: () => this.SUBRULE(this.string) },
        { ALT: () => this.SUBRULE(this.boolean) },
        {
          ALT: () => {
            this.CONSUME(marks.LParen)
            this.enter()
            const inner = this.SUBRULE1(this.expression)
            this.leave()
            this.CONSUME(marks.RParen)
            return inner
          },
        },
        {
          ALT: () => {
            const elements: Expression[] = []
            this.CONSUME(marks.LSquare)
            this.enter()
            this.MANY_SEP({
              SEP: marks.Comma,
              DEF: () => {
                const start = this.LA(1)
                const spread = this.OPTION1(() => this.CONSUME(marks.Ellipsis))
                const element = this.SUBRULE2(this.expression)
                this.ACTION(() => elements.push(this.element(start, spread, element)))
              },
            })
            this.leave()
            this.CONSUME(marks.RSquare, { ERR_MSG: '`,` or `]`' })
            return this.ACTION(() => this.list(first, elements))
          },
        },
      ],
    })
    this.MANY({
      GATE: () => isAtom,
      DEF: () => {
        node = this.OR1<Expression>([
          {
            ALT: () => {
              this.CONSUME(marks.Dot)
              const member = this.CONSUME(Word)
              return this.ACTION(() => this.member(first, node, member))
            },
          },
          {
            ALT: () => {
              const index = this.subscript()
              return this.ACTION(() => this.indexed(first, node, index))
            },
          },
          {
            ALT: () => {
              const args = this.SUBRULE(this.args)
              return this.ACTION(() => this.call(first, node, args))
            },
          },
        ])
      },
    })
    this.OPTION({
      GATE: () => isAtom,
      DEF: () => {
        this.CONSUME(marks.Caret)
        this.enter()
        const exponent = this.SUBRULE1(this.operand)
        this.leave()
        node = this.ACTION(() => this.raised(first, node, exponent))
      },
    })
    return node
  })

  readonly conditional: Rule<Expression> = this.RULE('conditional', (): Expression => {
    const first = this.CONSUME(keywords.if)
    this.enter()
    const test = this.SUBRULE(this.expression)
    this.CONSUME(keywords.then)
    const then = this.SUBRULE1(this.expression)
    this.CONSUME(keywords.else)
    const otherwise = this.SUBRULE2(this.expression)
    this.leave()
    return this.ACTION((): Expression => {
      const span = this.spanFrom(first)
      const parts = [test, then, otherwise]
      return this.grown({ kind: 'Conditional', test, then, otherwise, span }, parts)
    })
  })

  // --- arguments and references ----------------------------------------------------------------

  /** Whether the arguments that follow are those of a population's cell; not of what stands in them. */
  private ofCell = false

  readonly args: Rule<Argument[]> = this.RULE('args', (): Argument[] => {
    const args: Argument[] = []
    const { ofCell } = this
    this.ofCell = false
    this.CONSUME(marks.LParen)
    this.enter()
    this.MANY_SEP({
      SEP: marks.Comma,
      DEF: () => {
        const first = this.LA(1)
        const name = this.OPTION({
          GATE: () => this.at(marks.Eq, 2),
          DEF: () => {
            const word = this.CONSUME(Word)
            this.CONSUME(marks.Eq)
            return word
          },
        })
        const each = this.OPTION1({
          // `each(x)` and `each.x` read something that is called so.
          GATE: () => ofCell && this.isPrefix(),
          DEF: () => this.CONSUME(contextual.each),
        })
        const value = this.SUBRULE(this.expression)
        this.ACTION(() => args.push(this.argument(first, name, value, each !== undefined)))
      },
    })
    this.leave()
    this.CONSUME(marks.RParen, { ERR_MSG: '`,` or `)`' })
    return args
  })

  /** Whether `each` stands before what it cannot be joined with: a name, a number, a sign or bracket apart. */
  private isPrefix(): boolean {
    if (!this.at(contextual.each)) return false
    const apart = endOf(this.LA(1)) < this.LA(2).startOffset
    const touching = endOf(this.LA(2)) === this.LA(3).startOffset
    if (this.at(Name, 2) || this.at(NumberToken, 2)) return true
    if (this.at(marks.Minus, 2)) return apart && touching
    return apart && (this.at(marks.LParen, 2) || this.at(marks.LSquare, 2))
  }

  /** A cell and its arguments, of which some may be `each`. */
  readonly cellReference: Rule<RuleReference> = this.RULE('cellReference', (): RuleReference => {
    this.ofCell = true
    const reference = this.SUBRULE(this.reference)
    this.ofCell = false
    return reference
  })

  /** `Name`, `Name(arguments)` */
  readonly reference: Rule<RuleReference> = this.RULE('reference', (): RuleReference => {
    const name = this.CONSUME(Name)
    const args = this.OPTION(() => this.SUBRULE(this.args))
    return this.ACTION((): RuleReference => ({
      kind: 'Reference',
      name: this.identifier(name),
      args: args ?? [],
      span: this.spanFrom(name),
    }))
  })

  /** What can be pointed at: `W`, `y.target`, `h[0].apical`. */
  readonly path: Rule<Expression> = this.RULE('path', (): Expression => {
    const first = this.CONSUME(Name)
    let object = this.ACTION(() => this.name(first))
    this.MANY(() => {
      object = this.OR([
        {
          ALT: (): Expression => {
            this.CONSUME(marks.Dot)
            const member = this.CONSUME(Word)
            return this.ACTION(() => this.member(first, object, member))
          },
        },
        {
          ALT: (): Expression => {
            const index = this.subscript()
            return this.ACTION(() => this.indexed(first, object, index))
          },
        },
      ])
    })
    return object
  })

  /** A right side, on which reading survives a mistake. */
  readonly value: Rule<Expression> = this.RULE('value', (): Expression =>
    this.tolerant(() => this.SUBRULE(this.expression)),
  )

  // --- ranges ----------------------------------------------------------------------------------

  readonly range: Rule<RangeExpression> = this.RULE('range', (): RangeExpression => {
    const first = this.LA(1)
    let fromOpen = false
    const from = this.OPTION(() => {
      const bound = this.SUBRULE(this.expression, { ARGS: [level.sum] })
      fromOpen = this.OPTION1(() => this.CONSUME(marks.Less)) !== undefined
      return bound
    })
    return this.SUBRULE(this.rangeEnd, { ARGS: [first, from, fromOpen] })
  })

  /** `..` and what follows it. */
  readonly rangeEnd: Rule<
    RangeExpression,
    [first?: IToken, from?: Expression | undefined, fromOpen?: boolean, inIndex?: boolean]
  > = this.RULE(
    'rangeEnd',
    (
      first: IToken = this.LA(1),
      from: Expression | undefined = undefined,
      fromOpen = false,
      inIndex = false,
    ): RangeExpression => {
      const dots = this.CONSUME(marks.DotDot, { ERR_MSG: 'a range such as `0..1`' })
      let toOpen = false
      const to = this.OPTION({
        GATE: () => inIndex || this.at(marks.Less) || this.upperEndFollows(dots),
        DEF: () => {
          toOpen = this.OPTION1(() => this.CONSUME(marks.Less)) !== undefined
          return this.SUBRULE(this.expression, { ARGS: [level.sum] })
        },
      })
      return this.ACTION((): RangeExpression => {
        const ends = {
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        }
        const node = { kind: 'Range', ...ends, fromOpen, toOpen } as const
        const parts = [from, to].filter((end) => end !== undefined)
        return this.grown({ ...node, span: this.spanFrom(first) }, parts)
      })
    },
  )

  /**
   * `[3]`, `[0..2]`, `[..]`, as part of the rule that calls it. The recorded grammar wants the first
   * expression; that it may be absent before `..` is decided here, which saves an `OR` of stack.
   */
  private subscript(): Expression {
    this.CONSUME2(marks.LSquare)
    this.enter()
    const first = this.LA(1)
    const hasFrom = this.RECORDING_PHASE || !this.at(marks.DotDot)
    const from = hasFrom ? this.SUBRULE3(this.expression, { ARGS: [level.sum] }) : undefined
    let fromOpen = false
    const range = this.OPTION2({
      GATE: () => this.at(marks.DotDot) || this.at(marks.DotDot, 2),
      DEF: () => {
        fromOpen = this.OPTION3(() => this.CONSUME2(marks.Less)) !== undefined
        return this.SUBRULE3(this.rangeEnd, { ARGS: [first, from, fromOpen, true] })
      },
    })
    this.leave()
    this.CONSUME2(marks.RSquare)
    const index = range ?? from
    if (index === undefined) throw new Error('an index without ends has dots')
    return index
  }

  // --- where we are ----------------------------------------------------------------------------

  private operatorLevel(): number {
    const next = this.LA(1)
    return tokenMatcher(next, BinaryMark) ? levelOf(next) : -1
  }

  /** `a < b < c` says nothing clear; `0 < ..` is a range. */
  private refuseChain(binds: number): void {
    if (binds !== level.comparison || this.operatorLevel() !== binds) return
    this.fail(
      '`and` or the end of the comparison',
      this.LA(1),
      'comparisons do not chain; write `a < b and b < c`',
    )
  }

  private beforeDerivative(): boolean {
    return this.at(marks.Star) && this.at(DerivativeToken, 2)
  }

  /** Whether what follows the `..` of an open range is its upper end. */
  private upperEndFollows(dots: IToken): boolean {
    const next = this.LA(1)
    if (next.tokenType === keywords.if) return false
    if (!tokenMatcher(next, Word)) return true
    if (next.startLine !== dots.startLine) return false
    if (membersBehindRange.some((type) => tokenMatcher(next, type))) return false
    // `0..most`, and the next member on the next line.
    if (this.LA(2).startLine !== next.startLine) return true
    const { Eq, Colon, PlusEq, MinusEq } = marks
    return ![Word, NumberToken, StringToken, Eq, Colon, PlusEq, MinusEq].some((type) =>
      this.at(type, 2),
    )
  }
}

function levelOf(token: IToken): number {
  const operator = token.image
  return isBinaryOperator(operator) ? binaryLevel[operator] : -1
}
