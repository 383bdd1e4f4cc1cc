/** Weights and masks that come from files, and masks that are drawn. */
import { readFileSync, renameSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optimise, type IrModule } from '../../compiler/index.ts'
import { parseModule } from '../../compiler/ir/parse.ts'
import { print } from '../../compiler/ir/print.ts'
import { encodeNpy } from '../../runtime/node/io/npy.ts'
import { encodeNpz } from '../../runtime/node/io/npz.ts'
import { decodeSafetensors, encodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import type { Manifest } from '../../runtime/node/train/manifest.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { tinyModel, Workplace } from './run-cli.ts'

const array = (shape: number[], from: number, step: number) => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => from + (i * step) / 8,
  ),
})
const w1 = array([6, 2], -0.75, 1)
const w2 = array([2, 6], 0.5, -1)
const y = array([6, 2], 0.25, 1)
const maskData = Float32Array.of(1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1)
const mask = { shape: [6, 2], data: maskData }

/** The tiny model with other properties for W1, W2 and Y. */
function model(W1: string, W2 = 'init xavier_normal()', Y = 'init xavier_normal()'): string {
  let k = 0
  return tinyModel.replaceAll('init xavier_normal()', () => [W1, W2, Y][k++]!)
}

const place = new Workplace()
beforeAll(() => {
  place.write('w.npz', encodeNpz(new Map(Object.entries({ W1: w1, W2: w2, feedback: y }))))
  place.write('one.npz', encodeNpz(new Map([['anything', w1]]), { compress: true }))
  place.write('deep/w1.npy', encodeNpy(w1))
  place.write('nan.npy', encodeNpy({ ...w1, data: w1.data.map((v, i) => (i === 3 ? NaN : v)) }))
  const put = (at: number, value: number, others: (old: number) => number) =>
    encodeNpy({ ...w1, data: Float64Array.from(w1.data, (v, i) => (i === at ? value : others(v))) })
  place.write(
    'huge.npy',
    put(1, 1e39, (old) => old),
  )
  place.write(
    'tiny.npy',
    put(1, 1e-50, (old) => old),
  )
  place.write(
    'almost.npy',
    put(2, 1.0000000001, () => 1),
  )
  place.write('turned.npy', encodeNpy({ ...w1, shape: [2, 6] }))
  place.write('mask.npy', encodeNpy(mask))
  place.write('text.npy', 'hello')
  place.write('cut.npz', Buffer.from(encodeNpz(new Map([['W1', w1]]))).subarray(0, 90))
})
afterAll(() => place.remove())

function weights(run: string): Record<string, number[]> {
  const bytes = readFileSync(place.path(`runs/${run}/checkpoint.safetensors`))
  return Object.fromEntries(
    [...decodeSafetensors(bytes, run).tensors].map(([name, { data }]) => [name, [...data]]),
  )
}

async function train(name: string, text: string, more = '--epochs 0') {
  place.write(`${name}.ccn`, text)
  return place.run(`train ${name}.ccn --engine tfjs-cpu --name ${name} --force ${more}`)
}

