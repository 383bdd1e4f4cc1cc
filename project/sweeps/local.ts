/**
 * Works on a sweep with several processes of this machine: each is a `ccn sweep --task` that shares the store
 * and tells over its channel what it does. One that dies is not replaced; what it had taken is taken by the
 * others.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../package-info.ts'
import { ProjectError } from '../errors.ts'
import type { Surroundings } from '../surroundings.ts'
import type { SweepFolder } from './folder.ts'
import { onceEach, type WorkEvent } from './work.ts'

/** How many processes to work with, unless something else is said: one for each core. */
export const usualJobs = availableParallelism()

/** How to work. */
export interface LocalOptions {
  readonly where: Surroundings
  readonly folder: SweepFolder
  /** `sweeps`, the folder of all. */
  readonly root: string
  readonly jobs: number
  readonly signal?: AbortSignal | undefined
  readonly on: (event: WorkEvent) => void
}

/** Works until all processes have ended. Throws ProjectError if one ended otherwise than it should. */
export async function workLocally(options: LocalOptions): Promise<'done' | 'interrupted'> {
  const { where, folder, root, jobs, signal, on } = options
  const children: ChildProcess[] = []
  // Every process finds the same.
  const note = onceEach((text) => on({ kind: 'noted', text }))
  const hear = (event: WorkEvent): void => (event.kind === 'noted' ? note(event.text) : on(event))
  const stop = (): void => {
    for (const child of children) child.kill('SIGTERM')
  }
  signal?.addEventListener('abort', stop)
  try {
    const ends = Array.from({ length: jobs }, async (_, part) => {
      const args = [
        'sweep',
        '--task',
        `${part}`,
        '--tasks',
        `${jobs}`,
        '--name',
        folder.name,
        '--sweeps',
        root,
      ]
      const child = fork(join(packageRoot, 'bin', 'ccn.js'), args, {
        cwd: where.cwd,
        env: { ...where.env, CCN_WORKER: '1' },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        // Ctrl-C reaches this process, which tells the others.
        detached: true,
      })
      children.push(child)
      let said = ''
      child.stderr?.on('data', (text: Buffer) => (said = `${said}${text.toString()}`.slice(-4000)))
      child.on('message', (message) => hear(message as WorkEvent))
      return new Promise<{ readonly code: number | null; readonly said: string }>((resolve) => {
        child.on('error', (error) => resolve({ code: 1, said: error.message }))
        child.on('close', (code) => resolve({ code, said }))
      })
    })
    const ended = await Promise.all(ends)
    if (signal?.aborted) return 'interrupted'
    const bad = ended.find(({ code }) => code !== 0)
    if (bad) {
      const why = bad.said
        .trim()
        .replace(/^error: /, '')
        .split('\n')[0]
      throw new ProjectError(
        why === undefined || why === ''
          ? 'A process of the sweep was killed.'
          : `A process of the sweep ended: ${why}`,
        { hint: 'What was finished is kept: the same command goes on with the rest.' },
      )
    }
    return 'done'
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
