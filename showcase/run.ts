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

/** A measured step, in its phase if the run has a protocol. */
export interface Step {
  readonly phase?: string
  readonly figures: Figures
}

export interface RunFigures {
  /** After the last epoch (of a run by a clock: phase); measures are means over its measured steps. */
  readonly last: Figures
  /** After each epoch or phase, of a run by epochs from the evaluation before the first one on. */
  readonly ends: readonly Figures[]
  readonly steps: readonly Step[]
  /** Of training and evaluation, without compilation. */
  readonly seconds: number
}

interface Line {
  readonly kind: string
  readonly phase?: string
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
  const ends = lines.filter(({ kind }) => kind === 'epoch' || kind === 'phase').map(figuresOfLine)
  const steps = lines.filter(({ kind }) => kind === 'step')
  return {
    last: ends.at(-1) ?? {},
    ends,
    steps: steps.map((line) => ({
      ...(line.phase === undefined ? {} : { phase: line.phase }),
      figures: figuresOfLine(line),
    })),
    seconds: timing.reduce((total, each) => total + secondsOf(each), 0),
  }
}

const secondsOf = ({ seconds, trainSeconds = 0, evaluateSeconds = 0 }: Figures): number =>
  seconds ?? trainSeconds + evaluateSeconds

function figuresOfLine({ test = {}, measures = {} }: Line): Figures {
  const scores = Object.entries(test).map(
    // Of scores, errors are fractions.
    ([name, value]) => [`test ${name}`, value] as const,
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
