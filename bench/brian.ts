/** Brian2 as a peer: a process that runs one of the Python programs here and is asked through lines. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A Python that can import Brian2; which one is first in PATH may not be the one that can. */
export const findBrian = (): string | undefined =>
  ['python3', '/usr/bin/python3', 'python'].find(
    (each) => spawnSync(each, ['-c', 'import brian2']).status === 0,
  )

export const missingBrian =
  'Brian2 is not here (Debian: apt-get install python3-brian g++): CCN alone.'

/** A program that has been built; `ask` sends it a line, and gives the line that it answers. */
export interface BrianProgram {
  /** The line that it printed when it was built (JSON). */
  readonly facts: string
  ask(line: string): Promise<string>
  close(): void
}

/** Builds a program of this folder in a new folder, which `close` removes; its first arguments are the size and that folder. */
export async function startBrian(
  python: string,
  script: string,
  size: number,
  args: readonly string[] = [],
): Promise<BrianProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'ccn-brian-'))
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(python, [path, String(size), folder, ...args])
  const ask = asker(child)
  const close = (): void => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { facts: await ask(), ask, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Asks a process a line, and gives the line that it answers. */
function asker(child: ChildProcessWithoutNullStreams): (line?: string) => Promise<string> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  return async (line) => {
    if (line !== undefined) child.stdin.write(`${line}\n`)
    const { value, done } = await lines.next()
    if (done === true) throw new Error(errors.trim().split('\n').at(-1) ?? 'it ended by itself')
    return value
  }
}
