/** `ccn train`, `ccn plot` and `ccn eval` of a circuit that is run by a clock. */
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { Workplace } from './run-cli.ts'

const model = `
cell Spiking {
  compartment soma
  state v : 5 ms * dv/dt = soma + 2 + normal() - v
  spike s when v > 1 { v = 0 }
}
synapse S {}
param gain = 1
population z[3] : Spiking
connect z.s -> z.soma as W : S { init 0.1 * gain  fixed  delay 1 ms }
experiment e {
  step 1 ms
  protocol { phase a 10 ms  phase b 20 ms }
  measure rate = mean(z.s) every 2 ms
  record z.s, z.v every 1 step
}
`
const place = new Workplace({ 'm.ccn': model })
afterAll(() => place.remove())

describe('a run by a clock', () => {
  it('is trained, and then drawn', async () => {
    const { code, out } = await place.run('train m.ccn --engine wasm --name r')
    expect(code).toBe(0)
    expect(out).toContain('30 steps of 1 ms, 30 ms in all')
    expect(out).toMatch(/a {2}to 10 ms {2}0:0\d {2}rate /)
    expect(out).toContain('ccn plot r')
    const drawn = await place.run('plot r')
    expect(drawn.err).toBe('')
    const picture = readFileSync(place.path('runs/r/plot.svg'), 'utf8')
    for (const name of ['z.s', 'z.v', 'rate', 'a', 'b']) expect(picture).toContain(`>${name}<`)
    const painted = await place.run('plot r rate -o painted.png')
    expect(painted.err).toBe('')
    expect([...readFileSync(place.path('painted.png')).subarray(0, 4)]).toEqual([137, 80, 78, 71])
    await place.run('plot r rate z.s --from 0.01 -o other.svg')
    expect(readFileSync(place.path('other.svg'), 'utf8')).not.toContain('z.v')
  })

  it.each([
    ['plot r z.t', 'Run r has no z.t.'],
    ['plot x', 'There is no run x'],
    ['plot r --from soon', 'It must be a number.'],
    ['plot r --from 100 --to 5', 'A picture from 100 to 5 shows nothing'],
    ['plot r --from 100 --to 100', 'A picture from 100 to 100 shows nothing'],
    ['plot r --from 100', 'Run r has nothing to draw from 100 s.'],
    ['plot r --to -1', 'Run r has nothing to draw until -1 s.'],
    [
      'plot r -o x.gif',
      'Pictures are written as SVG, PNG or PDF: name a file that ends in .svg, .png or .pdf; "x.gif" ends in .gif.',
    ],
    ['eval r', 'r runs by a clock: there is nothing to evaluate.'],
    ['train m.ccn --epochs 3', 'say --steps, not --epochs'],
    ['train m.ccn --batch 3', 'is fixed when it is compiled'],
    ['train m.ccn --limit 3', 'presents no examples'],
  ])('ccn %s: %s', async (command, message) => {
    const before = existsSync(place.path('runs/m-e-001'))
    const { code, err } = await place.run(command)
    expect(code).not.toBe(0)
    expect(err).toContain(message)
    expect(existsSync(place.path('runs/m-e-001'))).toBe(before)
  })

  it('is as long as --steps says', async () => {
    const { out } = await place.run('train m.ccn --engine wasm --name short --steps 12 --json')
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { step?: number })
    expect(lines.at(-1)).toMatchObject({ kind: 'ended', status: 'finished', step: 12 })
  })

  it('goes on after Ctrl-C to the same bytes', async () => {
    const options = { onListening: (press: () => void) => press() }
    const stopped = await place.run('train m.ccn --engine wasm --name half', options)
    expect(stopped.code).toBe(130)
    expect(stopped.err).toContain('Interrupted at 0 s, after step 0.')
    const resumed = await place.run('train --resume half')
    expect(resumed.code).toBe(0)
    for (const file of ['metrics.jsonl', 'records/part-0001.npz']) {
      const [one, other] = ['r', 'half'].map((name) =>
        readFileSync(place.path(`runs/${name}/${file}`)),
      )
      expect(one!.equals(other!)).toBe(true)
    }
  })
})
