/** What an explanation says, as plain data. */
import type { Mathematics } from '../typeset/mathematics.ts'

/** A formula; `where` says for which layers it holds: `l = 0, …, 2`. */
export interface Formulation {
  readonly formula: Mathematics
  readonly where?: string
  /** A few words beside it. */
  readonly note?: string
}

/** The teacher: what small means. */
export interface TeacherStatement {
  /** As the file calls it: `y.target`. */
  readonly name: string
  readonly deviation: Formulation
}

/** A statement that was tried on numbers. */
export interface Check {
  readonly claim: string
  /** The power of the deviation that was derived: a number, `exact`, `higher` than was looked at; or `drawn`: the second of the noise. */
  readonly derived?: number | 'exact' | 'higher' | 'drawn'
  /** The power that was measured over four decades; absent where nothing but rounding remains. */
  readonly measured?: number
  /** What remained, by the scale of the deviation. */
  readonly remainders?: readonly { readonly scale: number; readonly remainder: number }[]
  readonly holds: boolean
}

/** Of one weight or bias that learns. */
export interface WeightStatement {
  readonly name: string
  readonly rule: string
  /** As the rule and the circuit say it. */
  readonly change?: Formulation
  /** Without teaching, where that is not 0. */
  readonly atRest?: Formulation
  /** To first order in the deviation. */
  readonly first?: Formulation
  /** The first power of the deviation that the formulas leave. */
  readonly remainder?: number | 'exact' | 'higher' | 'drawn'
  /** What bends the update: `tanh in lift`. */
  readonly causes: readonly string[]
  /** Where what is said ends, as d grows: `` `min` and `max` in lift ``. */
  readonly kinks: readonly string[]
  /** Gradient descent, -∂L/∂w, to first order. */
  readonly gradient?: Formulation
  /** What makes the two differ. */
  readonly differences: readonly string[]
  /** What the update is, to first order, times the gradient: its value. */
  readonly constant?: number
  /** Equations under which they are equal up to the constant. */
  readonly equalIf: readonly Formulation[]
  readonly checks: readonly Check[]
  /** What could not be derived, and why. */
  readonly notDone: readonly string[]
}

export interface Explanation {
  readonly model: string
  readonly experiment?: string
  readonly variants: readonly string[]
  readonly teachers: readonly TeacherStatement[]
  /** What holds at rest for the weights or parameters of the file, beside what follows from the equations. */
  readonly facts: readonly Formulation[]
  /** What names stand for, in the order in which they build on each other. */
  readonly names: readonly Formulation[]
  /** The signals that weights learn by, of the circuit and of backprop. */
  readonly signals: readonly Formulation[]
  readonly changes: readonly Formulation[]
  /** Changes without a teacher, where they are not 0. */
  readonly resting: readonly Formulation[]
  readonly updates: readonly Formulation[]
  readonly gradients: readonly Formulation[]
  readonly differences: readonly string[]
  readonly weights: readonly WeightStatement[]
  /** Checks of the whole: the gradient against differences of the loss. */
  readonly checks: readonly Check[]
  readonly notDone: readonly string[]
  /** Whether every check holds. */
  readonly holds: boolean
}
