/**
 * Times that are counted in whole steps: `t`, `since(s)`, and sums, differences and multiples of them.
 * Beside its seconds such a value has a count of steps, which is compared in place of the seconds: a
 * comparison is exact for every step, in every precision, and for runs of any length.
 *
 * A count is kept in two parts, `blocks` of 2^20 steps and the `rest`, since single precision counts
 * no further than 2^24. The difference of two counts, `(blocks - blocks') 2^20 + (rest - rest')`, is
 * rounded once, so that its sign is always right.
 */
import { compose } from '../../../contract/composed.ts'
import { comparisonFunctions, isComposed } from '../../../contract/elementary.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import { isHostScalar } from '../../ir/operations.ts'
import { evaluateElementary as evaluateMap } from '../../../contract/elementary.ts'
import type { MapFunction, ValueId } from '../../ir/ir.ts'
import type { Clock } from '../../model/clock.ts'
import { rounded, tolerance } from '../../model/whole-steps.ts'

/** Steps in a block: what is left of a count fits single precision with digits to spare. */
export const BLOCK = 2 ** 20

/** More steps than any run has. */
const FAR = 2 ** 43

/** A number of steps: `blocks` times 2^20 plus `rest`. */
export interface StepCount {
  /** Absent: 0. */
  readonly blocks?: ValueId
  readonly rest: ValueId
  /** Whether it is a whole number for certain. */
  readonly isWhole: boolean
}

const counts = new WeakMap<GraphBuilder, Map<ValueId, StepCount>>()

/** The count of a value in this graph, if it has one. */
export function countOf(builder: GraphBuilder, value: ValueId): StepCount | undefined {
  return counts.get(builder)?.get(value)
}

/** Remembers what a value in seconds is in steps; gives the value. */
export function counted(builder: GraphBuilder, value: ValueId, count: StepCount): ValueId {
  const known = counts.get(builder) ?? new Map<ValueId, StepCount>()
  counts.set(builder, known)
  known.set(value, count)
  return value
}

/** Whether a value is known before the step, computed by the host in double precision. */
export function isHost(builder: GraphBuilder, value: ValueId): boolean {
  return isHostScalar(builder.nodeOf(value), (each) => isHost(builder, each))
}

/** The value of a host scalar that no parameter decides; undefined of any other value. */
export function knownScalar(builder: GraphBuilder, value: ValueId): number | undefined {
  const node = builder.nodeOf(value)
  if (node.op === 'const') return node.value
  if (node.op !== 'map') return undefined
  const args = node.args.map((each) => knownScalar(builder, each))
  const known = args.filter((each) => each !== undefined)
  return known.length < args.length ? undefined : evaluateMap(node.fn, known)
}

/** An element-wise function, computed at once where all it needs is known. */
export function map(builder: GraphBuilder, fn: MapFunction, ...args: readonly ValueId[]): ValueId {
  const known = args.map((each) => {
    const node = builder.nodeOf(each)
    return node.op === 'const' ? node.value : undefined
  })
  return known.includes(undefined)
    ? builder.map(fn, ...args)
    : builder.constant(evaluateMap(fn, known as number[]))
}

/** The run's time before this step, in seconds: computed by the host, in double precision. */
export function runTime(builder: GraphBuilder, clock: Clock): ValueId {
  return secondsOf(builder, { rest: stepsSinceBegin(builder, clock), isWhole: true }, clock.step)
}

/** The parameter with the first step of the test examples that are passed through; 0 in training. */
export const originName = 'evaluated(first step)'

/** The steps before this one, of the run or of the evaluation. */
export function stepsSinceBegin(builder: GraphBuilder, { evaluates }: Clock): ValueId {
  const steps = builder.scalar('step', 'step')
  return evaluates ? map(builder, 'sub', steps, builder.scalar('param', originName)) : steps
}

/** Seconds of a count of steps, rounded once where the step is a quotient of small numbers. */
export function secondsOf(builder: GraphBuilder, count: StepCount, step: number): ValueId {
  const number = (value: number): ValueId => builder.constant(value)
  const steps = total(builder, count)
  const quotient = asQuotient(step)
  if (!quotient) return counted(builder, map(builder, 'mul', steps, number(step)), count)
  const [above, below] = quotient
  const times = above === 1 ? steps : map(builder, 'mul', steps, number(above))
  const seconds = below === 1 ? times : map(builder, 'div', times, number(below))
  return counted(builder, seconds, count)
}

