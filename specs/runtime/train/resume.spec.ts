/** Interrupt, resume, and compare with the run that was left alone: every byte must agree. */
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IoError } from '../../../runtime/io/errors.ts'
import { restoreNetwork } from '../../../runtime/node/train/checkpoint.ts'
import type { ExperimentPlan, PlateauSchedule } from '../../../contract/plan.ts'
import type { RunOptions } from '../../../runtime/train/options.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { RunFolder } from '../../../runtime/node/train/run-folder.ts'
import { fakeData, fakeDraft, fakePlan } from '../../helpers/fake-experiment.ts'
import { FakeNetwork } from '../../helpers/fake-network.ts'

/** A rate that follows a figure is part of what a run goes on from. */
const schedule: PlateauSchedule = {
  kind: 'plateau',
  figure: 'loss',
  of: 'evaluation',
  factor: 0.5,
  patience: 0,
  threshold: 0.99,
  cooldown: 0,
  least: 0,
}

const plan: ExperimentPlan = {
  ...fakePlan,
  optimisers: fakePlan.optimisers.map((each) => ({ ...each, schedule })),
  records: [
    { variables: ['y.soma'], weights: ['W'], every: { unit: 'steps', count: 5 } },
    { variables: ['y.delta'], weights: [], every: { unit: 'steps', count: 2 } },
  ],
  phases: [
    {
      kind: 'phase',
      name: 'first',
      lasts: { unit: 'steps', count: 7 },
      settings: { gain: 2 },
      plasticity: true,
      frozen: [],
    },
    {
      kind: 'phase',
      name: 'second',
      lasts: { unit: 'epochs', count: 1 },
      settings: {},
      plasticity: true,
      frozen: [],
      perturb: [{ storage: 'W', by: { kind: 'normal', std: 0.5 } }],
    },
  ],
}
const draft = fakeDraft(plan)
const startedAt = '2026-11-24T00:00:00Z'
const files = [
  'metrics.jsonl',
  'checkpoint.safetensors',
  'best.safetensors',
  'records/part-0001.npz',
]

let root: string
let whole: Record<string, Buffer>

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ccn-resume-'))
  const folder = await RunFolder.create(draft, { root, name: 'whole', startedAt })
  await go(folder)
  whole = await contents(folder)
})
afterAll(() => rm(root, { recursive: true }))

async function go(folder: RunFolder, options: RunOptions = {}, network = create()) {
  const all = { store: folder, parameters: draft.parameters, ...options }
  return runExperiment(plan, network, fakeData(), all, silentReporter)
}

function create() {
  return new FakeNetwork({ seed: plan.seed })
}

/** Resumes with a fresh network, as a new process would. */
async function resume(name: string, options: RunOptions = {}) {
  const folder = await RunFolder.open(name, root)
  const network = create()
  const checkpoint = await folder.resume()
  if (checkpoint) restoreNetwork(network, checkpoint, folder.checkpointPath('latest'))
  return go(folder, { ...options, ...(checkpoint && { state: checkpoint.state }) }, network)
}

async function contents(folder: RunFolder): Promise<Record<string, Buffer>> {
  const entries = files.map(async (file) => [file, await readFile(join(folder.path, file))])
  return Object.fromEntries(await Promise.all(entries)) as Record<string, Buffer>
}

/** Asks to stop at the `count`-th look. */
function afterLooks(count: number) {
  let looks = 0
  return {
    get aborted() {
      return ++looks > count
    },
  }
}

/** The files that are not those of the uninterrupted run. */
async function differingFiles(folder: RunFolder): Promise<string[]> {
  const mine = await contents(folder)
  return files.filter((file) => !mine[file]!.equals(whole[file]!))
}

