/**
 * Reverse-mode differentiation: appends to a builder the nodes of the gradients of a value.
 *
 * Only values that lie between the loss and what it is differentiated with respect to get a
 * cotangent, always of their own shape. New nodes belong to the builder's current section, so this
 * is called once the section of the gradients has begun. Nothing is simplified here;
 * products with 1 and the like are left to the passes.
 */
import type { GraphBuilder } from './builder.ts'
import { masking } from './derivatives.ts'
import type { IrNode, ValueId } from './ir.ts'
import { operandsOf } from './operands.ts'
import { passesGradient, rowOf } from './operations.ts'
import { formatShape, sameShape } from './shapes.ts'

export interface GradientOptions {
  /**
   * Values that are read as others where the cotangent of a contraction passes to its other operand:
   * `backprop(W = Y)` maps W to Y, of the same shape. The replaced operand is found directly and
   * behind `transpose`. A replacement by zeros (a constant 0, broadcast or not) blocks the path.
   */
  readonly replace?: ReadonlyMap<ValueId, ValueId>
  /** The population that the differentiated loss is local to: what arrives there is constant. */
  readonly local?: string
}

/** Whether a gradient of a loss, which may be local to a population, passes to an operand. */
export const passesLoss = (node: IrNode, index: number, local: string | undefined): boolean =>
  passesGradient(node, index) && !(node.op === 'stop' && node.into === local)

/**
 * The gradients of `loss` with respect to each of `wrt`, in their shapes; zeros where the loss does
 * not depend on them. A loss that is not a single number is summed.
 */
export function gradients(
  builder: GraphBuilder,
  loss: ValueId,
  wrt: readonly ValueId[],
  options: GradientOptions = {},
): ValueId[] {
  const seed = builder.filled(1, builder.shapeOf(loss))
  return propagate(builder, new Map([[loss, seed]]), wrt, options)
}

/**
 * The sums of what reaches each of `wrt` of cotangents that several values have, in their shapes; undefined where
 * nothing does. The cotangents are of the shapes of the values.
 */
export const cotangentsOf = (
  builder: GraphBuilder,
  seeds: ReadonlyMap<ValueId, ValueId>,
  wrt: readonly ValueId[],
  options: GradientOptions = {},
): (ValueId | undefined)[] => reached(builder, seeds, wrt, options)

/**
 * The vector-Jacobian product of `result` as a function of `argument`: what reaches the argument of
 * the cotangent `cotangent`, which broadcasts to the shape of the result.
 */
export function pullback(
  builder: GraphBuilder,
  result: ValueId,
  argument: ValueId,
  cotangent: ValueId,
): ValueId {
  const seed = builder.broadcast(cotangent, builder.shapeOf(result))
  return propagate(builder, new Map([[result, seed]]), [argument], {})[0]!
}

const propagate = (
  builder: GraphBuilder,
  seeds: ReadonlyMap<ValueId, ValueId>,
  wrt: readonly ValueId[],
  options: GradientOptions,
): ValueId[] =>
  reached(builder, seeds, wrt, options).map(
    (found, i) => found ?? builder.filled(0, builder.shapeOf(wrt[i]!)),
  )

function reached(
  builder: GraphBuilder,
  seeds: ReadonlyMap<ValueId, ValueId>,
  wrt: readonly ValueId[],
  options: GradientOptions,
): (ValueId | undefined)[] {
  const last = Math.max(...seeds.keys()) as ValueId
  const active = activeValues(builder, last, wrt, options.local)
  const read = reader(builder, options.replace ?? new Map())
  const cotangents = new Map(seeds)
  const masked = new Set<ValueId>()
  for (let value = last; value > 0; value--) {
    const g = cotangents.get(value)
    if (g === undefined) continue
    const node = builder.nodeOf(value)
    const hasZeros = masked.has(value)
    operandsOf(node).forEach((operand, index) => {
      if (!active.has(operand) || !passesLoss(node, index, options.local)) return
      const share = rowOf(node).adjoint?.({
        b: builder,
        node,
        result: value,
        index,
        g,
        masked: hasZeros,
        shape: builder.shapeOf(operand),
        read,
      })
      if (share === undefined) return
      const sum = cotangents.get(operand)
      cotangents.set(operand, sum === undefined ? share : builder.map('add', sum, share))
      if (hasZeros || isMasking(node)) masked.add(operand)
    })
  }
  return wrt.map((value) => cotangents.get(value))
}

/** The names of the storages that a gradient of `result`, which may be local to a population, reaches. */
export function storagesReached(
  builder: GraphBuilder,
  result: ValueId,
  local?: string,
): ReadonlySet<string> {
  const sources = new Set<string>()
  const seen = new Set<ValueId>()
  const pending = [result]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    const node = builder.nodeOf(value)
    if (node.op === 'load') sources.add(node.storage)
    operandsOf(node).forEach((operand, index) => {
      if (passesLoss(node, index, local)) pending.push(operand)
    })
  }
  return sources
}

/** The values that depend on any of `wrt` by a path that gradients pass, up to `result`. */
function activeValues(
  builder: GraphBuilder,
  result: ValueId,
  wrt: readonly ValueId[],
  local: string | undefined,
): Set<ValueId> {
  const active = new Set(wrt)
  for (const value of builder.values()) {
    if (value > result) break
    const node = builder.nodeOf(value)
    const depends = operandsOf(node).some(
      (operand, index) => active.has(operand) && passesLoss(node, index, local),
    )
    if (depends) active.add(value)
  }
  return active
}

function isMasking(node: IrNode): boolean {
  if (node.op === 'map') return masking.has(node.fn)
  return node.op === 'reduce' && (node.fn === 'max' || node.fn === 'min')
}

/** Reads operands of contractions, with the replacements; undefined for a replacement by zeros. */
function reader(
  builder: GraphBuilder,
  replace: ReadonlyMap<ValueId, ValueId>,
): (operand: ValueId) => ValueId | undefined {
  const read = (operand: ValueId): ValueId | undefined => {
    const replacement = replace.get(operand)
    if (replacement !== undefined) {
      return isZero(builder, replacement) ? undefined : checked(operand, replacement)
    }
    const node = builder.nodeOf(operand)
    if (node.op !== 'transpose') return operand
    const inner = read(node.args[0])
    if (inner === undefined) return undefined
    return inner === node.args[0] ? operand : builder.transpose(inner)
  }
  const checked = (operand: ValueId, replacement: ValueId): ValueId => {
    const [from, to] = [builder.shapeOf(operand), builder.shapeOf(replacement)]
    if (!sameShape(from, to)) {
      throw new Error(`A replacement of ${formatShape(from)} by ${formatShape(to)}`)
    }
    return replacement
  }
  return read
}

function isZero(builder: GraphBuilder, value: ValueId): boolean {
  const node = builder.nodeOf(value)
  if (node.op === 'broadcast') return isZero(builder, node.args[0])
  return node.op === 'const' && node.value === 0
}
