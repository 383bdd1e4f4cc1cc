/** Changes that are not expanded, whatever the circuit: known before anything is tried. */
import type { Graph, IrModule } from '../../compiler/ir/ir.ts'
import { operandsOf } from '../../compiler/ir/operands.ts'
import type { PatternPlan, PatternRule } from '../../contract/pattern.ts'

/** Operations one after another that are followed: formulas of more are of no use, and take a call for each. */
export const mostDeep = 600

/** What is to be read before a network can be made; undefined if nothing is. */
export function unreadOf({ patterns = [] }: IrModule): string | undefined {
  const found = patterns.find(isRead)
  return (
    found &&
    `cells whose synapses or places stand in a file (of ${found.name}), which explain does not read`
  )
}

const isRead = ({ rule, positions }: PatternPlan): boolean =>
  isListed(rule) || [positions?.pre, positions?.post].some((each) => each?.layout.kind === 'file')

const isListed = (rule: PatternRule): boolean =>
  rule.kind === 'file' || (rule.kind === 'turned' && isListed(rule.of.rule))

/** Why a graph is not followed at all; undefined where it is. */
export function tooDeep({ nodes }: Graph): string | undefined {
  const depths: number[] = []
  let most = 0
  for (const node of nodes) {
    const depth = operandsOf(node).reduce((below, value) => Math.max(below, depths[value]!), 0) + 1
    depths.push(depth)
    most = Math.max(most, depth)
  }
  return most <= mostDeep
    ? undefined
    : `${most} operations one after another, of which explain follows up to ${mostDeep} (fewer layers say the same)`
}

/** Why the change of a weight is not expanded; undefined where it is to be tried. */
export function beyond(ir: IrModule, graph: Graph): (weight: string) => string | undefined {
  const whole = unreadOf(ir) ?? tooDeep(graph)
  const through = new Set(ir.graphs.learn?.stores.map(({ storage }) => storage))
  return (weight) =>
    whole ?? (through.has(weight) ? 'the gradient through the time of a window' : undefined)
}
