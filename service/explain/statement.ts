/** What is said of one weight: its change, the gradient, how they differ, and what came of trying it. */
import { isZero, type Expression } from '../../compiler/analysis/expressions.ts'
import type { Model } from '../../compiler/model/model.ts'
import * as set from '../typeset/build.ts'
import type { Mathematics } from '../typeset/mathematics.ts'
import { verbatim } from '../typeset/symbols.ts'
import { mathText } from '../typeset/text.ts'
import {
  agrees,
  differenceMeasured,
  magnitudeOf,
  remainders,
  type Measured,
  type Probe,
} from './checks.ts'
import type { Derivation, Derived } from './derive.ts'
import type { Check, WeightStatement } from './explanation.ts'
import { Formula } from './formula.ts'
import { formulation, type Scribe } from './scribe.ts'
import {
  canBecomeEqual,
  causesOf,
  kinksOf,
  orderOf,
  type Difference,
  type Order,
} from './statements.ts'
import { keyOf, type Substituted } from './substitute.ts'
import type { Trial } from './trial.ts'
import { causeWords, dependsOnState, differenceWords, kinkWords } from './words.ts'

export interface Around {
  readonly derivation: Derivation
  readonly model: Model
  readonly scribe: Scribe
  readonly runs: readonly Probe[]
  readonly substituted?: Substituted
  /** Whether the circuit is in time: the program's own gradient is that of one step. */
  readonly settles: boolean
  readonly trial?: Trial
  /** Weights whose rule follows the exact gradient. */
  readonly following: ReadonlySet<string>
}

const change = (name: string): Mathematics => verbatim(`Δ${name}`)
const descent = (name: string): Mathematics => verbatim(`−∂L/∂${name}`)

/** What a weight leads to, and the rule that it learns by. */
export function targetOf(
  model: Model,
  weight: string,
): { population: string; rule: string } | undefined {
  const connection = model.connections.find(({ name }) => name === weight)
  if (connection) {
    const { rule, target } = connection
    return { population: target.population.name, rule: rule?.item.name.name ?? '' }
  }
  for (const { name, cell } of model.populations) {
    const bias = cell.biases.find(({ storage }) => storage === weight)
    if (bias) return { population: name, rule: bias.rule?.item.name.name ?? '' }
  }
  return undefined
}

export function statementOf(
  around: Around,
  derived: Derived,
  compared: Difference | undefined,
): WeightStatement {
  const { derivation, model, scribe } = around
  const { name, update, descent: gradient } = derived
  const base = {
    name,
    rule: targetOf(model, name)?.rule ?? '',
    ...(derived.change && {
      change: formulation(set.equation(change(name), changeOf(around, derived, derived.change))),
    }),
  }
  const empty = { causes: [], kinks: [], differences: [], equalIf: [], checks: [], notDone: [] }
  if (!update) {
    return {
      ...base,
      ...empty,
      notDone: [`Its change was not expanded: it takes ${derived.open}.`],
    }
  }
  const [rest, first] = update.coefficients as [Expression, Expression]
  const order = orderOf(derivation, update)
  const resting = derivation.isZero(rest) ? undefined : rest
  const causes = causesOf(update, order).map(causeWords)
  const checks = around.runs.length === 0 ? [] : [checkOf(around, derived, order)]
  const written = {
    ...(resting && {
      atRest: formulation(
        set.equation(verbatim(`Δ${name}₀`), scribe.write(resting, undefined, 'circuit')),
      ),
    }),
    first: formulation(set.equation(change(name), scribe.write(first, undefined, 'circuit'))),
    remainder: order,
    causes: [...new Set(causes)],
    kinks: kinkWords(kinksOf(update)),
  }
  const slope = gradient?.coefficients[1]
  if (!slope) {
    const why =
      derived.open === undefined ? [] : [`The gradient was not expanded: it takes ${derived.open}.`]
    return { ...base, ...empty, ...written, checks, notDone: why }
  }
  if (isZero(slope)) {
    const none = 'The loss does not depend on it: it has no gradient.'
    return { ...base, ...empty, ...written, checks, differences: [none] }
  }
  const shown = formulation(set.equation(descent(name), scribe.write(slope, undefined, 'backprop')))
  const constant = compared && around.runs[0]?.evaluator.value(compared.ratio).data[0]
  const equations = (compared?.replaced ?? []).map(({ mine, theirs }) =>
    formulation(set.equation(scribe.write(mine), scribe.write(theirs))),
  )
  const isEqualOtherwise = compared && canBecomeEqual(derivation.algebra, compared)
  const { substituted } = around
  const pairs = compared?.replaced ?? []
  const isTried =
    isEqualOtherwise === true &&
    pairs.length > 0 &&
    pairs.every((pair) => substituted?.made.has(keyOf(pair)))
  return {
    ...base,
    ...written,
    gradient: shown,
    differences: differenceWords({
      resting: resting !== undefined,
      compared,
      constant,
      write: (each) => mathText(scribe.write(each)),
    }),
    ...(compared && constant !== undefined && !dependsOnState(compared.ratio) && { constant }),
    equalIf: isEqualOtherwise ? equations : [],
    checks: [
      ...checks,
      ...(around.runs.length > 0 && !around.settles ? [gradientCheck(around, derived)] : []),
      ...(around.settles ? [slopeCheck(around, derived)] : []),
      ...(compared?.equal && !resting && constant !== undefined
        ? [equalityCheck(around, derived, constant, order)]
        : []),
      ...(isTried && substituted
        ? [substitutedCheck(around, derived, substituted, compared.ratio, order)]
        : []),
    ],
    notDone: [],
  }
}

