/**
 * What names mean where an expression stands: variables of a cell, what a rule senses, parameters
 * of a function. The binder asks an environment; nobody else looks into cells for a name.
 *
 * A variable remembers what it is computed from and where that stands, so that dimensions and
 * dependencies can be followed. One place has one environment, for as long as the model is looked
 * at: what is bound there is kept by it. Nothing here reports.
 */
import type {
  BoundsProperty,
  CellMember,
  FunctionItem,
  PlasticityItem,
  Pullback,
} from '../../../grammar/ast.ts'
import type {
  CellInstance,
  Compartment,
  Connection,
  Equation,
  FunctionValue,
  Instance,
  Model,
  Modulator,
  Population,
  Scope,
  State,
} from '../model.ts'
import { lookUpUnit } from '../units.ts'
import { given, insideOf, lazily, ownWords } from './named.ts'
import type { CellVariable, LocalVariable, Side, Variable } from './reference.ts'

/** Everything that names can mean at one place. */
export interface Environment {
  readonly scope: Scope
  readonly variables: ReadonlyMap<string, Variable>
  /** `pre` and `post`; undefined for one whose cell is not known. */
  readonly sides: ReadonlyMap<'pre' | 'post', Side | undefined>
  /** Names of the model's phases. */
  readonly phases: ReadonlySet<string>
  /** The cell that the expression belongs to, for `phase.variable`. */
  readonly self?: ReadonlyMap<string, CellVariable>
  /** The rule that the expression belongs to. */
  readonly rule?: PlasticityItem
  /** The circuit's names, which a synapse cannot sense. */
  readonly circuit?: Scope
  /** The cell itself. */
  readonly cell?: CellInstance
  /** An experiment reads it: variables are those of populations. */
  readonly observed?: true
  /** Values before the first step: of parameters, biases and draws. */
  readonly initial?: true
  /** The function whose body it is. */
  readonly fn?: FunctionItem
  /** The terminals of a connection: what they do to a signal. */
  readonly terminal?: true
  /** Checked by itself: what a phase is called is not known. */
  readonly outline?: true
}

/** Where the two parts of a function stand. */
export interface FunctionEnvironments {
  readonly body: Environment
  readonly pullback?: Environment
}

const noSides: Environment['sides'] = new Map()

/** What a rule senses of its synapse besides `pre` and `post`; that of a bias has no `sent`. */
export const biasNames = ['w', 'sign', 'inputs', 'branch_inputs', 'batch_size'] as const
export const synapseNames = [...biasNames, 'sent'] as const

/** What an `stp` reads of its cell, whatever it passes. */
export const terminalRoles = ['event', 'burst', 'spike'] as const

/** Environments of one model, made once for each cell, rule and function. */
export class Environments {
  readonly #phases: ReadonlySet<string>
  readonly #circuit: Scope
  readonly #outline: boolean
  readonly #modulators: readonly Modulator[]
  readonly #signals = new Map<Modulator, Variable>()
  readonly #cells = new WeakMap<CellInstance, ReadonlyMap<string, CellVariable>>()
  readonly #members = new WeakMap<Compartment, ReadonlyMap<string, CellVariable>>()
  readonly #made = new WeakMap<object, Map<unknown, Environment>>()
  readonly #functions = new WeakMap<FunctionItem, FunctionEnvironments>()

  constructor(model: Model) {
    this.#phases = new Set(model.phases.map((phase) => phase.name.name))
    this.#circuit = model.scope
    this.#modulators = model.modulators
    this.#outline = model.populations.length === 0 && model.phases.length === 0
  }