/** A count as one number. */
function total(builder: GraphBuilder, { blocks, rest }: StepCount): ValueId {
  if (blocks === undefined) return rest
  return map(builder, 'add', map(builder, 'mul', blocks, builder.constant(BLOCK)), rest)
}

/** 0.0001 as 1 / 10000: numbers whose quotient it is, both exact in single precision. */
export function asQuotient(step: number): readonly [above: number, below: number] | undefined {
  for (let above = 1; above <= 1000; above++) {
    const below = Math.round(above / step)
    if (below >= 1 && Math.fround(below) === below && above / below === step) return [above, below]
  }
  return Number.isInteger(step) && step < 2 ** 12 ? [step, 1] : undefined
}

/** A value in steps. What is known, or computed for each cell, is rounded to whole steps if it is near. */
export function countIn(builder: GraphBuilder, value: ValueId, step: number): StepCount {
  const known = countOf(builder, value)
  if (known) return known
  const steps = map(builder, 'div', value, builder.constant(step))
  const fixed = knownScalar(builder, steps)
  if (fixed !== undefined) {
    const whole = rounded(fixed)
    return { rest: builder.constant(whole), isWhole: Number.isInteger(whole) }
  }
  return { rest: isHost(builder, value) ? steps : snapped(builder, steps), isWhole: false }
}

/**
 * Two counts in the same form. What the host knows stays one number in double precision among its
 * like, and is taken apart there where it meets what is not.
 */
function alike(builder: GraphBuilder, a: StepCount, b: StepCount): readonly [StepCount, StepCount] {
  if (isHostCount(builder, a) && isHostCount(builder, b)) return [a, b]
  return [inBlocks(builder, a), inBlocks(builder, b)]
}

/** A count whose parts single precision holds. */
export function inBlocks(builder: GraphBuilder, count: StepCount): StepCount {
  const { rest: steps, isWhole } = count
  const known = knownScalar(builder, steps)
  if (count.blocks !== undefined || (known !== undefined && Math.abs(known) < BLOCK)) return count
  const number = (value: number): ValueId => builder.constant(value)
  // What is infinite is far away. The limits also keep the passes from adding up again what was taken
  // apart: to them numbers are real.
  const limited = (value: ValueId): ValueId =>
    map(builder, 'max', number(-FAR), map(builder, 'min', number(FAR), value))
  const blocks = map(builder, 'floor', map(builder, 'mul', limited(steps), number(1 / BLOCK)))
  const rest = limited(map(builder, 'sub', steps, map(builder, 'mul', blocks, number(BLOCK))))
  return { blocks, rest, isWhole }
}

/**
 * A number that is computed for each cell; the whole number that it is within rounding of, if there is
 * one. In single precision there is no hundredth of a late step.
 */
function snapped(builder: GraphBuilder, value: ValueId): ValueId {
  const number = (each: number): ValueId => builder.constant(each)
  const whole = map(builder, 'floor', map(builder, 'add', value, number(0.5)))
  const off = map(builder, 'abs', map(builder, 'sub', value, whole))
  const size = map(builder, 'max', number(1), map(builder, 'abs', value))
  const limit = map(builder, 'mul', number(tolerance.relative), size)
  return map(builder, 'select', map(builder, 'le', off, limit), whole, value)
}

const comparisons: ReadonlySet<MapFunction> = new Set(comparisonFunctions)

export const isComparison = (fn: MapFunction): boolean => comparisons.has(fn)

/**
 * An element-wise function of values of which some may be counted: the comparison of counts, or the
 * function itself, whose result has a count where one follows.
 */
