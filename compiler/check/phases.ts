/**
 * Phases: how many passes the model makes for each example. A model without `phase` items computes
 * every variable once, so that whatever it learns it learns in a single phase. With phases, those
 * count that a variable or a rule reads by name, and the last one, which unqualified names mean.
 */
import type { Expression, SourceFile } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Context } from '../model/context.ts'
import type { Model } from '../model/model.ts'
import type { Place } from './environment.ts'

/** Remarks how many phases a model needs; warns of phases that nothing reads. */
export function remarkPhases(
  context: Context,
  model: Model,
  places: readonly Place[],
  ast: SourceFile,
): void {
  const read = phasesRead(model, places)
  const last = model.phases.at(-1)
  const needed = model.phases.filter((phase) => phase === last || read.has(phase.name.name))
  for (const phase of model.phases) {
    if (needed.includes(phase)) continue
    const { name, span } = phase.name
    context.report(
      'unusedDeclaration',
      span,
      { kind: 'phase', name },
      {
        hint: `no variable reads \`${name}.\`, and later phases replace what it computes`,
      },
    )
  }
  const head = ast.name?.span ?? { file: ast.path, start: 0, end: 0 }
  if (needed.length > 1) {
    const phases = needed.map((phase) => phase.name.name).join(', ')
    context.report('manyPhases', head, { model: model.name, count: needed.length, phases })
  } else if (learns(model)) context.report('singlePhase', head, { model: model.name })
}

/** Whether any weight or bias has a rule. */
export function learns(model: Model): boolean {
  return (
    model.connections.some((each) => each.rule && !each.tied) ||
    model.populations.some((each) => each.cell.biases.some((bias) => bias.rule && !bias.tied))
  )
}

function phasesRead(model: Model, places: readonly Place[]): ReadonlySet<string> {
  const names = new Set(model.phases.map((phase) => phase.name.name))
  const read = new Set<string>()
  if (names.size === 0) return read
  for (const expression of places.flatMap(expressionsAt)) {
    walk(expression, (node) => {
      if (node.kind === 'Member' && node.object.kind === 'Name' && names.has(node.object.name)) {
        read.add(node.object.name)
      }
    })
  }
  return read
}

/** The expressions that stand at a place. */
export function expressionsAt(place: Place): readonly Expression[] {
  switch (place.kind) {
    case 'value':
    case 'delay':
      return [place.expression]
    case 'derivative': {
      const { factor, value } = place.state.derivative
      return factor ? [factor, value] : [value]
    }
    case 'assignment':
      return [place.assignment.value]
  }
}
