/** What the phases of a model set, in place of its parameters. */
import type { PhaseItem, Span } from '../../../grammar/ast.ts'
import { evaluate } from '../evaluate.ts'
import type { Param, ScalarSymbol, Value } from '../model.ts'
import { describeRange, isWithin } from '../params.ts'
import { describeDimension, sameDimension } from '../units.ts'
import { describeEntry, symbolOf } from '../values.ts'
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
    if (param) assign(context, param, value, setting.value.span, settings)
  }
  return { item, settings, plasticity }
}

/** Notes what a parameter, or each number of a list, is set to. */
function assign(
  context: Resolving,
  param: Param,
  value: Value,
  span: Span,
  settings: Map<string, ScalarSymbol>,
): void {
  const visit = (old: Value, given: Value, name: string): void => {
    if (old.kind === 'list') {
      const count = old.elements.length
      if (given.kind === 'list' && given.elements.length !== count) {
        const found = given.elements.length
        context.diagnostics.report('listLength', span, { name, found, expected: count })
        return
      }
      for (const [i, element] of old.elements.entries())
        visit(element, given.kind === 'list' ? given.elements[i]! : given, `${name}[${i}]`)
      return
    }
    if (old.kind === 'number' && given.kind === 'number') {
      if (sameDimension(old.dimension, given.dimension)) {
        checkRange(context, param, given.value, span)
        settings.set(name, symbolOf(given))
      } else {
        context.diagnostics.report('unitExpected', span, {
          what: 'This parameter',
          expected: describeDimension(old.dimension),
          found: describeDimension(given.dimension),
        })
      }
    } else if (old.kind === 'boolean' && given.kind === 'boolean')
      settings.set(name, symbolOf(given))
    else reportKind(context, span, name, given, describeEntry(old))
  }
  visit(param.value, value, param.name)
}

function reportKind(
  { diagnostics }: Resolving,
  span: Span,
  name: string,
  given: Value,
  expected: string,
): void {
  const found = `set to ${describeEntry(given)}`
  diagnostics.report('wrongKind', span, { name, found, expected })
}

function checkRange({ diagnostics }: Resolving, param: Param, value: number, span: Span): void {
  const { range, name } = param
  if (range && !isWithin(range, value))
    diagnostics.report('outOfRange', span, { name, found: value, range: describeRange(range) })
}
