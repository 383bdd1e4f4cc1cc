/**
 * Mathematics as a tree: what a formula says, in no notation. Renderers (`text.ts`, `latex.ts`, `mathml.ts`)
 * put it into one, with the parentheses that its meaning needs; nobody writes them. Nodes are plain data.
 */

/** Any piece of mathematics, by its `kind`. */
export type Mathematics =
  | Symbolic
  | Numeral
  | Words
  | Sum
  | Product
  | Quotient
  | Power
  | Transpose
  | Application
  | Root
  | Fenced
  | Derivative
  | Over
  | Relation
  | Logic
  | Negated
  | Cases
  | Guarded

/**
 * A letter or a name, with what stands around it: `W` with the subscripts `up` and `0`. Letters are those of
 * Unicode (`τ`), or several for a name that is a word; a word is set upright.
 */
export interface Symbolic {
  readonly kind: 'symbol'
  readonly name: string
  /** `bold` for vectors and matrices, where that is wanted; `upright` for a letter that is no variable. */
  readonly style?: 'bold' | 'upright'
  readonly accent?: 'bar' | 'hat' | 'tilde' | 'dot'
  /** f', f'' */
  readonly primes?: number
  readonly subscripts?: readonly Mathematics[]
  readonly superscripts?: readonly Mathematics[]
  /** The name in the file that it is made of, where that is split into letter and subscripts. */
  readonly from?: string
}

/** A number as it was written (`0.5`, `5e-5`, `-3`), with its unit as written (`uF/cm^2`). */
export interface Numeral {
  readonly kind: 'number'
  readonly text: string
  readonly unit?: string
}

/** Words among symbols: `otherwise`. */
export interface Words {
  readonly kind: 'words'
  readonly text: string
}

export interface Term {
  readonly sign: '+' | '-'
  readonly value: Mathematics
}

/** a + b - c; of one term with a minus, -a. */
export interface Sum {
  readonly kind: 'sum'
  readonly terms: readonly Term[]
}

/**
 * `scalar`: of numbers, or a number and anything; `hadamard`: element by element; `outer`: a bᵀ as a ⊗ b;
 * `convolution`: of a kernel and an image.
 */
export type ProductOperator = 'scalar' | 'matrix' | 'hadamard' | 'outer' | 'convolution'

export interface Product {
  readonly kind: 'product'
  readonly operator: ProductOperator
  readonly factors: readonly Mathematics[]
}

export interface Quotient {
  readonly kind: 'quotient'
  readonly over: Mathematics
  readonly under: Mathematics
}

export interface Power {
  readonly kind: 'power'
  readonly base: Mathematics
  readonly exponent: Mathematics
}

export interface Transpose {
  readonly kind: 'transpose'
  readonly of: Mathematics
}

/** f(x, y) */
export interface Application {
  readonly kind: 'application'
  readonly function: Mathematics
  readonly args: readonly Mathematics[]
  /** Between the arguments; a comma unless said otherwise. */
  readonly separator?: ',' | ';'
}

export interface Root {
  readonly kind: 'root'
  readonly of: Mathematics
}

export type Fence =
  'absolute' | 'norm' | 'floor' | 'ceiling' | 'average' | 'square' | 'set' | 'interval'

/** |x|, ‖x‖, ⌊x⌋, ⌈x⌉, ⟨x⟩ (a mean), [x, y] */
export interface Fenced {
  readonly kind: 'fenced'
  readonly fence: Fence
  readonly items: readonly Mathematics[]
}

/** dx/dt, or with `partial` ∂x/∂t; of an expression, d/dt (a + b). */
export interface Derivative {
  readonly kind: 'derivative'
  readonly of: Mathematics
  readonly by: Mathematics
  readonly partial: boolean
}

/** Σ_j, Π_j, max_j of a body, from and to what is said. */
export interface Over {
  readonly kind: 'over'
  readonly operator: 'sum' | 'product' | 'max' | 'min'
  readonly below?: Mathematics
  readonly above?: Mathematics
  readonly body: Mathematics
}

export type RelationOperator =
  '=' | '≠' | '<' | '≤' | '>' | '≥' | '≈' | '∝' | '≡' | '∼' | '∈' | '→' | '←' | '↦' | '≔'

/** a = b = c: one operator fewer than sides. */
export interface Relation {
  readonly kind: 'relation'
  readonly sides: readonly Mathematics[]
  readonly operators: readonly RelationOperator[]
}

export interface Logic {
  readonly kind: 'logic'
  readonly operator: 'and' | 'or'
  readonly operands: readonly Mathematics[]
}

/** not a */
export interface Negated {
  readonly kind: 'not'
  readonly of: Mathematics
}

/** One of several values: of the first case whose condition holds; the last may have none. */
export interface Cases {
  readonly kind: 'cases'
  readonly cases: readonly { readonly value: Mathematics; readonly when?: Mathematics }[]
}

/** What happens at something: `at each s: v ← 0`. A formula by itself, no part of one. */
export interface Guarded {
  readonly kind: 'guarded'
  /** Words before the trigger. */
  readonly words: string
  readonly trigger: Mathematics
  readonly of: Mathematics
}
