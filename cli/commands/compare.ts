/** `ccn compare RUN RUN...` */
import { Option, type Command } from 'commander'
import type { CompareArguments } from '../comparing.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerCompare(program: Command, session: Session): void {
  program
    .command('compare')
    .description('compare runs: what they differ in, what they came to, means over seeds')
    .argument('<runs...>', 'names or folders of two runs or more')
    .option('-o, --output <file>', 'write a page (.html), a table (.csv) or all of it (.json)')
    .option('--open', 'make a page and show it in a browser')
    .addOption(new Option('--json', 'print all of it as JSON').conflicts('csv'))
    .option('--csv', 'print a table of the runs as CSV')
    .option('--out <folder>', 'folder of runs', 'runs')
    .action(async (runs: string[], args: CompareArguments) => {
      const { compareRuns } = await import('../comparing.ts')
      await compareRuns(session, runs, args)
    })
}
