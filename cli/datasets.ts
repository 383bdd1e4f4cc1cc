/**
 * `ccn data`: which data sets there are, and fetching the public ones.
 */
import { fetchDataset } from '../runtime/node/data/fetch.ts'
import { readerSignatures, readsFiles } from '../contract/readers.ts'
import { fetchName, SOURCES } from '../runtime/node/data/sources.ts'
import { dataFolder } from '../project/data-folder.ts'
import { suggest } from '../grammar/diagnostics/suggest.ts'
import { CliError } from './errors.ts'
import { isLive } from './io.ts'
import type { Session } from './session.ts'

/** Fetches a public data set, with a line of progress on a terminal. */
export async function fetchData(session: Session, name: string, dataDir: string | undefined) {
  if (fetchName(name) === undefined) {
    const known = Object.keys(SOURCES)
    const guess = suggest(name.toLowerCase(), known)
    throw new CliError(`There is no data set ${name} to fetch, only: ${known.join(', ')}.`, {
      hint: guess === undefined ? undefined : `Did you mean ${guess}?`,
    })
  }
  const folder = await dataFolder(session.where, dataDir)
  const { stderr, env } = session.io
  let live = false
  const erase = () => {
    if (live) stderr.write('\r\u001b[2K')
    live = false
  }
  try {
    const fetched = await fetchDataset(name, folder, {
      onProgress: ({ file, received, total }) => {
        if (!isLive(stderr, env)) return
        erase()
        const size = total === undefined ? '' : ` of ${megabytes(total)}`
        stderr.write(`${file}  ${megabytes(received)}${size} MB`)
        live = true
      },
    })
    erase()
    for (const file of fetched.downloaded) session.print(`fetched ${file}`)
    for (const file of fetched.present) session.print(`${file} is there already`)
    session.print(`${name} is in ${session.shown(fetched.folder)}`)
  } finally {
    erase()
  }
}

/** Lists what can be fetched, what is generated, and what formats can be read. */
export function listData(session: Session): void {
  const { bold } = session.colours()
  session.print(bold('To fetch by `ccn data fetch NAME`'))
  for (const [name, { files }] of Object.entries(SOURCES)) {
    session.print(`  ${name.padEnd(16)} ${files.map((file) => file.name).join(', ')}`)
  }
  const readers = Object.entries(readerSignatures)
  session.print(bold('Generated, nothing to fetch'))
  for (const [name, reader] of readers.filter(([, each]) => !readsFiles(each))) {
    session.print(`  ${name.padEnd(16)} ${reader.summary}`)
  }
  session.print(bold('Formats that a `dataset` can read'))
  for (const [name, reader] of readers.filter(([, each]) => readsFiles(each))) {
    session.print(`  ${name.padEnd(16)} ${reader.summary}`)
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
