/**
 * Cycles without time: a variable that is computed from itself within one step, or a weight that is
 * set from itself. The search is iterative, because circuits can be thousands of layers deep. A cycle
 * that every element of an array repeats is reported for the first.
 */
import type { Span } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import type { Experiment, Model, WeightExpression } from '../model/model.ts'
import type { Dependency } from '../model/bind/dependencies.ts'
import type { Bound } from '../model/bind/index.ts'
import { advancesTogether } from '../model/past.ts'
import { copiesIn, namesIn } from '../model/weights/made-of.ts'

interface Node {
  readonly span: Span
  readonly dependencies: () => readonly Dependency[]
}

/** Reports the cycles among variables, and those among weights. */
export function checkCycles(
  context: Context,
  model: Model,
  bound: Pick<Bound, 'circuit' | 'weights'>,
  experiment: Experiment | undefined,
): void {
  const cut = 'a cycle must be cut by time: a connection with `delay 1 step`, or `prev(...)`'
  const together =
    '; `rk4` advances the states of a cell together, so that what arrives in it is made of none of them within the step'
  reportCycles(context, bound.circuit, advancesTogether(experiment) ? cut + together : cut)
  reportCycles(context, weightNodes(model, bound.weights), undefined)
  reportCycles(context, copyNodes(model, bound.weights), undefined)
}

/** Depth-first, with the path that led here as an explicit stack. */
function reportCycles(
  context: Context,
  nodes: ReadonlyMap<string, Node>,
  hint: string | undefined,
): void {
  const done = new Set<string>()
  const onPath = new Map<string, number>()
  const reported = new Set<string>()
  for (const start of nodes.keys()) {
    if (done.has(start)) continue
    const path: Step[] = []
    const enter = (name: string, through: Span | undefined): void => {
      onPath.set(name, path.length)
      path.push({ name, through, dependencies: nodes.get(name)?.dependencies() ?? [], next: 0 })
    }
    enter(start, undefined)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const dependency = top.dependencies[top.next++]
      if (!dependency) {
        done.add(top.name)
        onPath.delete(top.name)
        path.pop()
        continue
      }
      const { on, through } = dependency
      const from = onPath.get(on)
      if (from !== undefined) {
        const steps = path.slice(from)
        const names = [...steps.map((each) => each.name), on]
        const pattern = [...new Set(names.map(withoutNumbers))].toSorted().join(' ')
        if (reported.has(pattern)) continue
        reported.add(pattern)
        const connection = through ?? steps.slice(1).find((each) => each.through)?.through
        const span = connection ?? nodes.get(on)?.span
        if (!span) continue
        const cycle = names.map((each) => `\`${each}\``).join(' -> ')
        context.report('cycle', span, { cycle }, { hint })
      } else if (!done.has(on) && nodes.has(on)) enter(on, through)
    }
  }
}

interface Step {
  readonly name: string
  readonly through: Span | undefined
  readonly dependencies: readonly Dependency[]
  next: number
}

const withoutNumbers = (name: string): string => name.replace(/\[\d+\]/g, '')

/** Weights, matrices, `let`s and biases, with the weights that they are set from. */
function weightNodes(model: Model, references: Bound['weights']): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>()
  const add = (name: string, span: Span, value: WeightExpression | undefined): void => {
    if (!value) return
    const dependencies = (): readonly Dependency[] =>
      namesIn(references, value).map((on) => ({ on }))
    nodes.set(name, { span, dependencies })
  }
  for (const { name, span, tied, init } of model.connections) add(name, span, tied ?? init)
  for (const { name, span, init } of model.matrices) add(name, span, init)
  for (const { name, span, value } of model.lets) add(name, span, value)
  for (const { cell } of model.populations)
    for (const { storage, tied, initial, span } of cell.biases) add(storage, span, tied ?? initial)
  return nodes
}

/** Weights that are set now and then, with the others of that kind that they are set from. */
function copyNodes(
  { connections }: Model,
  references: Bound['weights'],
): ReadonlyMap<string, Node> {
  return new Map(
    connections
      .filter(({ copied, tied }) => copied && !tied)
      .map((connection) => {
        const dependencies = (): readonly Dependency[] =>
          copiesIn(references, connection).map(({ name }) => ({ on: name }))
        return [connection.name, { span: connection.span, dependencies }] as const
      }),
  )
}
