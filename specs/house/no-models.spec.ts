/**
 * The runtime and the emitters know no model: no name of a published model, of a part of a cell or of a
 * kind of cell stands in their code or in a text of theirs. Comments may name one as an example;
 * `backprop` is a measure of the language (the exact gradient), no model.
 */
import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'

const models =
  /burst|apical|basal|dendri|pyramid|soma(?![a-z])|interneuron|microcircuit|(?<![a-z])(sst|pv|vip|ndnf|edn)(?![a-z])|dales|kolen|pollack/i

const files = ['compiler/emit', 'runtime'].flatMap((folder) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
)

/** Identifiers and texts of a source, without its comments. */
function wordsOf(text: string): string[] {
  const scanner = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest)
  const words: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) words.push(node.text)
    else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) words.push(node.text)
    else if (ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) words.push(node.text)
    else if (ts.isRegularExpressionLiteral(node)) words.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(scanner)
  return words
}

describe('the runtime and the emitters', () => {
  it('name no model', () => {
    expect(files.length).toBeGreaterThan(50)
    const found = files.flatMap((file) =>
      wordsOf(readFileSync(`${root}/${file}`, 'utf8'))
        .filter((word) => models.test(word))
        .map((word) => `${file}: ${word}`),
    )
    expect(found).toEqual([])
  })

  it.each([
    ['an identifier', 'const burstRate = 1'],
    ['a text', "if (name === 'h.apical') stop()"],
    ['part of a template', 'const key = `${area}.soma`'],
  ])('would be found out by %s', (_, text) => {
    expect(wordsOf(text).some((word) => models.test(word))).toBe(true)
  })

  it('may name one in a comment', () => {
    expect(wordsOf('/** As `h.apical`. */ const a = 1')).toEqual(['a'])
  })
})
