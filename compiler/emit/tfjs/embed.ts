/**
 * Copies functions of a support file into a generated module: those that are asked for and what
 * they need in turn, in their order and with their comments, but not exported.
 */
import { ts } from 'ts-morph'

/** The declarations of `source` that `roots` need. */
export function embed(source: string, roots: readonly string[]): string[] {
  const file = ts.createSourceFile('support.ts', source, ts.ScriptTarget.ES2022, true)
  const declared = new Map<string, ts.Statement>()
  for (const statement of file.statements) {
    for (const name of declaredNames(statement)) declared.set(name, statement)
  }
  const kept = new Set<ts.Statement>()
  const pending = [...roots]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const statement = declared.get(name)
    if (!statement) {
      if (roots.includes(name)) throw new Error(`The support file declares no ${name}`)
      continue
    }
    if (kept.has(statement)) continue
    kept.add(statement)
    pending.push(...identifiersIn(statement))
  }
  return file.statements.flatMap((statement, i) => {
    if (!kept.has(statement)) return []
    const text = i === 0 ? statement.getText() : statement.getFullText()
    return [text.trim().replace(/^export /m, '')]
  })
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText())
  }
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  ) {
    return statement.name ? [statement.name.text] : []
  }
  return []
}

function identifiersIn(node: ts.Node): string[] {
  const names: string[] = []
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child)) names.push(child.text)
    ts.forEachChild(child, visit)
  }
  visit(node)
  return names
}
