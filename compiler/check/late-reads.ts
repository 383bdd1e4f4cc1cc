/**
 * What a block reads of an equation that the block itself changes: an equation is what came of the step, so that
 * `on s { a += jump }` reads `jump` after the changes, unless that goes in a circle (`bind/before-changes.ts`).
 * Right sides read everything else before them, so that this is easily taken for something else.
 */
import type { Bound } from '../model/bind/index.ts'
import type { Context } from '../model/context.ts'
import type { Model } from '../model/model.ts'

/** Warns of right sides that read an equation of what their own block changes. */
export function checkLateReads(context: Context, { populations }: Model, bound: Bound): void {
  const told = new Set<object>()
  for (const { cell } of populations)
    for (const { value, equation, state } of bound.before(cell).late()) {
      if (told.has(value)) continue
      told.add(value)
      const hint = `to read \`${state}\` as it was, write what \`${equation}\` is made of in its place`
      context.report('lateRead', value.span, { name: equation, state }, { hint })
    }
}
