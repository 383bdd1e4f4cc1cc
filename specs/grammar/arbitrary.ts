/**
 * Random expressions and random texts for property tests.
 */
import fc from 'fast-check'
import type { Argument, Expression, RangeExpression } from '../../grammar/ast.ts'
import { binaryLevel, isBinaryOperator } from '../../grammar/precedence.ts'
import { contextual, keywords, marks } from '../../grammar/tokens.ts'

const span = { file: '', start: 0, end: 0 }

const names = fc.constantFrom('a', 'b', 'soma', 'event', 'step', 'delay', 'x1', 's', 'mV')
const identifiers = names.map((name) => ({ kind: 'Identifier', name, span }) as const)
const operators = fc.constantFrom(...Object.keys(binaryLevel).filter(isBinaryOperator))

const numbers = fc
  .tuple(fc.constantFrom('0', '1', '0.5', '5e-5', '1e12', '784'), fc.constantFrom('', 'ms', 'mV'))
  .map(([text, unit]): Expression => {
    const number = { kind: 'NumberLiteral', value: Number(text), text, span } as const
    return unit === '' ? number : { ...number, unit: { kind: 'Identifier', name: unit, span } }
  })

const booleans = fc.constantFrom('true', 'false', 'on', 'off').map((text): Expression => ({
  kind: 'BooleanLiteral',
  text: text as 'true',
  value: text === 'true' || text === 'on',
  span,
}))

const strings = fc
  .stringMatching(/^[ -~]{0,6}$/)
  .map((value): Expression => ({ kind: 'StringLiteral', value, span }))

const { expression } = fc.letrec<{
  expression: Expression
  argument: Argument
  range: RangeExpression
  element: Expression
}>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    names.map((name): Expression => ({ kind: 'Name', name, span })),
    numbers,
    booleans,
    strings,
    fc
      .tuple(operators, tie('expression'), tie('expression'))
      .map(([operator, left, right]): Expression => ({
        kind: 'Binary',
        operator,
        left,
        right,
        span,
      })),
    fc
      .tuple(fc.constantFrom('-' as const, 'not' as const), tie('expression'))
      .map(([operator, operand]): Expression => ({ kind: 'Unary', operator, operand, span })),
    fc
      .tuple(tie('expression'), identifiers)
      .map(([object, member]): Expression => ({ kind: 'Member', object, member, span })),
    fc
      .tuple(tie('expression'), fc.oneof(tie('expression'), tie('range')))
      .map(([object, index]): Expression => ({ kind: 'Index', object, index, span })),
    fc
      .tuple(tie('expression'), fc.array(tie('argument'), { maxLength: 2 }))
      .map(([callee, args]): Expression => ({ kind: 'Call', callee, args, span })),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([test, then, otherwise]): Expression => ({
        kind: 'Conditional',
        test,
        then,
        otherwise,
        span,
      })),
    fc
      .array(tie('element'), { maxLength: 3 })
      .map((elements): Expression => ({ kind: 'List', elements, span })),
  ),
  argument: fc
    .tuple(fc.option(identifiers, { nil: undefined }), tie('expression'))
    .map(([name, value]): Argument => ({
      kind: 'Argument',
      ...(name === undefined ? {} : { name }),
      value,
      span,
    })),
  element: fc.oneof(
    tie('expression'),
    tie('expression').map((operand): Expression => ({ kind: 'Spread', operand, span })),
  ),
  range: fc
    .record({
      from: fc.option(tie('expression'), { nil: undefined }),
      to: fc.option(tie('expression'), { nil: undefined }),
      fromOpen: fc.boolean(),
      toOpen: fc.boolean(),
    })
    .map(({ from, to, fromOpen, toOpen }): RangeExpression => ({
      kind: 'Range',
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      fromOpen: fromOpen && from !== undefined,
      toOpen: toOpen && to !== undefined,
      span,
    })),
}))

/** Any expression that the grammar has, not too deep. */
export const expressions: fc.Arbitrary<Expression> = expression

const words = [...Object.keys(keywords), ...Object.keys(contextual), 'a', 'W', 'soma', 'p0']
const punctuation = Object.values(marks).map((type) => (type.LABEL ?? '').replaceAll('`', ''))
const others = ['1', '0.5', '5x5', '10 ms', '"s"', 'dv/dt', '/// doc\n', '// c\n', '/* c */', '\n']

/** Texts made of tokens in any order. */
export const tokenSoup: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...words, ...punctuation, ...punctuation, ...others), { maxLength: 60 })
  .map((tokens) => tokens.join(' '))

/** A text with one to four ranges deleted, doubled or swapped. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat(2), fc.nat(), fc.nat(40), fc.nat())
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) => edits.reduce(applyEdit, text))
}

function applyEdit(
  text: string,
  [way, at, length, other]: [number, number, number, number],
): string {
  const start = at % (text.length + 1)
  const piece = text.slice(start, start + length)
  const rest = text.slice(0, start) + text.slice(start + length)
  if (way === 0) return rest
  if (way === 1) return text.slice(0, start) + piece + text.slice(start)
  const to = other % (rest.length + 1)
  return rest.slice(0, to) + piece + rest.slice(to)
}
