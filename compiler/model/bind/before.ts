/** What blocks of a cell read as it is before the step's changes: `before-changes.ts` finds it, and says why. */
import type { Expression, ReactionMember } from '../../../grammar/ast.ts'
import type { Equation, State } from '../model.ts'
import type { CellVariable } from './reference.ts'

/** An equation of a cell. */
export type EquationVariable = CellVariable & { readonly kind: 'equation' }

/** A state equation, a detection with its condition and the block behind it, or a reaction. */
export type Block = State | Equation | ReactionMember

/** A right side that reads an equation which its own block has changed by then. */
export interface LateRead {
  readonly value: Expression
  readonly equation: string
  /** What the block changes, of which the equation is made. */
  readonly state: string
}

/** Which equations of one cell are read as they are before the changes. */
export interface Before {
  /** Those that a block reads so. */
  readonly of: (block: Block) => ReadonlySet<Equation>
  /** Those that are made of states; an equation that is read as before reads these so, too. */
  readonly changing: () => ReadonlySet<Equation>
  /** Right sides of blocks that read an equation as it is after the block, in no circle. */
  readonly late: () => readonly LateRead[]
}

export const none: ReadonlySet<Equation> = new Set()

export const noBefore: Before = { of: () => none, changing: () => none, late: () => [] }
