/** `ccn plot RUN [NAME...]` */
import { InvalidArgumentError, type Command } from 'commander'
import type { PlotArguments } from '../plotting.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerPlot(program: Command, session: Session): void {
  program
    .command('plot')
    .description('draw what a run recorded and measured along time: spike rasters and traces')
    .argument('<run>', 'name or folder of a run')
    .argument('[names...]', 'variables, weights and measures, as in h.e (default: all of them)')
    .option('-o, --output <file>', 'the picture: .svg, .png or .pdf (default: plot.svg in the run)')
    .option('--from <time>', 'first second, or step in a run by epochs', time)
    .option('--to <time>', 'last second, or step', time)
    .option('--out <folder>', 'folder of runs', 'runs')
    .action(async (run: string, names: string[], args: PlotArguments) => {
      const { plotRun } = await import('../plotting.ts')
      await plotRun(session, run, names, args)
    })
}

function time(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('It must be a number.')
  }
  return value
}
