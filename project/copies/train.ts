/**
 * Trains copies of a circuit that differ in their seed, `replicate 8 seeds`, or in values that they set, side by side in
 * one process: those of the same values share the compiled program and, where they are of the same examples, the data. Each copy is a run in a folder of its own
 * beneath that of all, and every bit of it is that of a run of its seed by itself.
 *
 * A copy whose numbers are no longer finite stops by itself; the others go on.
 */
import { copiesOf, copyLabel, planOfCopy, type Copy } from '../../contract/copies.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { LoadedDataset } from '../../runtime/data/types.ts'
import { RunError } from '../../runtime/train/errors.ts'
import { isAsLong } from '../../runtime/train/longer.ts'
import { initialState, type RunState } from '../../runtime/train/state.ts'
import { findRun, RunFolder } from '../../runtime/node/train/run-folder.ts'
import { signed } from '../data-folder.ts'
import { misuse } from '../errors.ts'
import type { CompiledExperiment } from '../experiment.ts'
import { now, requireSame, trainOne, type Training } from '../train-one.ts'
import type { Trained } from '../train.ts'
import { SharedData } from './shared-data.ts'

/** Copies that are in memory at once, and bytes that they take there, at most. */
const AT_ONCE = 32
const MOST_BYTES = 2 ** 30

/** How a copy ended. */
export type CopyEnd =
  | {
      readonly copy: Copy
      readonly status: 'finished' | 'interrupted'
      readonly run: RunFolder
      readonly state: RunState
      /** It was finished before. */
      readonly already?: true
    }
  | { readonly copy: Copy; readonly status: 'failed'; readonly failure: string }
  | { readonly copy: Copy; readonly status: 'not begun' }

/** Throws ProjectError if a run that goes on is of one circuit and copies are wanted, or the other way round. */
export function requireCopies({ name, manifest }: RunFolder, wanted: ExperimentPlan): void {
  const [all, asked] = [copiesOf(manifest.plan), copiesOf(wanted)]
  const [before, after] = [all.length, asked.length]
  if (before === 0 && after > 0)
    throw misuse(`Run ${name} is of one circuit: leave out --replicate, or start a new run.`)
  if (all.some((copy) => !asked.some((each) => each.name === copy.name))) {
    throw misuse(
      `Run ${name} is of ${before} copies: it can go on with more, but not with fewer.`,
      `To go on with one of them, name it: --resume ${name}/${all[0]!.name}.`,
    )
  }
}

/** Trains the copies in a new folder, or in that of `old`, which is locked. Throws as `train` does. */
export async function trainCopies(
  training: Training,
  old: RunFolder | undefined,
): Promise<Trained> {
  const { compiled, engine, where, on } = training
  const { plan } = compiled
  const draft = { ...compiled.draft, engine: engine.name }
  if (old) requireSame(old, draft)
  const group = old ?? (await training.create(draft))
  try {
    const before = group.manifest.plan
    const copies = copiesOf(plan)
    if (copiesOf(before).length !== copies.length || !isAsLong(before, plan))
      await group.lengthen(draft)
    on({ kind: 'copies', run: group, engine, copies })
    // What is wrong with one of them is said before any is run.
    const programs = new Map<string, CompiledExperiment>()
    for (const { set } of copies) {
      const key = keyOf(set)
      if (!programs.has(key)) programs.set(key, set ? await training.compile(set) : compiled)
    }
    // What stops one copy for a reason that is none of the circuit's stops them all.
    const stop = new AbortController()
    const signal = training.signal ? AbortSignal.any([training.signal, stop.signal]) : stop.signal
    const shared: Training = { ...training, signal, report: false, load: sharedLoad(training) }
    const ends = await inTurns(copies, atOnceOf(compiled), async (copy): Promise<CopyEnd> => {
      if (signal.aborted) return { copy, status: 'not begun' }
      try {
        return await trainCopy(shared, group, copy, programs.get(keyOf(copy.set))!)
      } catch (error) {
        if (error instanceof RunError && error.place)
          return { copy, status: 'failed', failure: error.message }
        stop.abort()
        throw error
      }
    })
    return await finished(training, group, ends)
  } finally {
    if (!old) await group.unlock()
  }

  async function trainCopy(
    shared: Training,
    folder: RunFolder,
    copy: Copy,
    program: CompiledExperiment,
  ): Promise<CopyEnd> {
    const { name } = copy
    const mine: Training = {
      ...shared,
      compiled: copyOf(program, copy),
      on: (event) => on({ kind: 'copy', copy, event }),
      create: (of) =>
        RunFolder.create(signed(where, of), {
          root: folder.path,
          name,
          startedAt: now(where),
        }),
    }
    const path = findRun(name, folder.path)
    const run = path === undefined ? undefined : await RunFolder.open(path, folder.path)
    await run?.lock()
    try {
      const { status, state, run: done, already } = await trainOne(mine, run)
      return { copy, status, state, run: done, ...(already && { already }) }
    } finally {
      await run?.unlock()
    }
  }
}

