/**
 * A model as plain data: what a picture, a table or another program needs to know of it. Everything here
 * can be written as JSON.
 */
import type { Compilation } from '../compiler/compile.ts'
import type {
  Connection,
  Instance,
  Model,
  Param,
  Pattern,
  Population,
  Sign,
  Value,
} from '../compiler/model/model.ts'
import { cellsReading, modulatedBy, rulesOf, rulesReading } from './modulated.ts'
import { printValue } from '../compiler/model/print.ts'
import type { PatternRule } from '../contract/pattern.ts'
import type { Span } from '../grammar/ast.ts'
import { experimentOf } from './describe-experiment.ts'
import { effectOf, type Effect } from './effects.ts'
import { pairedPulse, type PairedPulse } from './multiplexing/pairs.ts'
import { teachingIn, type Teaching } from './teaching.ts'

/** A value: a number in SI units where it has one, or the text of what is none. */
export type Plain = number | boolean | string | readonly Plain[]

/** A parameter. */
export interface ParamDescription {
  readonly name: string
  readonly value: Plain
  /** As written. */
  readonly unit?: string
  readonly doc?: string
  readonly from?: number
  readonly to?: number
  /** It decides a shape or a branch: another value needs another compilation. */
  readonly structural: boolean
}

/** Something with a name that is worth a line. */
export interface NamedText {
  readonly name: string
  /** As written in the source. */
  readonly text: string
  readonly doc?: string
}

/** A population. */
export interface PopulationDescription {
  readonly name: string
  readonly family: string
  readonly shape: readonly number[]
  readonly cell: string
  readonly compartments: readonly string[]
  readonly inputs: readonly string[]
  /** Inputs that a loss of its cell reads: where the teacher enters. */
  readonly taught: readonly string[]
  /** Parameters that its cell reads and a protocol sets. */
  readonly switched: readonly string[]
  readonly biases: readonly { readonly name: string; readonly rule?: string }[]
  readonly states: readonly string[]
  /** Variables, in the order of the cell; what is emitted has a role. */
  readonly variables: readonly (NamedText & { readonly role?: string })[]
  /** Where its units are, as written. */
  readonly positions?: string
  readonly span: Span
}

/** What a connection leaves or reaches: a population, or some units of one, in a row from the first on. */
export interface ConnectionEnd {
  /** `c`, or of a part `c[0..3999]`. */
  readonly population: string
  readonly part?: { readonly of: string; readonly first: number; readonly size: number }
}

/** How the pairs of a list of synapses are found, in numbers where they are. */
export interface PatternDescription {
  readonly name: string
  readonly rule: PatternRule['kind']
  /** Of `probability`. */
  readonly p?: number
  /** Of degrees, or of a number in all. */
  readonly count?: number
  /** The mean number of synapses, where it is known. */
  readonly expected?: number
  /** As many synapses as memory is planned for. */
  readonly capacity: number
  /** As written: `random probability 0.02 no_self`. */
  readonly text: string
  readonly source: string
  readonly target: string
  /** How the weights are kept, and why. */
  readonly kept: 'by synapse' | 'as a matrix'
  readonly why: string
}

/** A connection, or a wire. */
export interface ConnectionDescription {
  readonly name: string
  readonly family?: string
  readonly wire: boolean
  readonly from: ConnectionEnd & { readonly signal: string }
  readonly to: ConnectionEnd & { readonly compartment: string }
  /** Of the weight. */
  readonly shape: readonly number[]
  readonly connectivity: string
  /** `turned`: it leads from the pattern's targets to its sources. */
  readonly pattern?: PatternDescription & { readonly turned: boolean }
  readonly sign: Sign
  /** Of one that declares no sign: what it does to its target, where that is known. */
  readonly effect?: Effect
  readonly synapse?: string
  readonly stp?: string
  /** The role of what its short-term plasticity passes: `event`, `burst`, `spike`. */
  readonly passes?: string
  /** Whether its short-term plasticity facilitates or depresses, where its equations tell. */
  readonly pairedPulse?: PairedPulse
  /** The rule by which it learns. */
  readonly rule?: string
  /** Signals of the whole circuit that the rule reads, by name. */
  readonly modulators?: readonly string[]
  /** How it begins, what it always equals, and what it is set to at times, as written. */
  readonly init?: string
  readonly tied?: string
  readonly copied?: string
  readonly bounds?: { readonly from?: number; readonly to?: number }
  /** What its synapses send of the signal, as written. */
  readonly transmits?: string
  readonly delay?: string
  /** Each synapse has a delay of its own. */
  readonly ownDelays: boolean
  /** Whether what it sends depends on what is taught. */
  readonly teaches: boolean
  readonly span: Span
}

