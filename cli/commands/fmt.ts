/** `ccn fmt FILE...` */
import type { Command } from 'commander'
import { usageError } from '../errors.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerFmt(program: Command, session: Session): void {
  program
    .command('fmt')
    .description('bring .ccn files into the canonical layout')
    .argument('[files...]', '.ccn files')
    .option('--check', 'change nothing; fail if a file is not formatted')
    .option('--stdin', 'format the standard input to the standard output')
    .action(async (files: string[], args: { check?: boolean; stdin?: boolean }) => {
      const { check = false, stdin = false } = args
      if (stdin === files.length > 0) throw usageError('Name files to format, or pass --stdin.')
      const { formatFiles, formatStdin } = await import('../formatting.ts')
      await (stdin ? formatStdin(session, check) : formatFiles(session, files, check))
    })
}
