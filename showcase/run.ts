/**
 * Runs `ccn train` and reads what it wrote: the public interface, nothing else. A run's figures are
 * the numbers of its last epoch, and the series of its measured steps.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Numbers by name: `test error` (%), `test loss`, and the measures as the experiment names them. */
export type Figures = Readonly<Record<string, number>>

export interface RunFigures {
  /** After the last epoch; measures are means over its measured steps. */
  readonly last: Figures
  /** After each epoch, from the evaluation before the first one on. */
  readonly epochs: readonly Figures[]
  /** Measures of every measured step. */
  readonly steps: readonly Figures[]
  /** Of training and evaluation, without compilation. */
  readonly seconds: number
}

interface Line {
  readonly kind: string
  readonly test?: Figures
  readonly measures?: Figures
}

/** `ccn train` failed; the message is what it said. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure'
}

/**
 * Trains with the arguments of `ccn train`, in a folder that is removed again. Throws RunFailure if
 * the command fails.
 */
export async function train(args: readonly string[]): Promise<RunFigures> {
  const out = mkdtempSync(join(tmpdir(), 'ccn-showcase-'))
  try {
    await command(['train', ...args, '--out', out, '--name', 'run', '--quiet'])
    const lines = (file: string): readonly unknown[] =>
      readFileSync(join(out, 'run', file), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    return figuresOf(
      lines('metrics.jsonl') as readonly Line[],
      lines('timing.jsonl') as readonly Figures[],
    )
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** The figures in the lines of `metrics.jsonl` and `timing.jsonl`. */
export function figuresOf(lines: readonly Line[], timing: readonly Figures[]): RunFigures {
  const epochs = lines.filter(({ kind }) => kind === 'epoch').map(figuresOfLine)
  const seconds = timing.reduce(
    (total, { trainSeconds = 0, evaluateSeconds = 0 }) => total + trainSeconds + evaluateSeconds,
    0,
  )
  return {
    last: epochs.at(-1) ?? {},
    epochs,
    steps: lines.filter(({ kind }) => kind === 'step').map(figuresOfLine),
    seconds,
  }
}

function figuresOfLine({ test = {}, measures = {} }: Line): Figures {
  const scores = Object.entries(test).map(
    // Of scores, errors are fractions.
    ([name, value]) => [`test ${name}`, name === 'error' ? 100 * value : value] as const,
  )
  return { ...measures, ...Object.fromEntries(scores) }
}

function command(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new RunFailure(said.trim().split('\n')[0] ?? `ccn ended with ${code}`))
    })
  })
}
