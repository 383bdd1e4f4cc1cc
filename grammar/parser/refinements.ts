/**
 * `continuous refines rates when settled { ... }`: that one circuit comes to another in a limit.
 */
import type {
  Correspondence,
  Expression,
  OverClause,
  RefinementItem,
  RefinementMember,
  RunClause,
  SeedsClause,
} from '../ast.ts'
import { contextual, Identifier, keywords, marks } from '../tokens.ts'
import type { Rule } from './base.ts'
import { SweepParser } from './sweeps.ts'

/** The rules for refinements. */
export abstract class RefinementParser extends SweepParser {
  /** Whether a refinement begins here: no other declaration begins with a plain name. */
  protected refinementFollows(): boolean {
    return this.at(Identifier) && this.at(contextual.refines, 2)
  }

  readonly refinementItem: Rule<RefinementItem> = this.RULE(
    'refinementItem',
    (): RefinementItem => {
      const first = this.CONSUME(Identifier)
      this.CONSUME(contextual.refines)
      const right = this.SUBRULE(this.plainName)
      const limit = this.OR<RefinementItem['limit']>({
        ERR_MSG: '`when settled`, or `as` and what grows or shrinks',
        DEF: [
          {
            ALT: () => {
              this.CONSUME(contextual.when)
              this.CONSUME(contextual.settled)
              return undefined
            },
          },
          {
            ALT: () => {
              this.CONSUME(keywords.as)
              const param = this.SUBRULE1(this.plainName)
              const word = this.SUBRULE(this.direction)
              return { param, word }
            },
          },
        ],
      })
      const members = this.SUBRULE(this.refinementBody)
      return this.ACTION((): RefinementItem => ({
        kind: 'Refinement',
        left: this.identifier(first),
        right,
        ...(limit === undefined ? {} : { limit }),
        members,
        ...this.declared(first),
      }))
    },
  )

  private readonly direction: Rule<string> = this.RULE('direction', (): string =>
    this.OR<string>({
      ERR_MSG: '`grow` or `shrink`',
      DEF: [
        { ALT: () => this.CONSUME(contextual.grow).image },
        { ALT: () => this.CONSUME(contextual.grows).image },
        { ALT: () => this.CONSUME(contextual.shrink).image },
        { ALT: () => this.CONSUME(contextual.shrinks).image },
      ],
    }),
  )

  private readonly refinementBody: Rule<RefinementMember[]> = this.RULE(
    'refinementBody',
    (): RefinementMember[] => this.block(this.refinementMember),
  )

  private readonly refinementMember: Rule<RefinementMember> = this.RULE(
    'refinementMember',
    (): RefinementMember =>
      this.OR<RefinementMember>({
        ERR_MSG: '`over`, `run`, `seeds` or what corresponds',
        IGNORE_AMBIGUITIES: true,
        DEF: [
          { GATE: () => this.clauseFollows(), ALT: () => this.SUBRULE(this.overClause) },
          { GATE: () => this.clauseFollows(), ALT: () => this.SUBRULE(this.runClause) },
          { GATE: () => this.clauseFollows(), ALT: () => this.SUBRULE(this.seedsClause) },
          { ALT: () => this.SUBRULE(this.correspondence) },
        ],
      }),
  )

  /** Whether a word opens a clause here, and is no name: `run.e = h.e`. */
  private clauseFollows(): boolean {
    return !this.at(marks.Dot, 2) && !this.at(marks.Eq, 2) && !this.at(marks.LSquare, 2)
  }

  private readonly overClause: Rule<OverClause> = this.RULE('overClause', (): OverClause => {
    const first = this.CONSUME(contextual.over)
    const values: Expression[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        values.push(this.SUBRULE(this.expression))
      },
    })
    return this.ACTION((): OverClause => ({ kind: 'Over', values, span: this.spanFrom(first) }))
  })

  private readonly runClause: Rule<RunClause> = this.RULE('runClause', (): RunClause => {
    const first = this.CONSUME(contextual.run)
    const left = this.SUBRULE(this.plainName)
    this.CONSUME(contextual.against)
    const right = this.SUBRULE1(this.plainName)
    return this.ACTION((): RunClause => ({
      kind: 'RunAgainst',
      left,
      right,
      span: this.spanFrom(first),
    }))
  })

  private readonly seedsClause: Rule<SeedsClause> = this.RULE('seedsClause', (): SeedsClause => {
    const first = this.CONSUME(contextual.seeds)
    const count = this.SUBRULE(this.expression)
    return this.ACTION((): SeedsClause => ({ kind: 'Seeds', count, span: this.spanFrom(first) }))
  })

  private readonly correspondence: Rule<Correspondence> = this.RULE(
    'correspondence',
    (): Correspondence => {
      const first = this.LA(1)
      const left = this.SUBRULE(this.expression)
      this.CONSUME(marks.Eq)
      const right = this.SUBRULE(this.value)
      return this.ACTION((): Correspondence => ({
        kind: 'Correspondence',
        left,
        right,
        span: this.spanFrom(first),
      }))
    },
  )
}
