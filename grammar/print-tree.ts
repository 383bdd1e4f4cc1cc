/**
 * The syntax tree as indented text, one node a line: its kind, its plain fields, and the line of the
 * source that it begins on. For looking at what the parser understood.
 */
import type { SourceFile } from './ast.ts'

export function printAst(file: SourceFile): string {
  const lineOf = (offset: number): number => file.text.slice(0, offset).split('\n').length
  const lines: string[] = []
  const visit = (label: string, value: unknown, depth: number): void => {
    const indent = '  '.repeat(depth)
    if (Array.isArray(value)) {
      for (const each of value) visit(label, each, depth)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const plain: string[] = []
    const children: [string, unknown][] = []
    let kind = ''
    let place = ''
    for (const [key, field] of Object.entries(value)) {
      if (key === 'kind') kind = String(field)
      else if (key === 'span') place = `  :${lineOf((field as { readonly start: number }).start)}`
      else if (key === 'text' && kind === 'SourceFile') continue
      else if (key === 'comments') continue
      else if (typeof field === 'object' && field !== null) children.push([key, field])
      else if (field !== undefined) plain.push(`${key}=${JSON.stringify(field)}`)
    }
    lines.push(
      `${indent}${label === '' ? '' : `${label}: `}${[kind, ...plain].filter((each) => each !== '').join(' ')}${place}`,
    )
    for (const [key, child] of children) visit(key, child, depth + 1)
  }
  visit('', file, 0)
  return `${lines.join('\n')}\n`
}
