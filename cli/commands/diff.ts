/** `ccn diff A [B]` */
import type { Command } from 'commander'
import { addModelOptions } from '../arguments.ts'
import type { DiffArguments } from '../diffing.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerDiff(program: Command, session: Session): void {
  const command = program
    .command('diff')
    .description('tell how two circuits differ in meaning: files, runs, variants, parameters')
    .argument('<before>', 'a .ccn file, or the name of a run')
    .argument('[after]', 'another one (default: the same, with --variant and --set)')
    .option(
      '-o, --output <file>',
      'draw the circuit with its differences in colours: .svg, .png or .pdf',
    )
    .option('--json', 'print the differences as JSON')
    .option('--exit-code', 'exit with 1 if there is a difference')
    .option('--out <folder>', 'folder of runs (default: runs)')
  addModelOptions(command).action(
    async (before: string, after: string | undefined, args: DiffArguments) => {
      const { diffFiles } = await import('../diffing.ts')
      await diffFiles(session, before, after, args)
    },
  )
}
