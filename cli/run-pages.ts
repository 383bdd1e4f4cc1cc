/** `ccn report`: prints where the page is, and shows it if that is wanted. */
import { report, type ReportOptions } from '../project/report/write.ts'
import { openInBrowser } from './opening.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn report`. */
export interface RunReportArguments extends Pick<
  ReportOptions,
  'output' | 'out' | 'dataDir' | 'allowRead'
> {
  readonly open?: boolean
}

/** Writes the page of a run. */
export async function reportRun(
  session: Session,
  target: string,
  args: RunReportArguments,
): Promise<void> {
  const path = await report(target, args, session.where)
  session.print(session.shown(path))
  if (args.open) await openInBrowser(session, path)
}
