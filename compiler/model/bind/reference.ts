/**
 * What a name in an equation can refer to. Names are looked up once, by the binder; whoever reads an
 * expression afterwards asks for the reference of a node (`References`) and looks nothing up.
 */
import type { Assignment, Expression, StateMember } from '../../../grammar/ast.ts'
import type {
  Bias,
  BooleanValue,
  CellInput,
  CellInstance,
  Compartment,
  Equation,
  FunctionValue,
  Modulator,
  NumberValue,
  Population,
  State,
} from '../model.ts'
import type { Environment } from './environment.ts'

interface Computed {
  readonly name: string
  readonly span?: Expression['span']
  /** What it is computed from; of a state its initial value. */
  readonly value?: Expression
  /** Where `value` stands. */
  readonly environment?: Environment
  /** A signal that is detected (`when`) is 0 or 1, whatever its condition. */
  readonly detected?: boolean
}

/** A variable of a cell; `within` is the compartment that it stands in. */
export type CellVariable =
  | (Computed & {
      readonly kind: 'equation'
      readonly equation: Equation
      readonly within?: Compartment
    })
  | (Computed & { readonly kind: 'state'; readonly state: State; readonly within?: Compartment })
  | (Computed & {
      readonly kind: 'compartment'
      readonly compartment: Compartment
      /** Variables inside of it: `soma.v`. */
      readonly members: ReadonlyMap<string, CellVariable>
    })
  | (Computed & { readonly kind: 'input'; readonly input: CellInput })
  | (Computed & { readonly kind: 'bias'; readonly bias: Bias })

/** What is given to a place without a declaration of its own. */
export type GivenName =
  | 'w'
  | 'sent'
  | 'sign'
  | 'inputs'
  | 'branch_inputs'
  | 'batch_size'
  /** The change of exact gradient descent, of a rule that is nonlocal. */
  | 'backprop'
  /** What arrives at the compartment around. */
  | 'input'
  /** What comes along the axon. */
  | 'signal'

/** A name of a rule, of short-term plasticity, or of a function: nothing outside of it has it. */
export type LocalVariable =
  | (Computed & { readonly kind: 'binding' })
  | (Computed & { readonly kind: 'trace'; readonly member: StateMember })
  | (Computed & {
      readonly kind: 'given'
      readonly given: GivenName
      /** Of `input`: the compartment around. */
      readonly of?: CellVariable
    })
  /** What the presynaptic cell emits in a role: `spike`, in short-term plasticity. */
  | (Computed & { readonly kind: 'role' })
  /** A number of each example that the circuit declares for all its rules. */
  | (Computed & { readonly kind: 'modulator'; readonly modulator: Modulator })
  /** What a function is called with. */
  | (Computed & { readonly kind: 'parameter' })

export type Variable = CellVariable | LocalVariable

/** A cell on one side of a synapse; its variables are not known where a definition stands alone. */
export interface Side {
  /** For messages: `h[0]` (a Pyramidal). */
  readonly owner: string
  readonly cell: CellInstance
  readonly variables: ReadonlyMap<string, CellVariable>
}

/** A function of the language, or one written in .ccn. */
export type FunctionReference = FunctionValue | { readonly kind: 'builtin'; readonly name: string }

/** `h.e`, `predict.h[0].soma.v`, `[...h, y].e`: a variable or a parameter of each of some populations. */
export interface VariablePath {
  readonly phase?: string
  /** One for each element of an array or a list. */
  readonly isArray: boolean
  readonly elements: readonly {
    readonly population: Population
    readonly of: CellVariable | NumberValue | BooleanValue
  }[]
}

/** What a node refers to. */
export type Reference =
  /** A variable of the cell itself, or of one that the synapse joins; of a phase that is over. */
  | {
      readonly kind: 'cell'
      readonly of: 'self' | 'pre' | 'post'
      readonly variable: CellVariable
      readonly phase?: string
    }
  | { readonly kind: 'local'; readonly variable: LocalVariable; readonly phase?: string }
  /** A variable of populations, as an experiment names it. */
  | { readonly kind: 'path'; readonly path: VariablePath }
  /** Known when the model is compiled. */
  | { readonly kind: 'value'; readonly value: NumberValue | BooleanValue }
  | { readonly kind: 'function'; readonly fn: FunctionReference }
  /** `t`, the run's time, where nothing else has that name. */
  | { readonly kind: 'time' }
  /** `presented`: whether a presentation begins, where nothing else has that name. */
  | { readonly kind: 'presented' }
  /** `evaluating`: whether the circuit is tested or asked, where nothing else has that name. */
  | { readonly kind: 'evaluating' }
  /** `xi`, white noise in a state equation, where nothing else has that name. */
  | { readonly kind: 'noise' }
  /** Nothing that is known: it was reported, or follows from what was. */
  | { readonly kind: 'unknown' }

export const unknown: Reference = { kind: 'unknown' }

/** `backprop` in a nonlocal rule, where nothing else has that name. */
export const gradientReference: Reference = {
  kind: 'local',
  variable: { kind: 'given', name: 'backprop', given: 'backprop' },
}

/** References by place and node: an equation of a cell type means something else in every cell. */
export class References {
  readonly #tables = new WeakMap<Environment, Map<Expression, Reference>>()
  readonly #targets = new WeakMap<Environment, Map<Assignment, Variable>>()
  readonly #first = new WeakMap<Expression, Reference>()
  readonly #firstTargets = new WeakMap<Assignment, Variable>()

  set(environment: Environment, node: Expression, reference: Reference): void {
    tableOf(this.#tables, environment).set(node, reference)
    if (reference.kind !== 'unknown' && !this.#first.has(node)) this.#first.set(node, reference)
  }

  setTarget(environment: Environment, assignment: Assignment, variable: Variable): void {
    tableOf(this.#targets, environment).set(assignment, variable)
    if (!this.#firstTargets.has(assignment)) this.#firstTargets.set(assignment, variable)
  }

  /** Whether the expression was bound at this place. */
  has(environment: Environment, node: Expression): boolean {
    return this.#tables.get(environment)?.has(node) ?? false
  }

  /** What a node refers to at the first place where that is known: for who points at a text. */
  anywhere(node: Expression): Reference | undefined {
    return this.#first.get(node)
  }

  /** The same of what an assignment changes. */
  targetAnywhere(assignment: Assignment): Variable | undefined {
    return this.#firstTargets.get(assignment)
  }

  /** @throws Error for a node that was not bound there (a bug of ours). */
  of(environment: Environment, node: Expression): Reference {
    const found = this.#tables.get(environment)?.get(node)
    if (!found) throw new Error(`Nothing is bound to the ${node.kind} at ${node.span.start}`)
    return found
  }

  /** What an assignment changes: a state, a trace, or the weight; undefined after a report. */
  target(environment: Environment, assignment: Assignment): Variable | undefined {
    return this.#targets.get(environment)?.get(assignment)
  }
}

function tableOf<N, V>(
  tables: WeakMap<Environment, Map<N, V>>,
  environment: Environment,
): Map<N, V> {
  const known = tables.get(environment)
  if (known) return known
  const made = new Map<N, V>()
  tables.set(environment, made)
  return made
}
