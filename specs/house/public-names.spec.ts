/** What a program can import of each entry point: a change shows in the golden file, and is on purpose. */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'

const entries = {
  ccn: 'project/index.ts',
  'ccn/service': 'service/index.ts',
  'ccn/compiler': 'compiler/index.ts',
  'ccn/runtime': 'runtime/node/index.ts',
  'ccn/browser': 'runtime/browser.ts',
}

/** The exported names of a module, types with `type` before them. */
function namesOf(path: string, onlyTypes = false): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true)
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return reexported(path, statement, onlyTypes)
    const exported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    if (!exported) return []
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText(source))
    }
    const { name } = statement as ts.Statement & { readonly name?: ts.Identifier }
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
    return name ? [`${isType || onlyTypes ? 'type ' : ''}${name.text}`] : []
  })
}

function reexported(path: string, statement: ts.ExportDeclaration, onlyTypes: boolean): string[] {
  const { exportClause, moduleSpecifier, isTypeOnly } = statement
  if (exportClause && ts.isNamedExports(exportClause)) {
    return exportClause.elements.map(
      (each) => `${isTypeOnly || onlyTypes || each.isTypeOnly ? 'type ' : ''}${each.name.text}`,
    )
  }
  const from = (moduleSpecifier as ts.StringLiteral).text
  return namesOf(resolve(dirname(path), from), isTypeOnly || onlyTypes)
}

it('exports what it says', async () => {
  const text = Object.entries(entries).map(
    ([entry, path]) => `${entry}\n${namesOf(join(root, path)).toSorted().join('\n')}\n`,
  )
  await expect(text.join('\n')).toMatchFileSnapshot('public-names.golden.txt')
})
