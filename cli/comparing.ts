/** `ccn compare`: a table in the terminal, or a file. */
import { compare, type CompareOptions } from '../project/compare/index.ts'
import { writeComparison } from '../project/compare/write.ts'
import { csvOf, groupRows, turned, type Rows } from '../project/compare/tables.ts'
import { openInBrowser } from './opening.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn compare`. */
export interface CompareArguments extends Pick<CompareOptions, 'out'> {
  readonly output?: string
  readonly open?: boolean
  readonly json?: boolean
  readonly csv?: boolean
}

/** Compares runs. */
export async function compareRuns(
  session: Session,
  targets: readonly string[],
  { output, open, json, csv, out }: CompareArguments,
): Promise<void> {
  const comparison = await compare(targets, { out }, session.where)
  if (output !== undefined || open) {
    const path = await writeComparison(comparison, output ?? 'comparison.html', session.where)
    session.print(session.shown(path))
    if (open) await openInBrowser(session, path)
    return
  }
  if (json) return session.printJson(comparison)
  if (csv) return session.io.stdout.write(csvOf(comparison))
  for (const line of terminalLines(groupRows(comparison), session.io.stdout.columns())) {
    session.print(line)
  }
  const [first] = comparison.groups
  if (first && comparison.groups.some(({ runs }) => runs.length > 1)) {
    session.print()
    session.print(
      session
        .colours()
        .dim('Runs that differ in the seed alone are one row: mean ± standard error.'),
    )
  }
}

/** Rows as they are, or as columns, whichever fits; else each row as a list. */
export function terminalLines(rows: Rows, columns: number): readonly string[] {
  for (const form of [rows, turned(rows)]) {
    const widths = form[0]!.map((_, i) => Math.max(...form.map((row) => lengthOf(row[i] ?? ''))))
    if (widths.reduce((sum, width) => sum + width + 2, -2) > columns) continue
    return form.map((row) =>
      row
        .map((text, i) => padded(text, widths[i]!))
        .join('  ')
        .trimEnd(),
    )
  }
  const [head = [], ...others] = rows
  const width = Math.max(...head.map(lengthOf))
  return others.flatMap((row, i) => [
    ...(i === 0 ? [] : ['']),
    row[0] ?? '',
    ...row
      .slice(1)
      .flatMap((text, k) => (text === '' ? [] : [`  ${padded(head[k + 1]!, width)}  ${text}`])),
  ])
}

const lengthOf = (text: string): number => [...text].length
const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - lengthOf(text)))
