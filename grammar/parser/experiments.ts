/**
 * Experiments: data, presentation, optimisers, measures.
 */
import type {
  AugmentStatement,
  DataStatement,
  ExperimentItem,
  ExperimentStatement,
  Expression,
  MeasureStatement,
  OptimiseStatement,
  PresentStatement,
  RecordStatement,
  ReplicateStatement,
  RuleReference,
  ValueStatement,
} from '../ast.ts'
import { contextual, keywords, marks, Name, ValueName } from '../tokens.ts'
import type { Rule } from './base.ts'
import { EvaluationParser } from './evaluations.ts'

type DataOption = DataStatement['options'][number]
type PresentBinding = PresentStatement['bindings'][number]
type Measure = MeasureStatement['measures'][number]

/** The rules for experiments. */
export abstract class ExperimentParser extends EvaluationParser {
  readonly experimentItem: Rule<ExperimentItem> = this.RULE(
    'experimentItem',
    (): ExperimentItem => {
      const first = this.CONSUME(keywords.experiment)
      const name = this.SUBRULE(this.plainName)
      const base = this.OPTION(() => {
        this.CONSUME(keywords.extends)
        return this.SUBRULE1(this.plainName)
      })
      this.ACTION(() => (this.inExperiment = true))
      try {
        const statements = this.SUBRULE(this.experimentBody)
        return this.ACTION((): ExperimentItem => ({
          kind: 'Experiment',
          name,
          ...(base === undefined ? {} : { base }),
          statements,
          ...this.declared(first),
        }))
      } finally {
        this.inExperiment = false
      }
    },
  )

  readonly experimentBody: Rule<ExperimentStatement[]> = this.RULE(
    'experimentBody',
    (): ExperimentStatement[] => this.block(this.statement, [keywords.plasticity]),
  )

