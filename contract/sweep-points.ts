/**
 * The points of a sweep: the product of its axes, its draws and its seeds, the seeds innermost. A draw
 * follows from the sweep's name, its number and the name that is drawn, so that a longer list begins like a
 * shorter one and a name that is added changes no other.
 */
import type { Axis, Choice, Distribution, SweepPlan } from './sweep.ts'

/** One model, and how it is run. */
export interface SweepPoint {
  /** What varies, by name and in the order of the sweep, as text; seeds apart. */
  readonly values: Readonly<Record<string, string>>
  readonly variants: readonly string[]
  /** Parameters, as text. */
  readonly set: Readonly<Record<string, string>>
  /** Settings of the experiment, as text. */
  readonly settings: Readonly<Record<string, string>>
  readonly seed?: number
}

/** Settings of the experiment as numbers. */
export function numbersOf(settings: SweepPoint['settings']): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(settings).map(([name, text]) => [name, Number(text)]))
}

/** How many points a sweep has; its points are not made for that. */
export function pointCount({ axes, draws, seeds }: SweepPlan): number {
  return axes.reduce(
    (count, { steps }) => count * steps.length,
    (draws?.count ?? 1) * (seeds?.length ?? 1),
  )
}

/** All points, in order. `isSetting` tells settings of the experiment from parameters. */
export function pointsOf(
  plan: SweepPlan,
  isSetting: (name: string) => boolean,
): readonly SweepPoint[] {
  const grid = product(plan.axes)
  const drawn = drawsOf(plan)
  const seeds: readonly (number | undefined)[] = plan.seeds ?? [undefined]
  return grid.flatMap((steps) =>
    drawn.flatMap((chosen) => {
      const point = pointAt(plan, [...steps, ...chosen], isSetting)
      return seeds.map((seed) => ({ ...point, ...(seed !== undefined && { seed }) }))
    }),
  )
}

type Assigned = readonly [name: string, choice: Choice]

/** What is assigned at each point of the grid; the last axis moves fastest. */
function product(axes: readonly Axis[]): readonly (readonly Assigned[])[] {
  return axes.reduce<readonly (readonly Assigned[])[]>(
    (points, { names, steps }) =>
      points.flatMap((before) =>
        steps.map((step) => [
          ...before,
          ...names.flatMap((name, i): Assigned[] => (step[i] ? [[name, step[i]]] : [])),
        ]),
      ),
    [[]],
  )
}

function drawsOf({ name, draws }: SweepPlan): readonly (readonly Assigned[])[] {
  if (!draws) return [[]]
  return Array.from({ length: draws.count }, (_, i) =>
    draws.draws.map(({ name: drawn, from }): Assigned => [
      drawn,
      draw(from, unitInterval(`${name}/${drawn}/${i}`)),
    ]),
  )
}

function pointAt(
  { settings }: SweepPlan,
  assigned: readonly Assigned[],
  isSetting: (name: string) => boolean,
): SweepPoint {
  const values: Record<string, string> = {}
  const set: Record<string, string> = {}
  const given: Record<string, string> = { ...settings }
  let variants: readonly string[] = []
  for (const [name, choice] of assigned) {
    if ('variants' in choice) {
      variants = choice.variants
      values[name] = variants.length === 0 ? 'none' : variants.join('+')
      continue
    }
    values[name] = choice.text
    if (isSetting(name)) given[name] = choice.text
    else set[name] = choice.text
  }
  return { values, variants, set, settings: given }
}

/** A value by a number from 0 to below 1. */
function draw(from: Distribution, u: number): Choice {
  switch (from.kind) {
    case 'choice':
      return from.choices[Math.floor(u * from.choices.length)]!
    case 'integer': {
      const count = Math.floor(from.to) - Math.ceil(from.from) + 1
      return number(Math.ceil(from.from) + Math.floor(u * count), from.unit)
    }
    case 'uniform':
      return number(shortened(from.from + u * (from.to - from.from)), from.unit)
    case 'log_uniform':
      return number(shortened(from.from * (from.to / from.from) ** u), from.unit)
  }
}

/** The text of a number, with its unit. */
export function number(value: number, unit: string | undefined): Choice {
  return { text: unit === undefined ? `${value}` : `${value} ${unit}` }
}

/** As many digits as are worth writing down: what is drawn or divided is what is written, exactly. */
export function shortened(value: number): number {
  return Number(value.toPrecision(10))
}

/**
 * A number from 0 to below 1 that follows from a text: FNV-1a over its code units, finished like
 * MurmurHash3 (fmix32), 32 bits.
 */
function unitInterval(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
