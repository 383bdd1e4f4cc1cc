/**
 * What holds for every tree and every diagnostic, however broken the text.
 */
import { expect } from 'vitest'
import type { Diagnostic } from '../../grammar/diagnostics/diagnostic.ts'
import type { SourceFile, Span } from '../../grammar/ast.ts'
import { parse } from '../../grammar/index.ts'
import { maxDiagnostics } from '../../grammar/lex.ts'
import { childrenOf, walk } from '../../grammar/walk.ts'

/** Expects that spans nest, follow each other, and stay inside the text. */
export function expectSoundTree(file: SourceFile): void {
  expectInside(file.span, file.text)
  walk(file, (node) => {
    let from = node.span.start
    for (const child of childrenOf(node)) {
      const where = `${child.kind} in ${node.kind} of ${JSON.stringify(file.text.slice(0, 200))}`
      expect(child.span.start, where).toBeGreaterThanOrEqual(from)
      expect(child.span.end, where).toBeLessThanOrEqual(node.span.end)
      from = child.kind === 'Identifier' ? child.span.start : child.span.end
    }
  })
}

/** Parses any text and expects what must hold for all of them. */
export function parseAnything(text: string): {
  file: SourceFile
  diagnostics: readonly Diagnostic[]
} {
  const { file, diagnostics } = parse(text, 'any.ccn')
  expect(diagnostics.length).toBeLessThanOrEqual(maxDiagnostics)
  let last = 0
  for (const { span, related = [] } of diagnostics) {
    expectInside(span, text)
    for (const each of related) expectInside(each.span, text)
    expect(span.start).toBeGreaterThanOrEqual(last)
    last = span.start
  }
  expectSoundTree(file)
  return { file, diagnostics }
}

function expectInside(span: Span, text: string): void {
  expect(span.start).toBeGreaterThanOrEqual(0)
  expect(span.end).toBeGreaterThanOrEqual(span.start)
  expect(span.end).toBeLessThanOrEqual(text.length)
}
