/**
 * Cell types, short-term plasticity, synapse types and plasticity rules, with their members.
 */
import type { IToken } from 'chevrotain'
import type {
  Argument,
  BiasMember,
  BoundsProperty,
  CellItem,
  CellMember,
  CompartmentMember,
  DelayProperty,
  EquationMember,
  Expression,
  FixedProperty,
  Identifier,
  InputMember,
  LearnProperty,
  PlasticityItem,
  ReactionMember,
  SignProperty,
  StateMember,
  StpItem,
  StpProperty,
  SynapseItem,
  SynapseMember,
  TransmitProperty,
} from '../ast.ts'
import { contextual, keywords, marks, Name, SignName } from '../tokens.ts'
import type { Rule } from './base.ts'
import { DynamicsParser } from './dynamics.ts'

/** `passes event`, `passes spike as u * x` */
interface PassesClause {
  readonly kind: 'Passes'
  readonly token: IToken
  readonly signal: Identifier
  readonly amplitude?: Expression
}

type Dynamics = StateMember | EquationMember | ReactionMember
type PlasticityMember = PlasticityItem['members'][number]

/** The rules for cells, synapses and plasticity. */
export abstract class CellParser extends DynamicsParser {
  readonly cellItem: Rule<CellItem> = this.RULE('cellItem', (): CellItem => {
    const first = this.CONSUME(keywords.cell)
    const name = this.CONSUME(Name)
    const parameters = this.SUBRULE(this.parameters)
    const base = this.OPTION(() => {
      this.CONSUME(keywords.extends)
      return this.SUBRULE(this.reference)
    })
    const members = this.SUBRULE(this.cellBody)
    return this.ACTION((): CellItem => ({
      kind: 'Cell',
      name: this.identifier(name),
      parameters,
      ...(base === undefined
        ? {}
        : {
            base: {
              name: base.name,
              args: base.args satisfies readonly Argument[],
              span: base.span,
            },
          }),
      members,
      ...this.declared(first),
    }))
  })

  readonly cellBody: Rule<CellMember[]> = this.RULE('cellBody', (): CellMember[] =>
    this.block(this.cellMember),
  )

  readonly cellMember: Rule<CellMember> = this.RULE('cellMember', (): CellMember =>
    this.OR<CellMember>({
      ERR_MSG: 'a member of the cell',
      DEF: [
        { ALT: () => this.SUBRULE(this.compartment) },
        { ALT: () => this.SUBRULE(this.input_) },
        { ALT: () => this.SUBRULE(this.bias) },
        { ALT: () => this.SUBRULE(this.state) },
        { ALT: () => this.SUBRULE(this.emitted) },
        { ALT: () => this.SUBRULE(this.reaction) },
        { ALT: () => this.SUBRULE(this.equation) },
      ],
    }),
  )

  readonly compartment: Rule<CompartmentMember> = this.RULE(
    'compartment',
    (): CompartmentMember => {
      const first = this.CONSUME(contextual.compartment)
      this.requireName('compartment')
      const names = [this.CONSUME(Name)]
      const branches = this.OPTION(() => {
        this.CONSUME(marks.LSquare)
        const count = this.SUBRULE(this.expression)
        this.CONSUME(marks.RSquare)
        return count
      })
      this.MANY({
        GATE: () => branches === undefined,
        DEF: () => {
          this.CONSUME(marks.Comma)
          names.push(this.CONSUME1(Name))
        },
      })
      const members = this.OPTION1({
        GATE: () => names.length === 1,
        DEF: () => this.SUBRULE(this.cellBody),
      })
      return this.ACTION((): CompartmentMember => ({
        kind: 'Compartment',
        names: names.map((name) => this.identifier(name)),
        ...(branches === undefined ? {} : { branches }),
        members: members ?? [],
        ...this.declared(first),
      }))
    },
  )

  readonly input_: Rule<InputMember> = this.RULE('inputMember', (): InputMember => {
    const first = this.CONSUME(contextual.input)
    this.requireName('inputMember')
    const name = this.CONSUME(Name)
    const scalar = this.OPTION(() => {
      this.CONSUME(marks.Colon)
      return this.CONSUME(contextual.scalar)
    })
    const value = this.OPTION1(() => {
      this.CONSUME(marks.Eq)
      return this.SUBRULE(this.value)
    })
    return this.ACTION((): InputMember => ({
      kind: 'Input',
      name: this.identifier(name),
      scalar: scalar !== undefined,
      ...(value === undefined ? {} : { value }),
      ...this.declared(first),
    }))
  })

