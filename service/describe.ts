/**
 * A model as plain data: what a picture, a table or another program needs to know of it. Everything here
 * can be written as JSON.
 */
import type { Compilation } from '../compiler/compile.ts'
import type {
  Connection,
  Experiment,
  Instance,
  Model,
  Param,
  Value,
} from '../compiler/model/model.ts'
import type { Pattern, Population } from '../compiler/model/model.ts'
import { printValue } from '../compiler/model/print.ts'
import type { Span } from '../grammar/ast.ts'

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
  readonly biases: readonly { readonly name: string; readonly rule?: string }[]
  readonly states: readonly string[]
  /** Variables, in the order of the cell; what is emitted has a role. */
  readonly variables: readonly (NamedText & { readonly role?: string })[]
  /** Where its units are, as written. */
  readonly positions?: string
  readonly span: Span
}

/** Some units of a population, which a connection goes from or to. */
export interface SliceDescription {
  readonly of: string
  readonly first: number
  readonly count: number
}

/** Which units are joined, one synapse each time. */
export interface PatternDescription {
  /** As declared, or that of the only connection that has it. */
  readonly name: string
  readonly source: string
  readonly target: string
  /** As written: `random probability 0.02 no_self`. */
  readonly connectivity: string
  /** The mean number of synapses; absent where only a file says it. */
  readonly expected?: number
  /** As many synapses as memory is planned for. */
  readonly capacity: number
  /** How the weights are kept, and why. */
  readonly kept: 'by synapse' | 'as a matrix'
  readonly why: string
  readonly span: Span
}

/** A connection, or a wire. */
export interface ConnectionDescription {
  readonly name: string
  readonly family?: string
  readonly wire: boolean
  readonly from: {
    readonly population: string
    readonly signal: string
    readonly slice?: SliceDescription
  }
  readonly to: {
    readonly population: string
    readonly compartment: string
    readonly slice?: SliceDescription
  }
  /** Of the weight. */
  readonly shape: readonly number[]
  readonly connectivity: string
  /** The name of its pattern, and whether it leads the other way. */
  readonly pattern?: { readonly name: string; readonly turned: boolean }
  readonly sign: string
  readonly synapse?: string
  readonly stp?: string
  /** The rule by which it learns. */
  readonly rule?: string
  /** What it always equals, and what it is set to at times, as written. */
  readonly tied?: string
  readonly copied?: string
  readonly delay?: string
  /** Each synapse has a delay of its own. */
  readonly ownDelays: boolean
  readonly span: Span
}

/** An experiment. */
export interface ExperimentDescription {
  readonly name: string
  readonly doc?: string
  /** Statements as written, those of the base first. */
  readonly statements: readonly string[]
  readonly span: Span
}

/** See the module's head. */
export interface Description {
  readonly name: string
  readonly doc?: string
  readonly params: readonly ParamDescription[]
  readonly populations: readonly PopulationDescription[]
  readonly connections: readonly ConnectionDescription[]
  readonly patterns: readonly PatternDescription[]
  readonly matrices: readonly {
    readonly name: string
    readonly rows: string
    readonly columns: string
  }[]
  readonly lets: readonly NamedText[]
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
  return {
    name: model.name,
    ...docOf(model),
    params: model.params.map(describeParam),
    populations: model.populations.map((each) => describePopulation(each, textOf)),
    connections: model.connections.map((each) => describeConnection(each, textOf)),
    patterns: model.patterns.map((each) => describePattern(each, textOf)),
    matrices: model.matrices.map(({ name, rows, columns }) => ({
      name,
      rows: rows.name,
      columns: columns.name,
    })),
    lets: model.lets.map(({ name, value }) => ({ name, text: textOf(value.value.span) })),
    rules: rulesOf(model).map((item) => ({
      name: item.name.name,
      text: textOf(item.span),
      ...docOf(item),
    })),
    phases: model.phases.map(({ name }) => name.name),
    variants: model.variants,
    experiments: model.experiments.map((each) => describeExperiment(each, textOf)),
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

function describePopulation(population: Population, textOf: TextOf): PopulationDescription {
  const { name, family, shape, cell, positions, span } = population
  return {
    name,
    family,
    shape,
    cell: cell.name,
    compartments: cell.compartments.map((each) => each.name),
    inputs: cell.inputs.map((each) => each.name),
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

function describePattern(pattern: Pattern, textOf: TextOf): PatternDescription {
  const { name, source, target, expected, plan, sparse, why, span, said } = pattern
  return {
    name,
    source: source.name,
    target: target.name,
    connectivity: textOf(said),
    ...(expected !== undefined && { expected }),
    capacity: plan.capacity,
    kept: sparse ? 'by synapse' : 'as a matrix',
    why,
    span,
  }
}

const sliceOf = ({ slice, size }: Population) =>
  slice ? { slice: { of: slice.of.name, first: slice.start, count: size } } : {}

type Named = Instance<{ readonly name: { readonly name: string } }>

const ruleOf = (rule: Named | undefined) => (rule ? { rule: rule.item.name.name } : {})

function describeConnection(connection: Connection, textOf: TextOf): ConnectionDescription {
  const { source, target, family, synapse, stp, tied, copied, pattern, transposed } = connection
  const delay = connection.delay ?? connection.delays
  return {
    name: connection.name,
    ...(family !== undefined && { family }),
    wire: connection.wire,
    from: {
      population: source.population.name,
      signal: source.signal,
      ...sliceOf(source.population),
    },
    to: {
      population: target.population.name,
      compartment: target.compartment,
      ...sliceOf(target.population),
    },
    shape: connection.shape,
    connectivity: connection.connectivity,
    ...(pattern && { pattern: { name: pattern.name, turned: transposed === true } }),
    sign: connection.sign,
    ...(synapse && { synapse: synapse.item.name.name }),
    ...(stp && { stp: stp.item.name.name }),
    ...ruleOf(connection.rule),
    ...(tied && { tied: textOf(tied.value.span) }),
    ...(copied && { copied: textOf(copied.value.value.span) }),
    ...(delay && { delay: textOf(delay.value.span) }),
    ownDelays: connection.delays !== undefined,
    span: connection.span,
  }
}

function rulesOf({ connections, populations }: Model) {
  const rules = [
    ...connections.map(({ rule }) => rule),
    ...populations.flatMap(({ cell }) => cell.biases.map(({ rule }) => rule)),
  ]
  return [...new Set(rules.flatMap((rule) => (rule ? [rule.item] : [])))]
}

function describeExperiment({ item, statements }: Experiment, textOf: TextOf) {
  return {
    name: item.name.name,
    ...docOf(item),
    statements: statements.map(({ span }) => textOf(span)),
    span: item.span,
  }
}
