/** `ccn sweep FILE [NAME]` */
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import {
  addReadingOptions,
  addSetOption,
  choiceOption,
  engineChoices,
  precisionOption,
  wholeNumber,
} from '../arguments.ts'
import type { Session } from '../session.ts'
import type { SweepArguments } from '../sweeping.ts'

const several = (text: string, before: string[] = []): string[] => {
  if (text.trim() === '') throw new InvalidArgumentError('It must say something.')
  return [...before, text]
}

/** Adds the command. */
export function registerSweep(program: Command, session: Session): void {
  const command = program
    .command('sweep')
    .description('run an experiment at many points: seeds, variants, parameters')
    .argument('[file]', 'a .ccn file; may be left out where a sweep is gone on with')
    .argument('[name]', 'a sweep that the file declares (default: its only one)')
    .addOption(
      new Option(
        '--vary <name=values>',
        'e.g. feedback=0.5,1,2 or rate=log(0.01,1,7); may be repeated',
      ).argParser(several),
    )
    .option('--seeds <range>', 'e.g. 1..10 or 1,5,7')
    .addOption(
      new Option(
        '--report [figure]',
        'e.g. error, or "error best"; may be repeated; without a figure: write the report of the sweep NAME, and run nothing',
      )
        .argParser((text: string, before: string[] = []) => [...before, text])
        // By itself; no figure has this name.
        .preset(''),
    )
    .option('--no-report', 'do not write the report at the end')
    .option(
      '-o, --output <file>',
      'of the report: .html, .csv, .json, .tex or .parquet (default: all of them, in the folder of the sweep)',
    )
    .option('--name <name>', 'of the sweep (default: as it is declared)')
    .option('--experiment <name>', 'the experiment to run (default: what the sweep says)')
  addReadingOptions(addSetOption(command), 'CCN_DATA_DIR or data')
    .option('--jobs <number>', 'processes at once (default: one for each core)', wholeNumber(1))
    .addOption(
      choiceOption('--engine <name>', 'where points are run (default: local)', ['local', 'slurm']),
    )
    .addOption(
      choiceOption(
        '--network <name>',
        'what computes (default: the fastest there is)',
        engineChoices,
      ),
    )
    .addOption(precisionOption('of the wasm engine'))
    .option('--epochs <number>', 'how often to go through the training data', wholeNumber(0))
    .option('--steps <number>', 'how many steps to run a circuit with a past', wholeNumber(1))
    .option('--batch <number>', 'training examples in a step', wholeNumber(1))
    .option('--limit <number>', 'use only so many training examples', wholeNumber(1))
    .option('--weights', 'keep the weights at the end of each point')
    .option('--sweeps <folder>', 'folder for sweeps', 'sweeps')
    .option('--resume', 'go on with a sweep as it was defined, by its name')
    .option('--status', 'say how far a sweep is, and run nothing')
    .option(
      '--task <number>',
      'work on a sweep as one of several processes, numbered from 0',
      wholeNumber(0),
    )
    .option('--tasks <number>', 'how many such processes there are (default: 1)', wholeNumber(1))
    .option('--json', 'print what happens as JSON lines')
    .option('--quiet', 'print the result only')
    .action(async (file: string | undefined, name: string | undefined, args: SweepArguments) => {
      const { sweepFile } = await import('../sweeping.ts')
      await sweepFile(session, file, name, args)
    })
}
