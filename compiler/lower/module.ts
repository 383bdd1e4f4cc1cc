/**
 * Lowers a model, and the experiment it is compiled for, to a module of the tensor program: the
 * graphs `init`, `infer`, `step` and `derived`, what is stored, what is presented, which parameters
 * stay free; and the plan that the experiment runner follows.
 */
import type {
  ComparedPlan,
  EvaluatedName,
  EvaluatedPlan,
  ExperimentPlan,
  MeasurePlan,
} from '../../contract/plan.ts'
import { writtenPhases } from '../../contract/timeline.ts'
import { GraphBuilder } from '../ir/builder.ts'
import type { Graph, InputInfo, IrModule, StorageInfo, ValueId } from '../ir/ir.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Context } from '../model/context.ts'
import type { Model } from '../model/model.ts'
import { hasPast } from '../model/past.ts'
import { indexModel, type LowerContext } from './context.ts'
import { answering } from '../model/experiment/answers.ts'
import { measuredGradients } from '../model/experiment/which-gradient.ts'
import type { PhaseSettings } from '../model/experiment/phases.ts'
import type { ResolvedExperiment, Setting } from '../model/experiment/resolve.ts'
import { withoutStep } from '../model/clock.ts'
import { holding } from '../model/watch.ts'
import { mayBeInfinite } from './experiment/infinite.ts'
import { lowerEvaluated } from './experiment/evaluated.ts'
import { lowerCompared, lowerOfWeights } from './experiment/evaluated-weights.ts'
import { isOfWindow, lowerAfterWindow } from './experiment/after-window.ts'
import { evaluatedVariables } from './experiment/evaluation-plan.ts'
import { lowerRecorded } from './experiment/records.ts'
import { lowerDerived, lowerInit, modelStorages } from './init/init.ts'
import { warnOfBatches } from './experiment/batch-answers.ts'
import { Backprop, exampleLoss } from './experiment/loss.ts'
import { wrongAnswers } from './experiment/answers.ts'
import { buildPlan } from './plan.ts'
import { MeasureLowering } from './experiment/measures.ts'
import { phasedCircuit } from './circuit/phases.ts'
import { guardBounds } from './bounded-guards.ts'
import { guard, guardScores, withChecks } from './guards.ts'
import { watchingKinds } from './known-facts.ts'
import { checkKnownValues } from './known-values.ts'
import type { Memory } from './circuit/memory.ts'
import { isSupported } from './unsupported.ts'
import { lowerUpdates, type Updates } from './plasticity/updates.ts'
import { paramInfos } from './params.ts'
import type { ReadStorage } from './circuit/weights.ts'
import { lowerWindow, type Window } from './through/index.ts'
import { throughTime } from './through/asked.ts'

export interface Lowered {
  readonly ir: IrModule
  readonly plan?: ExperimentPlan
}

