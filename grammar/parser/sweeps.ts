/**
 * Sweeps: one experiment at many points, and what is told of them.
 */
import type {
  DrawStatement,
  Expression,
  Identifier,
  ListExpression,
  ReportStatement,
  SeedsStatement,
  SweepDraw,
  SweepExperiment,
  SweepFigure,
  SweepItem,
  SweepStatement,
  SweepStop,
  ValueStatement,
  VaryStatement,
} from '../ast.ts'
import { contextual, Identifier as IdentifierToken, keywords, marks } from '../tokens.ts'
import type { Rule } from './base.ts'
import { ExperimentParser } from './experiments.ts'
import { isSweepSetting } from './literals.ts'

/** The rules for sweeps. */
export abstract class SweepParser extends ExperimentParser {
  readonly sweepItem: Rule<SweepItem> = this.RULE('sweepItem', (): SweepItem => {
    const first = this.CONSUME(contextual.sweep)
    const name = this.SUBRULE(this.plainName)
    this.ACTION(() => (this.inExperiment = this.inSweep = true))
    try {
      const statements = this.SUBRULE(this.sweepBody)
      return this.ACTION((): SweepItem => ({
        kind: 'Sweep',
        name,
        statements,
        ...this.declared(first),
      }))
    } finally {
      this.inExperiment = this.inSweep = false
    }
  })

  readonly sweepBody: Rule<SweepStatement[]> = this.RULE('sweepBody', (): SweepStatement[] =>
    this.block(this.sweepStatement, [keywords.experiment]),
  )

  readonly sweepStatement: Rule<SweepStatement> = this.RULE('sweepStatement', (): SweepStatement =>
    this.OR<SweepStatement>({
      ERR_MSG: 'a statement of the sweep, such as `vary`, `seeds` or `report`',
      DEF: [
        { ALT: () => this.SUBRULE(this.sweepExperiment) },
        { ALT: () => this.SUBRULE(this.vary) },
        { ALT: () => this.SUBRULE(this.draw) },
        { ALT: () => this.SUBRULE(this.seeds) },
        { ALT: () => this.SUBRULE(this.reportStatement) },
        { ALT: () => this.SUBRULE(this.sweepStop) },
        { ALT: () => this.SUBRULE(this.valueStatement) },
        {
          GATE: () => isSweepSetting(this.LA(1).image),
          ALT: () => this.SUBRULE(this.sweepSetting),
        },
      ],
    }),
  )

