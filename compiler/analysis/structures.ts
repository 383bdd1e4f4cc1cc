/**
 * Products of matrices and vectors, sums, rearrangements: made of expressions in a normal form. Numbers stand
 * before what is linear, transposes move to the matrices, a product of matrices with a vector is written from
 * the vector on.
 */
import type { Algebra } from './algebra.ts'
import { isLinear } from './algebra.ts'
import {
  atomOf,
  isScalar,
  isZero,
  NotClosed,
  sameShape,
  sizeOf,
  type Atom,
  type Expression,
  type Shape,
  type Structure,
  type StructureForm,
} from './expressions.ts'

/** A structure of the operands; linear in each of them, unless its form is not. */
export function structure(
  algebra: Algebra,
  form: StructureForm,
  operands: readonly Expression[],
  shape: Shape,
): Expression {
  if (!isLinear(form)) return algebra.structure(form, operands, shape)
  if (operands.some(isZero)) return algebra.number(0, shape)
  const outside: Expression[] = []
  const inside = operands.map((operand) => {
    const { kept, rest } = algebra.split(algebra.asTerm(operand), (atom) => !isScalar(atom))
    outside.push(rest)
    return algebra.shaped(kept, operand.shape)
  })
  const made = simplified(algebra, form, inside, shape)
  return algebra.shaped(algebra.mul(...outside, made), shape)
}

function simplified(
  algebra: Algebra,
  form: StructureForm,
  operands: readonly Expression[],
  shape: Shape,
): Expression {
  const [a, b] = operands as [Expression, Expression]
  switch (form.op) {
    case 'matvec': {
      const inner = structureOf(a)
      if (inner?.form.op === 'matmul') {
        const [left, right] = inner.args as [Expression, Expression]
        return matvec(algebra, left, matvec(algebra, right, b))
      }
      if (inner?.form.op === 'outer') {
        const [left, right] = inner.args as [Expression, Expression]
        return algebra.mul(left, total(algebra, algebra.mul(right, b)))
      }
      return inner?.form.op === 'identity' ? b : algebra.structure(form, operands, shape)
    }
    case 'matmul':
      if (structureOf(a)?.form.op === 'identity') return b
      if (structureOf(b)?.form.op === 'identity') return a
      return algebra.structure(form, operands, shape)
    case 'transpose':
      return transposed(algebra, a, shape)
    case 'sum':
      return summed(algebra, form, a, shape)
    case 'reshape': {
      if (sameShape(a.shape, shape)) return a
      const inner = structureOf(a)
      if (inner?.form.op !== 'reshape') return algebra.structure(form, operands, shape)
      return reshape(algebra, inner.args[0]!, shape)
    }
    case 'broadcast':
      return sameShape(a.shape, shape) ? a : algebra.structure(form, operands, shape)
    default:
      return algebra.structure(form, operands, shape)
  }
}

/** The structure that an expression is alone. */
export function structureOf(expression: Expression): Structure | undefined {
  const atom = atomOf(expression)
  // What is broadcast is more than its atom.
  const isWhole = atom !== undefined && sameShape(atom.shape, expression.shape)
  return isWhole && atom.kind === 'structure' ? atom : undefined
}

export function matvec(algebra: Algebra, matrix: Expression, vector: Expression): Expression {
  const [rows, columns] = matrix.shape
  if (matrix.shape.length !== 2 || vector.shape.length !== 1 || columns !== vector.shape[0]) {
    throw new NotClosed('a product of other shapes than a matrix and a vector')
  }
  return structure(algebra, { op: 'matvec' }, [matrix, vector], [rows!])
}

export function outer(algebra: Algebra, a: Expression, b: Expression): Expression {
  if (a.shape.length !== 1 || b.shape.length !== 1) {
    throw new NotClosed('an outer product of other shapes than vectors')
  }
  return structure(algebra, { op: 'outer' }, [a, b], [a.shape[0]!, b.shape[0]!])
}

export function matmul(algebra: Algebra, a: Expression, b: Expression): Expression {
  if (a.shape.length !== 2 || b.shape.length !== 2) throw new NotClosed('a product of tensors')
  return structure(algebra, { op: 'matmul' }, [a, b], [a.shape[0]!, b.shape[1]!])
}

