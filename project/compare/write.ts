/** Writes a comparison to a file, as its name says. */
import { realpath } from 'node:fs/promises'
import { extname } from 'node:path'
import { writeFileAtomic } from '../../runtime/node/io/atomic.ts'
import { misuse } from '../errors.ts'
import { pathIn, type Surroundings } from '../surroundings.ts'
import type { Comparison } from './index.ts'
import { comparisonPage } from './page.ts'
import { csvOf } from './tables.ts'

/** Writes a page (.html), CSV (.csv) or JSON (.json), and gives its path. Throws ProjectError or IoError. */
export async function writeComparison(
  comparison: Comparison,
  output: string,
  where: Surroundings,
): Promise<string> {
  const content = await contentFor(comparison, output)
  const path = pathIn(where, output)
  const target = await realpath(path).catch(() => path)
  await writeFileAtomic(target, content)
  return path
}

async function contentFor(comparison: Comparison, output: string): Promise<string> {
  switch (extname(output).toLowerCase()) {
    case '.html':
    case '.htm':
      return comparisonPage(comparison)
    case '.csv':
      return csvOf(comparison)
    case '.json':
      return `${JSON.stringify(comparison, undefined, 2)}\n`
    default:
      throw misuse(
        `A comparison is written as HTML, CSV or JSON: name a file that ends in .html, .csv or .json, not ${output}.`,
      )
  }
}