export function lowerModel(
  diagnostics: Context,
  model: Model,
  bound: Bound,
  setting: Setting,
  sources: ReadonlyMap<string, string>,
  withGuards = true,
): Lowered | undefined {
  if (!isSupported(diagnostics, model)) return undefined
  const { freedom, clock, phases, experiment: resolved } = setting
  if (!clock && hasPast(model)) {
    const span = model.populations[0]?.span ?? { file: model.path, start: 0, end: 0 }
    const construct = 'A circuit with a past, without an experiment that says its `step`,'
    return diagnostics.report('noLowering', span, { construct }, { hint: withoutStep })
  }
  const shared = {
    diagnostics,
    model,
    bound,
    sources,
    index: indexModel(model),
    freedom,
    ...(clock ? { clock } : {}),
    ...(resolved?.evaluation && { evaluates: true as const }),
  }
  const scratch: LowerContext = { ...shared, builder: new GraphBuilder('scratch') }
  const presented =
    resolved?.data && resolved.presentsAll
      ? new Set(resolved.present.map((each) => each.input))
      : undefined
  const context = { ...shared, ...(presented ? { presented } : {}) }
  const step = lowerStep(context, phases, resolved)
  if (diagnostics.hasErrors) return undefined
  const infer = lowerInfer(context, phases, resolved)
  const stored = modelStorages({ ...context, builder: new GraphBuilder('scratch') })
  const { memories, window } = step
  const slots = [...step.updates.slots, ...(window?.slots ?? [])]
  const all = [...memories, ...(window?.memories ?? [])]
  const lowered = lowerInit(context, stored, slots, all)
  const { graph: start, files, pairs } = lowered
  let ofWeights: readonly EvaluatedName[] = []
  const derived = lowerDerived(context, (inner) => {
    if (resolved) ofWeights = lowerOfWeights(inner, resolved)
    if (resolved && window) lowerAfterWindow(inner, resolved, window.followed)
  })
  if (diagnostics.hasErrors) return undefined
  const infinite = mayBeInfinite(start, step.graph)
  const weights = new Set(stored.flatMap(({ info }) => (info.role === 'weight' ? [info.name] : [])))
  const guarded = withGuards
    ? guard(
        guardBounds(step.graph, weights),
        new Set(infinite),
        memories.map(({ info }) => info),
      )
    : { step: step.graph, checks: [], meanings: {} }
  const init = withChecks(start, guarded.checks)
  const graphs = {
    init,
    infer: withGuards ? guardScores(infer) : infer,
    step: guarded.step,
    derived,
    ...(window && {
      adjoint: window.adjoint,
      learn: withGuards ? guardBounds(window.learn, weights) : window.learn,
    }),
  }
  const storages: readonly StorageInfo[] = [
    ...stored.map((each) => each.info),
    ...slots,
    ...all.map((each) => each.info),
    ...guarded.checks,
  ]
  // Connections without weights have no use for theirs.
  const patterns = [
    ...new Set(
      model.connections.flatMap(({ wire, pattern }) => (wire || !pattern ? [] : pattern.plan)),
    ),
  ]
  const ir: IrModule = {
    name: model.name,
    source: model.source,
    ...(model.doc === undefined ? {} : { doc: model.doc }),
    params: paramInfos(model.params, graphs, resolved?.clock),
    storages,
    inputs: inputInfos(graphs),
    rates: (resolved?.optimisers ?? []).map(({ name, rate }) =>
      holding({ name, value: 0 }, 'value', rate),
    ),
    ...(files.length > 0 ? { files } : {}),
    ...(patterns.length > 0 ? { patterns } : {}),
    ...(pairs.length > 0 ? { pairValues: pairs } : {}),
    graphs,
  }
  if (resolved) {
    const settings = writtenPhases(resolved.phases).map((each) => each.settings)
    const program = { graphs: [step.graph], params: ir.params, rates: [], settings }
    watchingKinds(diagnostics, model, program, ({ params }) => {
      checkKnownValues(diagnostics, step.graph, params, resolved.phases)
    })
  }
  if (diagnostics.hasErrors) return undefined
  const known = { infinite, checks: guarded.meanings }
  const plan = resolved && buildPlan(scratch, resolved, ir, { ...step, ofWeights }, known)
  const recorded = recordedIn(plan)
  const listed = [...new Set(plan?.records.flatMap(({ times = [] }) => times))]
  return {
    ir: {
      ...ir,
      ...(recorded.length > 0 && { recorded }),
      ...(listed.length > 0 && { listed }),
    },
    ...(plan ? { plan } : {}),
  }
}

/** The variables that a plan records, or lists the events of. */
const recordedIn = (plan: ExperimentPlan | undefined): readonly string[] => [
  ...new Set(plan?.records.flatMap(({ variables, times = [] }) => [...variables, ...times])),
  ...evaluatedVariables(plan?.evaluation?.measures ?? []),
]

export interface Step {
  readonly graph: Graph
  readonly updates: Updates
  readonly measures: readonly MeasurePlan[]
  readonly evaluated: readonly EvaluatedPlan[]
  readonly compared: readonly ComparedPlan[]
  readonly memories: readonly Memory[]
  /** Of what learns through time. */
  readonly window?: Window
}

