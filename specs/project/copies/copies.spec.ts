/** Copies that differ in their seed, side by side: each is a run of that seed by itself, byte for byte. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { tinyModel, Workplace } from '../../cli/run-cli.ts'

/** Batches, one of them smaller; measures, records, validation examples that depend on the seed. */
const rates = tinyModel
  .replace('data xor', 'data xor { validation 1 }')
  .replace(/\}\s*$/, '  record h.e, W1 every 3 steps\n  replicate 3 seeds\n}\n')
const dropped = `model dropped
import { Input } from "std/cells"
import { Teacher, Depressing, BurstDependent } from "std/burstccn"
import { Dropout } from "std/regularisation"
import { xor } from "std/data"
population x[2] : Input
population d[2] : Dropout(0.25)
population y[2] : Teacher(0.5)
connect x.event -> d.given
connect d.event -> y.soma as W : Depressing { init xavier_normal()  learn BurstDependent }
experiment e {
  data xor
  present x = input, y.target = one_hot(label)
  batch 4  epochs 5  replicate 2 seeds
  optimise W, k with sgd(rate = 1)
  measure loss every 2 steps
}
`
const spikes = `
cell Spiking {
  compartment soma
  state v : 5 ms * dv/dt = soma + 2 + normal() - v
  spike s when v > 1 { v = 0 }
}
synapse S {}
param gain = 1
population z[9] : Spiking
connect z.s -> z.soma as W : S { random probability 0.5  init 0.1 * gain  fixed  delay 1 ms }
experiment e {
  step 1 ms  seed 4  replicate 2 seeds
  protocol { phase a 10 ms  phase b 20 ms { set gain = 2 } }
  measure rate = mean(z.s) every 2 ms
  record z.v every 5 steps
  record times(z.s)
}
`
/** The larger a weight is, of either sign, the sooner it is over. */
const grows = `
cell C {
  compartment soma
  state v = 1 : 2 ms * dv/dt = soma - v
  event e = v
}
synapse S {}
population a[1] : C
connect a.e -> a.soma as W : S { init normal(std = 1000)  fixed  delay 1 step }
experiment e {
  step 1 ms  duration 30 ms  replicate 6 seeds
  measure top = mean(a.v) every 5 ms
}
`
/** A parameter that decides a shape goes together with one that does not, and both with seeds. */
const varied = `
param units = 2
param gain = 1
cell C { compartment soma  state v = 1 : 4 ms * dv/dt = gain * soma + 0.5 * normal() - v  event e = v }
population a[units] : C
connect a.e -> a.soma as W { init normal()  fixed  delay 1 step }
experiment e {
  step 1 ms  duration 20 ms  seed 3  replicate 2 seeds with gain = [0.5, 0.25], units = [3, 2]
  measure top = mean(a.v) every 5 ms
}
sweep s { vary gain in [1, 2] }
`
const place = new Workplace({
  'varied.ccn': varied,
  'broken.ccn': varied.replace('units = [3, 2]', 'units = [3, 2.5]'),
  'rates.ccn': rates,
  'dropped.ccn': dropped,
  'valued.ccn': dropped
    .replace('population x', 'param gain = 1\npopulation x')
    .replace('xavier_normal()', 'xavier_normal(gain = gain)')
    .replace('2 seeds', 'with gain = [1, 2]'),
  'spikes.ccn': spikes,
  'grows.ccn': grows,
})
afterAll(() => place.remove())

const folder = (name: string) => place.path(`runs/${name}`)
/** All that a run came to, by file; the clock's times and the manifest apart. */
function filesOf(name: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder(name), { recursive: true, encoding: 'utf8' })
  const kept = names.filter((each) => /jsonl$|safetensors$|npz$/.test(each))
  return new Map(
    kept
      .filter((each) => each !== 'timing.jsonl')
      .toSorted()
      .map((each) => [each, readFileSync(join(folder(name), each), 'hex')]),
  )
}
const run = (words: string) => place.run(`train ${words} --engine wasm`)
const manifest = (name: string) =>
  JSON.parse(readFileSync(join(folder(name), 'manifest.json'), 'utf8')) as {
    finishedAt?: string
    failure?: string
  }