/** An experiment. */
export interface ExperimentDescription {
  readonly name: string
  readonly doc?: string
  /** Statements as written, those of the base first. */
  readonly statements: readonly string[]
  /** The data set, if there is one, as written: `digits`. */
  readonly data?: string
  /** What is presented where, as written: `y.target`, `one_hot(label)`. */
  readonly presented: readonly { readonly target: string; readonly value: string }[]
  readonly span: Span
}

/** See the module's head. */
export interface Description {
  readonly name: string
  readonly doc?: string
  readonly params: readonly ParamDescription[]
  readonly populations: readonly PopulationDescription[]
  readonly connections: readonly ConnectionDescription[]
  /** Those that are declared, and those of single connections. */
  readonly patterns: readonly PatternDescription[]
  readonly matrices: readonly {
    readonly name: string
    readonly rows: string
    readonly columns: string
  }[]
  readonly lets: readonly NamedText[]
  /** Signals of the whole circuit, the rules that read them, and the families of cells that do. */
  readonly modulators: readonly (NamedText & {
    readonly rules: readonly string[]
    readonly cells?: readonly string[]
  })[]
  /** Rules by which anything learns, each once. */
  readonly rules: readonly NamedText[]
  readonly phases: readonly string[]
  readonly variants: readonly { readonly name: string; readonly doc?: string }[]
  readonly experiments: readonly ExperimentDescription[]
}

/** Describes what was compiled; undefined if the circuit could not be known. */
export function describe({ model, sources }: Compilation): Description | undefined {
  if (!model) return undefined
  const textOf = (span: Span): string => sources.get(span.file)?.slice(span.start, span.end) ?? ''
  const teaching = teachingIn(model)
  return {
    name: model.name,
    ...docOf(model),
    params: model.params.map(describeParam),
    populations: model.populations.map((each) => describePopulation(each, textOf, teaching)),
    connections: model.connections.map((each) => describeConnection(model, each, textOf, teaching)),
    patterns: model.patterns.flatMap((each) =>
      each.plan.rule.kind === 'turned' ? [] : describePattern(each, textOf),
    ),
    matrices: model.matrices.map(({ name, rows, columns }) => ({
      name,
      rows: rows.name,
      columns: columns.name,
    })),
    lets: model.lets.map(({ name, value }) => ({ name, text: textOf(value.value.span) })),
    modulators: model.modulators.map((each) => ({
      name: each.name,
      text: textOf(each.value.span),
      rules: rulesReading(model, each),
      ...cellsReading(model, each),
    })),
    rules: rulesOf(model).map((item) => ({
      name: item.name.name,
      text: textOf(item.span),
      ...docOf(item),
    })),
    phases: model.phases.map(({ name }) => name.name),
    variants: model.variants,
    experiments: model.experiments.map((each) => experimentOf(each, textOf)),
  }
}

type TextOf = (span: Span) => string

const docOf = ({ doc }: { readonly doc?: string }) => (doc === undefined ? {} : { doc })

function describeParam({ name, value, unit, range, structural, ...rest }: Param): ParamDescription {
  return {
    name,
    value: plain(value),
    ...(unit !== undefined && { unit }),
    ...docOf(rest),
    ...(range?.from !== undefined && { from: range.from }),
    ...(range?.to !== undefined && { to: range.to }),
    structural,
  }
}

