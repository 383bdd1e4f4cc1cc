/**
 * Sweeps through Slurm: an array job, each task of which works on the sweep as a process of `ccn sweep --jobs`
 * does (see `work.ts`). Once it is submitted nothing needs the machine that did so.
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { writeFileAtomic } from '../../../runtime/node/io/atomic.ts'
import { toIoError } from '../../../runtime/io/errors.ts'
import { ProjectError } from '../../errors.ts'
import { packageRoot } from '../../package-info.ts'
import { pathIn, type Surroundings } from '../../surroundings.ts'
import { beginSweep, type BeginOptions, type Begun } from '../begin.ts'
import { openSweepFolder, type SweepFolder } from '../folder.ts'
import { noteJob, readJobs, type Job } from '../jobs.ts'
import { cancel, NoSlurm, queueOf, submit, type Queue } from './commands.ts'
import { slurmFlags } from './flags.ts'
import { graceFor, jobFlags, jobScript, type JobOptions } from './script.ts'

/** Tasks, unless something else is said. */
const USUAL_TASKS = 16

/** How to submit a sweep. */
export interface SubmitOptions extends BeginOptions {
  /** Tasks at once. */
  readonly jobs?: number | undefined
  /** Flags for sbatch, e.g. `--partition=gpu --time=2:00:00`. */
  readonly slurm?: string | undefined
}

/** What was submitted. */
export interface Submitted extends Begun {
  /** Absent if nothing is left to do. */
  readonly job?: Job
  /** Tasks of earlier jobs that are in the queue. */
  readonly before: number
}

/**
 * Defines a sweep, keeps it, and submits what is left of it. Throws CompileError, ProjectError (also for what
 * Slurm says), EngineError or IoError.
 */
export async function submitSweep(
  file: string | undefined,
  options: SubmitOptions,
  where: Surroundings,
): Promise<Submitted> {
  const flags = slurmFlags(options.slurm ?? '')
  requireSlurm(where)
  const begun = await beginSweep(file, options, where)
  const { folder, root, left } = begun
  // Read before anything is submitted that could not be noted.
  const earlier = await readJobs(folder)
  if (left === 0) return { ...begun, before: 0 }
  const queue = earlier.length > 0 ? await queueOf(where, earlier).catch(noQueue) : new Map()
  const tasks = Math.min(options.jobs ?? USUAL_TASKS, left)
  const dataDir = where.env['CCN_DATA_DIR']
  const at = new Date(where.clock()).toISOString()
  const job: JobOptions = {
    name: folder.name,
    tasks,
    grace: graceFor(flags.seconds),
    cwd: where.cwd,
    root,
    node: process.execPath,
    ccn: join(packageRoot, 'bin', 'ccn.js'),
    since: at,
    ...(dataDir !== undefined && dataDir !== '' && { dataDir: pathIn(where, dataDir) }),
  }
  const place = join(folder.path, 'slurm')
  await writeFileAtomic(join(place, 'job.sh'), jobScript(job))
  const taken = await submit(where, place, [...jobFlags(job), ...flags.words])
  const noted: Job = { engine: 'slurm', ...taken, at, tasks, flags: flags.words }
  try {
    await noteJob(folder, noted)
  } catch (error) {
    const { message } = toIoError('write', join(folder.path, 'jobs.json'), error)
    throw new ProjectError(`The sweep was submitted as job ${taken.id}, but: ${message}`, {
      hint: `It runs; scancel ${taken.id} ends it.`,
    })
  }
  return { ...begun, job: noted, before: tasksIn(queue) }
}

/** Before a sweep is made of many points, which takes its time. */
function requireSlurm({ env }: Surroundings): void {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder || '.', 'sbatch'), constants.X_OK)
      return
    } catch {
      // The next one may have it.
    }
  }
  throw new NoSlurm('sbatch')
}

function noQueue(error: unknown): Queue {
  if (error instanceof ProjectError) return new Map()
  throw error
}

/** All tasks in a queue. */
export function tasksIn(queue: Queue): number {
  return [...queue.values()].flatMap((each) => Object.values(each)).reduce((sum, n) => sum + n, 0)
}

/** The jobs of a sweep, and what the queue says of them. */
export interface JobStates {
  readonly jobs: readonly Job[]
  /** Absent where there is no queue to be seen. */
  readonly queue?: Queue
  /** Why it is not seen, if that is worth a word. */
  readonly unseen?: string
}

/** How the jobs of a sweep stand. Throws IoError. */
export async function jobStates(where: Surroundings, folder: SweepFolder): Promise<JobStates> {
  const jobs = await readJobs(folder)
  if (jobs.length === 0) return { jobs }
  try {
    return { jobs, queue: await queueOf(where, jobs) }
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error
    return { jobs, unseen: error.message }
  }
}

/** Ends the jobs of a sweep that are in the queue; gives them. Throws ProjectError or IoError. */
export async function cancelSweep(
  name: string,
  options: Pick<BeginOptions, 'sweeps'>,
  where: Surroundings,
): Promise<{ readonly folder: SweepFolder; readonly cancelled: readonly Job[] }> {
  const folder = await openSweepFolder(where, pathIn(where, options.sweeps ?? 'sweeps'), name)
  const jobs = await readJobs(folder)
  if (jobs.length === 0) {
    throw new ProjectError(`Sweep ${name} was not submitted: there is nothing to cancel.`, {
      hint: 'One that runs on this machine is ended by Ctrl-C.',
    })
  }
  const queue = await queueOf(where, jobs)
  const cancelled = jobs.filter(({ id }) => queue.has(id))
  if (cancelled.length > 0) await cancel(where, cancelled)
  return { folder, cancelled }
}
