/**
 * The programs of a module: each of its graphs gives one or two (learning with and without measures,
 * answering and scoring). How each goes can be looked at in steps: what it has to do (`work.ts`), which
 * values are computed in one loop (`kernels.ts`, `merge.ts`, `split.ts`), when kernels run and where values lie (`schedule.ts`).
 */
import { programNames, type ProgramName } from '../../contract/artifact.ts'
import type { Graph, IrModule, Output } from '../ir/ir.ts'
import { activeSetOf, type ActiveSet } from './active.ts'
import { kernelsOf, type Kernel, type Kernels } from './kernels.ts'
import type { Machine } from './machine.ts'
import { mergedKernels } from './merge.ts'
import { onesOf, withOnes } from './one-number.ts'
import { InPlace } from './order.ts'
import { schedule, type Schedule } from './schedule.ts'
import { splitKernels } from './split.ts'
import { sentLists, type SentList } from './sent-lists.ts'
import { surroundingsOf } from './tables.ts'
import { workOf } from './work.ts'
import type { WorkId } from '../ir/ids.ts'
import type { Work } from './values.ts'

/** A planned program. */
export interface Planned {
  readonly name: ProgramName
  readonly machine: Machine
  readonly work: Work
  readonly kernels: Kernels
  readonly schedule: Schedule
  /** Loops over synapses that go by events. */
  readonly active: ReadonlyMap<Kernel, ActiveSet>
  /** Detections that are listed. */
  readonly lists: ReadonlyMap<WorkId, SentList>
}

/** How every program of a module goes, before anything is written. */
export function planPrograms(module: IrModule, machine: Machine): readonly Planned[] {
  const { fixed, step, infer, derived, adjoint, learn } = module.graphs
  const init = withOnes(module.graphs.init, onesOf(module))
  const { recorded = [], listed = [] } = module
  const named = (graph: Graph, isWanted: (output: Output) => boolean): string[] =>
    graph.outputs.filter(isWanted).map(({ name }) => name)
  const isFigure = ({ figure }: Output): boolean => figure === true
  const isOther = (output: Output): boolean => !isFigure(output)
  const wanted: Record<ProgramName, readonly [Graph, readonly string[], boolean] | undefined> = {
    init: [init, [], true],
    fixed: fixed && [fixed, [], true],
    step: [step, [], true],
    measured: [step, named(step, isFigure), true],
    infer: [infer, named(infer, isOther), false],
    score: [infer, named(infer, isFigure), false],
    observe: [step, named(step, isOther), false],
    recorded: [step, recorded, recorded.length > 0],
    derived: [derived, named(derived, () => true), false],
    adjoint: adjoint && [adjoint, [], true],
    learn: learn && [learn, [], true],
  }
  const surroundings = surroundingsOf(module)
  return programNames.flatMap((name) => {
    const asked = wanted[name]
    if (!asked) return []
    const [graph, outputs, stores] = asked
    const work = workOf(graph, { outputs, stores }, surroundings)
    const alone = kernelsOf(machine, work)
    const kernels = splitKernels(work, merged(work, alone))
    // What runs at each step has its draws whole: they can be given instead.
    const scheduled = schedule(machine, work, kernels, name === 'init')
    const events = kernels.kernels.flatMap((kernel) => {
      const found = activeSetOf(work, kernels, kernel, scheduled.places)
      return found ? [[kernel, found] as const] : []
    })
    const active = new Map(events)
    const lists = sentLists(machine, work, kernels, active, name === 'recorded' ? listed : [])
    return { name, machine, work, kernels, schedule: scheduled, active, lists }
  })
}

/** Kernels joined until no more can be: what was joined may touch what another one does. */
function merged(work: Work, kernels: Kernels): Kernels {
  const joined = mergedKernels(work, kernels, new InPlace(work, kernels).result())
  return joined === kernels ? kernels : merged(work, joined)
}

/** The streams that programs draw from, each once. */
export function streamsOf(programs: readonly Planned[]): readonly string[] {
  return [
    ...new Set(
      programs.flatMap(({ work }) =>
        work.values.flatMap(({ making }) =>
          making.kind === 'other' && making.node.op === 'random' ? [making.node.stream] : [],
        ),
      ),
    ),
  ]
}
