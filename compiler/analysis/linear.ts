/**
 * Linear maps of vectors: what an expression does to a vector that it is linear in, as a matrix.
 */
import type { Algebra } from './algebra.ts'
import { isZero, type Atom, type Expression, type Structure, type Term } from './expressions.ts'
import { matmul, structure } from './structures.ts'

/**
 * The matrix M of an expression M v. Undefined if it is not that: not linear in v, or by operations that are no
 * products with matrices.
 */
export function matrixOf(
  algebra: Algebra,
  expression: Expression,
  vector: Expression,
): Expression | undefined {
  if (expression === vector) {
    const [size = 1] = vector.shape
    return algebra.structure({ op: 'identity', to: [size, size] }, [], [size, size])
  }
  if (isZero(expression)) return undefined
  const parts = expression.terms.map((term) => matrixOfTerm(algebra, term, vector, expression))
  if (!parts.every((each) => each !== undefined)) return undefined
  return algebra.add(...parts)
}

function matrixOfTerm(
  algebra: Algebra,
  term: Term,
  vector: Expression,
  whole: Expression,
): Expression | undefined {
  const own = algebra.asTerm(vector)
  // The vector itself, times what stands element by element before it.
  const holds = own.factors.every(({ atom, power }) =>
    term.factors.some((each) => each.atom === atom && each.power >= power),
  )
  if (holds && own.factors.length > 0) {
    const rest = algebra.mul(
      algebra.ofTerm(term),
      algebra.power(algebra.ofTerm({ ...own, coefficient: 1 }), -1),
    )
    const [size = 1] = vector.shape
    const identity = algebra.structure({ op: 'identity', to: [size, size] }, [], [size, size])
    return scaledRows(algebra, rest, identity)
  }
  const found = term.factors.flatMap((factor) => {
    if (factor.power !== 1) return []
    const matrix = matrixOfAtom(algebra, factor.atom, vector)
    return matrix ? [{ factor, matrix }] : []
  })
  const [only] = found
  if (!only || found.length > 1) return undefined
  const factors = term.factors.filter((each) => each !== only.factor)
  const rest = algebra.ofTerm({ coefficient: term.coefficient, factors }, whole.shape)
  return scaledRows(algebra, rest, only.matrix)
}

function matrixOfAtom(algebra: Algebra, atom: Atom, vector: Expression): Expression | undefined {
  if (atom.kind === 'group') return matrixOf(algebra, atom.sum, vector)
  if (atom.kind !== 'structure' || atom.shape.length !== 1) return undefined
  switch (atom.form.op) {
    case 'matvec': {
      const [matrix, inner] = atom.args as [Expression, Expression]
      const rest = matrixOf(algebra, inner, vector)
      return rest && matmul(algebra, matrix, rest)
    }
    case 'slice': {
      const whole = matrixOf(algebra, atom.args[0]!, vector)
      const shape = [atom.shape[0]!, vector.shape[0] ?? 1]
      return whole && structure(algebra, atom.form, [whole], shape)
    }
    case 'concat':
      return stacked(algebra, atom, vector)
    default:
      return undefined
  }
}

/** The matrices of several below each other; rows of 0 where nothing is. */
function stacked(algebra: Algebra, atom: Structure, vector: Expression): Expression | undefined {
  const columns = vector.shape[0] ?? 1
  const parts = atom.args.map((each) =>
    isZero(each)
      ? algebra.number(0, [each.shape[0] ?? 1, columns])
      : matrixOf(algebra, each, vector),
  )
  if (!parts.every((each) => each !== undefined)) return undefined
  return algebra.structure(atom.form, parts, [atom.shape[0]!, columns])
}

/** diag(a) M. */
export function scaledRows(algebra: Algebra, a: Expression, matrix: Expression): Expression {
  const { kept, rest } = algebra.split(algebra.asTerm(a), ({ shape }) => shape.length > 0)
  if (kept.terms[0]!.factors.length === 0) return algebra.mul(rest, matrix)
  const [rows = 1, columns = 1] = matrix.shape
  const diagonal = structure(
    algebra,
    { op: 'diagonal' },
    [algebra.shaped(kept, [rows])],
    [rows, rows],
  )
  return algebra.shaped(algebra.mul(rest, matmul(algebra, diagonal, matrix)), [rows, columns])
}

/** The innermost vectors that an expression is a product of matrices with, itself first. */
export function vectorsWithin(algebra: Algebra, expression: Expression): readonly Expression[] {
  const found = new Set<Expression>()
  const walk = (each: Expression): void => {
    const { kept } = algebra.split(algebra.asTerm(each), ({ shape }) => shape.length > 0)
    if (kept.shape.length === 1) found.add(kept)
    for (const { factors } of each.terms) {
      for (const { atom } of factors) {
        if (atom.kind === 'group') walk(atom.sum)
        else if (atom.kind === 'structure') for (const inner of passedOn(atom)) walk(inner)
      }
    }
  }
  walk(expression)
  return [...found]
}

/** What a structure of vectors is linear in, and makes no number of. */
export function passedOn({ form, args }: Structure): readonly Expression[] {
  switch (form.op) {
    case 'matvec':
      return args.slice(1)
    case 'slice':
    case 'concat':
      return args.filter((each) => !isZero(each))
    default:
      return []
  }
}
