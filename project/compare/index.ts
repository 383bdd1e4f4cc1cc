/**
 * Compares runs: what they were set to and differ in, what they came to, and their curves. Runs that differ in their
 * seed alone are a group, told by mean and standard error.
 */
import { misuse, ProjectError } from '../errors.ts'
import { chartsOf, type RunChart } from '../report/curves.ts'
import { quoted } from '../report/command.ts'
import { readMetrics } from '../report/metrics.ts'
import { copiesIn, findNamed } from '../runs.ts'
import { pathIn, surroundings, type Surroundings } from '../surroundings.ts'
import type { RunFolder } from '../../runtime/node/train/run-folder.ts'
import { IoError } from '../../runtime/io/errors.ts'
import { RunError } from '../../runtime/train/errors.ts'
import { overlaid } from './curves.ts'
import { meansOf, resultsOf, type MeanResult, type Result } from './results.ts'
import { differing, SEED, settingsOf, type Settings } from './settings.ts'

/** Where runs are looked for. */
export interface CompareOptions extends Partial<Surroundings> {
  /** Folder of runs; default `runs`. */
  readonly out?: string | undefined
}

/** A run among others. */
export interface ComparedRun {
  readonly name: string
  readonly seed: number
  readonly finished: boolean
  /** Of what the runs differ in, by name; absent where a run has no such thing. */
  readonly settings: Readonly<Record<string, string>>
  readonly results: readonly Result[]
}

/** Runs that differ in the seed alone. */
export interface ComparedGroup {
  /** By what sets it apart from other groups. */
  readonly label: string
  readonly runs: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  readonly results: readonly MeanResult[]
}

/** See the module's head. */
export interface Comparison {
  /** Names of settings that differ, without the seed. */
  readonly differing: readonly string[]
  readonly runs: readonly ComparedRun[]
  readonly groups: readonly ComparedGroup[]
  readonly charts: readonly RunChart[]
}

interface Read {
  readonly run: RunFolder
  readonly settings: Settings
  readonly results: readonly Result[]
  readonly charts: readonly RunChart[]
}

/** Letters of the name of a group. */
const MOST_LABEL = 60

/** Compares runs by name or folder. Throws ProjectError or IoError. */
export async function compare(
  targets: readonly string[],
  options: CompareOptions = {},
  where: Surroundings = surroundings(options),
): Promise<Comparison> {
  const out = pathIn(where, options.out ?? 'runs')
  const read: Read[] = []
  const failures = new Map<string, Refusal>()
  for (const target of targets) {
    try {
      for (const run of await copiesIn(await findNamed(where, target, out)))
        if (!read.some((other) => other.run.path === run.path)) read.push(await readRun(run))
    } catch (error) {
      if (!isRefusal(error)) throw error
      failures.set(target, error)
    }
  }
  refuseIncomplete(targets, failures)
  if (read.length < 2) throw misuse('Name two runs or more, to be compared with each other.')
  const names = differing(read.map(({ settings }) => settings)).filter((name) => name !== SEED)
  const groups = grouped(read)
  const labels = labelsOf(groups, names)
  return {
    differing: names,
    runs: read.map(({ run, settings, results }) => ({
      name: run.name,
      seed: run.manifest.seed,
      finished: run.manifest.finishedAt !== undefined,
      settings: chosen(settings, names),
      results,
    })),
    groups: groups.map((members, i) => ({
      label: labels[i]!,
      runs: members.map(({ run }) => run.name),
      settings: chosen(members[0]!.settings, names),
      results: meansOf(members.map(({ results }) => results)),
    })),
    charts: overlaid(
      groups.map((members, i) => ({
        label: labels[i]!,
        runs: members.map(({ charts }) => charts),
      })),
    ),
  }
}

type Refusal = IoError | RunError | ProjectError

function isRefusal(error: unknown): error is Refusal {
  return error instanceof IoError || error instanceof RunError || error instanceof ProjectError
}

/**
 * Throws if a run could not be read: means over seeds without one that was named would look like those of all. It says
 * why of the first, and what can be compared without all of them.
 */
function refuseIncomplete(
  targets: readonly string[],
  failures: ReadonlyMap<string, Refusal>,
): void {
  const [first] = failures.values()
  if (first === undefined) return
  const others = [...new Set(targets)].filter((each) => !failures.has(each))
  const hint = first instanceof ProjectError ? first.hint : undefined
  if (others.length < 2) throw first
  const without = `Without ${[...failures.keys()].join(', ')}: ccn compare ${others.map(quoted).join(' ')}`
  throw new ProjectError(first.message, {
    hint: hint === undefined ? without : `${hint} ${without}`,
  })
}

async function readRun(run: RunFolder): Promise<Read> {
  const { plan } = run.manifest
  const metrics = await readMetrics(run)
  const state = run.hasCheckpoint('latest') ? (await run.readCheckpoint('latest')).state : undefined
  return {
    run,
    settings: settingsOf(run.manifest),
    results: resultsOf(plan, metrics, state),
    charts: chartsOf(plan, metrics),
  }
}

/** Runs by all settings but the seed, in the order in which they were named. */
function grouped(all: readonly Read[]): readonly (readonly Read[])[] {
  const groups = new Map<string, Read[]>()
  for (const each of all) {
    const key = JSON.stringify([...each.settings].filter(([name]) => name !== SEED))
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()]
}

function chosen(settings: Settings, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = settings.get(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** What sets groups apart, or the names of their runs where that is long, or nothing. */
function labelsOf(
  groups: readonly (readonly Read[])[],
  names: readonly string[],
): readonly string[] {
  const labels = groups.map(([first]) =>
    names
      .flatMap((name) => {
        const value = first!.settings.get(name)
        if (value === undefined || name === 'text' || name === 'ccn') return []
        return [
          name === 'variant'
            ? value === 'none'
              ? 'no variant'
              : value
            : name === 'file' || name === 'experiment'
              ? value
              : `${name} ${value}`,
        ]
      })
      .join(', '),
  )
  const plain =
    labels.every((label) => label !== '' && label.length <= MOST_LABEL) &&
    new Set(labels).size === labels.length
  return groups.map(([first], i) => {
    if (plain) return labels[i]!
    return groups.length === 1 ? 'all runs' : first!.run.name
  })
}
