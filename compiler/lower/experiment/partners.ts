/**
 * Weights that a measure compares element by element, and those that have none to be compared with: what
 * is left out is said.
 */
import type { Span } from '../../../grammar/ast.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { WeightElement } from '../context.ts'

interface LeftOut {
  /** As it is written: `angle(W, B)`. */
  readonly measure: string
  readonly element: WeightElement
  /** The populations that it joins, [post, pre]. */
  readonly axes: readonly string[]
  /** What it was to be compared with. */
  readonly others: readonly WeightElement[]
  readonly span: Span
}

/** Says that an element is left out, if it is of a population that others join. */
export function reportLeftOut(circuit: CircuitLowering, leftOut: LeftOut): boolean {
  const { measure, element, others, span } = leftOut
  const { diagnostics } = circuit.context
  const source = sourceOf(leftOut)
  const other = familyOf(others[0])
  const isJoined = others.some((each) => circuit.weights.element(each)?.axes.includes(source))
  if (!isJoined) return false
  const hint = `write what is meant, as in \`${familyOf(element)}[1..2]\``
  diagnostics.report('withoutPartner', span, { measure, element: element.name, other }, { hint })
  return true
}

/**
 * Says that an element is left out; a remark where it is of a population that no other joins, as an
 * input that hears of no feedback.
 */
export function remarkLeftOut(circuit: CircuitLowering, leftOut: LeftOut): void {
  if (reportLeftOut(circuit, leftOut)) return
  const { measure, element, others, span } = leftOut
  const parameters = { measure, element: element.name, other: familyOf(others[0]) }
  const source = sourceOf(leftOut)
  circuit.context.diagnostics.report('withoutFeedback', span, { ...parameters, source })
}

const sourceOf = ({ element, axes }: LeftOut): string =>
  element.kind === 'connection' ? element.connection.source.population.name : (axes[1] ?? '')

function familyOf(element: WeightElement | undefined): string {
  return element?.name.replace(/\[\d+\]$/, '') ?? 'nothing'
}