  /** `steps 400`, `limit 1000`, which an experiment does not say so. */
  readonly sweepSetting: Rule<ValueStatement> = this.RULE('sweepSetting', (): ValueStatement => {
    const first = this.CONSUME(IdentifierToken)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): ValueStatement => ({
      kind: 'Value',
      name: this.identifier(first),
      value,
      span: this.spanFrom(first),
    }))
  })

  readonly sweepExperiment: Rule<SweepExperiment> = this.RULE(
    'sweepExperiment',
    (): SweepExperiment => {
      const first = this.CONSUME(keywords.experiment)
      const name = this.SUBRULE(this.plainName)
      return this.ACTION((): SweepExperiment => ({
        kind: 'SweepExperiment',
        name,
        span: this.spanFrom(first),
      }))
    },
  )

  // --- points ----------------------------------------------------------------------------------

  readonly vary: Rule<VaryStatement> = this.RULE('vary', (): VaryStatement => {
    const first = this.CONSUME(contextual.vary)
    const found = this.OR<[Identifier[], Expression]>([
      {
        ALT: () => {
          const together = this.SUBRULE(this.variedNames)
          this.CONSUME(keywords.in)
          return [together, this.SUBRULE(this.tuples)]
        },
      },
      {
        ALT: () => {
          const name = this.SUBRULE(this.varied)
          this.CONSUME1(keywords.in)
          return [[name], this.SUBRULE(this.value)]
        },
      },
    ])
    return this.ACTION((): VaryStatement => {
      const [names, values] = found
      return { kind: 'Vary', names, values, span: this.spanFrom(first) }
    })
  })

  /** A parameter, a setting of the experiment such as `epochs`, or `variant`. */
  readonly varied: Rule<Identifier> = this.RULE('varied', (): Identifier =>
    this.OR<Identifier>({
      ERR_MSG: 'a parameter or `variant`',
      DEF: [
        {
          ALT: () => {
            const token = this.CONSUME(keywords.variant)
            return this.ACTION(() => this.identifier(token))
          },
        },
        { ALT: () => this.SUBRULE(this.plainName) },
      ],
    }),
  )

  readonly variedNames: Rule<Identifier[]> = this.RULE('variedNames', (): Identifier[] => {
    const names: Identifier[] = []
    this.CONSUME(marks.LParen)
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        names.push(this.SUBRULE(this.varied))
      },
    })
    this.CONSUME(marks.RParen)
    return names
  })

  /** `[(1, 500), (2, 250)]`, as a list of lists. */
  readonly tuples: Rule<ListExpression> = this.RULE('tuples', (): ListExpression => {
    const elements: Expression[] = []
    const first = this.CONSUME(marks.LSquare)
    this.enter()
    this.MANY_SEP({
      SEP: marks.Comma,
      DEF: () => {
        elements.push(this.SUBRULE(this.tuple))
      },
    })
    this.leave()
    this.CONSUME(marks.RSquare)
    return this.ACTION((): ListExpression => ({
      kind: 'List',
      elements,
      span: this.spanFrom(first),
    }))
  })

  readonly tuple: Rule<ListExpression> = this.RULE('tuple', (): ListExpression => {
    const elements: Expression[] = []
    const first = this.CONSUME(marks.LParen)
    this.enter()
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        elements.push(this.SUBRULE(this.value))
      },
    })
    this.leave()
    this.CONSUME(marks.RParen)
    return this.ACTION((): ListExpression => ({
      kind: 'List',
      elements,
      span: this.spanFrom(first),
    }))
  })

  readonly draw: Rule<DrawStatement> = this.RULE('draw', (): DrawStatement => {
    const first = this.LA(1)
    const isSearch = this.OR([
      { ALT: () => (this.CONSUME(contextual.sample), false) },
      { ALT: () => (this.CONSUME(contextual.search), true) },
    ])
    const count = this.SUBRULE(this.value)
    const draws = this.SUBRULE(this.drawBody)
    const goal = this.OPTION({
      GATE: () => isSearch,
      DEF: () => this.SUBRULE(this.goal),
    })
    return this.ACTION((): DrawStatement => {
      if (isSearch && goal === undefined) this.fail('`minimise` or `maximise`', this.LA(1))
      return {
        kind: 'Draw',
        count,
        draws,
        ...(goal && { goal }),
        span: this.spanFrom(first),
      }
    })
  })

  readonly goal: Rule<NonNullable<DrawStatement['goal']>> = this.RULE(
    'goal',
    (): NonNullable<DrawStatement['goal']> => {
      const direction = this.OR<'minimise' | 'maximise'>([
        { ALT: () => (this.CONSUME(contextual.minimise), 'minimise' as const) },
        { ALT: () => (this.CONSUME(contextual.maximise), 'maximise' as const) },
      ])
      const figure = this.SUBRULE(this.figure)
      const halving = this.OPTION(() => {
        this.CONSUME(contextual.halving)
        return this.SUBRULE(this.value)
      })
      return { direction, figure, ...(halving && { halving }) }
    },
  )

  readonly drawBody: Rule<SweepDraw[]> = this.RULE('drawBody', (): SweepDraw[] =>
    this.block(this.drawn, [keywords.variant]),
  )

  readonly drawn: Rule<SweepDraw> = this.RULE('drawn', (): SweepDraw => {
    const name = this.SUBRULE(this.varied)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): SweepDraw => ({
      kind: 'SweepDraw',
      name,
      value,
      span: { ...name.span, end: value.span.end },
    }))
  })

  readonly seeds: Rule<SeedsStatement> = this.RULE('seeds', (): SeedsStatement => {
    const first = this.CONSUME(contextual.seeds)
    const start = this.LA(1)
    const from = this.SUBRULE(this.value)
    const range = this.OPTION(() =>
      this.SUBRULE(this.rangeEnd, { ARGS: [start, from, false, true] }),
    )
    return this.ACTION((): SeedsStatement => ({
      kind: 'SweepSeeds',
      seeds: range ?? from,
      span: this.spanFrom(first),
    }))
  })

  // --- what is told ----------------------------------------------------------------------------

  readonly reportStatement: Rule<ReportStatement> = this.RULE(
    'reportStatement',
    (): ReportStatement => {
      const first = this.CONSUME(contextual.report)
      const figures: SweepFigure[] = []
      this.AT_LEAST_ONE_SEP({
        SEP: marks.Comma,
        DEF: () => {
          figures.push(this.SUBRULE(this.figure))
        },
      })
      return this.ACTION((): ReportStatement => ({
        kind: 'Report',
        figures,
        span: this.spanFrom(first),
      }))
    },
  )

  readonly figure: Rule<SweepFigure> = this.RULE('figure', (): SweepFigure => {
    const first = this.LA(1)
    const value = this.SUBRULE(this.value)
    const when = this.OPTION(() =>
      this.OR<NonNullable<SweepFigure['when']>>([
        { ALT: () => (this.CONSUME(contextual.best), { at: 'best' as const }) },
        {
          ALT: () => {
            this.CONSUME(contextual.at)
            this.CONSUME(contextual.epoch)
            return { at: 'epoch' as const, epoch: this.SUBRULE1(this.value) }
          },
        },
        {
          ALT: () => {
            this.CONSUME(contextual.mean)
            this.CONSUME(contextual.over)
            this.CONSUME(contextual.last)
            return { at: 'last' as const, count: this.SUBRULE2(this.value) }
          },
        },
      ]),
    )
    return this.ACTION((): SweepFigure => ({
      kind: 'SweepFigure',
      value,
      ...(when && { when }),
      span: this.spanFrom(first),
    }))
  })

  readonly sweepStop: Rule<SweepStop> = this.RULE('sweepStop', (): SweepStop => {
    const first = this.CONSUME(contextual.stop)
    this.CONSUME(contextual.when)
    const condition = this.SUBRULE(this.value)
    const epoch = this.OPTION(() => {
      this.CONSUME(contextual.at)
      this.CONSUME(contextual.epoch)
      return this.SUBRULE1(this.value)
    })
    return this.ACTION((): SweepStop => ({
      kind: 'SweepStop',
      condition,
      ...(epoch && { epoch }),
      span: this.spanFrom(first),
    }))
  })
}
