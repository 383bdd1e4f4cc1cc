/** `ccn explain FILE` */
import { Option, type Command } from 'commander'
import { addModelOptions } from '../arguments.ts'
import type { ExplainArguments } from '../explaining.ts'
import { numberWithin, readRates } from '../trains.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerExplain(program: Command, session: Session): void {
  const command = program
    .command('explain')
    .description('derive what a circuit learns by, beside the gradient of its loss, and check it')
    .argument('<file>', 'a .ccn file')
  addModelOptions(command)
    .option('--json', 'print the statements as JSON')
    .option('--latex', 'print the equations as LaTeX')
    .option(
      '--multiplexing',
      'only what short-term plasticity passes of event rate and burst probability',
    )
    .option('--refines', 'only the limits between circuits that the file states, which are run')
    .addOption(
      new Option('--rates <list>', 'event rates to look at, in Hz, e.g. 1,5,20').argParser(
        readRates,
      ),
    )
    .addOption(
      new Option('--burst-probability <p>', 'that an event is a burst (default: 0.5)').argParser(
        numberWithin(0.001, 0.999),
      ),
    )
    .addOption(
      new Option(
        '--mixing <limit>',
        'warn of channels that mix more, up to 0.5 (default: 0.45)',
      ).argParser(numberWithin(0, 0.5)),
    )
    .action(async (file: string, args: ExplainArguments) => {
      const { explainFile } = await import('../explaining.ts')
      await explainFile(session, file, args)
    })
}
