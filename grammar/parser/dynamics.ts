/**
 * What goes on in a cell or a synapse: states and their derivatives, equations, what is emitted, reactions.
 */
import type {
  Assignment,
  Derivative,
  EquationMember,
  Expression,
  Identifier,
  ReactionMember,
  Pullback,
  RefractoryClause,
  SignalRole,
  StateMember,
} from '../ast.ts'
import { formOf } from '../forms.ts'
import { level } from '../precedence.ts'
import { contextual, DerivativeToken, keywords, marks, Name, Role } from '../tokens.ts'
import type { Rule } from './base.ts'
import { DefinitionParser } from './definitions.ts'

/** The rules for members that change in time. */
export abstract class DynamicsParser extends DefinitionParser {
  readonly state: Rule<StateMember> = this.RULE('state', (): StateMember => {
    const first = this.CONSUME(contextual.state)
    this.requireName('state')
    const name = this.CONSUME(Name)
    const example = this.OPTION1(() => {
      this.CONSUME(contextual.per)
      return this.CONSUME(contextual.example)
    })
    const initial = this.OPTION(() => {
      this.CONSUME(marks.Eq)
      return this.SUBRULE(this.expression)
    })
    this.CONSUME(marks.Colon)
    const derivative = this.SUBRULE(this.derivative)
    return this.ACTION((): StateMember => ({
      kind: 'State',
      name: this.identifier(name),
      ...(example === undefined ? {} : { perExample: true }),
      ...(initial === undefined ? {} : { initial }),
      derivative,
      ...this.declared(first),
    }))
  })

  readonly derivative: Rule<Derivative> = this.RULE('derivative', (): Derivative => {
    const first = this.LA(1)
    const factor = this.OPTION(() => {
      const product = this.SUBRULE(this.expression, { ARGS: [level.product] })
      this.CONSUME(marks.Star, { ERR_MSG: '`*` and a derivative such as `dv/dt`' })
      return product
    })
    const token = this.CONSUME(DerivativeToken)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): Derivative => {
      const { file, start } = this.spanOf(token)
      const name = token.image.slice(1, -'/dt'.length)
      const span = { file, start: start + 1, end: start + 1 + name.length }
      return {
        kind: 'Derivative',
        variable: { kind: 'Identifier', name, span },
        ...(factor === undefined ? {} : { factor }),
        value,
        span: this.spanFrom(first),
      }
    })
  })

  /** `event e = expr`, `burst b when expr pullback(g) = g * f refractory 2 ms { resets }` */
  readonly emitted: Rule<EquationMember> = this.RULE('emitted', (): EquationMember => {
    const role = this.CONSUME(Role)
    this.ACTION(() => {
      // `spike when v >= theta`: the name is missing, not called `when`.
      const isUnnamed =
        this.at(contextual.when) && !this.at(marks.Eq, 2) && !this.at(contextual.when, 2)
      if (isUnnamed) this.fail('a name', this.LA(1), formOf(['emitted']))
    })
    this.requireName('emitted')
    const name = this.CONSUME(Name)
    const local = this.OPTION3({
      GATE: () => role.image === 'loss',
      DEF: () => this.CONSUME(contextual.local),
    })
    let detected = false
    let resets: Assignment[] | undefined
    let refractory: RefractoryClause | undefined
    let pullback: Pullback | undefined
    const value = this.OR<Expression>([
      {
        ALT: () => {
          this.CONSUME(marks.Eq)
          return this.SUBRULE(this.value)
        },
      },
      {
        ALT: () => {
          this.CONSUME(contextual.when)
          detected = true
          const condition = this.SUBRULE1(this.value)
          pullback = this.OPTION2({
            // `pullback = ...` is the next equation.
            GATE: () => this.at(marks.LParen, 2),
            DEF: () => this.SUBRULE(this.pullback),
          })
          refractory = this.OPTION1({
            // `refractory = ...` is the next equation.
            GATE: () => !this.at(marks.Eq, 2),
            DEF: () => this.SUBRULE(this.refractory),
          })
          resets = this.OPTION(() => this.SUBRULE(this.assignments))
          return condition
        },
      },
    ])
    return this.ACTION((): EquationMember => ({
      kind: 'Equation',
      role: role.image as SignalRole,
      ...(local !== undefined && { local: true }),
      name: this.identifier(name),
      value,
      detected,
      ...(pullback === undefined ? {} : { pullback }),
      ...(refractory === undefined ? {} : { refractory }),
      resets: resets ?? [],
      ...this.declared(role),
    }))
  })

  /** `refractory 2 ms holding v, u` */
  readonly refractory: Rule<RefractoryClause> = this.RULE('refractory', (): RefractoryClause => {
    const first = this.CONSUME(contextual.refractory)
    const time = this.SUBRULE(this.expression)
    const holding: Identifier[] = []
    this.OPTION({
      GATE: () => !this.at(marks.Eq, 2),
      DEF: () => {
        this.CONSUME(contextual.holding)
        this.AT_LEAST_ONE_SEP({
          SEP: marks.Comma,
          DEF: () => {
            const name = this.CONSUME(Name)
            this.ACTION(() => holding.push(this.identifier(name)))
          },
        })
      },
    })
    return this.ACTION((): RefractoryClause => ({
      kind: 'Refractory',
      time,
      holding,
      span: this.spanFrom(first),
    }))
  })

  readonly equation: Rule<EquationMember> = this.RULE('equation', (): EquationMember => {
    const name = this.CONSUME(Name)
    this.CONSUME(marks.Eq)
    const value = this.SUBRULE(this.value)
    return this.ACTION((): EquationMember => ({
      kind: 'Equation',
      name: this.identifier(name),
      value,
      detected: false,
      resets: [],
      ...this.declared(name),
    }))
  })

  readonly reaction: Rule<ReactionMember> = this.RULE('reaction', (): ReactionMember => {
    const first = this.CONSUME(keywords.on)
    const trigger = this.SUBRULE(this.expression)
    const assignments = this.SUBRULE(this.assignments)
    return this.ACTION((): ReactionMember => ({
      kind: 'Reaction',
      trigger,
      assignments,
      ...this.declared(first),
    }))
  })

  readonly assignments: Rule<Assignment[]> = this.RULE('assignments', (): Assignment[] =>
    // A reaction at the start of a line: the brace of the one before is missing.
    this.block(
      this.assignment,
      [],
      () => this.SUBRULE(this.assignment),
      () => this.at(keywords.on) && this.startsLine(this.LA(1)),
    ),
  )

  readonly assignment: Rule<Assignment> = this.RULE('assignment', (): Assignment => {
    const target = this.CONSUME(Name)
    const operator = this.OR<Assignment['operator']>({
      ERR_MSG: '`=`, `+=` or `-=`',
      DEF: [
        { ALT: () => (this.CONSUME(marks.Eq), '=' as const) },
        { ALT: () => (this.CONSUME(marks.PlusEq), '+=' as const) },
        { ALT: () => (this.CONSUME(marks.MinusEq), '-=' as const) },
      ],
    })
    const value = this.SUBRULE(this.value)
    return this.ACTION((): Assignment => ({
      kind: 'Assignment',
      target: this.identifier(target),
      operator,
      value,
      span: this.spanFrom(target),
    }))
  })
}