export function transpose(algebra: Algebra, a: Expression): Expression {
  if (a.shape.length < 2) return a
  return structure(algebra, { op: 'transpose' }, [a], [a.shape[1]!, a.shape[0]!])
}

/** The inverse of a square matrix. */
export function inverse(algebra: Algebra, a: Expression): Expression {
  return algebra.structure({ op: 'inverse' }, [a], a.shape)
}

export function reshape(algebra: Algebra, a: Expression, to: Shape): Expression {
  return structure(algebra, { op: 'reshape', to }, [a], to)
}

/** The sum of all elements. */
export function total(algebra: Algebra, a: Expression): Expression {
  if (isScalar(a)) return a
  return structure(
    algebra,
    { op: 'sum', axes: a.shape.map((_, axis) => axis), keep: false },
    [a],
    [],
  )
}

function summed(
  algebra: Algebra,
  form: Extract<StructureForm, { readonly op: 'sum' }>,
  a: Expression,
  shape: Shape,
): Expression {
  const atom = atomOf(a)
  if (isScalar({ shape }) && atom?.kind === 'symbol' && atom.total !== undefined) {
    return algebra.number(atom.total)
  }
  const counted = form.axes.map((axis) => a.shape[axis]!)
  const [term] = a.terms
  if (a.terms.length === 1 && term!.factors.length === 0) {
    return algebra.number(term!.coefficient * sizeOf(counted), shape)
  }
  const inner = structureOf(a)
  if (isScalar({ shape }) && inner?.form.op === 'reshape') return total(algebra, inner.args[0]!)
  if (isScalar({ shape })) {
    const split = sumOfKnown(algebra, a)
    if (split) return split
  }
  return algebra.structure(form, [a], shape)
}

/** The sum of a group of which some terms have a known sum, term by term. */
function sumOfKnown(algebra: Algebra, a: Expression): Expression | undefined {
  const atom = atomOf(a)
  if (atom?.kind !== 'group') return undefined
  const knows = (each: Atom): boolean => each.kind === 'symbol' && each.total !== undefined
  const parts = atom.sum.terms.map((term) => algebra.ofTerm(term, atom.sum.shape))
  const isKnown = (part: Expression): boolean => {
    const own = part.terms[0]!.factors.filter(({ atom: each }) => !isScalar(each))
    return own.length === 0 || (own.length === 1 && own[0]!.power === 1 && knows(own[0]!.atom))
  }
  if (!parts.some(isKnown)) return undefined
  return algebra.add(...parts.map((part) => total(algebra, part)))
}

function transposed(algebra: Algebra, a: Expression, shape: Shape): Expression {
  const term = algebra.asTerm(a)
  const turned = term.factors.map(({ atom, power }) => {
    if (isScalar(atom)) return algebra.power(algebra.ofAtom(atom), power)
    if (atom.shape.length !== 2) return undefined
    return algebra.power(transposedAtom(algebra, atom), power)
  })
  if (turned.length > 0 && turned.every((each) => each !== undefined)) {
    return algebra.shaped(algebra.mul(algebra.number(term.coefficient), ...turned), shape)
  }
  if (turned.length === 0) return algebra.number(term.coefficient, shape)
  return algebra.structure({ op: 'transpose' }, [a], shape)
}

function transposedAtom(algebra: Algebra, atom: Atom): Expression {
  const shape = [atom.shape[1]!, atom.shape[0]!]
  if (atom.kind === 'group') {
    const terms = atom.sum.terms.map((term) =>
      transpose(algebra, algebra.ofTerm(term, atom.sum.shape)),
    )
    return algebra.add(...terms)
  }
  if (atom.kind === 'structure') {
    const [a, b] = atom.args as [Expression, Expression]
    switch (atom.form.op) {
      case 'transpose':
        return a
      case 'outer':
        return outer(algebra, b, a)
      case 'matmul':
        return matmul(algebra, transpose(algebra, b), transpose(algebra, a))
      case 'identity':
        return algebra.structure({ op: 'identity', to: shape }, [], shape)
      case 'diagonal':
        return algebra.ofAtom(atom)
      case 'inverse':
        return inverse(algebra, transpose(algebra, a))
      default:
    }
  }
  return algebra.structure({ op: 'transpose' }, [algebra.ofAtom(atom)], shape)
}
