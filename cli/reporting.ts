/**
 * Which reporter a run gets: a bar on a terminal, lines elsewhere, JSON for machines.
 */
import { jsonLinesReporter } from '../runtime/report/json-lines.ts'
import { linesReporter } from '../runtime/report/lines.ts'
import { terminalReporter } from '../runtime/report/terminal.ts'
import { silentReporter, type Reporter } from '../runtime/train/reporter.ts'
import { isLive } from './io.ts'
import type { Session } from './session.ts'

/** How much a run is to tell. */
export interface ReportOptions {
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
}

/** The reporter for the standard output; `extra` goes into the first line of JSON. */
export function chooseReporter(
  session: Session,
  { json, quiet }: ReportOptions,
  extra: Readonly<Record<string, unknown>>,
): Reporter {
  const { stdout, env } = session.io
  const write = (text: string) => stdout.write(text)
  if (json) {
    const all = jsonLinesReporter(write, extra)
    return quiet ? { ...silentReporter, ended: (result) => all.ended(result) } : all
  }
  if (quiet) return silentReporter
  if (!isLive(stdout, env)) return linesReporter(write)
  const columns = () => stdout.columns()
  return terminalReporter({ write, columns, colour: session.wantsColour() })
}