/** How many copies go on at once: on engines that compute in WebAssembly's memory as many as there is room for. */
function atOnceOf({ program, plan }: CompiledExperiment): number {
  if (typeof program === 'string') return 1
  const { exampleBase, exampleBytes } = program.memory
  const bytes = exampleBase + exampleBytes * Math.max(plan.batch, plan.evaluationBatch)
  return Math.max(1, Math.min(AT_ONCE, Math.floor(MOST_BYTES / bytes)))
}

/** By which copies share what is compiled. */
const keyOf = (set: Copy['set']): string => JSON.stringify(set ?? {})

/** What one copy is compiled to: but for the values all but the seed is shared. */
function copyOf(compiled: CompiledExperiment, { seed }: Copy): CompiledExperiment {
  const plan = planOfCopy(compiled.plan, seed)
  const { draft } = compiled
  const invocation = { ...draft.invocation, seed, replicate: 1 }
  return { ...compiled, plan, draft: { ...draft, plan, seed, invocation } }
}

function sharedLoad(training: Training): Training['load'] {
  const shared = new SharedData<LoadedDataset | undefined>()
  return (compiled, manifest) => shared.of(compiled.plan, () => training.load(compiled, manifest))
}

/** Notes how the copies ended, and tells it. */
async function finished(
  { where, report }: Training,
  group: RunFolder,
  copies: readonly CopyEnd[],
): Promise<Trained> {
  const failed = copies.flatMap((each) => (each.status === 'failed' ? [each] : []))
  const left = copies.filter(({ status }) => status === 'interrupted' || status === 'not begun')
  const whole = copies.flatMap((each) => ('state' in each ? [each] : []))
  const failure = failed.map((each) => `${copyLabel(each.copy)}: ${each.failure}`).join(' ')
  const already = copies.every((each) => 'already' in each)
  const [first] = whole
  if (left.length === 0 && !already) await group.finish(undefined, now(where))
  await group.noteFailure(failure === '' ? undefined : failure)
  if (!first && left.length === 0) {
    const one = failed[0]!
    throw new RunError(
      `All ${copies.length} copies stopped; that of ${copyLabel(one.copy)}: ${one.failure}`,
    )
  }
  const wanted = report ?? where.env['CCN_REPORT'] !== '0'
  const runs = whole.map(({ run }) => run)
  const problem =
    wanted && !already && runs.length > 1 ? await problemOfPage(where, group, runs) : undefined
  return {
    status: left.length > 0 ? 'interrupted' : 'finished',
    state: first?.state ?? initialState,
    run: group,
    copies,
    ...(already && { already }),
    ...(problem !== undefined && { pageProblem: problem }),
  }
}

/** Writes the page of the copies; gives why that could not be, in words: the runs are as good without. */
async function problemOfPage(
  where: Training['where'],
  group: RunFolder,
  copies: readonly RunFolder[],
): Promise<string | undefined> {
  try {
    const { writePageOfCopies } = await import('../report/write.ts')
    await writePageOfCopies(where, copies, group.pagePath)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Does all, at most so many at once; the results are in the order of what they are of. */
async function inTurns<T, R>(
  all: readonly T[],
  most: number,
  task: (each: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const failures: unknown[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < all.length) {
      const i = next++
      try {
        results[i] = await task(all[i]!)
      } catch (error) {
        failures.push(error)
        return
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker))
  if (failures.length > 0) throw failures[0]
  return results
}
