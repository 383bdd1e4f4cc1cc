/**
 * Blocks of members and right sides of `=`: where reading survives a mistake. A member that does not parse is
 * left out; an `ErrorExpression` stands for a value that does not.
 */
import { EOF, tokenMatcher, type TokenType } from 'chevrotain'
import type { ErrorExpression, Expression } from '../ast.ts'
import { ItemKeyword, marks, Word } from '../tokens.ts'
import { ParserBase, type Rule } from './base.ts'

/** The rules that others are made of. */
export abstract class BlockParser extends ParserBase {
  /**
   * `{ member ... }`, each member on its own for recovery. `also` says which item keywords may
   * start a member; any other at the start of a line means that the closing brace is missing.
   */
  protected block<R>(
    member: Rule<R>,
    also: readonly TokenType[] = [],
    read: () => R = () => this.SUBRULE(member),
    isOver: () => boolean = () => false,
  ): NonNullable<R>[] {
    const open = this.CONSUME(marks.LBrace)
    if (this.RECORDING_PHASE) {
      this.MANY(read)
      this.CONSUME(marks.RBrace)
      return []
    }
    const members: NonNullable<R>[] = []
    this.enter()
    while (!this.blockEnds(also) && !isOver()) {
      const found = this.guarded(read)
      if (found !== undefined && found !== null) members.push(found)
    }
    this.leave()
    if (this.at(marks.RBrace)) this.CONSUME1(marks.RBrace)
    else {
      const related = [{ span: this.spanOf(open), message: 'the block opens here' }]
      this.complain('`}`', this.LA(1), { related })
    }
    return members
  }

  private blockEnds(also: readonly TokenType[]): boolean {
    const next = this.LA(1)
    if (next.tokenType === EOF || next.tokenType === marks.RBrace) return true
    if (!tokenMatcher(next, ItemKeyword) || also.includes(next.tokenType)) return false
    return this.startsLine(next)
  }

  /** Reads an expression; if that fails, an `ErrorExpression` stands for it. */
  protected tolerant(read: () => Expression): Expression {
    if (this.RECORDING_PHASE) return read()
    const first = this.LA(1)
    const found = this.guarded(() => {
      if (this.valueIsMissing()) this.fail('an expression', first)
      return read()
    }, false)
    if (found !== undefined) return found
    const error: ErrorExpression = { kind: 'ErrorExpression', span: this.spanFrom(first) }
    return error
  }

  /** Whether the next line starts a binding, so that this one lacks its right side. */
  private valueIsMissing(): boolean {
    if (!this.at(Word) || !this.startsLine(this.LA(1))) return false
    if (this.beginsMember()) return true
    return [marks.Eq, marks.PlusEq, marks.MinusEq].some((mark) => this.at(mark, 2))
  }
}
