/** What a phase sets a parameter to, of the model or of a protocol: of the same kind, unit and range, each number by its name. */
import type { Expression, Span } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import type { BooleanValue, NumberValue, Param, Value } from '../model.ts'
import { describeRange, isWithin } from '../params.ts'
import { describeDimension, sameDimension, unitHint } from '../units.ts'
import { describeEntry } from '../values.ts'
import { quantityText } from '../quantity-text.ts'

/** Hands on what a parameter, or each number of a list, is set to; what does not fit is reported. */
export function assign(
  diagnostics: Context,
  param: Param,
  given: Value,
  written: Expression,
  set: (name: string, value: NumberValue | BooleanValue) => void,
): void {
  const { span } = written
  const visit = (old: Value, value: Value, name: string): void => {
    if (old.kind === 'list') {
      const count = old.elements.length
      if (value.kind === 'list' && value.elements.length !== count) {
        const found = value.elements.length
        diagnostics.report('listLength', span, { name, found, expected: count })
        return
      }
      for (const [i, element] of old.elements.entries())
        visit(element, value.kind === 'list' ? value.elements[i]! : value, `${name}[${i}]`)
      return
    }
    if (old.kind === 'number' && value.kind === 'number') {
      if (sameDimension(old.dimension, value.dimension)) {
        checkRange(diagnostics, param, value, span)
        set(name, value)
        return
      }
      const found = describeDimension(value.dimension)
      const parameters = {
        what: 'This parameter',
        expected: describeDimension(old.dimension),
        found,
      }
      const hint = unitHint(written, old.dimension)
      diagnostics.report('unitExpected', span, parameters, { hint })
    } else if (old.kind === 'boolean' && value.kind === 'boolean') set(name, value)
    else {
      const found = `set to ${describeEntry(value)}`
      diagnostics.report('wrongKind', span, { name, found, expected: describeEntry(old) })
    }
  }
  visit(param.value, given, param.name)
}

function checkRange(diagnostics: Context, param: Param, number: NumberValue, span: Span): void {
  const { range, name } = param
  if (range && !isWithin(range, number.value))
    diagnostics.report('outOfRange', span, {
      name,
      found: quantityText(number),
      range: describeRange(range, number.dimension),
    })
}
