/**
 * What a run measured, read from its logs: a row for every epoch and phase, and columns for measured steps. A folder of
 * a run may come from anywhere: what is not as a log of ours has it is passed over.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { timeAt } from '../../contract/timeline.ts'
import { readJsonLines } from '../../runtime/node/io/jsonl.ts'
import type { RunFolder } from '../../runtime/node/train/run-folder.ts'

/** Figures by name; NaN where there is no number. */
export type Figures = Readonly<Record<string, number>>

/** What an epoch came to. */
export interface EpochRow {
  readonly epoch: number
  /** Steps done by then. */
  readonly step: number
  readonly phase?: string
  /** Scores by part of the data; those that there are. */
  readonly train: Figures
  readonly validation: Figures
  readonly test: Figures
  readonly measures: Figures
}

/** What a phase of a run by a clock came to. */
export interface PhaseRow {
  readonly phase: string
  readonly step: number
  /** Seconds by its end. */
  readonly t: number
  readonly measures: Figures
}

/** One figure along the steps of a run. */
export interface Column {
  /** Steps done before; in a run by a clock seconds. */
  readonly x: number[]
  readonly y: number[]
}

/** How long something took. */
export interface TimingRow {
  readonly steps: number
  readonly trainSeconds: number
  readonly evaluateSeconds: number
}

/** See the module's head. */
export interface Metrics {
  readonly epochs: readonly EpochRow[]
  readonly phases: readonly PhaseRow[]
  /** Of measured steps, by name: scores of the batch, and measures. */
  readonly scores: ReadonlyMap<string, Column>
  readonly measures: ReadonlyMap<string, Column>
  readonly timing: readonly TimingRow[]
}

type Line = Readonly<Record<string, unknown>>

/** Reads what a run has measured so far. Throws IoError if a log is damaged. */
export async function readMetrics(run: RunFolder): Promise<Metrics> {
  const epochs: EpochRow[] = []
  const phases: PhaseRow[] = []
  const scores = new Map<string, Column>()
  const measures = new Map<string, Column>()
  const { clock } = run.manifest.plan
  await eachLine(await run.metricsFile(), (line) => {
    if (line['kind'] === 'epoch') epochs.push(epochRow(line))
    else if (line['kind'] === 'phase') phases.push(phaseRow(line))
    else {
      const step = numberOf(line['step'])
      const at = clock ? timeAt(clock, step) : step
      add(scores, at, figuresOf(line['train']))
      add(measures, at, figuresOf(line['measures']))
    }
  })
  const timing: TimingRow[] = []
  await eachLine(join(run.path, 'timing.jsonl'), (line) => timing.push(timingRow(line)))
  return { epochs, phases, scores, measures, timing }
}

async function eachLine(path: string | undefined, take: (line: Line) => void): Promise<void> {
  if (path !== undefined && existsSync(path)) await readJsonLines(path, take)
}

function epochRow(line: Line): EpochRow {
  return {
    epoch: numberOf(line['epoch']),
    step: numberOf(line['step']),
    ...(typeof line['phase'] === 'string' && { phase: line['phase'] }),
    train: figuresOf(line['train']),
    validation: figuresOf(line['validation']),
    test: figuresOf(line['test']),
    measures: figuresOf(line['measures']),
  }
}

function phaseRow(line: Line): PhaseRow {
  return {
    phase: typeof line['phase'] === 'string' ? line['phase'] : '',
    step: numberOf(line['step']),
    t: numberOf(line['t']),
    measures: figuresOf(line['measures']),
  }
}

function timingRow(line: Line): TimingRow {
  const seconds = (name: string): number => {
    const value = numberOf(line[name])
    return value > 0 ? value : 0
  }
  return {
    steps: seconds('steps'),
    trainSeconds: seconds('trainSeconds') + seconds('seconds'),
    evaluateSeconds: seconds('evaluateSeconds'),
  }
}

function add(columns: Map<string, Column>, at: number, values: Figures): void {
  for (const [name, value] of Object.entries(values)) {
    const column = columns.get(name) ?? { x: [], y: [] }
    column.x.push(at)
    column.y.push(value)
    columns.set(name, column)
  }
}

function figuresOf(values: unknown): Figures {
  if (typeof values !== 'object' || values === null) return {}
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, numberOf(value)]))
}

/** What stands for a number in a log, which has none for NaN and infinity. */
function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
}
