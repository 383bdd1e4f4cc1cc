/**
 * What names mean where an expression stands: variables of a cell, what a rule senses, parameters
 * of a function. Checks ask an environment; none of them looks into cells by itself.
 *
 * A variable remembers what it is computed from and where that stands, so that dimensions and
 * dependencies can be followed. Nothing here reports.
 */
import type {
  Assignment,
  BoundsProperty,
  CellMember,
  Expression,
  PlasticityItem,
  Span,
  StateMember,
} from '../../grammar/ast.ts'
import type {
  CellInstance,
  Compartment,
  Connection,
  Equation,
  Instance,
  Model,
  Population,
  Scope,
  State,
} from '../model/model.ts'

/** What a name stands for besides the values of its scope. */
export interface Variable {
  readonly kind: 'equation' | 'state' | 'compartment' | 'input' | 'bias' | 'binding' | 'given'
  readonly name: string
  /** What it is computed from; for a state its initial value. */
  readonly value?: Expression
  /** Where `value` stands. */
  readonly environment?: Environment
  /** A signal that is detected (`when`) is 0 or 1, whatever its condition. */
  readonly detected?: boolean
  /** Variables inside of a compartment: `soma.v`. */
  readonly members?: ReadonlyMap<string, Variable>
  /** Of `input` inside of a compartment: the compartment that it arrives at. */
  readonly arrivesAt?: Variable
  readonly span?: Span
}

/** A cell on one side of a synapse. */
export interface Side {
  /** For messages: `h[0]` (a Pyramidal). */
  readonly owner: string
  readonly cell: CellInstance
  readonly variables: ReadonlyMap<string, Variable>
}

/** Everything that names can mean at one place. */
export interface Environment {
  readonly scope: Scope
  readonly variables: ReadonlyMap<string, Variable>
  /** `pre` and `post`; undefined for one whose cell is not known. */
  readonly sides: ReadonlyMap<string, Side | undefined>
  /** Names of the model's phases. */
  readonly phases: ReadonlySet<string>
  /** The cell that the expression belongs to, for `phase.variable`. */
  readonly self?: ReadonlyMap<string, Variable>
  /** The rule that the expression belongs to. */
  readonly rule?: PlasticityItem
  /** The weight or bias that the rule changes, where it is known: its name in the model. */
  readonly changes?: string
  /** The circuit's names, which a nonlocal rule may read. */
  readonly circuit?: Scope
  /** Checked by itself: what a phase is called is not known. */
  readonly outline?: boolean
}

/** A place where an expression stands, and what the expression is there. */
export type Place =
  | { readonly kind: 'value'; readonly expression: Expression; readonly environment: Environment }
  | { readonly kind: 'derivative'; readonly state: StateMember; readonly environment: Environment }
  | {
      readonly kind: 'assignment'
      readonly assignment: Assignment
      readonly environment: Environment
    }
  | { readonly kind: 'delay'; readonly expression: Expression; readonly environment: Environment }

const noSides: Environment['sides'] = new Map()

/** Environments of one model, made once for each cell and rule. */
export class Environments {
  readonly #phases: ReadonlySet<string>
  readonly #circuit: Scope
  readonly #outline: boolean
  readonly #cells = new WeakMap<CellInstance, ReadonlyMap<string, Variable>>()
  readonly #compartments = new WeakMap<Compartment, ReadonlyMap<string, Variable>>()

  constructor(model: Model) {
    this.#phases = new Set(model.phases.map((phase) => phase.name.name))
    this.#circuit = model.scope
    this.#outline = model.populations.length === 0 && model.phases.length === 0
  }

