/** Makes the nodes of expressions: each with its span, none of a tree that is too high. */
import { tokenMatcher, type IToken } from 'chevrotain'
import type { Argument, BinaryExpression, Expression, NumberLiteral } from '../ast.ts'
import { diagnostic } from '../diagnostics/create.ts'
import { isBinaryOperator } from '../precedence.ts'
import { printExpression } from '../print/expression.ts'
import { NumberToken } from '../tokens.ts'
import { unitOf } from '../units.ts'
import { LiteralParser } from './literals.ts'

/** What the rules for expressions make of what they read. */
export abstract class TreeParser extends LiteralParser {
  protected binary(
    first: IToken,
    token: IToken,
    left: Expression,
    right: Expression,
  ): BinaryExpression {
    const operator = token.image
    if (!isBinaryOperator(operator)) throw new Error(`no operator: ${operator}`)
    const span = this.spanFrom(first)
    return this.grown({ kind: 'Binary', operator, left, right, span }, [left, right])
  }

  protected prefixed(operator: '-' | 'not', first: IToken, operand: Expression): Expression {
    return this.grown({ kind: 'Unary', operator, operand, span: this.spanFrom(first) }, [operand])
  }

  protected name(token: IToken): Expression {
    return { kind: 'Name', name: token.image, span: this.spanOf(token) }
  }

  protected element(first: IToken, spread: IToken | undefined, operand: Expression): Expression {
    if (spread === undefined) return operand
    return this.grown({ kind: 'Spread', operand, span: this.spanFrom(first) }, [operand])
  }

  protected list(first: IToken, elements: readonly Expression[]): Expression {
    return this.grown({ kind: 'List', elements, span: this.spanFrom(first) }, elements)
  }

  protected raised(first: IToken, left: Expression, right: Expression): Expression {
    const span = this.spanFrom(first)
    if (left.kind === 'NumberLiteral' && tokenMatcher(first, NumberToken))
      this.reportAreas(left, right, first)
    return this.grown({ kind: 'Binary', operator: '^', left, right, span }, [left, right])
  }

  /** `20000 um ^ 2` is read as the square of a length, where an area is more likely meant. */
  private reportAreas({ text, unit }: NumberLiteral, right: Expression, first: IToken): void {
    if (unit === undefined || unitOf(unit.name)?.dimension.length === undefined) return
    const exponent = printExpression(right)
    const parameters = {
      power: `${text} ${unit.name} ^ ${exponent}`,
      unit: `${unit.name}^${exponent}`,
    }
    const hint = `write \`${text} ${unit.name}^${exponent}\`, without spaces, or \`(${text} ${unit.name}) ^ ${exponent}\``
    this.report(
      diagnostic(
        'areaOrPower',
        this.spanFrom(first),
        { ...parameters, quantity: `${text} ${unit.name}` },
        { hint },
      ),
      first,
    )
  }

  protected call(first: IToken, callee: Expression, args: readonly Argument[]): Expression {
    const parts = [callee, ...args.map((argument) => argument.value)]
    return this.grown({ kind: 'Call', callee, args, span: this.spanFrom(first) }, parts)
  }

  protected argument(
    first: IToken,
    name: IToken | undefined,
    value: Expression,
    each: boolean,
  ): Argument {
    const named = name === undefined ? {} : { name: this.identifier(name) }
    const of = each ? { each: true as const } : {}
    return { kind: 'Argument', ...named, ...of, value, span: this.spanFrom(first) }
  }

  protected member(first: IToken, object: Expression, name: IToken): Expression {
    const member = this.identifier(name)
    return this.grown({ kind: 'Member', object, member, span: this.spanFrom(first) }, [object])
  }

  protected indexed(first: IToken, object: Expression, index: Expression): Expression {
    const span = this.spanFrom(first)
    return this.grown({ kind: 'Index', object, index, span }, [object, index])
  }
}