function lowerStep(
  context: Omit<LowerContext, 'builder'>,
  phases: readonly PhaseSettings[],
  experiment: ResolvedExperiment | undefined,
): Step {
  const builder = new GraphBuilder('step')
  const read: ReadStorage = (name, shape) => builder.load(name, shape)
  const { all, answer, last, plastic } = phasedCircuit({ ...context, builder }, phases, read, true)
  for (const circuit of all) circuit.lowerAll()
  if (experiment) lowerRecorded(last, experiment.experiment.scope, experiment.records)
  const { evaluation } = experiment ?? {}
  const evaluated =
    experiment && evaluation ? lowerEvaluated(last, answer, experiment, evaluation) : []
  builder.section = 'update'
  const optimisers = experiment?.optimisers ?? []
  const through = experiment && throughTime(last, experiment)
  const following = new Set(through?.followed.map(({ storage }) => storage))
  const updates = lowerUpdates(
    last,
    optimisers,
    experiment?.frozen ?? new Set(),
    plastic,
    following,
  )
  last.memories.write()
  const window = through && lowerWindow(last, optimisers, through, updates.stored)
  const measures: MeasurePlan[] = []
  let compared: readonly ComparedPlan[] = []
  if (experiment) {
    const backprop = new Backprop(answer)
    const lowering = new MeasureLowering(last, updates, experiment, answer, { backprop })
    builder.section = 'backprop'
    const shared = { updates, backprop }
    if (evaluation) compared = lowerCompared(last, answer, experiment, evaluation, shared)
    for (const measure of experiment.measures) lowering.prepare(measure)
    builder.section = 'measure'
    const which = measuredGradients(context.bound, experiment)
    for (const bound of experiment.measures) {
      const measure = lowering.lower(bound)
      const gradient = which.get(bound.label)
      if (measure)
        measures.push({
          ...measure,
          ...(gradient !== undefined && { gradient }),
          ...(window && isOfWindow(bound, following) && { ofWindow: true as const }),
          every: bound.every,
        })
    }
  }
  builder.tell(measures.flatMap(({ outputs }) => outputs))
  for (const [storage, value] of updates.stored) builder.store(storage, value)
  const told = evaluated.flatMap(({ value, spread }) => [value, spread])
  warnOfBatches(
    answer,
    told.flatMap((each) => (each === undefined ? [] : (builder.outputs.get(each) ?? []))),
  )
  const { all: memories } = last.memories
  const graph = builder.build()
  return { graph, updates, measures, evaluated, compared, memories, ...(window && { window }) }
}

function lowerInfer(
  context: Omit<LowerContext, 'builder'>,
  phases: readonly PhaseSettings[],
  experiment: ResolvedExperiment | undefined,
): Graph {
  const builder = new GraphBuilder('infer')
  // What a circuit with a past answers depends on more than what is presented.
  if (context.clock) return builder.build()
  const read: ReadStorage = (name, shape) => builder.load(name, shape)
  const first = phases.slice(0, 1)
  const { answer: circuit } = phasedCircuit(
    { ...context, builder, evaluating: true },
    first,
    read,
    false,
  )
  const { populations } = context.model
  const scored = populations.filter((each) =>
    each.cell.equations.some((equation) => equation.role === 'loss'),
  )
  for (const population of scored.length > 0 ? scored : populations) {
    const event = population.cell.equations.find((equation) => equation.role === 'event')
    const value = event && circuit.variable(population, event.name)
    if (value !== undefined && event) builder.output(`${population.name}.${event.name}`, value)
  }
  if (experiment) {
    builder.section = 'score'
    const loss = exampleLoss(circuit)
    if (loss !== undefined) builder.output('loss', builder.reduce('sum', loss))
    const wrong = wrongAnswers(circuit, answering(experiment))
    if (wrong !== undefined) builder.output('error', builder.reduce('sum', wrong))
    builder.tell(['loss', 'error'])
    warnOfBatches(circuit, [...builder.outputs.values()])
  }
  return builder.build()
}

function inputInfos(graphs: IrModule['graphs']): readonly InputInfo[] {
  const answered = new Set<string>()
  const reach = (graph: Graph, ids: readonly ValueId[]): void => {
    const seen = new Set<ValueId>()
    const stack = [...ids]
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      const node = graph.nodes[id]
      if (!node) continue
      if (node.op === 'input') answered.add(node.name)
      if ('args' in node) stack.push(...node.args)
    }
  }
  const { infer, step } = graphs
  reach(
    infer,
    infer.outputs.filter((each) => !each.figure).map((each) => each.value),
  )
  const inputs = new Map<string, InputInfo>()
  for (const node of [...step.nodes, ...infer.nodes]) {
    if (node.op !== 'input') continue
    inputs.set(node.name, {
      name: node.name,
      shape: node.shape,
      inference: answered.has(node.name),
    })
  }
  return [...inputs.values()]
}