describe('a resumed run', () => {
  it('has lowered its rate on the way', () => {
    const rates = String(whole['metrics.jsonl']).matchAll(/"rates":\{"W":([\d.]+)\}/g)
    expect([...rates].map(([, rate]) => Number(rate))).toEqual([0.1, 0.1, 0.05])
  })

  it('is the uninterrupted one to the byte, wherever it was interrupted', async () => {
    let looks = 0
    for (let finished = false; !finished; looks++) {
      const folder = await RunFolder.create(draft, { root, name: `at-${looks}`, startedAt })
      const first = await go(folder, { interrupt: afterLooks(looks) })
      finished = first.status === 'finished'
      if (!finished) await resume(folder.name)
      expect(await differingFiles(folder)).toEqual([])
    }
    // 15 steps and three batches of evaluation in each of four epochs.
    expect(looks - 1).toBe(15 + 4 * 3)
  })

  it('is so too when it is interrupted again and again', async () => {
    const folder = await RunFolder.create(draft, { root, name: 'often', startedAt })
    await go(folder, { interrupt: afterLooks(1) })
    // An evaluation starts anew each time, so three looks are needed to get past one.
    for (let k = 0; k < 100; k++) {
      if ((await resume('often', { interrupt: afterLooks(3) })).status === 'finished') break
    }
    expect(await differingFiles(folder)).toEqual([])
  })

  it('is so too after a crash that left lines and a torn line past the checkpoint', async () => {
    const folder = await RunFolder.create(draft, { root, name: 'crash', startedAt })
    await go(folder, { interrupt: afterLooks(9) })
    await appendFile(join(folder.path, 'metrics.jsonl'), '{"kind":"step","epoch":2}\n{"kind":"st')
    await resume('crash')
    expect(await differingFiles(folder)).toEqual([])
  })

  it('begins anew if there was no checkpoint yet', async () => {
    const folder = await RunFolder.create(draft, { root, name: 'early', startedAt })
    await folder.addMetrics([{ kind: 'epoch', epoch: 0, step: 0 }])
    await resume('early')
    expect(await differingFiles(folder)).toEqual([])
  })

  it('does nothing more if it was finished', async () => {
    const result = await resume('whole')
    expect(result.state.last).toMatchObject({ epoch: 3 })
    expect(await differingFiles(await RunFolder.open('whole', root))).toEqual([])
  })

  it('does not depend on when checkpoints were written', async () => {
    let now = 0
    const folder = await RunFolder.create(draft, { root, name: 'slow', startedAt })
    const clock = () => (now += 400)
    await go(folder, { clock, checkpointSeconds: 1, interrupt: afterLooks(14) })
    await resume('slow', { clock, checkpointSeconds: 1 })
    expect(await differingFiles(folder)).toEqual([])
  })
})

describe('a damaged checkpoint', () => {
  const damages: [string, (path: string, bytes: Buffer) => Promise<void>][] = [
    ['empty', (path) => truncate(path, 0)],
    ['cut short in the header', (path) => truncate(path, 100)],
    ['cut short in the data', (path, bytes) => truncate(path, bytes.length - 1)],
    ['longer', (path) => appendFile(path, 'x')],
    ['text', (path) => writeFile(path, 'not a checkpoint at all')],
    ['zeros', (path, bytes) => writeFile(path, Buffer.alloc(bytes.length))],
    ['one bit of the data flipped', (path, bytes) => writeFile(path, flip(bytes, -3))],
    ['one digit of the state changed', (path, bytes) => writeFile(path, bump(bytes))],
  ]

  it.each(damages)('is refused, and nothing is written: %s', async (name, damage) => {
    const folder = await RunFolder.create(draft, {
      root,
      name: `damage-${name.replaceAll(' ', '-')}`,
      startedAt,
    })
    await go(folder, { interrupt: afterLooks(12) })
    const path = folder.checkpointPath('latest')
    await damage(path, await readFile(path))
    const before = [await readFile(path), await readFile(join(folder.path, 'metrics.jsonl'))]
    const error = await folder.resume().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(IoError)
    expect((error as IoError).message).toContain(path)
    const after = [await readFile(path), await readFile(join(folder.path, 'metrics.jsonl'))]
    expect(after).toEqual(before)
  })

  it('is refused if it is of another run', async () => {
    const other = await RunFolder.create({ ...draft, seed: 8 }, { root, name: 'other', startedAt })
    await writeFile(other.checkpointPath('latest'), whole['checkpoint.safetensors']!)
    await expect(other.resume()).rejects.toThrow('it belongs to another run')
  })

  it('is refused if it does not fit the network', async () => {
    const folder = await RunFolder.open('whole', root)
    const checkpoint = await folder.readCheckpoint('latest')
    const larger = new FakeNetwork({ inputs: 3 })
    expect(() => restoreNetwork(larger, checkpoint, 'p')).toThrow('does not fit the model')
    const { W, ...rest } = checkpoint.storages
    expect(W).toBeDefined()
    const lacking = { ...checkpoint, storages: rest }
    expect(() => restoreNetwork(create(), lacking, 'p')).toThrow('it has no W')
  })

  it('is refused if the log is shorter than it says', async () => {
    const folder = await RunFolder.create(draft, { root, name: 'short-log', startedAt })
    await go(folder, { interrupt: afterLooks(12) })
    await truncate(join(folder.path, 'metrics.jsonl'), 10)
    await expect(folder.resume()).rejects.toThrow('lines it should have')
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[copy.length + at]! ^= 1
  return copy
}

function bump(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  return Buffer.from(text.replace(/\\"step\\":(\d)/, '\\"step\\":9'), 'latin1')
}
