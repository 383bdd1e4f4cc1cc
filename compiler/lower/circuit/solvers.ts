/**
 * Solvers of state equations, of cells, terminals and rules alike: what a state becomes in a step, given what
 * stands for its derivative. Everything that is not asked for as a state is held within the step.
 */
import type { GraphBuilder } from '../../ir/builder.ts'
import { pullback } from '../../ir/gradient.ts'
import type { ValueId } from '../../ir/ir.ts'

/** What stands for `tau * dv/dt = f`: f, and step / tau. */
export interface Slope {
  readonly value: ValueId
  readonly step: ValueId
}

/** White noise in a right side: where it stands, as a value of its own that is 0, and what it is in this step. */
export interface Noise {
  readonly at: ValueId
  readonly draw: ValueId
}

/** What exponential Euler needs to know beside the slope. */
export interface ExponentialStep {
  readonly before: ValueId
  /** A value of its own that equals `before`: where the slope was computed. */
  readonly point: ValueId
  /** That of the state. */
  readonly shape: Shape
  readonly noises?: readonly Noise[]
}

/**
 * Exponential Euler: v + h f(v) (e^z - 1)/z with z = h f'(v), everything else held. Exact for what is linear in
 * v; otherwise the Rosenbrock-Euler method. Noise g xi adds a normal number of the variance
 * h g^2 (e^2z - 1)/2z, which is exact too where f is linear in v and g does not read it.
 */
export function exponentialEuler(
  builder: GraphBuilder,
  slope: Slope,
  { before, point, shape, noises = [] }: ExponentialStep,
): ValueId {
  const value = builder.broadcast(slope.value, shape)
  const derivative = pullback(builder, value, point, builder.filled(1, shape))
  const z = builder.map('mul', slope.step, derivative)
  const change = builder.map('mul', builder.map('mul', slope.step, builder.map('exprel', z)), value)
  const drift = builder.map('add', before, change)
  if (noises.length === 0) return drift
  const ones = builder.filled(1, shape)
  const noise = noises
    .map(({ at, draw }) => builder.map('mul', pullback(builder, value, at, ones), draw))
    .reduce((a, b) => builder.map('add', a, b))
  const doubled = builder.map('exprel', builder.map('mul', builder.constant(2), z))
  const spread = builder.map('mul', slope.step, builder.map('sqrt', doubled))
  return builder.map('add', drift, builder.map('mul', spread, noise))
}

type Shape = Parameters<GraphBuilder['broadcast']>[1]

/** The value of a state where an expression is read. */
type Read = (name: string) => ValueId | undefined

/**
 * The classical Runge-Kutta method over several states together. `changes` gives step times derivative of
 * each, where states are read as it is told; no state, after a report. What is missing could not be lowered.
 */
export function rungeKutta(
  builder: GraphBuilder,
  names: readonly string[],
  before: Read,
  changes: (read: Read) => ReadonlyMap<string, ValueId> | undefined,
): ReadonlyMap<string, ValueId> {
  const result = new Map<string, ValueId>()
  const moved = (by: ReadonlyMap<string, ValueId>, factor: number): Read => {
    const values = new Map<string, ValueId>()
    return (name) => {
      const known = values.get(name)
      if (known !== undefined) return known
      const start = before(name)
      const change = by.get(name)
      if (start === undefined || change === undefined) return start
      const scaled = factor === 1 ? change : builder.map('mul', builder.constant(factor), change)
      const value = builder.map('add', start, scaled)
      values.set(name, value)
      return value
    }
  }
  const k1 = changes(before)
  const k2 = k1 && changes(moved(k1, 0.5))
  const k3 = k2 && changes(moved(k2, 0.5))
  const k4 = k3 && changes(moved(k3, 1))
  if (!k1 || !k2 || !k3 || !k4) return result
  for (const name of names) {
    const start = before(name)
    const [a, b, c, d] = [k1, k2, k3, k4].map((each) => each.get(name))
    if (start === undefined || a === undefined || b === undefined) continue
    if (c === undefined || d === undefined) continue
    const middle = builder.map('mul', builder.constant(2), builder.map('add', b, c))
    const sum = builder.map('add', builder.map('add', a, d), middle)
    result.set(name, builder.map('add', start, builder.map('mul', builder.constant(1 / 6), sum)))
  }
  return result
}
