/** `ccn graph FILE` */
import type { Command } from 'commander'
import { addModelOptions, choiceOption } from '../arguments.ts'
import type { GraphArguments } from '../graphing.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerGraph(program: Command, session: Session): void {
  const command = program
    .command('graph')
    .description('draw the circuit: populations, connections, and where teaching flows')
    .argument('<file>', 'a .ccn file')
    .option(
      '-o, --output <file>',
      'the picture: .svg, .png or .pdf; - is the standard output (default: MODEL.svg here)',
    )
    .addOption(
      choiceOption(
        '--theme <name>',
        'for which page (default: auto, as the reader’s system says)',
        ['light', 'dark', 'auto'],
      ),
    )
    .option('--json', 'print what the picture shows as JSON, and draw only where -o says')
  addModelOptions(command).action(async (file: string, args: GraphArguments) => {
    const { graphFile } = await import('../graphing.ts')
    await graphFile(session, file, args)
  })
}
