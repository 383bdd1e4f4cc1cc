/**
 * Experiments and phases: data, presentation, optimisers, measures, protocols, settings.
 */
import { tokenMatcher } from 'chevrotain'
import type {
  AugmentStatement,
  BooleanLiteral,
  DataStatement,
  ExperimentItem,
  ExperimentStatement,
  Expression,
  MeasureStatement,
  OptimiseStatement,
  PhaseItem,
  PresentStatement,
  ProtocolAction,
  ProtocolPhase,
  ProtocolRepeat,
  ProtocolStatement,
  RecordStatement,
  RuleReference,
  Setting,
  StopStatement,
  ValueStatement,
} from '../ast.ts'
import { contextual, keywords, marks, Name, ValueName, Word } from '../tokens.ts'
import type { Rule } from './base.ts'
import { VariantParser } from './variants.ts'

type ProtocolPart = ProtocolStatement['phases'][number]
type DataOption = DataStatement['options'][number]
type PresentBinding = PresentStatement['bindings'][number]
type Measure = MeasureStatement['measures'][number]

/** The rules for experiments. */
export abstract class ExperimentParser extends VariantParser {
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
        { ALT: () => this.SUBRULE(this.valueStatement), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.optimise) },
        { ALT: () => this.SUBRULE(this.measure) },
        { ALT: () => this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.stop) },
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
    return this.ACTION((): PresentStatement => ({
      kind: 'Present',
      bindings,
      ...(duration === undefined ? {} : { duration }),
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

  // --- learning and looking --------------------------------------------------------------------

  readonly paths: Rule<Expression[]> = this.RULE('paths', (): Expression[] => {
    const paths: Expression[] = []
    this.AT_LEAST_ONE_SEP({
      SEP: marks.Comma,
      DEF: () => {
        paths.push(this.SUBRULE(this.path))
      },
    })
    return paths
  })

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
      DEF: () => {
        const name = this.OPTION({
          GATE: () => this.at(marks.Eq, 2),
          DEF: () => {
            const token = this.SUBRULE(this.plainName)
            this.CONSUME(marks.Eq)
            return token
          },
        })
        const value = this.SUBRULE(this.value)
        measures.push(name === undefined ? { value } : { name, value })
      },
    })
    const every = this.OPTION1(() => this.SUBRULE(this.every))
    return this.ACTION((): MeasureStatement => ({
      kind: 'Measure',
      measures,
      ...(every === undefined ? {} : { every }),
      span: this.spanFrom(first),
    }))
  })

  readonly every: Rule<Expression> = this.RULE('every', (): Expression => {
    this.CONSUME(contextual.every)
    return this.SUBRULE(this.value)
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

  // --- phases and settings ---------------------------------------------------------------------

  /** `set NAME = value`, or a word with `on` or `off`. */
  readonly setting: Rule<Setting> = this.RULE('setting', (): Setting =>
    this.OR<Setting>({
      ERR_MSG: 'a setting such as `set p0 = 0.2` or `teacher off`',
      DEF: [
        {
          ALT: () => {
            const first = this.CONSUME(contextual.set)
            const name = this.SUBRULE(this.plainName)
            this.CONSUME(marks.Eq)
            const value = this.SUBRULE(this.value)
            return this.ACTION(() => ({
              kind: 'Setting',
              name,
              value,
              span: this.spanFrom(first),
            }))
          },
        },
        {
          ALT: () => {
            const word = this.CONSUME(Word)
            const value = this.SUBRULE(this.switch_)
            return this.ACTION(() => ({
              kind: 'Setting',
              name: this.identifier(word),
              value,
              span: this.spanFrom(word),
            }))
          },
        },
      ],
    }),
  )

  readonly switch_: Rule<BooleanLiteral> = this.RULE('switch', (): BooleanLiteral => {
    const on = this.OR([
      { ALT: () => (this.CONSUME(keywords.on), true) },
      { ALT: () => (this.CONSUME(keywords.off), false) },
    ])
    return this.ACTION((): BooleanLiteral => ({
      kind: 'BooleanLiteral',
      value: on,
      text: on ? 'on' : 'off',
      span: this.spanOf(this.LA(0)),
    }))
  })

  readonly phaseItem: Rule<PhaseItem> = this.RULE('phaseItem', (): PhaseItem => {
    const first = this.CONSUME(contextual.phase)
    const name = this.SUBRULE(this.plainName)
    const settings = this.SUBRULE(this.phaseBody)
    return this.ACTION((): PhaseItem => ({
      kind: 'Phase',
      name,
      settings,
      ...this.declared(first),
    }))
  })

  readonly phaseBody: Rule<Setting[]> = this.RULE('phaseBody', (): Setting[] =>
    this.block(this.setting, [keywords.plasticity]),
  )

  readonly protocol: Rule<ProtocolStatement> = this.RULE('protocol', (): ProtocolStatement => {
    const first = this.CONSUME(contextual.protocol)
    const phases = this.SUBRULE(this.protocolBody)
    return this.ACTION((): ProtocolStatement => ({
      kind: 'Protocol',
      phases,
      span: this.spanFrom(first),
    }))
  })

  readonly protocolBody: Rule<ProtocolPart[]> = this.RULE('protocolBody', (): ProtocolPart[] =>
    this.block(this.protocolPart),
  )

  readonly protocolPart: Rule<ProtocolPart> = this.RULE('protocolPart', (): ProtocolPart =>
    this.OR<ProtocolPart>({
      ERR_MSG: '`phase` or `repeat`',
      DEF: [
        { ALT: () => this.SUBRULE(this.protocolPhase) },
        { ALT: () => this.SUBRULE(this.repeat) },
      ],
    }),
  )

  readonly repeat: Rule<ProtocolRepeat> = this.RULE('repeat', (): ProtocolRepeat => {
    const first = this.CONSUME(contextual.repeat)
    const count = this.SUBRULE(this.value)
    this.enter()
    const phases = this.SUBRULE(this.protocolBody)
    this.leave()
    return this.ACTION((): ProtocolRepeat => ({
      kind: 'ProtocolRepeat',
      count,
      phases,
      span: this.spanFrom(first),
    }))
  })

  readonly protocolPhase: Rule<ProtocolPhase> = this.RULE('protocolPhase', (): ProtocolPhase => {
    const first = this.CONSUME(contextual.phase)
    const name = this.SUBRULE(this.plainName)
    const duration = this.OPTION({
      GATE: () =>
        !(this.at(contextual.phase) && tokenMatcher(this.LA(2), Name)) &&
        !this.at(contextual.repeat),
      DEF: () => this.SUBRULE(this.value),
    })
    const settings = this.OPTION1(() => this.SUBRULE(this.protocolPhaseBody))
    return this.ACTION((): ProtocolPhase => ({
      kind: 'ProtocolPhase',
      name,
      ...(duration === undefined ? {} : { duration }),
      settings: settings ?? [],
      ...this.declared(first),
    }))
  })

  readonly protocolPhaseBody: Rule<(Setting | ProtocolAction)[]> = this.RULE(
    'protocolPhaseBody',
    (): (Setting | ProtocolAction)[] =>
      this.block(
        this.protocolMember,
        [keywords.plasticity],
        () => this.SUBRULE(this.protocolMember),
        () => this.nextPhaseFollows(),
      ),
  )

  /** `phase name` or `repeat n {` at the start of a line: the brace of the phase before is missing. */
  private nextPhaseFollows(): boolean {
    const isPhase = this.at(contextual.phase) && this.at(Name, 2)
    const isRepeat =
      this.at(contextual.repeat) && !this.at(keywords.on, 2) && !this.at(keywords.off, 2)
    return (isPhase || isRepeat) && this.startsLine(this.LA(1))
  }

  readonly protocolMember: Rule<Setting | ProtocolAction> = this.RULE(
    'protocolMember',
    (): Setting | ProtocolAction =>
      this.OR<Setting | ProtocolAction>({
        ERR_MSG: 'a setting, `freeze` or `perturb`',
        DEF: [{ ALT: () => this.SUBRULE(this.action) }, { ALT: () => this.SUBRULE(this.setting) }],
      }),
  )

  readonly action: Rule<ProtocolAction> = this.RULE('action', (): ProtocolAction => {
    const first = this.LA(1)
    const action = this.OR<ProtocolAction['action']>([
      { ALT: () => (this.CONSUME(contextual.freeze), 'freeze' as const) },
      { ALT: () => (this.CONSUME(contextual.perturb), 'perturb' as const) },
    ])
    const targets = this.SUBRULE(this.paths)
    const by = this.OPTION({
      GATE: () => action === 'perturb',
      DEF: () => {
        this.CONSUME(contextual.by)
        return this.SUBRULE(this.reference)
      },
    })
    return this.ACTION((): ProtocolAction => {
      if (action === 'perturb' && by === undefined) this.fail('`by`', this.LA(1))
      return {
        kind: 'ProtocolAction',
        action,
        targets,
        ...(by === undefined ? {} : { by }),
        span: this.spanFrom(first),
      }
    })
  })
}
