/** Records along time, in parts, from checkpoint to checkpoint. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Recorder, type RecordsState, type RecordStore } from '../../../runtime/train/recorder.ts'
import { isEvents } from '../../../runtime/report/series.ts'
import { readRecorded } from '../../../runtime/node/train/recorded.ts'
import { RunFolder } from '../../../runtime/node/train/run-folder.ts'
import { fakeDraft } from '../../helpers/fake-experiment.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'

const examples = { count: 1, batch: 1 }
const row = (step: number) => ({
  v: { shape: [1, 4], data: Float32Array.of(step, step + 0.25, step + 0.5, 0) },
  ...(step % 3 === 0 && { W: { shape: [2], data: Float64Array.of(step, -step) } }),
})
/** A part has some ten rows of v and some three of W. */
const full = 10 * 16 + 4 * 16

async function record(
  store: RecordStore,
  from: number,
  to: number,
  state?: RecordsState,
  /** Where a checkpoint is made. */
  at = to,
): Promise<RecordsState> {
  const recorder = new Recorder(store, 0.001, { full: full })
  await recorder.begin(state)
  let kept = recorder.state()
  for (let step = from; step < to; step++) {
    if (step === at) {
      await recorder.write()
      kept = recorder.state()
    }
    recorder.add(step, row(step), examples)
    await recorder.writeIfFull()
  }
  await recorder.write()
  return at === to ? recorder.state() : kept
}

describe('records', () => {
  it('number the steps of any length of run rightly, and go on from there', async () => {
    const store = new MemoryStore()
    const first = 2 ** 31 - 2
    const state = await record(store, first, first + 4)
    const steps = [0, 1, 2, 3].map((k) => first + k)
    expect([...store.parts.get(1)!.get('step(v)')!.data]).toEqual(steps)
    expect([...store.parts.get(1)!.get('t(v)')!.data]).toEqual(steps.map((step) => step / 1000))
    await record(store, first + 4, first + 6, state)
    expect([...store.parts.get(1)!.get('step(v)')!.data].slice(4)).toEqual([first + 4, first + 5])
  })

  it('come in parts of a bounded size, with the steps and times of each name', async () => {
    const store = new MemoryStore()
    await record(store, 0, 25)
    expect([...store.parts.keys()]).toEqual([1, 2, 3])
    const parts = [...store.parts.values()]
    const all = (name: string) => parts.flatMap((part) => [...part.get(name)!.data])
    expect(all('step(v)')).toEqual(Array.from({ length: 25 }, (_, step) => step))
    expect(all('step(W)')).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24])
    expect(all('t(W)').slice(0, 3)).toEqual([0, 0.003, 0.006])
    expect(all('W').slice(2, 6)).toEqual([3, -3, 6, -6])
    for (const part of parts) {
      const rows = part.get('step(v)')!.data.length
      expect(part.get('v')!.shape).toEqual([rows, 1, 4])
      expect(rows).toBeLessThan(13)
    }
  })

  it('are the same wherever they went on from, and whatever came after the checkpoint', async () => {
    const whole = new MemoryStore()
    await record(whole, 0, 25)
    for (let at = 0; at <= 25; at++) {
      for (const past of [0, 1, 7]) {
        const store = new MemoryStore()
        const state = await record(store, 0, Math.min(25, at + past), undefined, at)
        await record(store, at, 25, JSON.parse(JSON.stringify(state)) as RecordsState)
        expect(store.parts).toEqual(whole.parts)
      }
    }
  })

  it('begin anew without a checkpoint', async () => {
    const store = new MemoryStore()
    await record(store, 0, 25)
    await record(store, 0, 3)
    expect([...store.parts.keys()]).toEqual([1])
    expect(store.parts.get(1)!.get('v')!.shape).toEqual([3, 1, 4])
  })
})

describe('on the disk', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'ccn-records-'))
  })
  afterAll(() => rm(root, { recursive: true }))

  it('are .npz files, small where there is little in them, and read as one series', async () => {
    const startedAt = '2026-11-25T00:00:00Z'
    const folder = await RunFolder.create(fakeDraft(), { root, name: 'r', startedAt })
    const recorder = new Recorder(folder, undefined, { full: 4_000_000 })
    await recorder.begin(undefined)
    for (let step = 0; step < 2500; step++) {
      const spikes = new Float64Array(500)
      spikes[step % 500] = 1
      recorder.add(step, { s: { shape: [1, 500], data: spikes } }, examples)
      await recorder.writeIfFull()
    }
    await recorder.write()
    const names = await readdir(join(folder.path, 'records'))
    expect(names.toSorted()).toEqual(['part-0001.npz', 'part-0002.npz', 'part-0003.npz'])
    expect((await readFile(join(folder.path, 'records', names[0]!))).length).toBeLessThan(200_000)
    const [found] = await readRecorded(folder, ['s'])
    const series = found && !isEvents(found) ? found : undefined
    expect(series).toMatchObject({ name: 's', units: 500 })
    expect(series!.times.length).toBe(2500)
    expect([0, 1001, 2499].map((k) => series!.values[k * 500 + (k % 500)])).toEqual([1, 1, 1])
    expect(series!.values.reduce((sum, each) => sum + each, 0)).toBe(2500)
    await folder.dropRecords(1)
    expect((await folder.recordParts()).map(({ number }) => number)).toEqual([1])
  })
})
