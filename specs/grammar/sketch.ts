/**
 * Syntax trees as short text, for tables of expectations: spans, empty lists and `false` are left
 * out, names stand for themselves, expressions are written with all their parentheses.
 */
import type { Expression, SourceFile } from '../../grammar/ast.ts'
import { parse } from '../../grammar/index.ts'
import { isExpression } from '../../grammar/walk.ts'

/** The file of a text that must have no syntax errors. */
export function parsed(text: string): SourceFile {
  const { file, diagnostics } = parse(text, 'spec.ccn')
  if (diagnostics.length > 0) {
    throw new Error(`${diagnostics.map((d) => d.message).join('\n')}\nin ${text}`)
  }
  return file
}

/** A node, or any part of one, as short text. */
export function sketch(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sketch).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const kind = 'kind' in value ? String(value.kind) : ''
  if (kind === 'Identifier' && 'name' in value) return String(value.name)
  if (isExpression({ kind })) return parenthesised(value as Expression)
  const fields = Object.entries(value)
    .filter(([key]) => key !== 'span' && key !== 'kind')
    .filter(([, field]) => field !== false && !(Array.isArray(field) && field.length === 0))
    .map(([key, field]) => `${key}: ${sketch(field)}`)
  return `${kind}{${fields.join(', ')}}`
}

/** An expression with all its parentheses. */
export function parenthesised(e: Expression): string {
  const inner = parenthesised
  switch (e.kind) {
    case 'NumberLiteral':
      return e.unit === undefined ? e.text : `${e.text}_${e.unit.name}`
    case 'StringLiteral':
      return JSON.stringify(e.value)
    case 'BooleanLiteral':
      return e.text
    case 'Name':
      return e.name
    case 'Member':
      return `${inner(e.object)}.${e.member.name}`
    case 'Index':
      return `${inner(e.object)}[${inner(e.index)}]`
    case 'Call': {
      const args = e.args.map(
        (a) => `${a.name === undefined ? '' : `${a.name.name}=`}${inner(a.value)}`,
      )
      return `${inner(e.callee)}(${args.join(', ')})`
    }
    case 'Unary':
      return `(${e.operator}${e.operator === 'not' ? ' ' : ''}${inner(e.operand)})`
    case 'Binary':
      return `(${inner(e.left)} ${e.operator} ${inner(e.right)})`
    case 'Conditional':
      return `(if ${inner(e.test)} then ${inner(e.then)} else ${inner(e.otherwise)})`
    case 'List':
      return `[${e.elements.map(inner).join(', ')}]`
    case 'Spread':
      return `...${inner(e.operand)}`
    case 'Range': {
      const from = e.from === undefined ? '' : `${inner(e.from)}${e.fromOpen ? '<' : ''}`
      const to = e.to === undefined ? '' : `${e.toOpen ? '<' : ''}${inner(e.to)}`
      return `${from}..${to}`
    }
    case 'ErrorExpression':
      return '<error>'
  }
}

/** A copy of `value` without spans and texts of files: what must survive formatting. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans)
  if (typeof value !== 'object' || value === null) return value
  if ('kind' in value && value.kind === 'Comment' && 'text' in value) {
    return String(value.text)
      .split(/\r\n?|\n/)
      .map((line) => line.trimEnd())
  }
  const isFile = 'kind' in value && value.kind === 'SourceFile'
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'span' && !(isFile && key === 'text'))
      .map(([key, field]) => [key, withoutSpans(field)]),
  )
}