export function mapCounted(
  builder: GraphBuilder,
  step: number | undefined,
  fn: MapFunction,
  args: readonly ValueId[],
): ValueId {
  const found = args.map((each) => countOf(builder, each))
  if (step === undefined || found.every((each) => each === undefined))
    return builder.map(fn, ...args)
  const [a, b] = args
  if (comparisons.has(fn) && a !== undefined && b !== undefined)
    return compared(builder, fn, countIn(builder, a, step), countIn(builder, b, step))
  const [first] = args
  if (fn === 'floor' && first !== undefined) return wholePart(builder, first)
  const counting = (of: MapFunction, ...values: readonly ValueId[]): ValueId =>
    mapCounted(builder, step, of, values)
  // No rounding of a quotient is to be mended where whole parts are those of steps.
  if (fn === 'mod' && a !== undefined && b !== undefined) {
    if (!isHost(builder, a) || !isHost(builder, b)) return restInSteps(builder, step, a, b)
    return counting('sub', a, counting('mul', b, counting('floor', counting('div', a, b))))
  }
  if (isComposed(fn))
    return compose({ map: counting, number: (value) => builder.constant(value) }, fn, args)
  const value = builder.map(fn, ...args)
  const count = resulting(builder, step, fn, args)
  return count ? counted(builder, value, count) : value
}

/** 0.29 s times 100 Hz is 28.999999999999996: the whole part of what is made of a time. */
function wholePart(builder: GraphBuilder, value: ValueId): ValueId {
  if (!isHost(builder, value)) return builder.map('floor', snapped(builder, value))
  const scaled = map(builder, 'mul', value, builder.constant(1 + 1e-12))
  return map(builder, 'floor', map(builder, 'add', scaled, builder.constant(1e-9)))
}

/**
 * The rest of a division of times of which some differ between cells: of their numbers of steps. Of whole ones it is
 * exact; of others what is within rounding of a whole period is 0.
 */
function restInSteps(builder: GraphBuilder, step: number, a: ValueId, b: ValueId): ValueId {
  const number = (each: number): ValueId => builder.constant(each)
  const [time, period] = [countIn(builder, a, step), countIn(builder, b, step)]
  const [n, m] = [total(builder, time), total(builder, period)]
  const quotient = map(builder, 'floor', map(builder, 'div', n, m))
  const rest = map(builder, 'sub', n, map(builder, 'mul', m, quotient))
  const size = map(builder, 'max', number(1), map(builder, 'abs', n))
  const near = map(
    builder,
    'min',
    number(tolerance.steps),
    map(builder, 'mul', number(tolerance.relative), size),
  )
  const isSmall = map(builder, 'lt', map(builder, 'abs', rest), near)
  const isWhole = map(
    builder,
    'lt',
    map(builder, 'sub', map(builder, 'abs', m), map(builder, 'abs', rest)),
    near,
  )
  const either = map(builder, 'or', isSmall, isWhole)
  const value = map(builder, 'select', either, number(0), rest)
  return secondsOf(builder, { rest: value, isWhole: time.isWhole && period.isWhole }, step)
}

/** A comparison of two counts. */
export function compared(
  builder: GraphBuilder,
  fn: MapFunction,
  a: StepCount,
  b: StepCount,
): ValueId {
  const hosts = [isHostCount(builder, a), isHostCount(builder, b)]
  if (a.isWhole && !b.isWhole && hosts[1] && !hosts[0])
    return compared(builder, fn, a, bordered(builder, fn, b))
  if (b.isWhole && !a.isWhole && hosts[0] && !hosts[1])
    return compared(builder, mirrored[fn] ?? fn, b, a)
  const [x, y] = alike(builder, a, b)
  const isWhole = x.isWhole && y.isWhole
  if (isWhole && x.blocks === undefined && y.blocks === undefined)
    return builder.map(fn, x.rest, y.rest)
  const difference = total(builder, combined(builder, 'sub', x, y))
  const zero = builder.constant(0)
  if (isWhole) return builder.map(fn, difference, zero)
  // Fractions of steps leave rounding errors behind.
  if (!isHost(builder, difference)) return builder.map(fn, snapped(builder, difference), zero)
  if (fn === 'eq' || fn === 'ne') {
    const near = map(builder, 'le', map(builder, 'abs', difference), builder.constant(1e-6))
    return fn === 'eq' ? near : map(builder, 'not', near)
  }
  const limit = fn === 'ge' || fn === 'lt' ? -1e-6 : 1e-6
  return map(builder, fn, difference, builder.constant(limit))
}

const isHostCount = (builder: GraphBuilder, { blocks, rest }: StepCount): boolean =>
  isHost(builder, rest) && (blocks === undefined || isHost(builder, blocks))

