/**
 * `npm run docs`: writes the table of diagnostics into docs/language.md, between its two markers, and
 * docs/library.md. A spec fails if the files are not what this makes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { codes } from '../grammar/diagnostics/codes.ts'
import { libraryPage, libraryPath } from './library.ts'

const [begin, end] = ['<!-- diagnostics:begin -->', '<!-- diagnostics:end -->']

/** The text of the reference with the table of diagnostics renewed. */
export function withDiagnostics(text: string): string {
  const rows = Object.values(codes)
    .toSorted((a, b) => a.code.localeCompare(b.code))
    .map(
      ({ code, severity, template }) =>
        `- **${code}** (${severity}) ${template.replaceAll('`{', '`').replaceAll('}`', '`').replace(/[{}]/g, '*')}`,
    )
  const from = text.indexOf(begin) + begin.length
  return `${text.slice(0, from)}\n\n${rows.join('\n')}\n\n${text.slice(text.indexOf(end))}`
}

/** Where the reference stands. */
export const referencePath = fileURLToPath(new URL('./language.md', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(referencePath, withDiagnostics(readFileSync(referencePath, 'utf8')))
  writeFileSync(libraryPath, libraryPage())
}
