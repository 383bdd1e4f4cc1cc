/** `ccn check FILE...` */
import type { Command } from 'commander'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerCheck(program: Command, session: Session): void {
  program
    .command('check')
    .description('find what is wrong in .ccn files, and tell what is known about them')
    .argument('<files...>', '.ccn files, or folders of them')
    .option('--json', 'print diagnostics as JSON')
    .action(async (files: string[], { json = false }: { json?: boolean }) => {
      const { checkFiles } = await import('../checking.ts')
      await checkFiles(session, files, json)
    })
}
