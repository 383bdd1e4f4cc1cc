/**
 * A sweep, resolved to plain data: which points one experiment is run at, and what is told of each. The
 * points follow from it alone (`sweep-points.ts`), in the same order on every machine.
 */
import type { StopPlan } from './plan.ts'

/** Settings of the experiment that a sweep may say, by their names in it. */
export const sweptSettings = ['epochs', 'batch', 'seed', 'steps', 'limit'] as const
export type SweptSetting = (typeof sweptSettings)[number]

/** What one name is set to at a point: variants, or the text of a value. */
export type Choice = { readonly variants: readonly string[] } | { readonly text: string }

/** Names that vary together, and what they are in turn. */
export interface Axis {
  /** Parameters, settings, or `variant`. */
  readonly names: readonly string[]
  /** For each step along the axis what each name is. */
  readonly steps: readonly (readonly Choice[])[]
}

/** From what a name is drawn. `unit` is written behind the number. */
export type Distribution =
  | {
      readonly kind: 'uniform' | 'log_uniform' | 'integer'
      readonly from: number
      readonly to: number
      readonly unit?: string
    }
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }

/** Points drawn at random, besides the grid: each is combined with each point of the grid. */
export interface Draws {
  readonly count: number
  readonly draws: readonly { readonly name: string; readonly from: Distribution }[]
  /** Of a search: what decides which point is best, and how it narrows. */
  readonly goal?: {
    readonly direction: 'minimise' | 'maximise'
    readonly figure: FigurePlan
    /** Successive halving: after each round so many times fewer points go on, so many times as long. */
    readonly halving?: number
  }
}

/** A figure of a run: a score of its evaluations or a measure, and of when. */
export interface FigurePlan {
  /** As written: `error mean over last 5 epochs`. */
  readonly label: string
  /** The name of the score or of the measure's output: `error`, `angle(W, backprop)`. */
  readonly figure: string
  readonly when:
    | { readonly at: 'end' }
    | { readonly at: 'best' }
    | { readonly at: 'epoch'; readonly epoch: number }
    | { readonly at: 'last'; readonly epochs: number }
}

/** When a point goes no further: `stop when error > 80 % at epoch 3`. */
export interface SweepStopPlan extends Pick<StopPlan, 'text' | 'figure'> {
  readonly test: '<' | '<=' | '>' | '>='
  readonly value: number
  /** The value is written in per cent: it is 100 times as large beside a figure that is. */
  readonly share?: true
  /** The only epoch at which it is looked at; default: every one. */
  readonly epoch?: number
}

/** See the module's head. */
export interface SweepPlan {
  readonly name: string
  readonly doc?: string
  /** Absent: the first of the file. */
  readonly experiment?: string
  /** What is the same at all points. */
  readonly settings: Readonly<Partial<Record<SweptSetting, string>>>
  readonly axes: readonly Axis[]
  readonly draws?: Draws
  /** Absent: the experiment's own. */
  readonly seeds?: readonly number[]
  readonly figures: readonly FigurePlan[]
  readonly stops: readonly SweepStopPlan[]
}
