/** `ccn explain FILE` */
import type { Command } from 'commander'
import { addModelOptions } from '../arguments.ts'
import type { ExplainArguments } from '../explaining.ts'
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
    .action(async (file: string, args: ExplainArguments) => {
      const { explainFile } = await import('../explaining.ts')
      explainFile(session, file, args)
    })
}
