/** Writes the report of a sweep: all its forms into the sweep's folder, or one to a file, as its name says. */
import { realpath } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { writeFileAtomic } from '../../../runtime/node/io/atomic.ts'
import { misuse } from '../../errors.ts'
import { pathIn, type Surroundings } from '../../surroundings.ts'
import type { SweepFolder } from '../folder.ts'
import { csvOf, pointColumns, summaryColumns } from './columns.ts'
import { sweepFactsOf, type SweepFacts } from './facts.ts'
import { summaryJson } from './json.ts'
import { latexTable } from './latex.ts'
import { parquetOf, parquetWriter } from './parquet.ts'

type Content = string | Uint8Array

const forms: Readonly<Record<string, (facts: SweepFacts) => Content | Promise<Content>>> = {
  '.html': page,
  '.htm': page,
  '.csv': (facts) => csvOf(pointColumns(facts)),
  '.json': summaryJson,
  '.tex': latexTable,
  '.parquet': (facts) => parquetOf(pointColumns(facts)),
}

/** A form that a report is not written in. Throws ProjectError. */
export function requireReportFile(output: string): void {
  if (forms[extname(output).toLowerCase()]) return
  throw misuse(
    `A sweep's report is written as HTML, CSV, JSON, LaTeX or Parquet: name a file that ends in .html, .csv, .json, .tex or .parquet, not ${output}.`,
  )
}

/** Writes one form, and gives its path. Throws ProjectError or IoError. */
export async function writeSweepReport(
  where: Surroundings,
  folder: SweepFolder,
  output: string,
): Promise<string> {
  requireReportFile(output)
  const content = await forms[extname(output).toLowerCase()]!(await sweepFactsOf(folder))
  const path = pathIn(where, output)
  // A file that somebody named is written to through links.
  await writeFileAtomic(await realpath(path).catch(() => path), content)
  return path
}

/** Writes all forms into the folder of the sweep, and gives the path of the page. Throws IoError. */
export async function writeSweepReports(folder: SweepFolder): Promise<string> {
  const facts = await sweepFactsOf(folder)
  const path = (name: string): string => join(folder.path, name)
  const points = pointColumns(facts)
  await writeFileAtomic(path('points.csv'), csvOf(points))
  if (await parquetWriter()) await writeFileAtomic(path('points.parquet'), await parquetOf(points))
  await writeFileAtomic(path('summary.csv'), csvOf(summaryColumns(facts)))
  await writeFileAtomic(path('summary.json'), summaryJson(facts))
  await writeFileAtomic(path('table.tex'), latexTable(facts))
  await writeFileAtomic(path('report.html'), await page(facts))
  return path('report.html')
}

/** Loads what draws only where it is wanted. */
async function page(facts: SweepFacts): Promise<string> {
  const { sweepPage } = await import('./page.ts')
  return sweepPage(facts)
}
