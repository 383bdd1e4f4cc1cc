/**
 * The graph that is explained: a training step's, with the gradient of the loss for every weight that learns
 * beside its update, and the teacher as an input.
 */
import { GraphBuilder } from '../../compiler/ir/builder.ts'
import { gradients } from '../../compiler/ir/gradient.ts'
import { parametersOf } from '../../compiler/model/gradient-rules.ts'
import type { Graph, IrModule, ValueId } from '../../compiler/ir/ir.ts'
import { bareOperation, nodeAt, withOperands } from '../../compiler/ir/operands.ts'
import type { Model, Population } from '../../compiler/model/model.ts'
import { drop } from '../../compiler/passes/drop.ts'
import { optimiseGraph } from '../../compiler/passes/index.ts'
import { eraseCustom } from '../../compiler/passes/erase-custom.ts'

/** A weight or bias that learns in the experiment. */
export interface Learning {
  /** Its storage: `W[0]`, `h[0].k`. */
  readonly name: string
  readonly update: ValueId
  /** The change by gradient descent, -dL/dw; absent without a loss. */
  readonly descent?: ValueId
}

/** What is presented to the loss beside the answer. */
export interface Teacher {
  readonly population: Population
  /** As the file calls it: `y.target`. */
  readonly name: string
  /** The input of the graph. */
  readonly input: string
  /** The variable that it is compared with, as the population emits it: `y.e`. */
  readonly answer: string
}

export interface ExplainedGraph {
  /** As it was lowered: what is derived from. */
  readonly graph: Graph
  /** The same after all passes, its outputs alone: what is tried on numbers. */
  readonly program: Graph
  readonly learning: readonly Learning[]
  readonly teachers: readonly Teacher[]
  /** The loss of an example. */
  readonly loss?: ValueId
  /** Values by the names of their variables. */
  readonly named: ReadonlyMap<string, ValueId>
  /** Next values of what the circuit keeps from step to step, weights too. */
  readonly next: ReadonlyMap<string, ValueId>
  /** What names in phases before the last begin with: `predict.`. */
  readonly prefixes: readonly string[]
  /** What is kept that is no weight. */
  readonly states: ReadonlySet<string>
}

/** The prefix of names in the phase in which the circuit answers, the first; in the last they are plain. */
const answering = ({ phases }: Model): string => {
  const [first] = phases.length > 1 ? phases : []
  return first ? `${first.name.name}.` : ''
}

/** Inputs of the populations with a loss: what they are presented, or what is wired to them. */
function teachersOf(model: Model): readonly (Teacher & { readonly wire?: string })[] {
  const scored = model.populations.filter(({ cell }) =>
    cell.equations.some(({ role }) => role === 'loss'),
  )
  return scored.flatMap((population) => {
    const event = population.cell.equations.find(({ role }) => role === 'event')
    if (!event) return []
    const answer = `${answering(model)}${population.name}.${event.name}`
    return population.cell.inputs.flatMap(({ name: input, scalar }) => {
      if (scalar) return []
      const wired = model.connections.find(
        ({ wire, target }) =>
          wire && target.population === population && target.compartment === input,
      )
      const name = `${population.name}.${input}`
      const wire = wired && `${wired.source.population.name}.${wired.source.signal}`
      return [{ population, name, input: name, answer, ...(wire !== undefined && { wire }) }]
    })
  })
}

