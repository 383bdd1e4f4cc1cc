/** `ccn compile FILE` */
import type { Command } from 'commander'
import { addModelOptions, choiceOption } from '../arguments.ts'
import type { EmitArguments } from '../emitting.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerCompile(program: Command, session: Session): void {
  const command = program
    .command('compile')
    .description('show what becomes of a .ccn file, stage by stage')
    .argument('<file>', 'a .ccn file')
    .addOption(
      choiceOption('--emit <stage>', 'what to show', ['ast', 'model', 'ir', 'ts']).default('ts'),
    )
    .option('--out <folder>', 'write a file there instead of printing')
  addModelOptions(command)
    .option('--timings', 'tell how long each stage took')
    .option('--print-after <pass>', 'print every graph after this pass')
    .action(async (file: string, args: EmitArguments) => {
      const { emitStage } = await import('../emitting.ts')
      await emitStage(session, file, args)
    })
}
