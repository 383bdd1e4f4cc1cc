/** `ccn train FILE` */
import type { Command } from 'commander'
import { mostCopies } from '../../contract/copies.ts'
import {
  addEngineOption,
  addModelOptions,
  addReadingOptions,
  precisionOption,
  tapeOption,
  anyNumber,
  wholeNumber,
} from '../arguments.ts'
import type { Session } from '../session.ts'
import type { TrainArguments } from '../training.ts'

/** Adds the command. */
export function registerTrain(program: Command, session: Session): void {
  const command = program
    .command('train')
    .description('run an experiment of a .ccn file')
    .argument('[file]', 'a .ccn file; may be left out with --resume')
  addReadingOptions(addEngineOption(addModelOptions(command)), 'CCN_DATA_DIR or data')
    .addOption(precisionOption('of the wasm engine'))
    .addOption(tapeOption())
    .option('--epochs <number>', 'how often to go through the training data', wholeNumber(0))
    .option('--steps <number>', 'how many steps to run a circuit with a past', wholeNumber(1))
    .option('--until-loss <number>', 'stop once the loss is below', anyNumber)
    .option('--no-stop', 'pass over what the experiment says of `stop when`')
    .option('--batch <number>', 'training examples in a step', wholeNumber(1))
    .option('--seed <number>', 'what all randomness follows from', wholeNumber(-Infinity))
    .option(
      '--replicate <number>',
      'how many copies to run, with this seed and those after it',
      wholeNumber(1, mostCopies),
    )
    .option('--limit <number>', 'use only so many training examples', wholeNumber(1))
    .option('--out <folder>', 'folder for runs', 'runs')
    .option('--name <name>', 'name of the run (default: MODEL-EXPERIMENT-NUMBER)')
    .option('--resume [name]', 'go on with a run (default: the latest unfinished one)')
    .option('--force', 'replace the run of that name')
    .option('--no-report', 'write no page of the run (report.html) when it ends')
    .option('--live', 'serve the page of the run on this machine while it goes on')
    .option('--port <number>', 'of --live (default: one that is free)', wholeNumber(1, 65_535))
    .option('--json', 'print what happens as JSON lines')
    .option('--quiet', 'print the result only')
    .action(async (file: string | undefined, args: TrainArguments) => {
      const { train } = await import('../training.ts')
      await train(session, file, args)
    })
}
