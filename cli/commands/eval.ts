/** `ccn eval RUN|FILE` */
import type { Command } from 'commander'
import { addEngineOption, addModelOptions, addReadingOptions, choiceOption } from '../arguments.ts'
import type { EvalArguments } from '../evaluating.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerEval(program: Command, session: Session): void {
  const command = program
    .command('eval')
    .description('evaluate a run, or a .ccn file')
    .argument('<run|file>', 'name or folder of a run, or a .ccn file')
    .option('--checkpoint <which>', 'latest, best or a file (default: latest)')
    .addOption(
      choiceOption('--part <part>', 'which examples', ['test', 'validation', 'train']).default(
        'test',
      ),
    )
  addReadingOptions(addEngineOption(addModelOptions(command)), 'as in training')
    .option('--out <folder>', 'folder of runs', 'runs')
    .option('--json', 'print the scores as JSON')
    .action(async (target: string, args: EvalArguments) => {
      const { evaluateTarget } = await import('../evaluating.ts')
      await evaluateTarget(session, target, args)
    })
}
