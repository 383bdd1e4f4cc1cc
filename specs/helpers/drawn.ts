/** The patterns of a module as its network needs them, where a spec gives none of its own. */
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { CreateOptions } from '../../runtime/engine/network.ts'
import { drawPattern, pairArrays } from '../../runtime/patterns/draw.ts'

/** `options` with every pattern drawn from the seed, and what `init` reads of pairs. */
export function withPatterns(ir: IrModule, options: CreateOptions = {}): CreateOptions {
  const plans = ir.patterns ?? []
  if (plans.length === 0) return options
  const patterns =
    options.patterns ??
    Object.fromEntries(plans.map((plan) => [plan.name, drawPattern(plan, options.seed ?? 0)]))
  const arrays = pairArrays(ir.pairValues ?? [], plans, patterns)
  return { ...options, patterns, files: { ...arrays, ...options.files } }
}