/** `slopes`: the true ones of all functions, or those that the file's functions declare. */
export function explainedGraph(
  module: IrModule,
  model: Model,
  slopes: 'exact' | 'declared',
): ExplainedGraph {
  const step = slopes === 'exact' ? eraseCustom(module.graphs.step) : module.graphs.step
  const teachers = teachersOf(model)
  const builder = new GraphBuilder('explained')
  const named = copyStep(step, builder, new Map(teachers.map((each) => [each.wire, each.input])))
  const updates = module.storages.flatMap(({ name, shape, mask }) => {
    const update = named.get(`update(${name})`)
    return update === undefined ? [] : [{ name, shape, mask, update }]
  })
  const losses = model.populations.flatMap(({ name, cell }) =>
    cell.equations.flatMap((each) => {
      const value = named.get(`${answering(model)}${name}.${each.name}`)
      const local = each.local ? name : undefined
      return each.role === 'loss' && value !== undefined ? [{ value, local }] : []
    }),
  )
  if (losses.length > 0) {
    const add = (a: ValueId, b: ValueId): ValueId => builder.map('add', a, b)
    const loss = losses.map(({ value }) => value).reduce(add)
    builder.section = 'backprop'
    builder.output('loss', loss)
    const loads = updates.map(({ name, shape }) => builder.load(name, shape))
    const shares = [...new Set(losses.map(({ local }) => local))].map((local) => {
      const part = losses.filter((each) => each.local === local).map(({ value }) => value)
      const mean = builder.reduce('mean', builder.reduce('sum', part.reduce(add), [-1]))
      const own = local === undefined ? undefined : parametersOf(model, local)
      return { own, found: gradients(builder, mean, loads, local === undefined ? {} : { local }) }
    })
    updates.forEach(({ name, shape, mask }, i) => {
      const reaching = shares.flatMap(({ own, found }) =>
        own === undefined || own.has(name) ? [found[i]!] : [],
      )
      const gradient = reaching.length > 0 ? reaching.reduce(add) : builder.filled(0, shape)
      const falling = builder.map('neg', gradient)
      const change =
        mask === undefined ? falling : builder.map('mul', falling, builder.load(mask, shape))
      builder.output(`descent ${name}`, change)
    })
  }
  for (const { name, update } of updates) builder.output(`update ${name}`, update)
  for (const [name, value] of named) builder.output(`value ${name}`, value)
  return outcome(module, model, drop(builder.build()), updates, teachers)
}

function outcome(
  module: IrModule,
  model: Model,
  graph: Graph,
  updates: readonly { readonly name: string }[],
  teachers: readonly Teacher[],
): ExplainedGraph {
  const outputs = new Map(graph.outputs.map(({ name, value }) => [name, value]))
  const among = (prefix: string): ReadonlyMap<string, ValueId> =>
    new Map(
      [...outputs].flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
      ),
    )
  const inputs = new Set(graph.nodes.flatMap((node) => (node.op === 'input' ? [node.name] : [])))
  const loss = outputs.get('loss')
  const answers = new Set(teachers.map(({ answer }) => `value ${answer}`))
  const next = among('next ')
  // Not what is gathered backwards through a window: a step leaves it.
  const kept = new Set(
    module.storages.flatMap(({ name, role }) => (role === 'state' && next.has(name) ? [name] : [])),
  )
  const needed = graph.outputs.filter(({ name }) => answers.has(name) || !name.startsWith('value '))
  return {
    graph,
    program: optimiseGraph({ ...graph, outputs: needed }),
    learning: updates.map(({ name }) => {
      const descent = outputs.get(`descent ${name}`)
      const update = outputs.get(`update ${name}`)!
      return { name, update, ...(descent !== undefined && { descent }) }
    }),
    teachers: teachers.filter((each) => inputs.has(each.input)),
    ...(loss !== undefined && { loss }),
    states: kept,
    prefixes: model.phases.slice(0, -1).map(({ name }) => `${name.name}.`),
    named: among('value '),
    next,
  }
}

/** Copies what a step computes, and gives its values by name. `cut` are variables that become inputs. */
function copyStep(
  step: Graph,
  builder: GraphBuilder,
  cut: ReadonlyMap<string | undefined, string>,
): ReadonlyMap<string, ValueId> {
  const copies: ValueId[] = []
  const named = new Map<string, ValueId>()
  for (const node of step.nodes) {
    if (node.section !== 'circuit' && node.section !== 'update') break
    builder.section = node.section
    builder.origin = node.origin
    const copy = withOperands(node, (value) => nodeAt(copies, value))
    const input = node.name === undefined ? undefined : cut.get(node.name)
    const value =
      input === undefined
        ? builder.node(bareOperation(copy), node.shape)
        : builder.input(input, node.shape)
    if (node.name !== undefined && input === undefined) {
      builder.name(value, node.name)
      named.set(node.name, value)
    }
    copies.push(value)
  }
  builder.origin = undefined
  for (const { name, value } of step.outputs) {
    const copy = copies[value]
    if (copy !== undefined && !named.has(name)) named.set(name, copy)
  }
  for (const { storage, value } of step.stores) {
    const copy = copies[value]
    if (copy !== undefined) builder.output(`next ${storage}`, copy)
  }
  return named
}