  /** Every variable of a cell by its name, and by its role where no variable has that name. */
  variables(cell: CellInstance): ReadonlyMap<string, CellVariable> {
    const known = this.#cells.get(cell)
    if (known) return known
    const variables = new Map<string, CellVariable>()
    this.#cells.set(cell, variables)
    const put = (variable: CellVariable): void => {
      if (!variables.has(variable.name)) variables.set(variable.name, variable)
    }
    for (const equation of cell.equations) put(this.#equation(cell, equation))
    for (const compartment of cell.compartments) {
      const members = this.members(cell, compartment)
      const { name, span } = compartment
      put({ kind: 'compartment', name, compartment, members, span })
    }
    for (const input of cell.inputs) {
      put({ kind: 'input', name: input.name, input, span: input.span })
    }
    for (const bias of cell.biases) {
      const { name, initial, span } = bias
      const value = initial && { value: initial.value, environment: this.plain(initial.scope) }
      put({ kind: 'bias', name, bias, ...value, span })
    }
    for (const state of cell.states) put(this.#state(cell, state))
    for (const compartment of cell.compartments) {
      for (const member of this.members(cell, compartment).values()) put(member)
    }
    for (const { role, name } of cell.equations) {
      const variable = variables.get(name)
      if (role && variable && !variables.has(role)) variables.set(role, variable)
    }
    return variables
  }

  /** What stands inside of a compartment, by its name. */
  members(cell: CellInstance, compartment: Compartment): ReadonlyMap<string, CellVariable> {
    const known = this.#members.get(compartment)
    if (known) return known
    const equations = compartment.equations.map((each) => this.#equation(cell, each, compartment))
    const states = compartment.states.map((each) => this.#state(cell, each, compartment))
    const made = new Map([...equations, ...states].map((each) => [each.name, each]))
    this.#members.set(compartment, made)
    return made
  }

  /** Where an equation of a cell stands; inside of a compartment `input` is what arrives there. */
  cell(cell: CellInstance, scope: Scope, compartment?: Compartment): Environment {
    return this.#once(compartment ?? cell, scope, () => {
      const all = this.variables(cell)
      const modulators = this.#heard(scope)
      const variables =
        compartment || modulators.length > 0
          ? new Map<string, Variable>([
              ...modulators,
              ...all,
              ...(compartment ? insideOf(compartment, all, this.members(cell, compartment)) : []),
            ])
          : all
      return { ...this.#make(scope, variables, { self: all }), cell }
    })
  }

  /** Where the gradient of a detection stands: it reads the cell as it is then, and the gradient of the signal. */
  surrogate(
    cell: CellInstance,
    scope: Scope,
    pullback: Pullback,
    compartment?: Compartment,
  ): Environment {
    return this.#once(pullback, compartment ?? cell, () => {
      const variables = new Map<string, Variable>(this.cell(cell, scope, compartment).variables)
      const { name } = pullback.gradient
      variables.set(name, { kind: 'parameter', name })
      const environment: Environment = { ...this.#make(scope, variables, {}), cell }
      for (const { name: own, value, span } of pullback.bindings)
        variables.set(own.name, { kind: 'binding', name: own.name, value, environment, span })
      return environment
    })
  }

  /** Where the value of a state before the first step stands: of parameters, biases and draws. */
  initial(cell: CellInstance | undefined, scope: Scope): Environment {
    return this.#once(scope, cell ?? 'initial', () => {
      const all = cell ? [...this.variables(cell)] : []
      const biases = new Map(all.filter(([, { kind }]) => kind === 'bias'))
      return { ...this.#make(scope, biases, {}), initial: true }
    })
  }

  /** Where nothing but the values of a scope is known: arguments, delays. */
  plain(scope: Scope): Environment {
    return this.#once(scope, 'plain', () => this.#make(scope, new Map(), {}))
  }

  /** Where an experiment names variables of populations, and modulators. */
  observed(scope: Scope): Environment {
    return this.#once(scope, 'observed', () => {
      const modulators = this.#modulators.filter(({ name }) => scope.knows(name))
      const variables = new Map(modulators.map((each) => [each.name, this.#modulating(each)]))
      return { ...this.#make(scope, variables, {}), observed: true }
    })
  }

  /** Where a modulator is said to be made of variables of populations. */
  modulator(scope: Scope): Environment {
    return this.#once(scope, 'modulator', () => {
      return { ...this.#make(scope, new Map(), {}), observed: true }
    })
  }

  /** The modulators that cells read by their names: what a file declares, and the language's own words, come first. */
  #heard(scope: Scope): readonly (readonly [string, Variable])[] {
    return this.#modulators
      .filter(({ name }) => !scope.knows(name) && !ownWords.has(name) && !lookUpUnit(name))
      .map((each) => [each.name, this.#modulating(each)] as const)
  }

  #modulating(modulator: Modulator): Variable {
    const { name, value, scope, span } = modulator
    const known = this.#signals.get(modulator)
    if (known) return known
    const environment = this.modulator(scope)
    const made = { kind: 'modulator', name, modulator, value, environment, span } as const
    this.#signals.set(modulator, made)
    return made
  }

  /** Where a function stands. */
  function({ definition, scope }: FunctionValue): FunctionEnvironments {
    const known = this.#functions.get(definition)
    if (known) return known
    const { bindings, pullback } = definition
    const parameter = (name: string): LocalVariable => ({ kind: 'parameter', name })
    const parameters = definition.parameters.map(({ name }) => parameter(name.name))
    const made: FunctionEnvironments = {
      body: this.#local(definition, scope, parameters, bindings),
      ...(pullback && {
        pullback: this.#local(
          definition,
          scope,
          [...parameters, parameter(pullback.gradient.name)],
          [...bindings, ...pullback.bindings],
        ),
      }),
    }
    this.#functions.set(definition, made)
    return made
  }

  #local(
    fn: FunctionItem,
    scope: Scope,
    parameters: readonly LocalVariable[],
    bindings: FunctionItem['bindings'],
  ): Environment {
    const variables = new Map(parameters.map((each) => [each.name, each]))
    const environment: Environment = { ...this.#make(scope, variables, {}), fn }
    for (const { name, value, span } of fn.parameters)
      if (value)
        variables.set(name.name, { kind: 'parameter', name: name.name, value, environment, span })
    for (const { name, value, span } of bindings) {
      variables.set(name.name, { kind: 'binding', name: name.name, value, environment, span })
    }
    return environment
  }

  /** Where a rule stands: what a synapse senses, and its own bindings and traces. */
  rule(
    rule: Instance<PlasticityItem>,
    pre: Population | undefined | 'unknown',
    post: Population | 'unknown',
  ): Environment {
    return this.#once(rule, 'rule', () => {
      const isSynapse = pre !== undefined
      const variables = new Map<string, Variable>(given(...(isSynapse ? synapseNames : biasNames)))
      for (const modulator of this.#modulators) {
        // Parameters of the rule, and what its file declares, come first.
        if (rule.scope.knows(modulator.name)) continue
        variables.set(modulator.name, this.#modulating(modulator))
      }
      const sides = new Map<'pre' | 'post', Side | undefined>([['post', this.#side(post)]])
      if (isSynapse) sides.set('pre', this.#side(pre))
      const environment = this.#make(rule.scope, variables, { sides, rule: rule.item })
      this.#addMembers(variables, rule.item.members, environment, ['dw'])
      return environment
    })
  }

  /** Where a `transmit` stands: it reads the signal, the synapse type's parameters, and its cell. */
  transmit(transmit: { readonly scope: Scope }, pre: Population | 'unknown'): Environment {
    return this.#once(transmit, 'transmit', () => {
      const sides = new Map([['pre' as const, this.#side(pre)]])
      return { ...this.#make(transmit.scope, new Map(given('signal')), { sides }), terminal: true }
    })
  }

  /** Where the dynamics of short-term plasticity stand. */
  stp(stp: NonNullable<Connection['stp']>, pre: Population | 'unknown'): Environment {
    return this.#once(stp, 'stp', () => {
      const variables = new Map<string, Variable>(given('signal'))
      for (const role of new Set<string>([...terminalRoles, stp.item.passes.name]))
        if (role !== 'signal') variables.set(role, { kind: 'role', name: role })
      const sides = new Map([['pre' as const, this.#side(pre)]])
      const environment: Environment = {
        ...this.#make(stp.scope, variables, { sides }),
        terminal: true,
      }
      this.#addMembers(variables, stp.item.members, environment, [])
      return environment
    })
  }

  /** Bindings and traces of a rule, or of short-term plasticity. */
  #addMembers(
    variables: Map<string, Variable>,
    members: readonly (CellMember | BoundsProperty)[],
    environment: Environment,
    hidden: readonly string[],
  ): void {
    for (const member of members) {
      if (member.kind === 'State') {
        const { name, initial, span } = member
        const value = initial && {
          value: initial,
          environment: this.initial(undefined, environment.scope),
        }
        variables.set(name.name, { kind: 'trace', name: name.name, ...value, span, member })
      } else if (member.kind === 'Equation' && !hidden.includes(member.name.name)) {
        const { name, value, detected, span } = member
        const binding = { kind: 'binding', name: name.name, value, detected, environment } as const
        variables.set(name.name, { ...binding, span })
      }
    }
  }

  #side(population: Population | 'unknown'): Side | undefined {
    if (population === 'unknown') return undefined
    const { name, cell } = population
    return { owner: `\`${name}\` (cell ${cell.name})`, cell, variables: this.variables(cell) }
  }

  /** One environment for each place, which two things tell from all others. */
  #once(owner: object, part: unknown, make: () => Environment): Environment {
    const parts = this.#made.get(owner) ?? new Map<unknown, Environment>()
    this.#made.set(owner, parts)
    const known = parts.get(part)
    if (known) return known
    const made = make()
    parts.set(part, made)
    return made
  }

  #make(
    scope: Scope,
    variables: ReadonlyMap<string, Variable>,
    extra: Pick<Environment, 'self' | 'rule'> & { readonly sides?: Environment['sides'] },
  ): Environment {
    const { self, rule, sides = noSides } = extra
    return {
      scope,
      variables,
      sides,
      phases: this.#phases,
      ...(self ? { self } : {}),
      ...(rule ? { rule, circuit: this.#circuit } : {}),
      ...(this.#outline ? { outline: true } : {}),
    }
  }

  #equation(cell: CellInstance, equation: Equation, within?: Compartment): CellVariable {
    const { name, value, detected, scope, span } = equation
    return lazily(
      { kind: 'equation', name, value, detected, span, equation, ...(within ? { within } : {}) },
      () => this.cell(cell, scope, within),
    )
  }

  #state(cell: CellInstance, state: State, within?: Compartment): CellVariable {
    const { name, initial, span } = state.member
    const value = initial ? { value: initial } : {}
    return lazily(
      { kind: 'state', name: name.name, ...value, span, state, ...(within ? { within } : {}) },
      () => this.initial(cell, state.scope),
    )
  }
}
