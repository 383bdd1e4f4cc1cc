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
import type { Population } from '../compiler/model/model.ts'
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
  readonly span: Span
}

/** A connection, or a wire. */
export interface ConnectionDescription {
  readonly name: string
  readonly family?: string
  readonly wire: boolean
  readonly from: { readonly population: string; readonly signal: string }
  readonly to: { readonly population: string; readonly compartment: string }
  /** Of the weight. */
  readonly shape: readonly number[]
  readonly connectivity: string
  readonly sign: string
  readonly synapse?: string
  readonly stp?: string
  /** The rule by which it learns. */
  readonly rule?: string
  /** What it always equals, and what it is set to at times, as written. */
  readonly tied?: string
  readonly copied?: string
  readonly delay?: string
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
  const { name, family, shape, cell, span } = population
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
    span,
  }
}

type Named = Instance<{ readonly name: { readonly name: string } }>

const ruleOf = (rule: Named | undefined) => (rule ? { rule: rule.item.name.name } : {})

function describeConnection(connection: Connection, textOf: TextOf): ConnectionDescription {
  const { source, target, family, synapse, stp, tied, copied } = connection
  const delay = connection.delay ?? connection.delays
  return {
    name: connection.name,
    ...(family !== undefined && { family }),
    wire: connection.wire,
    from: { population: source.population.name, signal: source.signal },
    to: { population: target.population.name, compartment: target.compartment },
    shape: connection.shape,
    connectivity: connection.connectivity,
    sign: connection.sign,
    ...(synapse && { synapse: synapse.item.name.name }),
    ...(stp && { stp: stp.item.name.name }),
    ...ruleOf(connection.rule),
    ...(tied && { tied: textOf(tied.value.span) }),
    ...(copied && { copied: textOf(copied.value.value.span) }),
    ...(delay && { delay: textOf(delay.value.span) }),
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
