/**
 * Names bound once.
 *
 * A model is built with its circuit expanded; what its equations, rules and functions say is still text:
 * `post.p - p0` is a member of a name, and a name. Here each of these nodes gets what it refers to, in a
 * table beside the tree, keyed by the place and the node: a cell type has one equation, but every
 * population that is made of it has a place of its own, in which `p0` has another value and `soma` is
 * another compartment.
 *
 * What is guaranteed afterwards, if no error was found:
 * - Every `Name`, `Member` and callee of every expression at every place has a reference
 *   (`References.of` throws for one that has none: a bug). Nobody looks a name up again.
 * - A reference is of a kind that fits: a function is called with as many arguments as it takes, an
 *   assignment changes a state, `pre` stands only where there is a presynaptic cell.
 * - A reference leads to a thing, not to a name: a variable of a cell is that cell's `Equation`, `State`,
 *   `Compartment`, ... object, a parameter is its value.
 *
 * What it refuses to do:
 * - It computes nothing that is not known before the run, and decides nothing about shapes or units.
 * - It does not follow what a variable is computed from; a variable only knows where that stands.
 * - It does not expand functions. A body is bound once, in an environment where its parameters are
 *   variables, whoever calls it and with whatever.
 *
 * One mistake gives one message: what could not be resolved refers to `unknown`, of which nothing more
 * is said, and what every element of an array repeats is reported for the first.
 */
import type { SourceFile } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import type { CellInstance, Experiment, Model, Population } from '../model.ts'
import { bindWeights } from '../weights/bind.ts'
import type { WeightReferences } from '../weights/reference.ts'
import { Binder } from './binder.ts'
import { checkCalls } from './calls.ts'
import { checkDeclarations } from './declarations.ts'
import { elementsOf, type Elements } from './elements.ts'
import type { Before } from './before.ts'
import { beforeChanges } from './before-changes.ts'
import { circuitVariables, type CircuitNode } from './dependencies.ts'
import { Environments } from './environment.ts'
import { bindExperiment } from './experiment.ts'
import { checkLocalCycles } from './local-bindings.ts'
import { advancesTogether } from '../past.ts'
import { functionPlaces, instancePlaces, outlinePlaces, type Place } from './places.ts'
import { References } from './reference.ts'

/** What is known of a model's names. */
export interface Bound {
  readonly environments: Environments
  readonly references: References
  /** By name. */
  readonly populations: ReadonlyMap<string, Population>
  /** Weights, matrices and `let`s by family. */
  readonly elements: Elements
  /** What expressions of weights mean. */
  readonly weights: WeightReferences
  /** What each variable of each population is computed from within one step. */
  readonly circuit: ReadonlyMap<string, CircuitNode>
  /** Which equations the blocks of a cell read as they are before states are changed. */
  readonly before: (cell: CellInstance) => Before
  /** Places of all the model's instances. */
  readonly all: readonly Place[]
  /** Those of the model's instances, of elements that differ in numbers alone one. */
  readonly instances: readonly Place[]
  /** Those, and the places of the main file's own definitions. */
  readonly places: readonly Place[]
}

/**
 * Binds every name in the equations, rules and functions of a model, and in what its chosen experiment
 * observes; reports what means nothing.
 */
export function bindModel(
  context: Context,
  model: Model,
  experiment: Experiment | undefined,
  ast: SourceFile,
): Bound {
  const environments = new Environments(model)
  const references = new References()
  const binder = new Binder(context, model, { environments, references })
  const { all, distinct } = instancePlaces(model, environments)
  for (const place of all) binder.place(place)
  const outlines = outlinePlaces({ context, model, environments }, ast)
  for (const place of outlines) binder.outline(place)
  // Functions call functions: the list grows while it is walked.
  for (const fn of binder.functions.values())
    binder.body(fn.definition, functionPlaces(environments, fn))
  checkCalls(context, binder.calls)
  checkDeclarations(context, model, ast, binder.functions.keys())
  for (const environment of binder.local) checkLocalCycles(context, references, environment)
  const elements = elementsOf(model)
  const weights = bindWeights(context, model, elements)
  if (experiment)
    bindExperiment({ context, model, binder, environments, references, elements }, experiment)
  const names = { environments, references }
  const together = advancesTogether(experiment)
  const before = beforeChanges(names, together)
  return {
    ...names,
    populations: new Map(model.populations.map((each) => [each.name, each])),
    elements,
    weights,
    circuit: circuitVariables(model, names, together, before),
    before,
    all,
    instances: distinct,
    places: [...distinct, ...outlines],
  }
}
