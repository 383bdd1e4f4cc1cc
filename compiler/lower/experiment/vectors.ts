/** The vectors that angles, ratios and norms are of: of each element those on both sides, axes aligned. */
import type { Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import { isOfValues, type MeasureBody, type WeightSide } from '../../model/experiment/measures.ts'
import type { Connection } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { Weights } from '../circuit/weights.ts'
import type { WeightElement } from '../context.ts'
import type { FigureUnits } from './figure-units.ts'
import { remarkLeftOut } from './partners.ts'
import type { Sides } from './sides.ts'

/** What a measure compares, or how long it tells to be. */
export type OfVectors = Extract<MeasureBody, { readonly kind: 'angle' | 'ratio' | 'norm' }>

/** The vectors of one element; a norm has one alone. */
export interface Vectors {
  /** What the figure of this element is called. */
  readonly name: string
  readonly left: ValueId
  readonly right?: ValueId
}

/** Where weights are as a measure takes them. */
export interface Seen {
  readonly circuit: CircuitLowering
  readonly sides: Sides
  readonly weights: Weights
  readonly units: FigureUnits
}

/** Of each element, with what the measure is told in; undefined after a report. */
export function vectorsOf(
  seen: Seen,
  label: string,
  body: OfVectors,
  expression: Expression,
):
  | { readonly each: readonly Vectors[]; readonly unit?: string; readonly scale?: number }
  | undefined {
  if (body.kind === 'norm') return ofNorm(seen, label, body.side)
  const each = ofPairs(seen, label, body, expression)
  return each && { each, ...(body.kind === 'angle' ? { unit: '°' } : {}) }
}

function ofPairs(
  { circuit, sides, weights }: Seen,
  label: string,
  body: Extract<OfVectors, { readonly kind: 'angle' | 'ratio' }>,
  expression: Expression,
): readonly Vectors[] | undefined {
  const { span } = body
  const left = sides.side(body.left, undefined)
  if (!left) return undefined
  const reference = body.right.kind === 'backprop' && body.right.elements === undefined
  const right = sides.side(body.right, left.elements)
  if (!right) return undefined
  const found: Vectors[] = []
  for (const [i, element] of left.elements.entries()) {
    const a = left.value(element)
    const partner =
      reference || right.elements === left.elements ? element : sides.partner(a, element, right)
    if (a && !partner) {
      remarkLeftOut(circuit, {
        measure: label,
        element,
        axes: a.axes,
        others: right.elements,
        span,
      })
    }
    const b = a && partner && right.value(partner)
    if (!a || !b) continue
    const both = weights.compared(a, b, span)
    if (!both) return undefined
    const name = left.elements.length === 1 ? label : `${label}[${i}]`
    found.push({ name, left: both[0].value, right: both[1].value })
  }
  if (found.length > 0) return found
  return circuit.context.diagnostics.report('wrongKind', expression.span, {
    name: label,
    found: 'a measure of weights between different populations',
    expected: 'weights that join the same two populations',
  })
}

function ofNorm({ sides, units }: Seen, label: string, bound: WeightSide) {
  const side = sides.side(bound, undefined)
  if (!side) return undefined
  const each = side.elements.flatMap((element, i): readonly Vectors[] => {
    const value = side.value(element)
    const name = side.elements.length === 1 ? label : `${label}[${i}]`
    return value ? [{ name, left: value.value }] : []
  })
  // How much weights change is in units of the optimiser's rate, too.
  const unit = isOfValues(bound) ? units.ofWeights(side.elements) : undefined
  return { each, ...unit }
}

export const connectionOf = (element: WeightElement): Connection | undefined =>
  element.kind === 'connection' ? element.connection : undefined