function plain(value: Value): Plain {
  switch (value.kind) {
    case 'number':
    case 'boolean':
    case 'string':
      return value.value
    case 'list':
      return value.elements.map(plain)
    default:
      return printValue(value)
  }
}

function describePopulation(
  population: Population,
  textOf: TextOf,
  { inputs, switched }: Teaching,
): PopulationDescription {
  const { name, family, shape, cell, positions, span } = population
  return {
    name,
    family,
    shape,
    cell: cell.name,
    compartments: cell.compartments.map((each) => each.name),
    inputs: cell.inputs.map((each) => each.name),
    taught: inputs.get(name) ?? [],
    switched: switched.get(name) ?? [],
    biases: cell.biases.map((each) => ({ name: each.name, ...ruleOf(each.rule) })),
    states: cell.states.map(({ member }) => member.name.name),
    variables: cell.equations.map((each) => ({
      name: each.name,
      text: textOf(each.value.span),
      ...(each.role && { role: each.role }),
      ...docOf(each),
    })),
    ...(positions && { positions: textOf(positions.span) }),
    span,
  }
}

type Named = Instance<{ readonly name: { readonly name: string } }>

const ruleOf = (rule: Named | undefined) => (rule ? { rule: rule.item.name.name } : {})

function describeConnection(
  model: Model,
  connection: Connection,
  textOf: TextOf,
  { carriers }: Teaching,
): ConnectionDescription {
  const { source, target, family, synapse, stp, init, tied, copied, pattern, transposed } =
    connection
  const { bounds, transmit } = connection
  const effect = effectOf(connection)
  const pair = stp && pairedPulse(stp)
  const delay = connection.delay ?? connection.delays
  return {
    name: connection.name,
    ...(family !== undefined && { family }),
    wire: connection.wire,
    from: { ...endOf(source.population), signal: source.signal },
    to: { ...endOf(target.population), compartment: target.compartment },
    shape: connection.shape,
    connectivity: connection.connectivity,
    ...(pattern && {
      pattern: {
        ...describePattern(pattern, textOf),
        turned: transposed === true || pattern.plan.rule.kind === 'turned',
      },
    }),
    sign: connection.sign,
    ...(effect && { effect }),
    ...(synapse && { synapse: synapse.item.name.name }),
    ...(stp && { stp: stp.item.name.name, passes: stp.item.passes.name }),
    ...(pair && { pairedPulse: pair }),
    ...ruleOf(connection.rule),
    ...modulatedBy(model, connection.rule),
    ...(init && !tied && { init: textOf(init.value.span) }),
    ...(tied && { tied: textOf(tied.value.span) }),
    ...(copied && { copied: textOf(copied.value.value.span) }),
    ...(bounds && { bounds: boundsOf(bounds) }),
    ...(transmit && { transmits: textOf(transmit.value.span) }),
    ...(delay && { delay: textOf(delay.value.span) }),
    ownDelays: connection.delays !== undefined,
    teaches: carriers.has(connection.name),
    span: connection.span,
  }
}

const boundsOf = ({ from, to }: NonNullable<Connection['bounds']>) => ({
  ...(from && { from: from.value }),
  ...(to && { to: to.value }),
})

function endOf({ name, slice, size }: Population): ConnectionEnd {
  if (!slice) return { population: name }
  return { population: name, part: { of: slice.of.name, first: slice.start, size } }
}

/** A pattern that is turned for a connection is that which is declared. */
function describePattern(
  { plan, expected, source, target, sparse, why, said }: Pattern,
  textOf: TextOf,
): PatternDescription {
  const turned = plan.rule.kind === 'turned'
  const { name, rule, capacity } = plan.rule.kind === 'turned' ? plan.rule.of : plan
  return {
    name,
    rule: rule.kind,
    ...(rule.kind === 'probability' && { p: rule.p }),
    ...('count' in rule && { count: rule.count }),
    ...(expected !== undefined && { expected }),
    capacity,
    text: textOf(said),
    source: (turned ? target : source).name,
    target: (turned ? source : target).name,
    kept: sparse ? 'by synapse' : 'as a matrix',
    why,
  }
}
