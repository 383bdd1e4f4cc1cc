/**
 * Numbers with their units, strings and truth values. A unit stands on its number's line; a word that
 * stands there and is none is reported as the unit that it was meant to be. What touches a unit belongs to it,
 * if it can: `cm^2`, `uF/cm^2`; apart, `10 mV / ms` is a quotient.
 */
import { tokenMatcher, type IToken } from 'chevrotain'
import type { BooleanLiteral, Expression, NumberLiteral, StringLiteral } from '../ast.ts'
import { diagnostic } from '../diagnostics/create.ts'
import { OddWord } from '../foreign.ts'
import { endOf } from '../lex.ts'
import { isMisspeltWord } from '../messages.ts'
import {
  Identifier,
  keywords,
  marks,
  Name,
  NumberToken,
  OpenString,
  Percent,
  StringToken,
  ValueName,
} from '../tokens.ts'
import { hasUnitHint, meantUnit, unitHint } from '../unit-spellings.ts'
import { isUnit, largestExponent, unitOf } from '../units.ts'
import type { Rule } from './base.ts'
import { BlockParser } from './blocks.ts'

/** Settings of a sweep that are names everywhere else. */
export const isSweepSetting = (word: string): boolean => word === 'steps' || word === 'limit'

/** The rules for what stands for itself. */
export abstract class LiteralParser extends BlockParser {
  /** Inside a variant `NAME:` starts the next change, so that no unit stands before a colon. */
  protected colonStartsChange = false
  /** Inside an experiment `step dt` may start a statement, so that `step` is no unit before a name. */
  protected inExperiment = false
  /** Whether what is read is part of a sweep. */
  protected inSweep = false
  /** Behind `data name` words behind a number are the next options: `{ limit 100  ordered }`. */
  protected wordsAreOptions = false

  readonly quantity: Rule<Expression> = this.RULE('quantity', (): Expression => {
    const number = this.CONSUME(NumberToken)
    const percent = this.OPTION2({
      GATE: () => this.LA(1).startLine === number.startLine,
      DEF: () => this.CONSUME(Percent),
    })
    const unit = this.OPTION({
      GATE: () =>
        percent === undefined && (this.unitFollows(number) || this.oddUnitFollows(number)),
      DEF: () => {
        const first = this.CONSUME(Name)
        this.SUBRULE(this.unitPower)
        this.MANY({
          GATE: () => this.factorFollows(),
          DEF: () => {
            this.OR([
              { ALT: () => this.CONSUME(marks.Slash) },
              { ALT: () => this.CONSUME(marks.Star) },
            ])
            this.CONSUME1(Name)
            this.SUBRULE1(this.unitPower)
          },
        })
        return first
      },
    })
    return this.ACTION((): Expression => {
      const value = Number(number.image)
      if (!Number.isFinite(value)) {
        this.report(
          diagnostic('numberTooLarge', this.spanOf(number), { found: number.image }),
          number,
        )
      }
      const span = this.spanFrom(number)
      const literal: NumberLiteral = { kind: 'NumberLiteral', value, text: number.image, span }
      if (percent) return { ...literal, unit: this.identifier(percent) }
      if (unit === undefined) return literal
      const identifier = this.identifier(unit)
      if (isUnit(unit.image)) {
        const whole = this.spanFrom(unit)
        const name = this.origin.text.slice(whole.start, whole.end)
        if (unitOf(name) === undefined) {
          const hint = `an exponent in a unit is a whole number or a half, up to ${largestExponent}`
          this.report(diagnostic('unknownUnit', whole, { name }, { hint }), unit)
          return { kind: 'ErrorExpression', span }
        }
        this.reportPower(number, unit, name)
        return { ...literal, unit: { kind: 'Identifier', name, span: whole } }
      }
      this.reportUnit(number, unit)
      const meant = meantUnit(unit.image)
      if (meant === undefined) return { kind: 'ErrorExpression', span }
      return { ...literal, unit: { ...identifier, name: meant } }
    })
  })

  /** The exponent that touches a unit: the `^2` of `cm^2`. */
  readonly unitPower: Rule<void> = this.RULE('unitPower', (): void => {
    this.OPTION({
      GATE: () => this.powerFollows(),
      DEF: () => {
        this.CONSUME(marks.Caret)
        this.OPTION1(() => this.CONSUME(marks.Minus))
        this.CONSUME(NumberToken)
      },
    })
  })

  readonly string: Rule<StringLiteral> = this.RULE('string', (): StringLiteral => {
    const token = this.CONSUME(StringToken)
    return this.ACTION((): StringLiteral => {
      const inner = token.image.slice(1, token.tokenType === OpenString ? undefined : -1)
      const value = inner.replace(/\\(.)/g, '$1')
      return { kind: 'StringLiteral', value, span: this.spanOf(token) }
    })
  })

