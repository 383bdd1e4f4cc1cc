/** Runs that are made longer go on as if they had been so long from the start; finished ones say so. */
import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeNpz } from '../../runtime/node/io/npz.ts'
import { decodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import { tinyModel, Workplace } from './run-cli.ts'

const clocked = `
param dt = 1 ms
param drive = 1
cell Source { signal e = drive + 0.1 * normal() }
cell Leaky {
  compartment soma
  state v : 10 ms * dv/dt = soma - v + normal()
  event e = v
}
plasticity Hebb { dw = pre.e * (0.5 - post.e) }
synapse S {}
population x[2] : Source
population h[2] : Leaky
connect x.e -> h.soma as W : S { init 0.5  learn Hebb }
experiment e {
  step dt  seed 3
  optimise W with sgd(rate = 0.01)
  protocol { repeat 10 { phase a 4 steps { set drive = 2 }  phase b 3 steps {} } }
  measure mean(h.v) every 3 steps
  measure norm(W) every 5 steps
  record h.v every 2 steps
}`

let place: Workplace
beforeAll(() => {
  place = new Workplace({
    'tiny.ccn': tinyModel,
    'clocked.ccn': clocked,
    // Both stop long before their end: the loss is not that large, nor the potential.
    'stops.ccn': tinyModel.replace(
      /\bepochs (\d+)/,
      'epochs $1  stop when loss < 1e6 for 2 epochs',
    ),
    'clockstops.ccn': clocked.replace('seed 3', 'seed 3  stop when mean(h.v) < 1e6 for 8 steps'),
    'cosine.ccn': tinyModel.replace(/sgd\(([^)]*)\)/, 'sgd($1, schedule = cosine)'),
  })
})
afterAll(() => place.remove())

const metrics = (run: string): string =>
  readFileSync(place.path(`runs/${run}/metrics.jsonl`), 'utf8')

function kept(run: string) {
  const path = place.path(`runs/${run}/checkpoint.safetensors`)
  const { tensors } = decodeSafetensors(readFileSync(path), path)
  return Object.fromEntries(
    [...tensors].map(([name, { data }]) => [name, [...(data as Float32Array)]]),
  )
}

function recorded(run: string) {
  const folder = place.path(`runs/${run}/records`)
  return readdirSync(folder).map((name) => {
    const arrays = decodeNpz(readFileSync(`${folder}/${name}`), name)
    return [...arrays].map(([key, { data }]) => [key, [...data]])
  })
}

describe('a run by epochs', () => {
  it.each([[1], [2], [3]])('of %i epochs that is made one of 5 has its numbers', async (epochs) => {
    await place.run('train tiny.ccn --name whole --force --quiet --epochs 5 --engine wasm')
    await place.run(`train tiny.ccn --name cut --force --quiet --epochs ${epochs} --engine wasm`)
    const { code, err } = await place.run('train --resume cut --quiet --epochs 5')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(metrics('cut')).toBe(metrics('whole'))
    expect(kept('cut')).toEqual(kept('whole'))
  })

  it('says that it is finished, where nothing is left to do', async () => {
    const { code, err } = await place.run('train --resume cut')
    expect(code).toBe(0)
    expect(err).toBe(
      'Run cut is finished already, after 5 epochs. Make it longer by e.g. --epochs 10.\n',
    )
  })

  it('does not become shorter than it is', async () => {
    const { code, err } = await place.run('train --resume cut --epochs 2')
    expect(code).toBe(1)
    expect(err).toMatch(
      /^error: Run cut cannot become one of 2 epochs: it has done \d+ steps already\.\n/,
    )
  })

  it('that `stop when` ended goes on in spite of it', async () => {
    const { err: said } = await place.run(
      'train stops.ccn --name early --quiet --epochs 4 --engine wasm',
    )
    expect(said).toBe('')
    const again = await place.run('train --resume early')
    expect(again.err).toBe(
      'Run early has ended already: stop when loss < 1e6 for 2 epochs. Go on in spite of that by --no-stop.\n',
    )
    const { code, err } = await place.run('train --resume early --quiet --no-stop --epochs 5')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    await place.run('train tiny.ccn --name whole --force --quiet --epochs 5 --engine wasm')
    expect(metrics('early')).toBe(metrics('whole'))
    expect(kept('early')).toEqual(kept('whole'))
  })

  it('does not become longer where a rate follows its length', async () => {
    await place.run('train cosine.ccn --name wave --quiet --epochs 2 --engine wasm')
    const { code, err } = await place.run('train --resume wave --epochs 4')
    expect(code).toBe(1)
    expect(err).toContain('follows the length of the whole run')
  })
})

describe('a run by a clock', () => {
  it.each([[7], [10], [16], [23]])(
    'of %i steps that is made one of 40 has its numbers',
    async (steps) => {
      await place.run('train clocked.ccn --name all --force --quiet --steps 40 --engine wasm')
      await place.run(
        `train clocked.ccn --name part --force --quiet --steps ${steps} --engine wasm`,
      )
      const { code, err } = await place.run('train --resume part --quiet --steps 40')
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(metrics('part')).toBe(metrics('all'))
      expect(kept('part')).toEqual(kept('all'))
      expect(recorded('part')).toEqual(recorded('all'))
    },
  )

  it('that `stop when` ended goes on in spite of it', async () => {
    await place.run('train clocked.ccn --name all --force --quiet --steps 40 --engine wasm')
    await place.run('train clockstops.ccn --name early2 --quiet --steps 40 --engine wasm')
    expect(metrics('early2').length).toBeLessThan(metrics('all').length)
    const { code, err } = await place.run('train --resume early2 --quiet --no-stop')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(metrics('early2')).toBe(metrics('all'))
    expect(kept('early2')).toEqual(kept('all'))
    expect(recorded('early2')).toEqual(recorded('all'))
  })
})