  readonly bias: Rule<BiasMember> = this.RULE('bias', (): BiasMember => {
    const first = this.CONSUME(contextual.bias)
    this.requireName('bias')
    const name = this.CONSUME(Name)
    const channel = this.OPTION2(() => {
      this.CONSUME(contextual.per)
      return this.CONSUME(contextual.channel)
    })
    const value = this.OPTION(() => {
      this.CONSUME(marks.Eq)
      return this.SUBRULE(this.value)
    })
    const learn = this.OPTION1(() => {
      this.CONSUME(contextual.learn)
      return this.SUBRULE(this.reference)
    })
    return this.ACTION((): BiasMember => ({
      kind: 'Bias',
      name: this.identifier(name),
      perChannel: channel !== undefined,
      ...(value === undefined ? {} : { value }),
      ...(learn === undefined ? {} : { learn }),
      ...this.declared(first),
    }))
  })

  // --- short-term plasticity -------------------------------------------------------------------

  readonly stpItem: Rule<StpItem> = this.RULE('stpItem', (): StpItem => {
    const first = this.CONSUME(keywords.stp)
    const name = this.CONSUME(Name)
    const parameters = this.SUBRULE(this.parameters)
    const before = this.problemCount
    const members = this.OR<(Dynamics | PassesClause)[]>({
      ERR_MSG: '`passes` or `{`',
      DEF: [{ ALT: () => [this.SUBRULE(this.passes)] }, { ALT: () => this.SUBRULE(this.stpBody) }],
    })
    return this.ACTION((): StpItem => {
      const clauses = members.filter((member) => member.kind === 'Passes')
      const [passes, second] = clauses
      if (passes === undefined && this.problemCount === before) {
        this.complain('`passes` and a signal', this.LA(0))
      }
      if (second !== undefined) {
        this.complain('a state, an equation, a reaction or `}`', second.token, {
          hint: 'a synapse passes one signal',
        })
      }
      return {
        kind: 'Stp',
        name: this.identifier(name),
        parameters,
        passes: passes?.signal ?? { kind: 'Identifier', name: 'event', span: this.spanOf(name) },
        ...(passes?.amplitude === undefined ? {} : { amplitude: passes.amplitude }),
        members: members.filter((member) => member.kind !== 'Passes'),
        ...this.declared(first),
      }
    })
  })

  readonly passes: Rule<PassesClause> = this.RULE('passes', (): PassesClause => {
    const token = this.CONSUME(contextual.passes)
    const signal = this.CONSUME(Name)
    const amplitude = this.OPTION(() => {
      this.CONSUME(keywords.as)
      return this.SUBRULE(this.value)
    })
    return this.ACTION((): PassesClause => ({
      kind: 'Passes',
      token,
      signal: this.identifier(signal),
      ...(amplitude === undefined ? {} : { amplitude }),
    }))
  })

  readonly stpBody: Rule<(Dynamics | PassesClause)[]> = this.RULE(
    'stpBody',
    (): (Dynamics | PassesClause)[] => this.block(this.stpMember),
  )

  readonly stpMember: Rule<Dynamics | PassesClause> = this.RULE(
    'stpMember',
    (): Dynamics | PassesClause =>
      this.OR<Dynamics | PassesClause>({
        ERR_MSG: 'a state, an equation, a reaction or `passes`',
        DEF: [
          { ALT: () => this.SUBRULE(this.passes) },
          { ALT: () => this.SUBRULE(this.state) },
          { ALT: () => this.SUBRULE(this.reaction) },
          { ALT: () => this.SUBRULE(this.equation) },
        ],
      }),
  )

  // --- plasticity ------------------------------------------------------------------------------

  readonly plasticityItem: Rule<PlasticityItem> = this.RULE(
    'plasticityItem',
    (): PlasticityItem => {
      const first = this.LA(1)
      const nonlocal = this.OPTION(() => this.CONSUME(contextual.nonlocal))
      this.CONSUME(keywords.plasticity)
      const name = this.CONSUME(Name)
      const parameters = this.SUBRULE(this.parameters)
      const members = this.SUBRULE(this.plasticityBody)
      return this.ACTION((): PlasticityItem => ({
        kind: 'Plasticity',
        name: this.identifier(name),
        parameters,
        nonlocal: nonlocal !== undefined,
        members,
        ...this.declared(first),
      }))
    },
  )