describe('copies', () => {
  it.each([
    ['rates', '', [1, 2, 3]],
    ['rates', '--precision f64 --threads 2 --seed 7 --replicate 2', [7, 8]],
    ['dropped', '', [1, 2]],
    ['spikes', '', [4, 5]],
    ['spikes', '--threads 2', [4, 5]],
  ])('of %s %s are what runs of their seeds are', async (file, options, seeds) => {
    const name = `${file}${options.replaceAll(/\W/g, '')}`
    const { code, err } = await run(`${file}.ccn ${options} --name ${name} --quiet`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const others = options.replaceAll(/--(seed|replicate) \d+/g, '')
    const found: ReadonlyMap<string, string>[] = []
    for (const seed of seeds) {
      await run(`${file}.ccn ${others} --seed ${seed} --replicate 1 --name alone --force --quiet`)
      found.push(filesOf(`${name}/seed-${seed}`))
      expect(found.at(-1)).toEqual(filesOf('alone'))
    }
    expect(found[0]!.size).toBeGreaterThan(1)
    expect(found[0]).not.toEqual(found[1])
    expect(readdirSync(folder(name)).filter((each) => each.startsWith('seed-'))).toHaveLength(
      seeds.length,
    )
  })

  it('are gone on with where they were stopped, to the same bits', async () => {
    await run('rates.ccn --name whole --quiet --epochs 40')
    let press = (): void => {}
    const stopped = await place.run('train rates.ccn --name cut --epochs 40 --engine wasm --json', {
      onListening: (pressing) => {
        press = pressing
        press()
      },
    })
    expect(stopped.code).toBe(130)
    expect(stopped.err).toMatch(/Interrupted, with \d of 3 copies to go on with/)
    expect(manifest('cut').finishedAt).toBeUndefined()
    const { code, err } = await place.run('train --resume cut --quiet')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(manifest('cut').finishedAt).toBeDefined()
    for (const seed of [1, 2, 3])
      expect(filesOf(`cut/seed-${seed}`)).toEqual(filesOf(`whole/seed-${seed}`))
  })

  it('can be more, or gone on with one by one, but not be fewer', async () => {
    await run('dropped.ccn --name more --quiet')
    const { code } = await place.run('train --resume more --replicate 3 --epochs 7 --quiet')
    expect(code).toBe(0)
    await run('dropped.ccn --seed 3 --replicate 1 --epochs 7 --name third --quiet')
    expect(filesOf('more/seed-3')).toEqual(filesOf('third'))
    expect((await place.run('train --resume more/seed-1 --epochs 8 --quiet')).code).toBe(0)
    const fewer = await place.run('train --resume more --replicate 1')
    expect(fewer.err).toContain(
      'Run more is of 3 copies: it can go on with more, but not with fewer.',
    )
    const one = await place.run('train --resume third --replicate 2')
    expect(one.err).toContain('Run third is of one circuit')
  })

  it('stop one by one where numbers are no longer finite', async () => {
    const { code, err, out } = await run('grows.ccn --name grows')
    expect(code).toBe(1)
    const stopped = err.trim().split('\n')
    expect(stopped).toHaveLength(4)
    for (const [i, seed] of [1, 2, 4, 6].entries())
      expect(stopped[i]).toMatch(
        new RegExp(`^The copy of seed ${seed} stopped: The variable a.soma became infinite`),
      )
    expect(out).toMatch(/^to 30 ms +0:0\d +2 of 6 copies +top /m)
    expect(out).toContain('2 of 6 copies, of seeds 1 to 6: mean ± standard error')
    expect(manifest('grows').failure).toContain('seed 4: The variable a.soma')
    expect(manifest('grows/seed-4').failure).toMatch(/^The variable a.soma/)
    expect(manifest('grows/seed-3').failure).toBeUndefined()
    place.write('all.ccn', grows.replace('std = 1000', 'std = 1e7'))
    const all = await run('all.ccn --name all')
    expect([all.code, all.err]).toEqual([
      1,
      expect.stringContaining('All 6 copies stopped; that of seed 1: The variable a.soma became'),
    ])
  })
})

describe('points of a sweep', () => {
  interface Result {
    readonly key: string
    readonly weights: string
    readonly curves: string
    readonly last: object
  }
  const swept = async (words: string, store: string): Promise<readonly Result[]> => {
    const { code, err } = await place.run(`sweep spikes.ccn s ${words} --jobs 1 --sweeps ${store}`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const results = place.path(`${store}/.store/results`)
    return readdirSync(results).flatMap((name) =>
      readFileSync(join(results, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => {
          const { key, weights, curves, last } = JSON.parse(line.replace(/^\w+ /, '')) as Result
          return { key, weights, curves, last }
        }),
    )
  }

  it('that one process runs are what each is in a process of its own', async () => {
    const all = await swept('--vary gain=0.5,2', 'all')
    expect(new Set(all.map(({ weights }) => weights)).size).toBe(4)
    for (const [i, words] of ['--vary gain=0.5 --seeds 5', '--vary gain=2 --seeds 4'].entries()) {
      const [alone] = await swept(words, `alone${i}`)
      const same = all.find(({ key }) => key === alone?.key)
      expect(same).toEqual(alone)
      const curves = (store: string) =>
        readFileSync(place.path(`${store}/.store/curves/${alone!.key}.jsonl.gz`), 'hex')
      expect(curves('all')).toBe(curves(`alone${i}`))
    }
  })
})

describe('a run of copies', () => {
  it('tells means and standard errors, and as JSON each copy', async () => {
    const { out } = await run('rates.ccn --name told')
    expect(out).toMatch(/^epoch 4\/4 .* test error \d+\.\d\d ± \d+\.\d\d %/m)
    expect(out).toMatch(/^3 copies, of seeds 1 to 3: mean ± standard error$/m)
    expect(out).toMatch(/^test loss +\d.*±/m)
    const json = await run('rates.ccn --name told --force --json')
    const lines = json.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(new Set(lines.map(({ copy }) => copy))).toEqual(new Set([1, 2, 3, undefined]))
    const last = lines.at(-1) as {
      copies: { figures: { name: string; value: number }[] }[]
      figures: { name: string; mean: number; error: number }[]
    }
    const values = last.copies.map(
      ({ figures }) => figures.find(({ name }) => name === 'test loss')!.value,
    )
    const mean = values.reduce((sum, value) => sum + value, 0) / 3
    const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const loss = last.figures.find(({ name }) => name === 'test loss')!
    expect(loss.mean).toBeCloseTo(mean, 12)
    expect(loss.error).toBeCloseTo(Math.sqrt(spread / 2 / 3), 12)
  })

  it('is evaluated, drawn, compared and reported, as a whole and copy by copy', async () => {
    const { out } = await place.run('eval told')
    expect(out).toContain('told: 4 test examples, 3 copies: mean ± standard error')
    const one = JSON.parse((await place.run('eval told/seed-2 --json')).out) as { scores: object }
    const all = JSON.parse((await place.run('eval told --json')).out) as {
      copies: { name: string; scores: object }[]
    }
    expect(all.copies.map(({ name }) => name)).toEqual([
      'told/seed-1',
      'told/seed-2',
      'told/seed-3',
    ])
    expect(all.copies[1]!.scores).toEqual(one.scores)
    expect((await place.run('compare told')).out).toMatch(/test loss +\d.*±/)
    expect((await place.run('plot told')).out.trim().split('\n')).toHaveLength(3)
    expect((await place.run('report told')).out.trim()).toBe('runs/told/report.html')
    expect(readFileSync(join(folder('told'), 'report.html'), 'utf8')).toContain('told/seed-3')
    const drawn = await place.run('plot told -o x.svg')
    expect(drawn.err).toContain('Run told is of several copies, and one is drawn to a file.')
  })

  it('is served while it goes on as one circuit alone', async () => {
    const { code, err } = await run('rates.ccn --name seen --live')
    expect([code, err]).toEqual([
      2,
      'error: The page that --live serves is of one circuit: say --replicate 1 with it.\n',
    ])
    expect(existsSync(folder('seen'))).toBe(false)
  })

  it('is replaced as a whole', async () => {
    await run('rates.ccn --name told --force --quiet --replicate 1')
    expect(existsSync(join(folder('told'), 'seed-1'))).toBe(false)
    expect(existsSync(join(folder('told'), 'checkpoint.safetensors'))).toBe(true)
  })

  it('is evaluated without a mean where copies set values of their own', async () => {
    await run('valued.ccn --name valued --quiet --no-report')
    const all = JSON.parse((await place.run('eval valued --json')).out) as {
      copies: { set: object }[]
      figures?: object
    }
    expect(all.copies.map(({ set }) => set)).toEqual([{ gain: '1' }, { gain: '2' }])
    expect(all.figures).toBeUndefined()
    expect((await place.run('eval valued')).out).not.toContain('±')
  })

  it('set values of their own, each what a run by itself with --set is', async () => {
    const { out } = await run('varied.ccn --name each --no-report')
    // While they go on, no mean is told over copies of different values.
    const [going = ''] = out.split('4 copies')
    expect(going).toMatch(/ to /)
    expect(going).not.toContain('±')
    expect(out).toMatch(/^4 copies, seeds 3 to 4: mean ± standard error$/m)
    expect(out).toMatch(/^gain = 0\.5, units = 3$/m)
    const names = readdirSync(folder('each'))
      .filter((name) => name.startsWith('gain'))
      .toSorted()
    expect(names).toEqual([
      'gain-0.25_units-2_seed-3',
      'gain-0.25_units-2_seed-4',
      'gain-0.5_units-3_seed-3',
      'gain-0.5_units-3_seed-4',
    ])
    await run(
      'varied.ccn --name itself --quiet --no-report --seed 4 --set gain=0.25 units=2 --replicate 1',
    )
    expect(filesOf(`each/${names[1]}`)).toEqual(filesOf('itself'))
    expect(filesOf('itself').size).toBeGreaterThan(1)
    const { code, out: checked } = await place.run('check broken.ccn')
    expect(code).toBe(1)
    expect(checked).toContain('in the copies of e at gain=0.25 units=2.5')
    const swept = await place.run('sweep varied.ccn s')
    expect(swept.err).toContain('whose copies set values themselves')
  })
})
