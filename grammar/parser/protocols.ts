/** Phases, settings, and protocols: what is in force when, and what is done to a circuit in between. */
import { tokenMatcher } from 'chevrotain'
import type {
  BooleanLiteral,
  Expression,
  PhaseItem,
  ProtocolAction,
  ProtocolPhase,
  ProtocolRepeat,
  ProtocolStatement,
  Setting,
} from '../ast.ts'
import { contextual, keywords, marks, Name, Word } from '../tokens.ts'
import type { Rule } from './base.ts'
import { VariantParser } from './variants.ts'

/** Words of an experiment that no part of a protocol begins with. */
const { measure, record, optimise, present, data } = contextual
const statementWords = [measure, record, optimise, present, data]

type ProtocolPart = ProtocolStatement['phases'][number]

/** The rules for phases and protocols. */
export abstract class ProtocolParser extends VariantParser {
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
    this.block(
      this.protocolPart,
      [],
      () => this.SUBRULE(this.protocolPart),
      () => this.statementFollows(),
    ),
  )

  /** A statement of the experiment at the start of a line: the brace of the protocol is missing. */
  private statementFollows(): boolean {
    const isOne = statementWords.some((word) => this.at(word))
    return isOne && this.startsLine(this.LA(1))
  }

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
