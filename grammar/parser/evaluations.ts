/** What an experiment looks at: figures, how often, when a run ends, which evaluation is best, test examples. */
import type {
  BestStatement,
  EvaluateKeep,
  EvaluateMeasures,
  EvaluateStatement,
  Expression,
  MeasureStatement,
  StopStatement,
} from '../ast.ts'
import { contextual, keywords, marks } from '../tokens.ts'
import type { Rule } from './base.ts'
import { ProtocolParser } from './protocols.ts'

type Measure = MeasureStatement['measures'][number]
type EvaluateMember = EvaluateStatement['members'][number]
type Evaluated = EvaluateMeasures['measures'][number]

/** The rules for what is looked at. */
export abstract class EvaluationParser extends ProtocolParser {
  /** A figure, with its name or without. */
  readonly measured: Rule<Measure> = this.RULE('measured', (): Measure => {
    const name = this.OPTION({
      GATE: () => this.at(marks.Eq, 2),
      DEF: () => {
        const token = this.SUBRULE(this.plainName)
        this.CONSUME(marks.Eq)
        return token
      },
    })
    const value = this.SUBRULE(this.value)
    return name === undefined ? { value } : { name, value }
  })

  readonly every: Rule<Expression> = this.RULE('every', (): Expression => {
    this.CONSUME(contextual.every)
    return this.SUBRULE(this.value)
  })

  readonly stop: Rule<StopStatement> = this.RULE('stop', (): StopStatement => {
    const first = this.CONSUME(contextual.stop)
    this.CONSUME(contextual.when)
    const condition = this.SUBRULE(this.value)
    const stalls = this.OPTION(() => this.CONSUME(contextual.stalls))
    const lasts = this.OPTION1(() => {
      this.CONSUME(keywords.for)
      return this.SUBRULE1(this.value)
    })
    return this.ACTION((): StopStatement => ({
      kind: 'Stop',
      condition,
      ...(stalls === undefined ? {} : { stalls: true }),
      ...(lasts === undefined ? {} : { lasts }),
      span: this.spanFrom(first),
    }))
  })

  readonly best: Rule<BestStatement> = this.RULE('best', (): BestStatement => {
    const first = this.CONSUME(contextual.best)
    this.CONSUME(contextual.by)
    let isHighest = false
    this.OPTION(() =>
      this.OR([
        { ALT: () => this.CONSUME(contextual.lowest) },
        {
          ALT: () => {
            this.CONSUME(contextual.highest)
            isHighest = true
          },
        },
      ]),
    )
    const figure = this.SUBRULE(this.value)
    return this.ACTION((): BestStatement => ({
      kind: 'Best',
      figure,
      ...(isHighest && { highest: true }),
      span: this.spanFrom(first),
    }))
  })

  // --- evaluation ------------------------------------------------------------------------------

  readonly evaluateStatement: Rule<EvaluateStatement> = this.RULE(
    'evaluateStatement',
    (): EvaluateStatement => {
      const first = this.CONSUME(contextual.evaluate)
      const every = this.OPTION(() => this.SUBRULE(this.every))
      const members = this.SUBRULE(this.evaluateBody)
      return this.ACTION((): EvaluateStatement => ({
        kind: 'Evaluate',
        ...(every === undefined ? {} : { every }),
        members,
        span: this.spanFrom(first),
      }))
    },
  )

  readonly evaluateBody: Rule<EvaluateMember[]> = this.RULE('evaluateBody', (): EvaluateMember[] =>
    this.block(this.evaluateMember),
  )

  readonly evaluateMember: Rule<EvaluateMember> = this.RULE('evaluateMember', (): EvaluateMember =>
    this.OR<EvaluateMember>({
      ERR_MSG: '`phase`, `measure` or `keep`',
      DEF: [
        { ALT: () => this.SUBRULE(this.protocolPhase) },
        { ALT: () => this.SUBRULE(this.evaluateMeasures) },
        { ALT: () => this.SUBRULE(this.evaluateKeep) },
      ],
    }),
  )

  readonly evaluateKeep: Rule<EvaluateKeep> = this.RULE('evaluateKeep', (): EvaluateKeep => {
    const first = this.CONSUME(contextual.keep)
    const targets = this.SUBRULE(this.paths)
    return this.ACTION((): EvaluateKeep => ({
      kind: 'EvaluateKeep',
      targets,
      span: this.spanFrom(first),
    }))
  })

  readonly evaluateMeasures: Rule<EvaluateMeasures> = this.RULE(
    'evaluateMeasures',
    (): EvaluateMeasures => {
      const first = this.CONSUME(contextual.measure)
      const measures: Evaluated[] = []
      this.AT_LEAST_ONE_SEP({
        SEP: marks.Comma,
        DEF: () => {
          const measured = this.SUBRULE(this.measured)
          const where = this.OPTION(() => {
            this.CONSUME(contextual.where)
            return this.SUBRULE(this.value)
          })
          measures.push(where === undefined ? measured : { ...measured, where })
        },
      })
      const over = this.OPTION1(() => {
        this.CONSUME(contextual.over)
        this.CONSUME(contextual.last)
        return this.SUBRULE1(this.value)
      })
      return this.ACTION((): EvaluateMeasures => ({
        kind: 'EvaluateMeasures',
        measures,
        ...(over === undefined ? {} : { over }),
        span: this.spanFrom(first),
      }))
    },
  )
}