  readonly plasticityBody: Rule<PlasticityMember[]> = this.RULE(
    'plasticityBody',
    (): PlasticityMember[] => this.block(this.plasticityMember),
  )

  readonly plasticityMember: Rule<PlasticityMember> = this.RULE(
    'plasticityMember',
    (): PlasticityMember =>
      this.OR<PlasticityMember>({
        ERR_MSG: 'an equation such as `dw = ...`, a state, a reaction or `bounds`',
        DEF: [
          { ALT: () => this.SUBRULE(this.state) },
          { ALT: () => this.SUBRULE(this.reaction) },
          { ALT: () => this.SUBRULE(this.bounds), GATE: () => !this.at(marks.Eq, 2) },
          { ALT: () => this.SUBRULE(this.equation) },
        ],
      }),
  )

  // --- synapses --------------------------------------------------------------------------------

  readonly synapseItem: Rule<SynapseItem> = this.RULE('synapseItem', (): SynapseItem => {
    const first = this.CONSUME(keywords.synapse)
    const name = this.CONSUME(Name)
    const parameters = this.SUBRULE(this.parameters)
    const members = this.SUBRULE(this.synapseBody)
    return this.ACTION((): SynapseItem => ({
      kind: 'Synapse',
      name: this.identifier(name),
      parameters,
      members,
      ...this.declared(first),
    }))
  })

  readonly synapseBody: Rule<SynapseMember[]> = this.RULE('synapseBody', (): SynapseMember[] =>
    this.block(this.synapseMember, [keywords.stp]),
  )

  readonly synapseMember: Rule<SynapseMember> = this.RULE('synapseMember', (): SynapseMember =>
    this.OR<SynapseMember>({
      ERR_MSG: 'a property of the synapse',
      DEF: [
        { ALT: () => this.SUBRULE(this.stpProperty) },
        { ALT: () => this.SUBRULE(this.sign) },
        { ALT: () => this.SUBRULE(this.transmit) },
        { ALT: () => this.SUBRULE(this.delay) },
        { ALT: () => this.SUBRULE(this.bounds) },
        { ALT: () => this.SUBRULE(this.learn) },
        { ALT: () => this.SUBRULE(this.fixed_) },
      ],
    }),
  )

  readonly stpProperty: Rule<StpProperty> = this.RULE('stpProperty', (): StpProperty => {
    const first = this.CONSUME(keywords.stp)
    const reference = this.SUBRULE(this.reference)
    return this.ACTION((): StpProperty => ({
      kind: 'StpProperty',
      reference,
      span: this.spanFrom(first),
    }))
  })

  readonly sign: Rule<SignProperty> = this.RULE('sign', (): SignProperty => {
    const first = this.CONSUME(contextual.sign)
    const sign = this.CONSUME(SignName)
    return this.ACTION((): SignProperty => ({
      kind: 'SignProperty',
      sign: sign.image as SignProperty['sign'],
      span: this.spanFrom(first),
    }))
  })

  readonly transmit: Rule<TransmitProperty> = this.RULE('transmit', (): TransmitProperty => {
    const first = this.CONSUME(contextual.transmit)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): TransmitProperty => ({
      kind: 'TransmitProperty',
      value,
      span: this.spanFrom(first),
    }))
  })

  readonly delay: Rule<DelayProperty> = this.RULE('delay', (): DelayProperty => {
    const first = this.CONSUME(contextual.delay)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): DelayProperty => ({
      kind: 'DelayProperty',
      value,
      span: this.spanFrom(first),
    }))
  })

  readonly bounds: Rule<BoundsProperty> = this.RULE('bounds', (): BoundsProperty => {
    const first = this.CONSUME(contextual.bounds)
    const range = this.SUBRULE(this.range)
    return this.ACTION((): BoundsProperty => ({
      kind: 'BoundsProperty',
      range,
      span: this.spanFrom(first),
    }))
  })

  readonly learn: Rule<LearnProperty> = this.RULE('learn', (): LearnProperty => {
    const first = this.CONSUME(contextual.learn)
    const rule = this.SUBRULE(this.reference)
    return this.ACTION((): LearnProperty => ({
      kind: 'LearnProperty',
      rule,
      span: this.spanFrom(first),
    }))
  })

  readonly fixed_: Rule<FixedProperty> = this.RULE('fixedProperty', (): FixedProperty => {
    const first = this.CONSUME(contextual.fixed)
    return this.ACTION((): FixedProperty => ({ kind: 'FixedProperty', span: this.spanFrom(first) }))
  })
}