  readonly statement: Rule<ExperimentStatement> = this.RULE('statement', (): ExperimentStatement =>
    this.OR<ExperimentStatement>({
      ERR_MSG: 'a statement of the experiment',
      DEF: [
        { ALT: () => this.SUBRULE(this.data) },
        { ALT: () => this.SUBRULE(this.present) },
        { ALT: () => this.SUBRULE(this.augment) },
        {
          GATE: () =>
            this.at(contextual.evaluate) &&
            (this.at(contextual.every, 2) || this.at(marks.LBrace, 2)),
          ALT: () => this.SUBRULE(this.evaluateStatement),
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => this.SUBRULE(this.valueStatement), IGNORE_AMBIGUITIES: true },
        {
          // A switch of that name is set as any other.
          GATE: () => ![keywords.on, keywords.off].some((word) => this.at(word, 2)),
          ALT: () => this.SUBRULE(this.replicate),
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => this.SUBRULE(this.optimise) },
        { ALT: () => this.SUBRULE(this.measure) },
        { ALT: () => this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.stop) },
        {
          GATE: () => this.at(contextual.by, 2),
          ALT: () => this.SUBRULE(this.best),
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => this.SUBRULE(this.protocol) },
        { ALT: () => this.SUBRULE(this.setting), IGNORE_AMBIGUITIES: true },
      ],
    }),
  )

  // --- data ------------------------------------------------------------------------------------

  readonly data: Rule<DataStatement> = this.RULE('data', (): DataStatement => {
    const first = this.CONSUME(contextual.data)
    const dataset = this.SUBRULE(this.reference)
    const options = this.OPTION(() => this.SUBRULE(this.dataBody))
    return this.ACTION((): DataStatement => ({
      kind: 'Data',
      dataset,
      options: options ?? [],
      span: this.spanFrom(first),
    }))
  })

  readonly dataBody: Rule<DataOption[]> = this.RULE('dataBody', (): DataOption[] => {
    this.ACTION(() => (this.wordsAreOptions = true))
    try {
      return this.block(this.dataOption)
    } finally {
      this.wordsAreOptions = false
    }
  })

  readonly dataOption: Rule<DataOption> = this.RULE('dataOption', (): DataOption => {
    const name = this.SUBRULE(this.plainName)
    // A word behind an option is the next option: `standardise  validation 10000`.
    const value = this.OPTION({
      GATE: () => !this.at(Name),
      DEF: () => this.SUBRULE(this.value),
    })
    return value === undefined ? { name } : { name, value }
  })

  readonly present: Rule<PresentStatement> = this.RULE('present', (): PresentStatement => {
    const first = this.CONSUME(contextual.present)
    const bindings: PresentBinding[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        const target = this.SUBRULE(this.path)
        this.CONSUME(marks.Eq)
        const value = this.SUBRULE(this.value)
        bindings.push({ target, value })
      },
    })
    const duration = this.OPTION(() => {
      this.CONSUME(keywords.for)
      return this.SUBRULE1(this.value)
    })
    let once = false
    let fit: PresentStatement['fit']
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(contextual.once)
            once = true
          },
        },
        {
          ALT: () => {
            this.CONSUME(contextual.stretched)
            fit = 'stretched'
          },
        },
        {
          ALT: () => {
            this.CONSUME(contextual.padded)
            fit = 'padded'
          },
        },
      ])
    })
    return this.ACTION((): PresentStatement => ({
      kind: 'Present',
      bindings,
      ...(duration === undefined ? {} : { duration }),
      once,
      ...(fit === undefined ? {} : { fit }),
      span: this.spanFrom(first),
    }))
  })

  readonly augment: Rule<AugmentStatement> = this.RULE('augment', (): AugmentStatement => {
    const first = this.CONSUME(contextual.augment)
    const steps: RuleReference[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        steps.push(this.SUBRULE(this.reference))
      },
    })
    return this.ACTION((): AugmentStatement => ({
      kind: 'Augment',
      steps,
      span: this.spanFrom(first),
    }))
  })

  readonly valueStatement: Rule<ValueStatement> = this.RULE(
    'valueStatement',
    (): ValueStatement => {
      const name = this.CONSUME(ValueName)
      const value = this.SUBRULE(this.value)
      return this.ACTION((): ValueStatement => ({
        kind: 'Value',
        name: this.identifier(name),
        value,
        span: this.spanFrom(name),
      }))
    },
  )

  readonly replicate: Rule<ValueStatement | ReplicateStatement> = this.RULE(
    'replicate',
    (): ValueStatement | ReplicateStatement => {
      const first = this.CONSUME(contextual.replicate)
      const seeds = this.OPTION({
        GATE: () => !this.at(contextual.with),
        DEF: () => {
          const value = this.SUBRULE(this.value)
          this.CONSUME(contextual.seeds)
          return value
        },
      })
      const values: ReplicateStatement['values'][number][] = []
      this.OPTION1(() => {
        this.CONSUME(contextual.with)
        this.AT_LEAST_ONE_SEP({
          SEP: marks.Comma,
          DEF: () => {
            const name = this.SUBRULE(this.plainName)
            this.CONSUME(marks.Eq)
            values.push({ name, value: this.SUBRULE1(this.value) })
          },
        })
      })
      return this.ACTION((): ValueStatement | ReplicateStatement =>
        seeds !== undefined && values.length === 0
          ? {
              kind: 'Value',
              name: this.identifier(first),
              value: seeds,
              span: this.spanFrom(first),
            }
          : {
              kind: 'Replicate',
              ...(seeds === undefined ? {} : { seeds }),
              values,
              span: this.spanFrom(first),
            },
      )
    },
  )

  // --- learning and looking --------------------------------------------------------------------

  readonly optimise: Rule<OptimiseStatement> = this.RULE('optimise', (): OptimiseStatement => {
    const first = this.CONSUME(contextual.optimise)
    const targets = this.SUBRULE(this.paths)
    this.CONSUME(contextual.with)
    const optimiser = this.SUBRULE(this.reference)
    return this.ACTION((): OptimiseStatement => ({
      kind: 'Optimise',
      targets,
      optimiser,
      span: this.spanFrom(first),
    }))
  })

  readonly measure: Rule<MeasureStatement> = this.RULE('measure', (): MeasureStatement => {
    const first = this.CONSUME(contextual.measure)
    const measures: Measure[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => measures.push(this.SUBRULE(this.measured)),
    })
    const every = this.OPTION(() => this.SUBRULE(this.every))
    return this.ACTION((): MeasureStatement => ({
      kind: 'Measure',
      measures,
      ...(every === undefined ? {} : { every }),
      span: this.spanFrom(first),
    }))
  })

  readonly record: Rule<RecordStatement> = this.RULE('record', (): RecordStatement => {
    const first = this.CONSUME(contextual.record)
    const targets: Expression[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        targets.push(this.SUBRULE(this.value))
      },
    })
    const every = this.OPTION(() => this.SUBRULE(this.every))
    return this.ACTION((): RecordStatement => ({
      kind: 'Record',
      targets,
      ...(every === undefined ? {} : { every }),
      span: this.spanFrom(first),
    }))
  })
}
