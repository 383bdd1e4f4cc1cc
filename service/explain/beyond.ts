/** Changes that are not expanded, whatever the circuit: known before anything is tried. */
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { PatternPlan, PatternRule } from '../../contract/pattern.ts'

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

/** Why the change of a weight is not expanded; undefined where it is to be tried. */
export function beyond(ir: IrModule): (weight: string) => string | undefined {
  const unread = unreadOf(ir)
  const through = new Set(ir.graphs.learn?.stores.map(({ storage }) => storage))
  return (weight) =>
    unread ?? (through.has(weight) ? 'the gradient through the time of a window' : undefined)
}