  readonly boolean: Rule<BooleanLiteral> = this.RULE('boolean', (): BooleanLiteral => {
    const make = (token: IToken, text: BooleanLiteral['text'], value: boolean): BooleanLiteral =>
      this.ACTION(() => ({ kind: 'BooleanLiteral', value, text, span: this.spanOf(token) }))
    return this.OR([
      { ALT: () => make(this.CONSUME(keywords.true), 'true', true) },
      { ALT: () => make(this.CONSUME(keywords.false), 'false', false) },
      { ALT: () => make(this.CONSUME(keywords.on), 'on', true) },
      { ALT: () => make(this.CONSUME(keywords.off), 'off', false) },
    ])
  })

  /** Whether the next word is the unit of `number`, and not the start of the next statement. */
  private unitFollows(number: IToken): boolean {
    const word = this.LA(1)
    if (!tokenMatcher(word, Name) || !isUnit(word.image)) return false
    if (word.startLine !== number.startLine) return false
    // What has a member or an index is a name: `seeds 2  h.e = h.e`.
    const { Eq, PlusEq, MinusEq, LParen, LSquare, Dot, Colon } = marks
    const names = [NumberToken, Eq, PlusEq, MinusEq, LParen, LSquare, Dot]
    const binds = names.some((type) => this.at(type, 2))
    if (binds || (this.colonStartsChange && this.at(Colon, 2))) return false
    if (!this.inExperiment) return true
    // `batch 32  epochs n`: a setting with a named value, not 32 epochs.
    const after = this.LA(2)
    // `batch 32  epochs -1`: a setting with a value that it cannot have.
    const signed = after.tokenType === marks.Minus && this.at(NumberToken, 3)
    const isValue = endOf(word) < after.startOffset && endOf(after) === this.LA(3).startOffset
    const isSetting = tokenMatcher(word, ValueName) || (this.inSweep && isSweepSetting(word.image))
    if (isSetting && signed && isValue) return false
    const named = after.tokenType === Identifier && after.startLine === word.startLine
    return !(isSetting && named && !this.at(keywords.on, 3))
  }

  /** Whether token number `ahead` touches the one before it. */
  private touches(ahead: number): boolean {
    return endOf(this.LA(ahead - 1)) === this.LA(ahead).startOffset
  }

  private powerFollows(): boolean {
    if (!this.at(marks.Caret) || !this.touches(1) || !isUnit(this.LA(0).image)) return false
    const number = this.at(marks.Minus, 2) && this.touches(2) ? 3 : 2
    return this.at(NumberToken, number) && this.touches(number)
  }

  /** Whether a further unit follows, as in `m/s`; a call or a member of that name is none. */
  private factorFollows(): boolean {
    if (!this.at(marks.Slash) && !this.at(marks.Star)) return false
    if (!isUnit(this.LA(2).image) || !this.touches(1) || !this.touches(2)) return false
    return ![marks.LParen, marks.LSquare, marks.Dot].some((type) => this.at(type, 3))
  }

  /**
   * Whether the next word stands where a unit would, but is none: what would start the next member
   * or statement has a mark behind it, or is a word of the grammar.
   */
  private oddUnitFollows(number: IToken): boolean {
    const word = this.LA(1)
    if (!tokenMatcher(word, Identifier) && !tokenMatcher(word, OddWord)) return false
    if (word.startLine !== number.startLine || this.wordsAreOptions) return false
    if (this.inSweep && isSweepSetting(word.image)) return false
    if (isUnit(word.image) || (!hasUnitHint(word.image) && isMisspeltWord(word.image))) return false
    const { Eq, PlusEq, MinusEq, LParen, LSquare, Dot, Colon } = marks
    const starts = [Eq, PlusEq, MinusEq, LParen, LSquare, Dot, keywords.on, keywords.off]
    if (starts.some((type) => this.at(type, 2))) return false
    return !(this.colonStartsChange && this.at(Colon, 2))
  }

  /**
   * `5 mV^2` is five square millivolts: before units could be compound it was the square of 5 mV. Of lengths,
   * which came with compound units, nothing else was ever meant, and of 1 both are the same.
   */
  private reportPower(number: IToken, first: IToken, name: string): void {
    const value = Number(number.image)
    const isNew = unitOf(first.image)?.dimension.length !== undefined
    if (!name.startsWith(`${first.image}^`) || isNew || value === 0 || value === 1) return
    const power = /\^(-?[\d.]+)/.exec(name)?.[1] ?? ''
    const rest = name.slice(first.image.length + 1 + power.length)
    const squared = `(${number.image} ${first.image}) ^ ${power}`
    this.report(
      diagnostic(
        'powerOfUnit',
        this.spanFrom(number),
        { found: `${number.image} ${name}`, number: number.image, unit: name },
        {
          hint: `write \`${number.image} * 1 ${name}\` if that is meant, or \`${squared}${rest === '' ? '' : ` ${rest[0]} 1 ${rest.slice(1)}`}\``,
        },
      ),
      number,
    )
  }

  private reportUnit(number: IToken, unit: IToken): void {
    const touches = endOf(number) === unit.startOffset
    const { image: name } = unit
    const hint =
      touches || hasUnitHint(name)
        ? unitHint(name)
        : `to multiply, write \`${number.image} * ${name}\`; ${unitHint(name)}`
    this.report(diagnostic('unknownUnit', this.spanOf(unit), { name }, { hint }), unit)
  }
}
