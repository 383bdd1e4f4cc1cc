/** Slurm's commands: what they are asked, and what they answer. */
import { execFile } from 'node:child_process'
import { ProjectError } from '../../errors.ts'
import type { Surroundings } from '../../surroundings.ts'
import type { Job } from '../jobs.ts'

/** How many tasks are in which state, e.g. `pending`, of each job by its number. */
export type Queue = ReadonlyMap<string, Readonly<Record<string, number>>>

const MOST_OUTPUT = 2 ** 28

interface Answer {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Throws ProjectError if there is no such command. */
async function ask(
  where: Surroundings,
  command: 'sbatch' | 'squeue' | 'scancel',
  args: readonly string[],
  cwd = where.cwd,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...where.env }, maxBuffer: MOST_OUTPUT }
    execFile(command, args, options, (error, out, err) => {
      if (!error) return resolve({ code: 0, out, err })
      if (error.code === 'ENOENT' || error.code === 'EACCES') {
        return reject(new NoSlurm(command))
      }
      const code = typeof error.code === 'number' ? error.code : 1
      resolve({ code, out, err: err.trim() === '' ? error.message : err })
    })
  })
}

/** There is no Slurm here. */
export class NoSlurm extends ProjectError {
  constructor(command: string) {
    super(`There is no command ${command} here, which Slurm's are called by.`, {
      hint: 'Run this on a machine from which jobs are submitted; without --engine slurm it is run here.',
    })
  }
}

/** What went wrong, in a sentence without the command's own name. */
function said({ err }: Answer): string {
  const lines = err
    .split('\n')
    .map((line) => line.trim().replace(/^\w+: (?:fatal: |error: )*/, ''))
    .filter((line) => line !== '' && !/^Try '?"?sbatch/.test(line))
  return [...new Set(lines)].join('; ').slice(0, 500).replace(/\.$/, '') || 'it does not say why'
}

/** Submits a script that lies in `folder`; gives the job. Throws ProjectError. */
export async function submit(
  where: Surroundings,
  folder: string,
  args: readonly string[],
): Promise<Pick<Job, 'id' | 'cluster'>> {
  const answer = await ask(where, 'sbatch', ['--parsable', ...args, 'job.sh'], folder)
  if (answer.code !== 0) {
    throw new ProjectError(`Slurm did not take the sweep: ${said(answer)}.`, {
      hint: 'The sweep is kept as it was defined; nothing was submitted.',
    })
  }
  const found = /^(\d+)(?:;(\w[\w.-]*))?\s*$/m.exec(answer.out)
  if (!found) {
    throw new ProjectError(
      `sbatch told no number of a job, but ${JSON.stringify(answer.out.trim().slice(0, 100))}.`,
      { hint: 'Whether it was submitted, squeue tells.' },
    )
  }
  const [, id = '', cluster] = found
  return { id, ...(cluster !== undefined && { cluster }) }
}

/** Which tasks of jobs are in the queue; jobs that are not are left out. Throws ProjectError. */
export async function queueOf(where: Surroundings, jobs: readonly Job[]): Promise<Queue> {
  const queue = new Map<string, Record<string, number>>()
  for (const [cluster, ids] of byCluster(jobs)) {
    const args = ['-h', '-r', '-o', '%F %T', ...clusterFlag(cluster), '-j', ids.join(',')]
    const answer = await ask(where, 'squeue', args)
    if (answer.code !== 0) {
      // So it says of a single job that it has forgotten.
      if (/Invalid job id/i.test(answer.err)) continue
      throw new ProjectError(`Slurm's queue cannot be seen: ${said(answer)}.`)
    }
    for (const [, id = '', state = ''] of answer.out.matchAll(/^(\d+) ([A-Z_]+)\s*$/gm)) {
      const counts = queue.get(id) ?? {}
      const name = state.toLowerCase()
      counts[name] = (counts[name] ?? 0) + 1
      queue.set(id, counts)
    }
  }
  return queue
}

/** Ends jobs. Throws ProjectError. */
export async function cancel(where: Surroundings, jobs: readonly Job[]): Promise<void> {
  for (const [cluster, ids] of byCluster(jobs)) {
    const answer = await ask(where, 'scancel', [...clusterFlag(cluster), ...ids])
    if (answer.code !== 0) throw new ProjectError(`Slurm did not cancel: ${said(answer)}.`)
  }
}

function clusterFlag(cluster: string): readonly string[] {
  return cluster === '' ? [] : ['-M', cluster]
}

function byCluster(jobs: readonly Job[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { id, cluster = '' } of jobs) {
    found.set(cluster, [...(found.get(cluster) ?? []), id])
  }
  return found
}
