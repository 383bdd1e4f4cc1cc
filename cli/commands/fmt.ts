/** `ccn fmt FILE...` */
import type { Command } from 'commander'
import { usageError } from '../errors.ts'
import type { Session } from '../session.ts'

/** Adds the command. */
export function registerFmt(program: Command, session: Session): void {
  program
    .command('fmt')
    .description('bring .ccn files into the canonical layout')
    .argument('[files...]', '.ccn files, folders of them, or - for the standard input')
    .option('--check', 'change nothing; fail if a file is not formatted')
    .option('--stdin', 'format the standard input to the standard output, as - does')
    .action(async (files: string[], args: { check?: boolean; stdin?: boolean }) => {
      const { check = false } = args
      const names = files.filter((file) => file !== '-')
      const stdin = args.stdin === true || names.length < files.length
      if (stdin === names.length > 0) throw usageError('Name files to format, or pass --stdin.')
      const { formatFiles, formatStdin } = await import('../formatting.ts')
      await (stdin ? formatStdin(session, check) : formatFiles(session, names, check))
    })
}
