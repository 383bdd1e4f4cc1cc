/** What a model may read, from the command line: whoever wrote it, it reads what the user has named. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeNpy } from '../../runtime/node/io/npy.ts'
import { decodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import type { Manifest } from '../../runtime/node/train/manifest.ts'
import { Workplace } from './run-cli.ts'

/** A unit that learns to give y for x: its weight w becomes w + (y - w x) x in a step. */
const model = (train: string, init = '0') => `model reads
import { Input } from "std/cells"
cell Out { compartment soma  input goal  event e = soma  delta = goal - e  loss l = sum(delta ^ 2) }
synapse Plain { transmit signal }
plasticity Rule { dw = post.delta * sent }
dataset d {
  field x
  field y
  train ${train}
  test ${train}
}
population a[1] : Input
population b[1] : Out
connect a.event -> b.soma as W : Plain { init ${init}  learn Rule }
experiment e { data d  present a = x, b.goal = y  batch 1  epochs 1  optimise W with sgd(rate = 1) }
`

const place = new Workplace()
const outside = new Workplace()
const env = { XDG_STATE_HOME: outside.path('state') }
const table = 'x,y\n0.1,0.7\n'
beforeAll(() => {
  mkdirSync(place.path('data'))
  place.write('data/in.csv', table)
  outside.write('out.csv', table)
  outside.write('secret', 'root:x:0:0:secret\n')
  outside.write('w.npy', encodeNpy({ shape: [1, 1], data: Float64Array.of(0.3) }))
  symlinkSync(outside.path('secret'), place.path('data/link.csv'))
  execFileSync('mkfifo', [place.path('data/pipe'), place.path('pipe.ccn')])
})
afterAll(() => {
  place.remove()
  outside.remove()
})

async function train(name: string, text: string, more = '', on: Workplace = place) {
  on.write(`${name}.ccn`, text)
  return on.run(`train ${name}.ccn --name ${name} --force --quiet ${more}`, { env })
}
const weightOf = (name: string) => {
  const path = place.path(`runs/${name}/checkpoint.safetensors`)
  return decodeSafetensors(readFileSync(path), path).tensors.get('W')!.data[0]
}

describe('data', () => {
  it('below the data folder are read', async () => {
    expect(await train('in', model('csv("in.csv")'))).toMatchObject({ code: 0 })
  })

  it.each([
    ['another folder', `csv("${'../'.repeat(20)}etc/passwd")`],
    ['an absolute path', 'csv("/etc/passwd")'],
    ['a link', 'csv("link.csv")'],
    ['a device', 'csv("/dev/zero")'],
    ['a pipe', 'csv("pipe")'],
  ])('of %s are not', async (_, reader) => {
    const { code, out, err } = await train('not', model(reader))
    expect(code).toBe(1)
    expect(out + err).toMatch(/lies outside of the data folder|is a pipe/)
    expect(out + err).not.toContain('root:')
    expect(err).not.toContain('bug')
  })

  it('that are no longer what they were are not gone on with', async () => {
    const file = 'data/changing.csv'
    const goOn = () => place.run('train --resume changing --epochs 2 --quiet', { env })
    place.write(file, table)
    await train('changing', model('csv("changing.csv")'))
    place.write(file, table.replace('0.7', '0.8'))
    expect(await goOn()).toMatchObject({
      code: 1,
      err: expect.stringContaining('as its data are not what they were (train, test).') as string,
    })
    place.write(file, table)
    expect(await goOn()).toMatchObject({ code: 0 })
  })

  it('elsewhere are read if the command line says so', async () => {
    const text = model(`csv("${outside.path('out.csv')}")`)
    expect((await train('else', text)).code).toBe(1)
    expect((await train('else', text, `--allow-read ${outside.folder}`)).code).toBe(0)
    expect(
      (await train('else', text, `--allow-read /usr --allow-read ${outside.folder}`)).code,
    ).toBe(0)
  })

  it('that are missing: what to do', async () => {
    const text = `model m
import { Input } from "std/cells"
import { cifar10 } from "std/data"
population a[3072] : Input
experiment e { data cifar10  present a = image  batch 1  epochs 1 }`
    const { err } = await train('missing', text, '--data-dir data')
    expect(err).toContain('fetch them by `ccn data fetch cifar10 --data-dir')
    expect(err).not.toContain('pass --data-dir')
  })
})

