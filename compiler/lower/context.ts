/**
 * What lowering one graph carries along. Lowering reports what it cannot express and gives
 * undefined for it; callers pass that on in silence.
 */
import type { Span } from '../../grammar/ast.ts'
import type { PairValues } from '../../contract/pattern.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { Dim, FileInfo, Origin } from '../ir/ir.ts'
import type { Bound } from '../model/bind/index.ts'
import type { WeightElement } from '../model/bind/elements.ts'
import type { Context } from '../model/context.ts'
import type { Connection, Model } from '../model/model.ts'
import { wholeOf } from '../model/slices.ts'
import type { CircuitLowering } from './circuit/circuit.ts'
import type { Clock } from '../model/clock.ts'
import type { Freedom } from '../model/freedom.ts'

export interface LowerContext {
  readonly diagnostics: Context
  readonly model: Model
  /** What names refer to. */
  readonly bound: Bound
  readonly builder: GraphBuilder
  readonly freedom: Freedom
  readonly sources: ReadonlyMap<string, string>
  readonly index: ModelIndex
  /** How a circuit with a past goes on; undefined for one without. */
  readonly clock?: Clock
  /** Inputs that the experiment fills, by name; undefined: whatever nothing else feeds. */
  readonly presented?: ReadonlySet<string>
  /** Where the graph that sets initial weights notes what it reads from files; undefined elsewhere. */
  readonly files?: FileInfo[]
  /** Where it notes what it reads of pairs of units. */
  readonly pairs?: PairValues[]
  /** Whether the graph is that of tests and answers, in which nothing learns. */
  readonly evaluating?: true
  /** Whether the experiment passes test examples through the graph of the step, too. */
  readonly evaluates?: true
  /** The phase that the circuit is lowered for; undefined where the model has no phases. */
  readonly phase?: PhaseContext
}

/** One of several phases of a model. */
export interface PhaseContext {
  readonly name: string
  /** What names of variables and draws begin with: nothing in the last phase, else `predict.`. */
  readonly prefix: string
  /**
   * The circuit in the phase of that name: this phase, or one that is over. Undefined after a report.
   */
  readonly circuit: (name: string, span: Span) => CircuitLowering | undefined
  /** The circuit in the first phase, in which it answers. */
  readonly answer: () => CircuitLowering | undefined
}

/** The first axis of what cells compute: examples, whose number is fixed where they have a past. */
export const examplesOf = ({ clock }: Pick<LowerContext, 'clock'>): Dim =>
  clock?.examples ?? 'batch'

/** The model's parts by name and family, found once. */
export interface ModelIndex {
  readonly connections: ReadonlyMap<string, Connection>
  /** Connections by `population.compartment`. */
  readonly arriving: ReadonlyMap<string, readonly Connection[]>
}

export type { WeightElement }

export function indexModel(model: Model): ModelIndex {
  const arriving = new Map<string, Connection[]>()
  for (const connection of model.connections) {
    const { population, compartment } = connection.target
    const key = `${wholeOf(population).name}.${compartment}`
    const found = arriving.get(key)
    if (found) found.push(connection)
    else arriving.set(key, [connection])
  }
  return {
    connections: new Map(model.connections.map((each) => [each.name, each])),
    arriving,
  }
}

/** Where a value comes from, with its source on one line. */
export function originOf(context: LowerContext, span: Span): Origin {
  const source = context.sources.get(span.file) ?? ''
  const known = origins.get(span)
  if (known?.source === source) return known.origin
  const origin = originIn(source, span)
  origins.set(span, { source, origin })
  return origin
}

/** By places of the tree, which are the same for every form of a file and every graph of a form. */
const origins = new WeakMap<Span, { readonly source: string; readonly origin: Origin }>()

function originIn(source: string, span: Span): Origin {
  const text = source.slice(span.start, span.end)
  const oneLine = text
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
  return { span, text: oneLine.length > 100 ? `${oneLine.slice(0, 97)}...` : oneLine }
}

export const noLowering = (context: LowerContext, span: Span, construct: string): undefined =>
  context.diagnostics.report('noLowering', span, { construct })
