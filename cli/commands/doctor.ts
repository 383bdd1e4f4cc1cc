/** `ccn doctor` */
import type { Command } from 'commander'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .description('tell what is installed and which engines can be used')
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { examine } = await import('../doctor.ts')
      await examine(session, json)
    })
}
