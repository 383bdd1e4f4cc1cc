/** `sweeps/NAME/jobs.json`: as which jobs a sweep was submitted. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { IoError } from '../../runtime/io/errors.ts'
import { writeFileAtomic } from '../../runtime/node/io/atomic.ts'
import { checked, whole, word, words } from '../../runtime/node/io/schema.ts'
import { readBytes } from '../../runtime/node/io/source.ts'
import type { SweepFolder } from './folder.ts'

const FORMAT = 'jobs 1'
const MOST_BYTES = 2 ** 24
/** Two that submit at once may each write over the other's. */
const TRIES = 5

/** One submission. */
export interface Job {
  readonly engine: 'slurm'
  readonly id: string
  /** Of several that one Slurm knows. */
  readonly cluster?: string | undefined
  /** ISO 8601. */
  readonly at: string
  readonly tasks: number
  readonly flags: readonly string[]
}

const schema = v.object({
  format: v.literal(FORMAT),
  jobs: v.array(
    v.object({
      engine: v.literal('slurm'),
      id: v.pipe(v.string(), v.regex(/^\d{1,10}$/, 'the number of a job')),
      cluster: v.optional(v.pipe(word, v.regex(/^\w[\w.-]*$/, 'the name of a cluster'))),
      at: word,
      tasks: whole,
      flags: words,
    }),
  ),
})

/** The jobs of a sweep, the oldest first. Throws IoError if the file is damaged. */
export async function readJobs({ path: folder }: SweepFolder): Promise<readonly Job[]> {
  const path = join(folder, 'jobs.json')
  if (!existsSync(path)) return []
  const fail = (reason: string): never => {
    throw new IoError('read', path, reason)
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(await readBytes(path, MOST_BYTES)).toString('utf8'))
  } catch (error) {
    if (error instanceof IoError) throw error
    return fail('it is no JSON: the file is damaged')
  }
  return checked(schema, value, 'the list of jobs', fail).jobs
}

/** Notes a job. Throws IoError. */
export async function noteJob(folder: SweepFolder, job: Job): Promise<void> {
  for (let i = 0; i < TRIES; i++) {
    const jobs = await readJobs(folder)
    if (jobs.some(({ id, cluster }) => id === job.id && cluster === job.cluster && i > 0)) return
    const all = { format: FORMAT, jobs: [...jobs, job] }
    await writeFileAtomic(join(folder.path, 'jobs.json'), `${JSON.stringify(all, undefined, 2)}\n`)
  }
}