  /** Every variable of a cell by its name, and by its role where no variable has that name. */
  variables(cell: CellInstance): ReadonlyMap<string, Variable> {
    const known = this.#cells.get(cell)
    if (known) return known
    const variables = new Map<string, Variable>()
    this.#cells.set(cell, variables)
    const put = (variable: Variable): void => {
      if (!variables.has(variable.name)) variables.set(variable.name, variable)
    }
    for (const equation of cell.equations) put(this.#equation(cell, equation))
    for (const compartment of cell.compartments) {
      const members = this.#members(cell, compartment)
      put({ kind: 'compartment', name: compartment.name, members, span: compartment.span })
    }
    for (const { name, span } of cell.inputs) put({ kind: 'input', name, span })
    for (const { name, initial, span } of cell.biases) {
      const environment = initial && this.plain(initial.scope)
      const value = initial && { value: initial.value }
      put({ kind: 'bias', name, ...value, ...(environment ? { environment } : {}), span })
    }
    for (const state of cell.states) put(this.#state(cell, state))
    for (const compartment of cell.compartments) {
      for (const member of this.#members(cell, compartment).values()) put(member)
    }
    for (const equation of cell.equations) {
      const { role } = equation
      if (role && !variables.has(role)) {
        variables.set(role, this.#equation(cell, equation))
      }
    }
    return variables
  }

  /** Where an equation of a cell stands; inside of a compartment `input` is what arrives there. */
  cell(cell: CellInstance, scope: Scope, compartment?: Compartment): Environment {
    const all = this.variables(cell)
    const variables = compartment
      ? new Map([
          ...all,
          ...this.#members(cell, compartment),
          ['input', { kind: 'given', name: 'input', ...arrivesAt(all.get(compartment.name)) }],
        ])
      : all
    return this.#make(scope, variables, { self: all })
  }

  /** Where nothing but the values of a scope is known: arguments, initial values. */
  plain(scope: Scope): Environment {
    return this.#make(scope, new Map(), {})
  }

  /** Where a function's body stands. */
  local(scope: Scope, names: readonly Variable[]): Environment {
    return this.#make(scope, new Map(names.map((each) => [each.name, each])), {})
  }

  /** Where a rule stands: what a synapse senses, and its own bindings and traces. */
  rule(
    rule: Instance<PlasticityItem>,
    pre: Population | undefined | 'unknown',
    post: Population | 'unknown',
    changes?: string,
  ): Environment {
    const isSynapse = pre !== undefined
    const variables = new Map(given(isSynapse ? synapseNames : biasNames))
    const sides = new Map<string, Side | undefined>([['post', this.#side(post)]])
    if (isSynapse) sides.set('pre', this.#side(pre))
    const environment = this.#make(rule.scope, variables, {
      sides,
      rule: rule.item,
      ...(changes === undefined ? {} : { changes }),
    })
    addMembers(variables, rule.item.members, environment, ['dw'])
    return environment
  }

  /** Where a `transmit` stands: it reads the signal, the synapse type's parameters, and its cell. */
  transmit(scope: Scope, pre: Population | 'unknown'): Environment {
    const sides = new Map([['pre', this.#side(pre)]])
    return this.#make(scope, new Map(given(['signal'])), { sides })
  }

  /** Where the dynamics of short-term plasticity stand. */
  stp(connection: Pick<Connection, 'stp'>, pre: Population | 'unknown'): Environment | undefined {
    const { stp } = connection
    if (!stp) return undefined
    const variables = new Map(given(['signal', 'event', 'burst', 'spike', stp.item.passes.name]))
    const sides = new Map([['pre', this.#side(pre)]])
    const environment = this.#make(stp.scope, variables, { sides })
    addMembers(variables, stp.item.members, environment, [])
    return environment
  }

  #side(population: Population | 'unknown'): Side | undefined {
    if (population === 'unknown') return undefined
    const { name, cell } = population
    return { owner: `\`${name}\` (cell ${cell.name})`, cell, variables: this.variables(cell) }
  }

  #make(
    scope: Scope,
    variables: ReadonlyMap<string, Variable>,
    extra: Pick<Environment, 'self' | 'rule' | 'changes'> & {
      readonly sides?: Environment['sides']
    },
  ): Environment {
    const { self, rule, changes, sides = noSides } = extra
    return {
      scope,
      variables,
      sides,
      phases: this.#phases,
      ...(self ? { self } : {}),
      ...(rule ? { rule } : {}),
      ...(changes === undefined ? {} : { changes }),
      ...(rule?.nonlocal ? { circuit: this.#circuit } : {}),
      ...(this.#outline ? { outline: true } : {}),
    }
  }

  #equation(cell: CellInstance, equation: Equation, compartment?: Compartment): Variable {
    const { name, value, detected, scope, span } = equation
    return lazily({ kind: 'equation', name, value, detected, span }, () =>
      this.cell(cell, scope, compartment),
    )
  }

  #state(cell: CellInstance, { member, scope }: State, compartment?: Compartment): Variable {
    const { name, initial, span } = member
    const value = initial ? { value: initial } : {}
    return lazily({ kind: 'state', name: name.name, ...value, span }, () =>
      this.cell(cell, scope, compartment),
    )
  }

  #members(cell: CellInstance, compartment: Compartment): ReadonlyMap<string, Variable> {
    const known = this.#compartments.get(compartment)
    if (known) return known
    const equations = compartment.equations.map((each) => this.#equation(cell, each, compartment))
    const states = compartment.states.map((each) => this.#state(cell, each, compartment))
    const members = new Map([...equations, ...states].map((each) => [each.name, each]))
    this.#compartments.set(compartment, members)
    return members
  }
}

const biasNames = ['w', 'sign', 'inputs', 'branch_inputs', 'batch_size']
const synapseNames = [...biasNames, 'sent']

function given(names: readonly string[]): readonly (readonly [string, Variable])[] {
  return names.map((name) => [name, { kind: 'given', name }])
}

const arrivesAt = (compartment: Variable | undefined): Pick<Variable, 'arrivesAt'> =>
  compartment ? { arrivesAt: compartment } : {}

/** A variable whose environment is made when first asked for; cells are full of cycles. */
function lazily(variable: Omit<Variable, 'environment'>, make: () => Environment): Variable {
  let environment: Environment | undefined
  return {
    ...variable,
    get environment() {
      environment ??= make()
      return environment
    },
  }
}

function addMembers(
  variables: Map<string, Variable>,
  members: readonly (CellMember | BoundsProperty)[],
  environment: Environment,
  hidden: readonly string[],
): void {
  for (const member of members) {
    if (member.kind === 'State') {
      const { name, initial, span } = member
      const value = initial ? { value: initial } : {}
      variables.set(name.name, { kind: 'state', name: name.name, ...value, environment, span })
    } else if (member.kind === 'Equation' && !hidden.includes(member.name.name)) {
      const { name, value, detected, span } = member
      variables.set(name.name, {
        kind: 'binding',
        name: name.name,
        value,
        detected,
        environment,
        span,
      })
    }
  }
}
