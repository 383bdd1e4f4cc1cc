/** What the phases of a model set, in place of its parameters. */
import type { PhaseItem } from '../../../grammar/ast.ts'
import { evaluate } from '../evaluate.ts'
import type { ScalarSymbol } from '../model.ts'
import { symbolOf } from '../values.ts'
import { assign } from './assigned.ts'
import type { Resolving } from './context.ts'
import { checkApart, checkFree } from './protocol.ts'

/** What a phase of the model sets. */
export interface PhaseSettings {
  readonly item: PhaseItem
  readonly settings: ReadonlyMap<string, ScalarSymbol>
  readonly plasticity: boolean
}

/** The settings of every phase; what is wrong with them is reported. */
export function resolvePhases(context: Resolving): readonly PhaseSettings[] {
  return context.model.phases.map((item) => resolvePhase(context, item))
}

function resolvePhase(context: Resolving, item: PhaseItem): PhaseSettings {
  const { diagnostics, model } = context
  const settings = new Map<string, ScalarSymbol>()
  let plasticity = true
  for (const setting of item.settings) {
    const { name } = setting.name
    if (name !== 'plasticity') checkFree(context, name, setting)
    const value = evaluate(diagnostics, model.scope, setting.value)
    if (!value) continue
    checkApart(context, item, setting, value)
    if (name === 'plasticity') {
      if (value.kind === 'boolean') plasticity = value.value
      continue
    }
    const param = model.params.find((each) => each.name === name)
    if (param)
      assign(diagnostics, param, value, setting.value, (each, given) =>
        settings.set(each, symbolOf(given)),
      )
  }
  return { item, settings, plasticity }
}
