/** `ccn sweep`: points are run once, known by content, cut off and gone on with, and summed up over seeds. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openSweep } from '../../project/index.ts'
import { SweepStore, type PointResult } from '../../project/sweeps/store.ts'
import { encodeNpy } from '../../runtime/node/io/npy.ts'
import { Workplace, type Outcome } from './run-cli.ts'

const model = `/// Exclusive or.
model xor
import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
param hidden = 4    in 1..
param rate   = 2    in 0..
population x[2]      : Input
population h[hidden] : Pyramidal(0.5)
population y[2]      : Teacher(0.5)
for (lower, upper) in [x, h, y] {
  connect lower.event -> upper.soma as W : Depressing {
    init xavier_normal(gain = 3.6)
    learn BurstDependent
  }
}
connect y.burst -> h.apical as Y : Facilitating { tied = W }
connect y.event -> h.apical as Q : Depressing { tied = -0.5 * Y }
connect y.gain -> h.above
variant random_feedback { Y: init xavier_normal(gain = 3.6) }
variant broken { drop W }
experiment xor {
  data xor
  present x = input, y.target = one_hot(label)
  batch 4  epochs 6  seed 1
  optimise W, k with sgd(rate = rate)
  measure error, loss, angle(W, backprop)  every 2 steps
}
`
const grid = `sweep grid {
  vary variant in [none, random_feedback]
  vary rate in [1, 2]
  seeds 1..2
  report error, loss best, loss mean over last 3 epochs, loss at epoch 2
}
`
const places: Workplace[] = []
const placeOf = (text: string): Workplace => {
  const place = new Workplace({ 'xor.ccn': text })
  places.push(place)
  return place
}
const sweep = (place: Workplace, rest = '', options = {}): Promise<Outcome> =>
  place.run(`sweep xor.ccn --jobs 1 ${rest}`, options)

interface Ended {
  readonly progress: { readonly points: number; readonly done: number; readonly failed: number }
  readonly groups: readonly {
    readonly values: Readonly<Record<string, string>>
    readonly seeds: readonly number[]
    readonly figures: Readonly<Record<string, { readonly mean: number; readonly values: number[] }>>
  }[]
  readonly failures: readonly { readonly reason: string; readonly command: string }[]
}
interface Point {
  readonly kind: string
  readonly key: string
  readonly status: string
  readonly weights: string
  readonly reason?: string
}
const told = ({ out }: Outcome): { points: Point[]; ended: Ended } => {
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Point & Ended)
  return { points: lines.filter(({ kind }) => kind === 'point'), ended: lines.at(-1)! }
}
const digests = (points: readonly Point[]): Record<string, string> =>
  Object.fromEntries(points.map(({ key, weights }) => [key, weights]))

afterAll(() => places.forEach((place) => place.remove()))

describe('ccn sweep', () => {
  it('runs every point once, and sums up over seeds', async () => {
    const place = placeOf(model + grid)
    const first = told(await sweep(place, '--json'))
    expect(first.points).toHaveLength(8)
    expect(first.ended.progress).toEqual({ points: 8, done: 8, givenUp: 0, failed: 0 })
    expect(first.ended.groups.map(({ values, seeds }) => [values, seeds])).toEqual(
      ['none', 'random_feedback'].flatMap((variant) =>
        ['1', '2'].map((rate) => [{ variant, rate }, [1, 2]]),
      ),
    )
    const again = told(await sweep(place, '--json'))
    expect(again.points).toEqual([])
    expect(again.ended).toEqual(first.ended)

    // The same as a run by itself, and as the figures say.
    await place.run(
      'train xor.ccn --set rate=2 --seed 2 --variant random_feedback --name alone --quiet',
    )
    const records = readFileSync(place.path('runs/alone/metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            kind: string
            epoch: number
            test: { loss: number; error: number }
          },
      )
      .filter(({ kind }) => kind === 'epoch')
    const losses = records.map(({ test }) => test.loss)
    const { figures } = first.ended.groups[3]!
    // The best evaluation is the first one with the lowest error.
    const errors = records.map(({ test }) => test.error)
    expect(figures['loss best']?.values[1]).toBe(losses[errors.indexOf(Math.min(...errors))])
    expect(figures['loss at epoch 2']?.values[1]).toBe(losses[2])
    expect(figures['loss mean over last 3 epochs']?.values[1]).toBeCloseTo(
      (losses[4]! + losses[5]! + losses[6]!) / 3,
      14,
    )
    const { out } = await sweep(place)
    expect(out).toMatch(/^sweep grid of xor, 8 points/m)
    expect(out).toMatch(/^8 of them were done before\.$/m)
    expect(out).toMatch(/^variant +rate +n +error +loss best/m)
    expect(out).toMatch(/^none +1 +2 +[\d.]+ ± [\d.]+ %/m)
    expect(out).toMatch(/^8 of 8 points done; kept in sweeps\/grid$/m)
    expect(await place.run('sweep grid --status')).toEqual({
      code: 0,
      out: 'grid: 8 of 8 points done\n',
      err: '',
    })
  })

  it('knows a point again by what it is, not by where it stands', async () => {
    const place = placeOf(model + grid)
    const first = told(await sweep(place, '--json'))
    const ran = async (text: string, rest = ''): Promise<number> => {
      writeFileSync(place.path('xor.ccn'), text)
      return told(await sweep(place, `--json ${rest}`)).points.length
    }
    expect(await ran(`${model.replace('4    in', '4 in')}// a remark\n${grid}`)).toBe(0)
    expect(await ran(model + grid.replace('[1, 2]', '[1, 2, 4]'))).toBe(4)
    expect(await ran(model + grid.replace('1..2', '1..3'))).toBe(4)
    expect(await ran(model + grid.replace('grid', 'other'))).toBe(0)
    expect(await ran(model, '--vary rate=2 --seeds 1..2')).toBe(0)
    expect(await ran(model.replace('4    in', '5    in') + grid)).toBe(8)
    expect(await ran(model + grid.replace('seeds', 'epochs 2  seeds'))).toBe(8)
    expect(first.points).toHaveLength(8)
  })

  it('does again what is damaged or missing, and gives the same bits', async () => {
    const place = placeOf(model + grid)
    const first = told(await sweep(place, '--json'))
    const folder = place.path('sweeps/.store/results')
    const [name = ''] = readdirSync(folder)
    const path = join(folder, name)
    const lines = readFileSync(path, 'utf8').split('\n')
    lines[2] = lines[2]!.replace('"done"', '"gone"')
    lines[5] = lines[5]!.slice(0, 100)
    writeFileSync(path, lines.join('\n'))
    const again = told(await sweep(place, '--json'))
    expect(again.points).toHaveLength(2)
    expect(digests(first.points)).toMatchObject(digests(again.points))
  })

  it('does again a point whose curves are missing or damaged', async () => {
    const place = placeOf(model + grid)
    const first = told(await sweep(place, '--json'))
    const folder = place.path('sweeps/.store/curves')
    const [lost = '', damaged = '', ...others] = readdirSync(folder)
    const before = readFileSync(join(folder, lost))
    rmSync(join(folder, lost))
    writeFileSync(join(folder, damaged), before)
    const again = told(await sweep(place, '--json'))
    const keys = again.points.map(({ key }) => `${key}.jsonl.gz`)
    expect(keys.toSorted()).toEqual([lost, damaged].toSorted())
    expect(digests(first.points)).toMatchObject(digests(again.points))
    expect(again.ended).toEqual(first.ended)
    expect(readFileSync(join(folder, lost))).toEqual(before)
    expect(readdirSync(folder)).toHaveLength(others.length + 2)
  })

  it('knows files that the model reads by what is in them', async () => {
    const text = model
      .replace('variant broken', 'variant given { Y: init file(weights) }\nvariant broken')
      .replace('param rate', 'param weights = "a.npy"\nparam rate')
    const place = placeOf(text)
    const weightsOf = (value: number): Uint8Array =>
      encodeNpy({ shape: [4, 2], data: new Float32Array(8).fill(value) })
    place.write('a.npy', weightsOf(0.1))
    place.write('b.npy', weightsOf(0.2))
    const run = async (rest: string) =>
      told(await sweep(place, `--vary variant=none,given --epochs 2 --json ${rest}`))
    const first = await run('')
    expect(first.ended.progress).toMatchObject({ points: 2, done: 2, failed: 0 })
    expect((await run('')).points).toEqual([])
    // From elsewhere, too, and with a file that only a value names.
    const [, given] = first.points
    const other = await run('--vary weights="b.npy"')
    expect(other.points.map(({ status }) => status)).toEqual(['done', 'done'])
    expect(other.points[1]?.weights).not.toBe(given?.weights)
    place.write('a.npy', weightsOf(0.3))
    const changed = await run('')
    expect(changed.points).toHaveLength(2)
    expect(changed.points[1]?.weights).not.toBe(given?.weights)
    await place.run('sweep xor.ccn --define --vary variant=none,given --seeds 7 --name late')
    place.write('a.npy', weightsOf(0.4))
    const late = await place.run('sweep late --resume --jobs 1')
    expect(late.code).toBe(1)
    expect(late.err).toMatch(
      /^error: \S+a\.npy is not what it was when the sweep was defined: define the sweep anew, from its file\.$/m,
    )
  })

  it('of somebody else reads nothing outside of the current folder, and waits for no pipe', async () => {
    const place = placeOf(model)
    await place.run('sweep xor.ccn --define --seeds 1..1 --name theirs')
    const path = place.path('sweeps/theirs/sweep.json')
    const text = readFileSync(path, 'utf8')
    const defined = JSON.parse(text) as { root: string; sources: { path: string }[] }
    const resumed = async (changed: object): Promise<string> => {
      writeFileSync(path, JSON.stringify({ ...defined, ...changed }))
      const { code, err } = await place.run('sweep theirs --resume --jobs 1')
      expect(code).toBe(1)
      return err
    }
    expect(await resumed({ root: '/' })).toContain(
      'The sweep theirs reads in /, and was not defined by you: nothing is read there unasked.',
    )
    const [source] = defined.sources
    expect(await resumed({ sources: [{ ...source, path: '../../x.ccn' }] })).toContain(
      'sources.0.path of the sweep is "../../x.ccn", not a path below its folder.',
    )
    const store = new SweepStore(place.path('sweeps/.store'))
    await store.make()
    execFileSync('mkfifo', [store.in('curves', 'a.jsonl.gz'), store.in('results', 'a.jsonl')])
    const curves = 'b'.repeat(64)
    const result = { key: 'a', status: 'done', at: '', seconds: 1, host: 'h', curves } as const
    expect(await store.isWhole(result as unknown as PointResult)).toBe(false)
    expect((await store.results()).size).toBe(0)
  })

  it('is kept under the name that is asked for, or its own', async () => {
    const place = placeOf(model + 'sweep tilt { seeds 1..2 }\nsweep other { seeds 3..4 }\n')
    for (const [name, kept] of [
      ['tilt --name again', 'again'],
      ['tilt', 'tilt'],
      ['--name other', 'other'],
    ] as const) {
      expect((await place.run(`sweep xor.ccn ${name} --define`)).err).toBe('')
      const text = readFileSync(place.path(`sweeps/${kept}/sweep.json`), 'utf8')
      const { plan } = JSON.parse(text) as { readonly plan: unknown }
      expect(plan).toMatchObject({ name: kept, seeds: kept === 'other' ? [3, 4] : [1, 2] })
    }
  })

  it('is cut off and gone on with, to the same bits', async () => {
    const text = model + 'sweep long { seeds 1..2  epochs 400 }\n'
    const whole = told(await sweep(placeOf(text), '--json'))
    const place = placeOf(text)
    let press = (): void => undefined
    const running = sweep(place, '--json', {
      onListening: (pressing: () => void) => {
        press = pressing
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    const timer = setInterval(() => {
      if (readdirSync(place.folder).includes('sweeps')) press()
    }, 5)
    const cut = await running
    clearInterval(timer)
    expect(cut.code).toBe(130)
    expect(cut.err).toMatch(
      /^Interrupted with \d of 2 points done\. Go on by\n {2}ccn sweep long --resume$/m,
    )
    // The file may be changed meanwhile: what was begun is gone on with as it was.
    writeFileSync(place.path('xor.ccn'), 'broken')
    const rest = told(await place.run('sweep long --resume --jobs 1 --json'))
    expect(rest.ended.progress.done).toBe(2)
    expect(digests(whole.points)).toMatchObject(digests(rest.points))
  })

  it('gives up points that do badly', async () => {
    const place = placeOf(
      `${model}sweep poor { seeds 1..2  stop when error >= 20 % at epoch 3  report loss, loss at epoch 2, loss best }\n`,
    )
    const { points, ended } = told(await sweep(place, '--json'))
    expect(points.map(({ status, reason }) => [status, reason])).toEqual([
      ['given up', 'stop when error >= 20 % at epoch 3 (epoch 3)'],
      ['given up', 'stop when error >= 20 % at epoch 3 (epoch 3)'],
    ])
    expect(ended.progress).toMatchObject({ done: 0, givenUp: 2, failed: 0 })
    // They have not come to an end, but to the second epoch.
    const { groups } = await (await openSweep('poor', { cwd: place.folder })).summary()
    const counts = Object.entries(groups[0]!.figures).map(([label, { count }]) => [label, count])
    expect(counts).toEqual([
      ['loss', 0],
      ['loss at epoch 2', 2],
      ['loss best', 0],
    ])
  })

  it('goes on where points fail, and says how to repeat them', async () => {
    const place = placeOf(model)
    const outcome = await sweep(place, '--vary rate=1,1e300 --seeds 1..1 --json')
    const { ended } = told(outcome)
    expect(outcome.code).toBe(1)
    expect(ended.progress).toMatchObject({ done: 1, failed: 1 })
    expect(ended.failures[0]?.command).toBe(
      'ccn train xor.ccn --experiment xor --set rate=1e300 --seed 1',
    )
    const { out, err } = await sweep(place, '--vary rate=1,1e300 --seeds 1..1')
    expect(out).toMatch(/^1 of 2 points done, 1 failed; kept in/m)
    expect(err).toMatch(/^failed: rate=1e300 seed=1: .+\n {2}ccn train xor\.ccn/m)
  })

  it('searches by successive halving', async () => {
    const search = (rest: string) =>
      `${model}sweep s { search 9 { rate = log_uniform(0.1, 10) } minimise loss ${rest}  epochs 9  seeds [4, 5] }\n`
    const place = placeOf(search('halving 3'))
    const { points, ended } = told(await sweep(place, '--json'))
    expect(points).toHaveLength((9 + 3 + 1) * 2)
    expect(ended.progress).toMatchObject({ points: 26, done: 26 })
    // By hand: all for one epoch, of these the three best for three, of these the best for nine.
    const after = async (epochs: number) => {
      const all = told(
        await sweep(placeOf(search('').replace('epochs 9', `epochs ${epochs}`)), '--json'),
      )
      return new Map(
        all.ended.groups.map(({ values, figures }) => [values['rate'], figures['loss']!.mean]),
      )
    }
    const [one, three] = [await after(1), await after(3)]
    const best = (losses: Map<string | undefined, number>, among: (string | undefined)[]) =>
      among.toSorted((a, b) => losses.get(a)! - losses.get(b)!)
    const third = best(one, [...one.keys()]).slice(0, 3)
    expect(ended.groups[0]?.values['rate']).toBe(best(three, third)[0])
    expect(ended.groups.slice(1, 3).map(({ values }) => values['rate'])).toEqual(
      best(three, third).slice(1),
    )
  })

  it('says what the compiler warns of, once, and of which point, and what single precision makes of files', async () => {
    const place = placeOf(
      model.replace(
        'variant broken',
        'variant idle { Y: init 0.1  learn BurstDependent }\nvariant given { Y: init file("y.npy") }\nvariant broken',
      ),
    )
    const data = new Float64Array(8).fill(0.1).with(3, 1e-50)
    place.write('y.npy', encodeNpy({ shape: [4, 2], data }))
    const { code, err } = await sweep(
      place,
      '--vary variant=given,idle --vary rate=1,2 --epochs 1 --quiet',
    )
    expect(code).toBe(0)
    expect(err.replaceAll(place.folder, 'FOLDER')).toBe(
      'warning: variant=idle rate=1: `Y` has a plasticity rule, but the experiment `xor` does not optimise it, so it stays as it is.\n' +
        'warning: FOLDER/y.npy: 1e-50 in entry 3 of Y is 0 in single precision, whose smallest number is 1.4e-45: say `precision f64` in the experiment, or train with --precision f64.\n',
    )
  })

  it('keeps weights where that is asked for', async () => {
    const place = placeOf(model)
    await sweep(place, '--seeds 1..2 --weights')
    expect(readdirSync(place.path('sweeps/.store/weights'))).toHaveLength(2)
    expect(readdirSync(place.path('sweeps/.store/work'))).toEqual([])
    expect(readdirSync(place.path('sweeps/.store/leases'))).toEqual([])
  })
})

describe('before anything runs, ccn sweep says', () => {
  it.each([
    ['', '', /There is nothing to sweep: the file declares no sweep\./],
    [
      '',
      '--vary rate=1,-1',
      /1 of 2 models of sweep xor-sweep cannot be made:\n {2}rate=-1: `rate` is -1/,
    ],
    ['', '--vary variant=none,broken', /1 of 2 models .*\n {2}variant=broken: /],
    ['', '--vary variant=brokn', /There is no variant named `brokn` here/],
    ['', '--vary rat=1', /There is no parameter named `rat` here[^]*did you mean `rate`/],
    ['', '--vary rate', /--vary takes a name and its values, not `rate`/],
    ['', '--seeds 3..1', /The range of seeds must be two ends, the lower first/],
    ['', '--seeds 1..2 --report accuracy', /does not measure `accuracy`[^]*It measures /],
    ['', '--seeds 1..2 --name ../x', /A sweep's name is made of letters/],
    ['sweep a { seeds 1 } sweep b { seeds 1 }', '', /Say which sweep: a, b\./],
    ['sweep a { seeds 1 }', 'b', /xor declares no sweep b\.[^]*Its sweeps are a\./],
  ])('%s %s', async (declared, rest, message) => {
    const place = placeOf(model + declared)
    const { code, err } = await sweep(place, rest)
    expect(err).toMatch(message)
    expect(code).toBeGreaterThan(0)
    mkdirSync(place.path('sweeps'), { recursive: true })
    expect(readdirSync(place.path('sweeps'))).toEqual([])
  })
})
