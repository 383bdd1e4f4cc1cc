/**
 * Binds expressions of weights: what each name in them is, of a family which element, what every part has
 * for axes and shape. Checks and lowering read the tables (`reference.ts`). Of a circuit of which a part
 * is missing only the names are bound, since what they lead to is not known.
 */
import { endsOf, type Elements } from '../bind/elements.ts'
import type { Context } from '../context.ts'
import type { Model, WeightExpression } from '../model.ts'
import { WeightNames } from './names.ts'
import { WeightReferences } from './reference.ts'
import {
  biasTarget,
  connectionTarget,
  delayName,
  matrixTarget,
  type WeightTarget,
} from './targets.ts'
import { WeightTyping } from './typing.ts'

/** An expression of weights, and what it is for. */
interface Use {
  readonly value: WeightExpression
  /** The populations that its names are looked for between, [post, pre]. */
  readonly ends?: readonly string[]
  readonly target?: WeightTarget
  /** Whether it only says how something begins. */
  readonly begins?: boolean
  /** `if every(...)`: no weight, but whether. */
  readonly isCondition?: boolean
  /** Its names are bound, but nothing is computed from it: the tie of the same bias wins. */
  readonly isIdle?: boolean
}

/** Binds every expression of weights in a model; reports what means nothing, and what does not fit. */
export function bindWeights(context: Context, model: Model, elements: Elements): WeightReferences {
  const references = new WeightReferences()
  const uses = usesIn(model)
  const names = new WeightNames(context, elements, references)
  for (const { value, ends } of uses) names.bind(value, ends)
  for (const value of context.unplaced) names.bind(value, undefined)
  if (context.isPartial) return references
  const typing = new WeightTyping(context, elements, references)
  for (const { value, target, begins, isCondition, isIdle } of uses) {
    if (isCondition) typing.bindCondition(value)
    else if (target && !isIdle) typing.bind(value, target, begins ?? false)
  }
  for (const definition of model.lets) typing.ofLet(definition)
  return references
}

function usesIn(model: Model): readonly Use[] {
  const uses: Use[] = []
  for (const connection of model.connections) {
    const { init, tied, copied, delays } = connection
    const [ends, target] = [endsOf(connection), connectionTarget(connection)]
    if (tied) uses.push({ value: tied, ends, target })
    if (init && copied?.value !== init) uses.push({ value: init, ends, target, begins: true })
    if (delays) {
      const of = { ...target, name: delayName(connection) }
      uses.push({ value: delays, ends, target: of, begins: true })
    }
    if (copied) {
      uses.push({ value: copied.value, ends, target })
      uses.push({ value: copied.when, isCondition: true })
    }
  }
  for (const population of model.populations) {
    const ends = [population.name, population.name]
    for (const bias of population.cell.biases) {
      const { initial, tied } = bias
      const target = biasTarget(population, bias)
      if (tied) uses.push({ value: tied, ends, target })
      if (initial) uses.push({ value: initial, ends, target, begins: true, isIdle: !!tied })
    }
  }
  for (const matrix of model.matrices) {
    const target = matrixTarget(matrix)
    uses.push({ value: matrix.init, ends: target.axes, target, begins: !matrix.tied })
  }
  for (const { value } of model.lets) uses.push({ value })
  return uses
}