describe('init file', () => {
  it('loads arrays by the name of the weight, by a given name, and inside of expressions', async () => {
    const text = model(
      'init file("w.npz")',
      'init 2 * file("w.npz") + 1',
      'init file("w.npz", array = "feedback")',
    )
    expect((await train('named', text)).err).toBe('')
    const found = weights('named')
    expect(found['W1']).toEqual([...w1.data])
    expect(found['W2']).toEqual([...w2.data].map((value) => 2 * value + 1))
    expect(found['Y']).toEqual([...y.data])
  })

  it('takes the only array of an archive, and .npy files, relative to the source file', async () => {
    expect((await train('only', model('init file("one.npz")'))).err).toBe('')
    expect(weights('only')['W1']).toEqual([...w1.data])
    expect((await train('deep/in', model('init file("w1.npy")'), '--epochs 0 --name in')).err).toBe(
      '',
    )
    expect(weights('in')['W1']).toEqual([...w1.data])
  })

  it('tells of a weight that is 0 in single precision', async () => {
    const text = model('init file("tiny.npy")')
    expect((await train('tiny', text)).err.replaceAll(place.folder, 'FOLDER')).toBe(
      'warning: FOLDER/tiny.npy: 1e-50 in entry 1 of W1 is 0 in single precision, whose smallest number is 1.4e-45: say `precision f64` in the experiment, or train with --precision f64.\n',
    )
  })

  it('tells of weights of a checkpoint that single precision does not hold', async () => {
    const evaluated = async (value: number) => {
      const run = readFileSync(place.path('runs/tiny/checkpoint.safetensors'))
      const { tensors } = decodeSafetensors(run, 'tiny')
      const data = Float64Array.from(tensors.get('W1')!.data, (old, i) => (i === 1 ? value : old))
      const bytes = encodeSafetensors(new Map([...tensors, ['W1', { shape: [6, 2], data }]]), {})
      place.write('other.safetensors', bytes)
      const { code, err } = await place.run('eval tiny --checkpoint other.safetensors')
      return [code, err.replaceAll(place.folder, 'FOLDER')]
    }
    expect(await evaluated(0.1)).toEqual([0, ''])
    expect(await evaluated(1e-50)).toEqual([
      0,
      'warning: FOLDER/other.safetensors: 1e-50 in entry 1 of W1 is 0 in single precision, whose smallest number is 1.4e-45: say `precision f64` in the experiment, or train with --precision f64.\n',
    ])
    const [code, err] = await evaluated(1e39)
    expect([code, `${err}`.split(':')[1]]).toEqual([1, ' Cannot use FOLDER/other.safetensors'])
    expect(err).toContain('1e+39 in entry 1 of W1 is infinite in single precision')
  })

  it('loads a weight of the checkpoint of another run', async () => {
    await train('before', tinyModel, '--epochs 2')
    await train('after', model('init file("runs/before/checkpoint.safetensors")'))
    expect(weights('after')['W1']).toEqual(weights('before')['W1'])
  })

  it('is in the manifest by its hash, and a run does not go on from another file', async () => {
    const text = model('init file("mine.npy")')
    place.write('mine.npy', encodeNpy(w1))
    await train('kept', text, '--epochs 2')
    const manifest = JSON.parse(
      readFileSync(place.path('runs/kept/manifest.json'), 'utf8'),
    ) as Manifest
    expect(manifest.files).toMatchObject([
      { name: 'W1', path: 'mine.npy', sha256: expect.stringMatching(/^[\da-f]{64}$/) as string },
    ])
    place.write('mine.npy', encodeNpy({ ...w1, data: w1.data.map((value) => value + 1) }))
    const changed = await place.run('train kept.ccn --resume kept')
    expect(changed.code).toBe(1)
    expect(changed.err).toContain('as this differs: the content of mine.npy, for W1.')
    // The run has all it needs in its checkpoint.
    rmSync(place.path('mine.npy'))
    expect((await place.run('train --resume kept')).err).toContain('Run kept is finished already')
    expect((await place.run('eval kept')).code).toBe(0)
    // Before the first checkpoint it needs the file, and the same one.
    rmSync(place.path('runs/kept/checkpoint.safetensors'))
    expect((await place.run('train --resume kept')).err).toContain('there is no such file')
    place.write('mine.npy', encodeNpy(w2))
    expect((await place.run('train --resume kept')).err).toContain('but W1 is [6, 2]')
    place.write('mine.npy', encodeNpy({ ...w1, data: w1.data.map((value) => value + 1) }))
    expect((await place.run('train --resume kept')).err).toContain('it has changed since')
  })

  it.each([
    ['init file("none.npy")', 'Cannot read FOLDER/none.npy: there is no such file or folder.'],
    [
      'init file("w.npz", "V")',
      'Cannot use FOLDER/w.npz: it has no array V, only: W1, W2, feedback.',
    ],
    ['init file("deep/w1.npy", "V")', 'it holds one array without a name, not V.'],
    [
      'init file("text.npy")',
      'Cannot read FOLDER/text.npy: it is no .npy, .npz, .csv or .safetensors file.',
    ],
    ['init file("cut.npz")', 'Cannot read FOLDER/cut.npz: it is no zip archive, or is cut short.'],
    ['init file("turned.npy")', 'it holds [2, 6], but W1 is [6, 2], post by pre: transpose it.'],
    ['init file("nan.npy")', 'entry 3 of W1 is NaN, but must be finite.'],
    [
      'init file("huge.npy")',
      '1e+39 in entry 1 of W1 is infinite in single precision, whose largest number is 3.4e38: say `precision f64`',
    ],
    ['mask "almost.npy" init normal(1)', 'entry 2 of W1.mask is 1.0000000001, but must be 0 or 1.'],
    ['mask "one.npz" init normal(1)', 'entry 0 of W1.mask is -0.75, but must be 0 or 1.'],
  ])('%s: %s', async (W1, message) => {
    const { code, err } = await train('bad', model(W1))
    expect(code).toBe(1)
    expect(err.replaceAll(place.folder, 'FOLDER')).toContain(message)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('must not be negative where synapses have a sign', async () => {
    const text = model('init file("one.npz")')
      .replace('param rate', 'synapse Exciting { sign excitatory }\nparam rate')
      .replace('as W1 : Depressing', 'as W1 : Exciting')
    const { err } = await train('signed', text)
    expect(err).toContain('entry 0 of W1 is -0.75, but must be 0 or above')
    const magnitudes = text.replace('file("one.npz")', 'abs(file("one.npz"))')
    expect((await train('signed', magnitudes)).err).toBe('')
  })

  it('is no tie', () => {
    const text = tinyModel.replace('tied = -0.5 * Y', 'tied = file("w.npz")')
    expect(errorsOf(compileText(text))).toEqual(['CCN7001 `file` in a tie cannot be run yet.'])
  })

  it('is required of whoever makes a network by hand, and survives the text form', async () => {
    const { ir } = compileText(model('init file("w.npz")', undefined, 'init file("w.npz", "y")'))
    const module = optimise(ir as IrModule)
    expect(parseModule(print(module)).files).toEqual(module.files)
    expect(module.files).toMatchObject([
      { name: 'W1', shape: [6, 2], path: 'w.npz', values: 'weight' },
      { name: 'Y', shape: [6, 2], path: 'w.npz', array: 'y', values: 'weight' },
    ])
  })

  it.each([
    ['init file()', 'CCN2006 `file` needs a value for `path`.'],
    ['random init normal(1)', 'CCN2006 `random` needs a value for `probability`.'],
    ['random probability 1.5', 'CCN6008 `probability` must be from 0 to 1, but is 1.5.'],
  ])('%s: %s', (Y, message) => {
    expect(errorsOf(compileText(model('init normal(1)', undefined, Y)))).toContain(message)
  })
})

describe('masks', () => {
  const masked = (values: readonly number[] = [], present: readonly number[] = []) =>
    values.filter((value, i) => present[i] === 0 && value !== 0)

  it.each([
    ['a file', 'mask "mask.npy" init normal(1)'],
    ['draws', 'random probability 0.5 init normal(1)'],
    ['a lower bound above 0', 'random probability 0.5 init uniform(1, 2) bounds 0.5 ..'],
  ])('by %s hold from the start and while the weights learn', async (_, W1) => {
    for (const [name, more] of [
      ['start', '--epochs 0'],
      ['end', '--epochs 20'],
    ] as const) {
      expect((await train(name, model(W1), more)).err).toBe('')
    }
    const { start, end } = { start: weights('start'), end: weights('end') }
    expect(end['W1.mask']).toEqual(start['W1.mask'])
    if (W1.startsWith('mask')) expect(start['W1.mask']).toEqual([...maskData])
    expect(start['W1.mask']).toContain(0)
    expect(start['W1.mask']).toContain(1)
    for (const each of [start, end]) expect(masked(each['W1'], each['W1.mask'])).toEqual([])
    expect(end['W1']).not.toEqual(start['W1'])
  })

  it('hold for tied weights, and reach what is tied to masked ones', async () => {
    const text = model(
      'mask "mask.npy" init normal(1)',
      'init normal(1)',
      'random probability 0.5 tied = W2',
    )
    const { ir } = compileText(text)
    expect(ir?.storages.map(({ name }) => name)).toContain('Y.mask')
    expect((await train('tied', text, '--epochs 2')).err).toBe('')
  })

  it('are drawn with the probability asked for, of the scope that asks', async () => {
    const text = model('random probability q init normal(1)').replace(
      'param rate',
      'const q = 0.25\nparam rate',
    )
    expect((await train('wide', text, '--epochs 0 --set hidden=5000')).err).toBe('')
    const present = weights('wide')['W1.mask']!
    const share = present.reduce((sum, value) => sum + value, 0) / present.length
    expect(Math.abs(share - 0.25)).toBeLessThan(0.02)
  })
})

it('a moved folder does not matter to a run', async () => {
  place.write('moving/w.npy', encodeNpy(w1))
  await train('moving/m', model('init file("w.npy")'), '--epochs 1 --name moved')
  renameSync(place.path('moving'), place.path('elsewhere'))
  expect((await place.run('train elsewhere/m.ccn --resume moved')).err).toContain('differs')
  expect((await place.run('eval moved')).code).toBe(0)
})
