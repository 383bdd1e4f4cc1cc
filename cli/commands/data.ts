/** `ccn data fetch NAME` and `ccn data list` */
import type { Command } from 'commander'
import type { Session } from '../session.ts'

/** Adds the commands. */
export function registerData(program: Command, session: Session): void {
  const data = program.command('data').description('data sets')
  data
    .command('fetch')
    .description('fetch a public data set')
    .argument('<name>', 'mnist, fashion-mnist or cifar10')
    .option('--data-dir <folder>', 'where to put it (default: CCN_DATA_DIR or data)')
    .action(async (name: string, { dataDir }: { dataDir?: string }) => {
      const { fetchData } = await import('../datasets.ts')
      await fetchData(session, name, dataDir)
    })
  data
    .command('list')
    .description('what can be fetched, generated and read')
    .action(async () => {
      const { listData } = await import('../datasets.ts')
      listData(session)
    })
}