/** The change as the file says it: by the word `backprop`, or by what it is made of. */
function changeOf(
  { following }: Around,
  { name, descents }: Derived,
  written: Expression,
): Mathematics {
  if (descents === undefined || !following.has(name)) return new Formula().write(written)
  const size = Math.abs(descents)
  const times = size === 1 ? descent(name) : set.product([set.number(size), descent(name)])
  return descents < 0 ? set.negative(times) : times
}

const listed = (runs: readonly Probe[], { remainders: left }: Measured) =>
  left.map((remainder, i) => ({ scale: runs[i]!.scale, remainder }))

function result(claim: string, derived: Order, runs: readonly Probe[], found: Measured): Check {
  return {
    claim,
    derived,
    ...(found.slope !== undefined && { measured: found.slope }),
    remainders: listed(runs, found),
    holds: agrees(found, derived),
  }
}

function checkOf({ derivation, runs }: Around, derived: Derived, order: Order): Check {
  const { algebra } = derivation
  const [rest, first] = derived.update!.coefficients as [Expression, Expression]
  const found = remainders(algebra, runs, `update ${derived.name}`, [rest, first])
  return result('change − first order', order, runs, found)
}

function gradientCheck({ derivation, runs }: Around, derived: Derived): Check {
  const { algebra } = derivation
  const gradient = derived.descent!
  const [rest, first] = gradient.coefficients as [Expression, Expression]
  const found = remainders(algebra, runs, `descent ${derived.name}`, [rest, first])
  return result('gradient − first order', orderOf(derivation, gradient), runs, found)
}

/** The change itself beside the gradient itself, both of the graph. */
function equalityCheck(around: Around, derived: Derived, constant: number, order: Order): Check {
  const { runs } = around
  const found = around.settles
    ? besideSettled(around, derived, constant)
    : besideGradient(around, runs, derived, constant)
  return result('change − gradient', least(around, derived, order), runs, found)
}

function substitutedCheck(
  around: Around,
  derived: Derived,
  { runs }: Substituted,
  ratio: Expression,
  order: Order,
): Check {
  // With other weights it may be another number.
  const constant = runs[0]!.evaluator.value(ratio).data[0]!
  const found = around.settles
    ? besideSettled({ ...around, runs }, derived, constant)
    : besideGradient(around, runs, derived, constant)
  return result('change − gradient with these equal', least(around, derived, order), runs, found)
}

/** The gradient where the circuit settles, beside a difference of the loss along a random direction. */
function slopeCheck({ trial, runs }: Around, { name, descent: gradient }: Derived): Check {
  const { evaluator, inputs } = runs[0]!
  const { data } = evaluator.value(gradient!.coefficients[1]!)
  const weight = trial!.storages[name]!
  const direction = trial!.drawn(`direction ${name}`, weight.shape).data
  const step = 1e-4
  const lossAt = (side: number): number => {
    const moved = weight.data.map((value, i) => value + side * step * direction[i]!)
    const storages = { [name]: { shape: weight.shape, data: moved } }
    return trial!.run({ storages, inputs })['loss']!.data.reduce((a, b) => a + b, 0)
  }
  const measured = (lossAt(1) - lossAt(-1)) / (2 * step)
  const derived = -data.reduce((sum, value, i) => sum + value * direction[i]!, 0)
  const holds = Math.abs(measured - derived) <= 1e-6 * Math.max(Math.abs(derived), 1e-6)
  return { claim: 'gradient − difference of the loss', holds }
}

/** The gradient of a circuit that settles is not that of one step, which the program has. */
function besideSettled({ derivation, runs }: Around, derived: Derived, constant: number): Measured {
  const { algebra } = derivation
  const gradient = algebra.scale(constant, derived.descent!.coefficients[1]!)
  return remainders(algebra, runs, `update ${derived.name}`, [gradient])
}

function besideGradient(
  { derivation: { algebra } }: Around,
  runs: readonly Probe[],
  { name, update, descent: gradient }: Derived,
  constant: number,
): Measured {
  const size = (series: Derived['update']): number =>
    magnitudeOf(algebra, runs, series?.coefficients.slice(0, 2) ?? [])
  const magnitude = (): number => size(update) + Math.abs(constant) * size(gradient)
  return differenceMeasured(runs, `update ${name}`, `descent ${name}`, constant, magnitude)
}

/** The order of the difference of two series that agree to first order. */
function least({ derivation }: Around, { descent: gradient }: Derived, order: Order): Order {
  const other = gradient ? orderOf(derivation, gradient) : 'exact'
  if (order === 'exact') return other
  if (other === 'exact') return order
  if (order === 'drawn' || other === 'drawn') return 'drawn'
  if (order === 'higher' || other === 'higher') return order === 'higher' ? other : order
  return Math.min(order, other)
}
