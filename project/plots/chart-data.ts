/** What a chart shows, as data: no plotting library is needed to say it. */
import type { Curve } from './columns.ts'
import type { Range } from './numbers.ts'

/** A curve with its name, which stands at its end where there are several. */
export interface NamedCurve extends Curve {
  readonly name: string
  /** Dashed: what is less than the others, or beside them. */
  readonly dashed?: boolean
  /** Its place in the colours; default its place among the curves. */
  readonly colour?: number
  /** Half of the height of the band around it, as long as `y`. */
  readonly spread?: ArrayLike<number>
  /** Points are marked as well: they are few. */
  readonly marked?: boolean
  /** In steps around its points. */
  readonly stepped?: boolean
  /** A histogram: filled down to 0, in steps around its points. */
  readonly filled?: boolean
}

/** An axis. */
export interface Axis {
  /** What it shows, and in which unit: `time (s)`. */
  readonly label: string
  readonly range?: Range
  /** False: neither marks nor label, as the picture below has the same. */
  readonly shown?: boolean
  /** False: the label alone. */
  readonly marks?: boolean
}

/** A line over the whole time: 90° of angles. */
export interface Level {
  readonly at: number
}

/** Curves over an axis. */
export interface Chart {
  readonly x: Axis
  readonly y: Axis
  readonly curves: readonly NamedCurve[]
  readonly levels?: readonly Level[]
  /** Where something begins; drawn as vertical lines. */
  readonly breaks?: readonly number[]
  /** Curves are told apart by what they are, without names. */
  readonly unnamed?: boolean
  /** Of what it is, at the right above the frame. */
  readonly note?: string
}

/** Where a phase begins. */
export interface Phase {
  readonly time: number
  readonly label: string
}
