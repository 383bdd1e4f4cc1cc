/** A point of a sweep gives what a run of its own would: measures, records, events and weights. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweep as runSweep, train, type Run, type Sweep } from '../../../project/index.ts'

const model = `model driven
cell Driven {
  state v = 0 mV : 10 ms * dv/dt = 30 mV - v
  spike s when v > 20 mV
  on s { v = 0 mV }
}
population x[2] : Driven
experiment drive {
  step 1 ms  seed 1  duration 50 ms
  measure level = mean(x.v)  every 5 ms
  record x.v every 5 ms
  record times(x.s)
}
sweep seeds { seeds 1..2 }
`
const folder = mkdtempSync(join(tmpdir(), 'ccn-point-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a point of a sweep', () => {
  let sweep: Sweep
  let run: Run
  beforeAll(async () => {
    writeFileSync(join(folder, 'driven.ccn'), model)
    const where = { cwd: folder, env: { CCN_REPORT: '0' } }
    ;({ sweep } = await runSweep('driven.ccn', { ...where, jobs: 1, weights: true }))
    ;({ run } = await train('driven.ccn', { ...where, seed: 2, name: 'alone', report: false }))
  })

  it('has the records, events and measures of its run, and its weights', async () => {
    const point = sweep.point(1)
    expect(point.seed).toBe(2)
    expect(await point.metrics()).toEqual(await run.metrics())
    expect((await point.recorded()).toSorted()).toEqual(run.recorded.toSorted())
    const names = run.recorded
    const series = await point.records(names)
    expect(series.map(({ name }) => name)).toEqual(['x.v', 'level'])
    expect(series).toEqual(await run.records(names))
    const [events] = await point.events()
    expect(events?.times.length).toBeGreaterThan(1)
    expect([events]).toEqual(await run.events())
    expect(await point.weights()).toEqual(await run.weights())
    expect(await point.result()).toMatchObject({ status: 'done', step: 1e-3 })
  })

  it('says which points there are, and what is not kept', async () => {
    expect(() => sweep.point(2)).toThrow('Sweep seeds has no point 2; it has 2, numbered from 0.')
    const unknown = sweep.point({ ...sweep.points[0]!, key: 'f'.repeat(64) })
    await expect(unknown.records()).rejects.toThrow(
      'The point ffffffff of sweep seeds has not been run yet.',
    )
    rmSync(join(folder, 'sweeps', '.store', 'weights'), { recursive: true })
    await expect(sweep.point(0).weights()).rejects.toThrow('keeps no weights of the point')
  })
})
