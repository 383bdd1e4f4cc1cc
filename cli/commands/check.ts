/** `ccn check FILE...` */
import type { Command } from 'commander'
import type { Session } from '../session.ts'

interface Asked {
  json?: boolean
  certify?: boolean
}

/** Adds the command. */
export function registerCheck(program: Command, session: Session): void {
  program
    .command('check')
    .description('find what is wrong in .ccn files, and tell what is known about them')
    .argument('<files...>', '.ccn files, or folders of them')
    .option(
      '--certify',
      "show what holds of each circuit (locality, phases, weight transport, Dale's law), and fail where a `property` that it states does not",
    )
    .option('--json', 'print diagnostics as JSON')
    .action(async (files: string[], { json = false, certify = false }: Asked) => {
      const { checkFiles } = await import('../checking.ts')
      await checkFiles(session, files, { json, certify })
    })
}