describe('doubles', () => {
  const exact = (w: number, x: number, y: number) => w + (y - w * x) * x

  it.each([
    ['of a table', 'csv("in.csv")'],
    ['of a generator', 'constant(x = 0.1, y = 0.7)'],
  ])('%s stay doubles', async (_, reader) => {
    const { code } = await train('f64', model(reader), '--precision f64')
    expect(code).toBe(0)
    expect(weightOf('f64')).toBe(exact(0, 0.1, 0.7))
  })

  it('are rounded in single precision', async () => {
    await train('f32', model('csv("in.csv")'))
    expect(weightOf('f32')).toBeCloseTo(0.07, 6)
    expect(weightOf('f32')).toBe(Math.fround(weightOf('f32')!))
  })

  it('of weights stay doubles', async () => {
    place.write('w.npy', encodeNpy({ shape: [1, 1], data: Float64Array.of(0.3) }))
    await train('w64', model('csv("in.csv")', 'file("w.npy")'), '--precision f64 --epochs 0')
    expect(weightOf('w64')).toBe(0.3)
  })
})

describe('weights', () => {
  it('elsewhere are read if the command line says so', async () => {
    const text = model('csv("in.csv")', `file("${outside.path('w.npy')}")`)
    const { code, err } = await train('w', text)
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('it lies outside of the project folder'),
    ])
    expect((await train('w', text, `--allow-read ${outside.folder}`)).code).toBe(0)
  })
})

describe('a file to compile', () => {
  it('that is a pipe is refused', async () => {
    const { code, out } = await place.run('check pipe.ccn', { env })
    expect([code, out]).toEqual([1, expect.stringContaining('it is a pipe, not a file')])
  })
})

describe('a run', () => {
  const change = (name: string, edit: (manifest: Manifest) => unknown) => {
    const path = place.path(`runs/${name}/manifest.json`)
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
    writeFileSync(path, JSON.stringify(edit(manifest)))
  }

  it('of the user reads where it was told to, whatever is said when it is gone on with', async () => {
    mkdirSync(outside.path('mine'))
    outside.write('mine/in.csv', table)
    await train('own', model('csv("in.csv")'), `--data-dir ${outside.path('mine')}`)
    expect(await place.run('eval own', { env })).toMatchObject({ code: 0 })
  })

  it('of someone else does not', async () => {
    await train('sent', model('csv("in.csv")'), `--data-dir ${outside.path('mine')}`)
    const other = { XDG_STATE_HOME: outside.path('other') }
    const { code, err } = await place.run('eval sent', { env: other })
    expect([code, err]).toEqual([1, expect.stringContaining('was not started by you')])
    expect(
      await place.run(`eval sent --data-dir ${outside.path('mine')}`, { env: other }),
    ).toMatchObject({ code: 0 })
  })

  it('whose manifest was changed does not', async () => {
    await train('forged', model('csv("in.csv")'), `--data-dir ${outside.path('mine')}`)
    change('forged', (manifest) => ({
      ...manifest,
      invocation: { ...manifest.invocation, dataDir: outside.folder },
    }))
    expect((await place.run('eval forged', { env })).err).toContain('was not started by you')
  })

  it('whose sources have line ends in their names is refused', async () => {
    await train('lines', model('csv("in.csv")'))
    change('lines', (manifest) => ({
      ...manifest,
      sources: manifest.sources.map((source) => ({
        ...source,
        path: 'a\nglobalThis.hacked = 1//',
      })),
    }))
    for (const command of ['train --resume lines --engine tfjs-cpu', 'eval lines']) {
      const { code, err } = await place.run(command, { env })
      expect([code, err]).toEqual([1, expect.stringContaining('a path without control characters')])
    }
    expect(globalThis).not.toHaveProperty('hacked')
  })
})

describe('a file whose name has line ends', () => {
  it('is compiled, and nothing in its name is run; no run is made that could not be read again', async () => {
    const name = 'a\u2028globalThis.hacked = 1//\nglobalThis.hacked = 2'.replaceAll(' ', '')
    const path = join(place.folder, name.replaceAll('/', '_'))
    writeFileSync(`${path}.ccn`, model('csv("in.csv")'))
    const file = path.slice(place.folder.length + 1)
    const compiled = await place.run(`compile ${file}.ccn --emit ts`, { env })
    const checked = await place.run(`check ${file}.ccn --json`, { env })
    const command = `train ${file}.ccn --engine tfjs-cpu --name odd --quiet`
    const { code, err } = await place.run(command, { env })
    rmSync(`${path}.ccn`)
    expect(compiled.code).toBe(0)
    expect(JSON.parse(checked.out)).toMatchObject([{ file: `${file}.ccn`, errors: 0 }])
    expect([code, err]).toEqual([1, expect.stringContaining('could not be read again')])
    expect(existsSync(place.path('runs/odd'))).toBe(false)
    expect(globalThis).not.toHaveProperty('hacked')
  })
})

describe('a data folder that is a link', () => {
  it('must be named', async () => {
    const other = new Workplace()
    symlinkSync(outside.folder, other.path('data'))
    const text = model('csv("out.csv")')
    const { code, err } = await train('linked', text, '', other)
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('is a link that leads out of the current folder'),
    ])
    expect((await train('linked', text, '--data-dir data', other)).code).toBe(0)
    other.remove()
  })
})
