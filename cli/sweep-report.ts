/** `ccn sweep NAME --report`: writes what a sweep came to; a sweep that has ended writes it by itself. */
import { openSweepIn } from '../project/sweeps/index.ts'
import type { SweepFolder } from '../project/sweeps/folder.ts'
import { writeSweepReport, writeSweepReports } from '../project/sweeps/report/write.ts'
import { usageError } from './errors.ts'
import type { Session } from './session.ts'
import type { SweepArguments } from './sweeping.ts'

/** The sweep of which a report is asked for without running it: named alone, and by no file. */
export function reportedSweep(
  file: string | undefined,
  name: string | undefined,
  { report, output, ...args }: SweepArguments,
): string | undefined {
  if (file?.endsWith('.ccn') === true) return undefined
  const words = report === undefined || report === false ? [] : report
  // `ccn sweep NAME -o table.tex` can mean nothing else.
  if (words.length === 0) return output !== undefined && file !== undefined ? file : undefined
  const figures = words.filter((each) => each !== '')
  if (figures.length === words.length && (file !== undefined || figures.length !== 1)) {
    return undefined
  }
  // `ccn sweep --report NAME` takes the name for a figure.
  const found = args.name ?? name ?? file ?? figures[0]
  if (found === undefined) throw usageError('Say which sweep: ccn sweep NAME --report.')
  return found
}

/** Writes the report and prints where it is. */
export async function reportSweep(
  session: Session,
  name: string,
  { output, sweeps }: SweepArguments,
): Promise<void> {
  const folder = await openSweepIn(session.where, name, sweeps)
  session.print(session.shown(await written(session, folder, output)))
}

/** Writes the report of a sweep that has ended; that it cannot be written harms nothing. */
export async function reportWhatCame(
  session: Session,
  folder: SweepFolder,
  { output, report, json }: SweepArguments,
): Promise<void> {
  const wanted = report === false ? false : session.io.env['CCN_REPORT'] !== '0'
  if (output === undefined && !wanted) return
  try {
    const path = await written(session, folder, output)
    if (json !== true) session.print(`report: ${session.shown(path)}`)
  } catch (error) {
    if (output !== undefined) throw error
    session.say(
      `The report could not be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function written(
  { where }: Session,
  folder: SweepFolder,
  output: string | undefined,
): Promise<string> {
  return output === undefined ? writeSweepReports(folder) : writeSweepReport(where, folder, output)
}
