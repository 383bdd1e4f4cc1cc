/** `ccn report RUN` */
import type { Command } from 'commander'
import { addReadingOptions } from '../arguments.ts'
import type { RunReportArguments } from '../run-pages.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerReport(program: Command, session: Session): void {
  const command = program
    .command('report')
    .description('write the page of a run: curves, weights, answers, settings, how to repeat it')
    .argument('<run>', 'name or folder of a run')
    .option('-o, --output <file>', 'the page, an HTML file (default: report.html in the run)')
    .option('--open', 'show it in a browser')
    .option('--out <folder>', 'folder of runs', 'runs')
  addReadingOptions(command, 'that of the run').action(
    async (run: string, args: RunReportArguments) => {
      const { reportRun } = await import('../run-pages.ts')
      await reportRun(session, run, args)
    },
  )
}
