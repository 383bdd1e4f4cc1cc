/**
 * The types of short-term plasticity with dynamics that a file has: those of its connections, those of the
 * synapse types that it declares, and those that it declares itself, with their parameters' own values.
 */
import type { Compilation } from '../../compiler/compile.ts'
import { Context } from '../../compiler/model/context.ts'
import { instantiate, outlineScope } from '../../compiler/model/definitions.ts'
import type { Instance, NumberValue, Value } from '../../compiler/model/model.ts'
import { timeText } from '../../compiler/model/time-text.ts'
import { describeDimension, lookUpUnit, sameDimension } from '../../compiler/model/units.ts'
import type { Span, StpItem } from '../../grammar/ast.ts'

/** A type, with values for its parameters, and what has it. */
export interface DynamicType {
  readonly stp: Instance<StpItem>
  /** `TsodyksMarkram(U = 0.5, tau_d = 100 ms)`. */
  readonly text: string
  /** Connections and synapse types, or the type itself. */
  readonly of: readonly string[]
  readonly span: Span
}

/** See the module's head. */
export function dynamicTypes({ model, ast }: Compilation): readonly DynamicType[] {
  const found = new Map<string, DynamicType>()
  const add = (stp: Instance<StpItem> | undefined, name: string, span: Span): void => {
    if (!stp || (stp.item.members.length === 0 && !stp.item.amplitude)) return
    const text = textOf(stp)
    if (text === undefined) return
    const key = `${stp.item.span.file} ${stp.item.span.start} ${text}`
    const known = found.get(key)
    const of = known ? [...new Set([...known.of, name])] : [name]
    found.set(key, known ? { ...known, of } : { stp, text, of, span })
  }
  for (const { stp, family, name, synapse, span } of model?.connections ?? []) {
    const type = synapse ? ` (\`${synapse.item.name.name}\`)` : ''
    add(stp, `\`${family ?? name}\`${type}`, span)
  }
  const context = new Context()
  for (const item of ast?.items ?? []) {
    if (item.kind !== 'Synapse' && item.kind !== 'Stp') continue
    const definition = model?.scope.lookUp(item.name.name)
    if (!definition || !('item' in definition) || definition.item !== item) continue
    const scope = outlineScope(context, definition, item.parameters)
    if (item.kind === 'Stp')
      add({ item, scope, span: item.name.span }, `\`${item.name.name}\``, item.name.span)
    else
      for (const member of item.members)
        if (member.kind === 'StpProperty')
          add(
            instantiate(context, scope, member.reference, 'stp'),
            `\`${item.name.name}\``,
            item.name.span,
          )
  }
  return [...found.values()]
}

/** A type with the values of its parameters; undefined where one has none. */
function textOf({ item, scope }: Instance<StpItem>): string | undefined {
  const parameters: string[] = []
  for (const { name } of item.parameters) {
    const value = scope.lookUp(name.name)
    if (!value || !('kind' in value)) return undefined
    const text = valueText(value as Value)
    if (text === undefined) return undefined
    parameters.push(`${name.name} = ${text}`)
  }
  return parameters.length === 0 ? item.name.name : `${item.name.name}(${parameters.join(', ')})`
}

function valueText(value: Value): string | undefined {
  if (value.kind === 'boolean') return value.value ? 'on' : 'off'
  return value.kind === 'number' ? numberText(value) : undefined
}

function numberText({ value, dimension }: NumberValue): string {
  const unit = describeDimension(dimension)
  if (unit === 'no unit') return String(Number(value.toPrecision(9)))
  if (sameDimension(dimension, lookUpUnit('s')!.dimension)) return timeText(value)
  return `${Number(value.toPrecision(9))} (SI, ${unit})`
}
