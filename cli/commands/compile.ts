/** `ccn compile FILE` */
import type { Command } from 'commander'
import { addModelOptions, choiceOption, precisionOption, tapeOption } from '../arguments.ts'
import type { EmitArguments } from '../emitting.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerCompile(program: Command, session: Session): void {
  const command = program
    .command('compile')
    .description('show what becomes of a .ccn file, stage by stage')
    .argument('<file>', 'a .ccn file')
    .addOption(
      choiceOption('--target <name>', 'what to compile for (default: tfjs)', ['tfjs', 'wasm']),
    )
    .addOption(
      choiceOption('--emit <stage>', 'what to show (default: ts, or wat for the target wasm)', [
        'ast',
        'model',
        'ir',
        'plan',
        'ts',
        'wat',
        'wasm',
      ]),
    )
    .addOption(precisionOption('of the target wasm'))
    .addOption(tapeOption())
    .option('--out <folder>', 'write files there instead of printing')
  addModelOptions(command)
    .option('--timings', 'tell how long each stage took')
    .option('--print-after <pass>', 'print every graph after this pass')
    .action(async (file: string, args: EmitArguments) => {
      const { emitStage } = await import('../emitting.ts')
      await emitStage(session, file, args)
    })
}
