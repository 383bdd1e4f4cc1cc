/**
 * Trains by the library and reads what a run wrote: the public interface, nothing else. A run's figures are
 * the numbers of its last epoch, and the series of its measured steps.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sweep as sweepFile, train as trainFile, type Group } from '../project/index.ts'
import { askedBy } from './arguments.ts'

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

/** A run failed; the message is what was said of it. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure'
}

/**
 * Trains with the arguments of `ccn train`, in a folder that is removed again. Throws RunFailure if
 * that fails.
 */
export async function train(args: readonly string[]): Promise<RunFigures> {
  const { file, options, sweep } = askedBy(args)
  const out = mkdtempSync(join(tmpdir(), 'ccn-showcase-'))
  let seconds = 0
  try {
    if (sweep !== undefined) return await sweptFigures(file, sweep, out)
    const { run } = await trainFile(file, {
      ...options,
      cwd: root,
      out,
      on: (event) => {
        if (event.kind === 'epoch' || event.kind === 'phase') seconds += event.seconds
      },
    })
    return figuresOf((await run.metrics()) as readonly Line[], seconds)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new RunFailure(said.split('\n')[0] ?? said, { cause: error })
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** The means of a sweep over its seeds: `error of variant=none`. */
async function sweptFigures(file: string, name: string, out: string): Promise<RunFigures> {
  const { sweep } = await sweepFile(file, { name, cwd: root, sweeps: out, jobs: 1 })
  const { groups } = await sweep.summary()
  const results = groups.flatMap((group) => group.results)
  const last = Object.fromEntries(groups.flatMap(meansOf))
  return {
    last,
    ends: [],
    steps: [],
    seconds: results.reduce((sum, each) => sum + (each?.seconds ?? 0), 0),
  }
}

function meansOf({ values, figures }: Group): readonly (readonly [string, number])[] {
  const at = Object.entries(values).map(([varied, value]) => `${varied}=${value}`)
  return Object.entries(figures).flatMap(([label, { mean }]) =>
    mean === undefined ? [] : [[`${label} of ${at.join(' ')}`, mean] as const],
  )
}

/** The figures in the records of a run that took so long. */
export function figuresOf(lines: readonly Line[], seconds: number): RunFigures {
  const ends = lines.filter(({ kind }) => kind === 'epoch' || kind === 'phase').map(figuresOfLine)
  const steps = lines.filter(({ kind }) => kind === 'step')
  return {
    last: ends.at(-1) ?? {},
    ends,
    steps: steps.map((line) => ({
      ...(line.phase === undefined ? {} : { phase: line.phase }),
      figures: figuresOfLine(line),
    })),
    seconds,
  }
}

function figuresOfLine({ test = {}, measures = {} }: Line): Figures {
  const scores = Object.entries(test).map(
    // Of scores, errors are fractions.
    ([name, value]) => [`test ${name}`, value] as const,
  )
  return { ...measures, ...Object.fromEntries(scores) }
}
