/**
 * The passes in their order, and `optimise`, which runs them on the graphs of a module.
 *
 * First what only differentiation needed goes; then the simplifying passes run in rounds until none
 * finds anything (each returns the very graph it was given then), and at last functions are written out that targets do without. The graph is verified after each pass. Every pass may also be used alone.
 */
import type { Graph, IrModule } from '../ir/ir.ts'
import { verify } from '../ir/verify.ts'
import { cancel } from './cancel.ts'
import { drop } from './drop.ts'
import { expand } from './expand.ts'
import { eraseCustom } from './erase-custom.ts'
import { foldContractions } from './fold-contractions.ts'
import { fold } from './fold.ts'
import { liftReshapes } from './lift-reshapes.ts'
import { share } from './share.ts'
import { tie } from './tie.ts'

/** A pure function of graphs, under the name that options know it by. */
export interface Pass {
  readonly name: string
  readonly run: (graph: Graph) => Graph
  /** Once before all others, in rounds with the others of the group, or once behind all. */
  readonly group: 'prepare' | 'simplify' | 'finish'
}

/** All passes, in order. */
export const passes: readonly Pass[] = [
  { name: 'erase-custom', run: eraseCustom, group: 'prepare' },
  { name: 'drop', run: drop, group: 'prepare' },
  { name: 'fold', run: fold, group: 'simplify' },
  { name: 'share', run: share, group: 'simplify' },
  { name: 'lift-reshapes', run: liftReshapes, group: 'simplify' },
  { name: 'fold-contractions', run: foldContractions, group: 'simplify' },
  { name: 'tie', run: tie, group: 'simplify' },
  { name: 'cancel', run: cancel, group: 'simplify' },
  { name: 'expand', run: expand, group: 'finish' },
]

/** The names of all passes, in order. */
export const passNames: readonly string[] = passes.map(({ name }) => name)

/** Rounds of simplification after which a graph is left as it is. */
export const maximumRounds = 30

export interface OptimiseOptions {
  /** The passes after which `onPass` is called; default all. A pass may run more than once. */
  readonly printAfter?: readonly string[]
  /** Called with the graph that a pass has made, whether or not it has changed anything. */
  readonly onPass?: (pass: string, graph: Graph, changed: boolean) => void
  /** Called if the simplifying passes have not come to an end after `maximumRounds`. */
  readonly onUnsettled?: (graph: Graph) => void
}

/** The module with all its graphs optimised. */
export function optimise(module: IrModule, options: OptimiseOptions = {}): IrModule {
  const { init, infer, step, derived, adjoint, learn } = module.graphs
  return {
    ...module,
    graphs: {
      init: optimiseGraph(init, options),
      infer: optimiseGraph(infer, options),
      step: optimiseGraph(step, options),
      derived: optimiseGraph(derived, options),
      ...(adjoint && { adjoint: optimiseGraph(adjoint, options) }),
      ...(learn && { learn: optimiseGraph(learn, options) }),
    },
  }
}

/** The graph after all passes. Throws if a pass breaks an invariant. */
export function optimiseGraph(graph: Graph, options: OptimiseOptions = {}): Graph {
  const run = (input: Graph, pass: Pass): Graph => {
    const output = pass.run(input)
    if (output !== input) verify(output)
    if (options.printAfter === undefined || options.printAfter.includes(pass.name)) {
      options.onPass?.(pass.name, output, output !== input)
    }
    return output
  }
  const inGroup = (group: Pass['group']): Pass[] => passes.filter((pass) => pass.group === group)
  let current = inGroup('prepare').reduce(run, graph)
  for (let round = 0; ; round++) {
    const before = current
    current = inGroup('simplify').reduce(run, current)
    if (current === before) break
    if (round === maximumRounds) {
      options.onUnsettled?.(current)
      break
    }
  }
  return inGroup('finish').reduce(run, current)
}