const mirrored: Partial<Record<MapFunction, MapFunction>> = {
  lt: 'gt',
  gt: 'lt',
  le: 'ge',
  ge: 'le',
}

/** The whole number that a count is compared with in place of a fraction: n >= 20.5 is n >= 21. */
function bordered(builder: GraphBuilder, fn: MapFunction, count: StepCount): StepCount {
  const { rest } = count
  const relative = map(
    builder,
    'mul',
    builder.constant(tolerance.relative),
    map(builder, 'abs', rest),
  )
  const near = map(builder, 'min', builder.constant(tolerance.steps), relative)
  const floor = (value: ValueId): ValueId => map(builder, 'floor', value)
  if (fn === 'ge' || fn === 'lt') {
    // The least whole number that is not below it.
    const up = map(builder, 'neg', floor(map(builder, 'sub', near, rest)))
    return { ...count, rest: up, isWhole: true }
  }
  if (fn === 'gt' || fn === 'le')
    return { ...count, rest: floor(map(builder, 'add', rest, near)), isWhole: true }
  // No whole number is equal to a fraction.
  return { ...count, rest: snapped(builder, rest), isWhole: true }
}

function combined(
  builder: GraphBuilder,
  fn: 'add' | 'sub',
  ...given: readonly [StepCount, StepCount]
): StepCount {
  const [a, b] = alike(builder, ...given)
  const zero = builder.constant(0)
  const isSimple = a.blocks === undefined && b.blocks === undefined
  return {
    ...(isSimple ? {} : { blocks: map(builder, fn, a.blocks ?? zero, b.blocks ?? zero) }),
    rest: map(builder, fn, a.rest, b.rest),
    isWhole: a.isWhole && b.isWhole,
  }
}

/** The count of what a function makes; undefined where it is none. */
function resulting(
  builder: GraphBuilder,
  step: number,
  fn: MapFunction,
  args: readonly ValueId[],
): StepCount | undefined {
  const [a, b, c] = args
  if (a === undefined) return undefined
  const each = (
    change: (value: ValueId) => ValueId,
    { blocks, rest }: StepCount,
    isWhole: boolean,
  ) => ({
    ...(blocks === undefined ? {} : { blocks: change(blocks) }),
    rest: change(rest),
    isWhole,
  })
  switch (fn) {
    case 'neg': {
      const count = countIn(builder, a, step)
      return each((value) => map(builder, 'neg', value), count, count.isWhole)
    }
    case 'abs': {
      const count = countIn(builder, a, step)
      return { rest: map(builder, 'abs', total(builder, count)), isWhole: count.isWhole }
    }
    case 'add':
    case 'sub':
      if (b === undefined) return undefined
      return combined(builder, fn, countIn(builder, a, step), countIn(builder, b, step))
    case 'mul':
    case 'div': {
      const [time, factor] = fn === 'mul' && !countOf(builder, a) ? [b, a] : [a, b]
      const count = time === undefined ? undefined : countOf(builder, time)
      if (!count || factor === undefined || countOf(builder, factor) || !isHost(builder, factor))
        return undefined
      const known = knownScalar(builder, factor)
      const isWhole =
        count.isWhole && fn === 'mul' && known !== undefined && Number.isInteger(known)
      return each((value) => map(builder, fn, value, factor), count, isWhole)
    }
    case 'min':
    case 'max':
    case 'select': {
      const [first, second] = fn === 'select' ? [b, c] : [a, b]
      if (first === undefined || second === undefined) return undefined
      const [x, y] = alike(builder, countIn(builder, first, step), countIn(builder, second, step))
      const takesFirst = fn === 'select' ? a : compared(builder, fn === 'min' ? 'le' : 'ge', x, y)
      const zero = builder.constant(0)
      const pick = (p: ValueId, q: ValueId): ValueId => builder.map('select', takesFirst, p, q)
      const isSimple = x.blocks === undefined && y.blocks === undefined
      return {
        ...(isSimple ? {} : { blocks: pick(x.blocks ?? zero, y.blocks ?? zero) }),
        rest: pick(x.rest, y.rest),
        isWhole: x.isWhole && y.isWhole,
      }
    }
    default:
      return undefined
  }
}
