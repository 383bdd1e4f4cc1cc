/** `ccn describe FILE` */
import type { Command } from 'commander'
import { addModelOptions, choiceOption } from '../arguments.ts'
import type { DescribeArguments } from '../describing.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerDescribe(program: Command, session: Session): void {
  const command = program
    .command('describe')
    .description('describe a circuit as papers do: tables, equations, parameters with sources')
    .argument('<file>', 'a .ccn file')
    .addOption(
      choiceOption('--format <name>', 'how to write it (default: by the file, else text)', [
        'text',
        'markdown',
        'html',
        'latex',
        'json',
      ]),
    )
    .option('-o, --output <file>', 'write it there: .md, .html, .tex, .json or .txt')
  addModelOptions(command).action(async (file: string, args: DescribeArguments) => {
    const { describeFile } = await import('../describing.ts')
    await describeFile(session, file, args)
  })
}
