/** `train` and `eval`: a tiny model from its text to a finished run, interrupted and gone on with. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { version } from '../../compiler/version.ts'
import { tinyModel, Workplace } from './run-cli.ts'

const place = new Workplace({ 'tiny.ccn': tinyModel })
const engine = '--engine tfjs-cpu'
const read = (path: string) => readFileSync(place.path(path), 'utf8')

beforeAll(async () => {
  await place.run(`train tiny.ccn --name whole ${engine}`)
})
afterAll(() => place.remove())

describe('ccn train', () => {
  it('runs the experiment and says what came of it', async () => {
    const { code, out, err } = await place.run(`train tiny.ccn ${engine}`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^epoch 4\/4 .*test error/m)
    expect(out).toMatch(/^test error +\d/m)
    expect(out).toMatch(/^angle\(W1, backprop\) +\d+\.\d°/m)
    expect(out).toMatch(/^run written to +runs\/tiny-parity-001$/m)
    expect(out).toMatch(/ccn eval tiny-parity-001$/m)
    expect(readdirSync(place.path('runs/tiny-parity-001')).toSorted()).toEqual([
      'best.safetensors',
      'checkpoint.safetensors',
      'manifest.json',
      'metrics.jsonl',
      'timing.jsonl',
    ])
    expect(JSON.parse(read('runs/tiny-parity-001/manifest.json'))).toMatchObject({
      model: 'tiny',
      experiment: 'parity',
      engine: 'tfjs-cpu',
      seed: 1,
      sources: [{ path: 'tiny.ccn', root: 'project', text: read('tiny.ccn') }, {}, {}, {}, {}],
      result: { epoch: 4 },
    })
  })

  it('gives one result for one seed, and another for another', async () => {
    await place.run(`train tiny.ccn --name again --quiet ${engine}`)
    await place.run(`train tiny.ccn --name other --quiet --seed 2 ${engine}`)
    expect(read('runs/again/metrics.jsonl')).toBe(read('runs/whole/metrics.jsonl'))
    expect(read('runs/other/metrics.jsonl')).not.toBe(read('runs/whole/metrics.jsonl'))
  })

  it('takes changes from the command line', async () => {
    const { out } = await place.run(
      `train tiny.ccn --variant symmetric --set hidden=3 rate=0.1 --epochs 1 --batch 2 --limit 3 --json ${engine}`,
    )
    const [first, ...rest] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(first).toMatchObject({ epochs: 1, batch: 2, batches: 2, examples: { train: 3 } })
    expect(rest.at(-1)).toMatchObject({ kind: 'ended', status: 'finished', step: 2 })
  })

  it('does not overwrite a run unless forced', async () => {
    await place.run(`train tiny.ccn --name mine --quiet ${engine}`)
    const { code, err } = await place.run(`train tiny.ccn --name mine ${engine}`)
    expect(code).toBe(1)
    expect(err).toContain('--resume mine')
    expect((await place.run(`train tiny.ccn --name mine --force --quiet ${engine}`)).code).toBe(0)
  })

  it('does not begin with a number that single precision cannot hold', async () => {
    const { code, err } = await place.run(
      `train tiny.ccn --name explosion --set rate=1e300 --epochs 50 ${engine}`,
    )
    expect(code).toBe(1)
    expect(err).toMatch(/^error: In single precision the .*, 1e\+300, is infinite/)
  })

  it('says which data are missing and how to get them', async () => {
    const text = tinyModel
      .replace('import { xor }', 'import { mnist }')
      .replace('data xor', 'data mnist')
    place.write('mnist.ccn', text.replace('x[2]', 'x[784]').replace('x = input', 'x = image'))
    place.write('mnist.ccn', read('mnist.ccn').replace('y[2]', 'y[10]'))
    const { code, err } = await place.run(`train mnist.ccn ${engine}`)
    expect(code).toBe(1)
    expect(err).toContain('ccn data fetch mnist')
  })

  it('says so if there is no experiment', async () => {
    place.write('bare.ccn', tinyModel.slice(0, tinyModel.indexOf('experiment')))
    const { code, err } = await place.run(`train bare.ccn ${engine}`)
    expect(code).toBe(1)
    expect(err).toContain('bare.ccn has no experiment to run.')
  })

  it('says so if nothing fills an input, which a program that steps the circuit itself may', async () => {
    const leak = `cell Leak { input x  state s = 0 : 10 ms * ds/dt = x - s }\npopulation a[1] : Leak\n`
    place.write('leak.ccn', `${leak}experiment e { step 1 ms  duration 5 ms  measure mean(a.s) }\n`)
    const { code, err } = await place.run(`train leak.ccn ${engine}`)
    expect(code).toBe(1)
    expect(err).toContain('Nothing fills the input a in the experiment e of leak.ccn.')
    const checked = await place.run('check leak.ccn')
    expect([checked.code, checked.out + checked.err]).toEqual([
      0,
      expect.stringContaining('CCN6122'),
    ])
  })

  it('says so if an experiment has neither data nor time; sources alone are run by a clock', async () => {
    const sources = (said: string): string =>
      `cell S { spike s = poisson(200 Hz * 1 ms) }\npopulation e[50] : S\nexperiment e { ${said} }\n`
    place.write('sources.ccn', sources('record times(e.s)'))
    const { code, err } = await place.run(`train sources.ccn ${engine}`)
    expect(code).toBe(1)
    expect(err).toContain('The experiment e of sources.ccn has no data')
    const measured =
      'step 1 ms  duration 1 s  record times(e.s)  measure rate = rate(e.s) every 0.5 s'
    place.write('sources.ccn', sources(measured))
    const run = await place.run(`train sources.ccn --name sources --json ${engine}`)
    expect(run.err).toBe('')
    const figures = run.out.split('\n').flatMap((line) => /"rate":(\d[\d.]*)/.exec(line)?.[1] ?? [])
    // 10,000 spikes, in chance's range of 4 standard deviations.
    expect(Math.abs(Number(figures[0]) - 200)).toBeLessThan(8)
  })
})

describe('a name that a terminal would obey', () => {
  it.each([
    ['eval', 'no\u001b]0;x\u0007run'],
    ['train', 'tiny.ccn', '--name', 'a\u202eb\u009bc'],
    ['plot', 'no\u2028run'],
  ])('is shown harmlessly: ccn %s', async (...argv) => {
    const { code, err } = await place.run(argv)
    expect(code).not.toBe(0)
    expect(err).toMatch(/\\u\{[0-9a-f]+\}/)
    // oxlint-disable-next-line no-control-regex
    expect(err).not.toMatch(/[\u001b\u0007\u009b\u202e\u2028]/)
  })
})

describe('an interrupted run', () => {
  const interrupt = { onListening: (press: () => void) => press() }

  it('saves, says how to go on, and comes to the same result', async () => {
    const { code, err } = await place.run(`train tiny.ccn --name cut ${engine}`, interrupt)
    expect(code).toBe(130)
    expect(err).toContain('ccn train tiny.ccn --resume cut')
    expect((await place.run(`train tiny.ccn --resume cut ${engine}`)).code).toBe(0)
    expect(read('runs/cut/metrics.jsonl')).toBe(read('runs/whole/metrics.jsonl'))
  })

  it('is found without its name, and from its own copy of the sources', async () => {
    await place.run(`train tiny.ccn --name later --set rate=0.25 ${engine}`, interrupt)
    const { code, out } = await place.run('train --resume')
    expect(code).toBe(0)
    expect(out).toContain('runs/later')
  })

  it('does not go on as something else', async () => {
    await place.run(`train tiny.ccn --name strict ${engine}`, interrupt)
    const other = await place.run('train tiny.ccn --resume strict --batch 9 --set hidden=7')
    expect(other.code).toBe(1)
    expect(other.err).toContain('plan batch (3, not 9)')
    place.write('tiny.ccn', `${tinyModel}\n// changed\n`)
    const edited = await place.run('train tiny.ccn --resume strict')
    place.write('tiny.ccn', tinyModel)
    expect(edited.code).toBe(1)
    expect(edited.err).toContain('the text of tiny.ccn')
  })

  it('is refused if its checkpoint is damaged', async () => {
    await place.run(`train tiny.ccn --name torn ${engine}`, interrupt)
    const path = join(place.folder, 'runs/torn/checkpoint.safetensors')
    truncateSync(path, 300)
    const { code, err } = await place.run('train --resume torn')
    expect(code).toBe(1)
    expect(err).toContain(`Cannot read ${path}`)
  })

  it('says that it begins anew, or was begun by another version', async () => {
    rmSync(place.path('runs/torn/checkpoint.safetensors'))
    const manifest = read('runs/torn/manifest.json').replace(/"ccn": "[^"]+"/, '"ccn": "0.0.1"')
    place.write('runs/torn/manifest.json', manifest)
    const { code, err } = await place.run('train --resume torn --json')
    expect({ code, err }).toEqual({
      code: 0,
      err:
        'Run torn had stopped before its first checkpoint: it begins anew.\n' +
        `Run torn was begun by ccn 0.0.1; this is ccn ${version}, whose last digits may differ.\n`,
    })
  })

  it('ends at once at the second Ctrl-C', async () => {
    const twice = (press: () => void) => {
      press()
      press()
    }
    await place.run(`train tiny.ccn --name twice ${engine}`, { onListening: twice })
    expect(place.exits).toEqual([130])
  })

  it('is a process that got a signal', async () => {
    const bin = resolve(import.meta.dirname, '../../bin/ccn.js')
    const args = [bin, 'train', 'tiny.ccn', '--name', 'child', '--epochs', '1000000']
    const child = spawn(process.execPath, [...args, '--engine', 'tfjs-cpu'], { cwd: place.folder })
    let err = ''
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('epoch ')) child.kill('SIGINT')
    })
    const code = await new Promise((done) => child.on('exit', done))
    expect(err).toContain('ccn train tiny.ccn --resume child')
    expect(code).toBe(130)
    expect(readdirSync(place.path('runs/child'))).toContain('checkpoint.safetensors')
  })
})

describe('ccn eval', () => {
  it('gives the scores that the run ended with', async () => {
    const { result } = JSON.parse(read('runs/whole/manifest.json')) as {
      result: { test: object }
    }
    const { code, out } = await place.run('eval whole --json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      name: 'whole',
      checkpoint: 'runs/whole/checkpoint.safetensors',
      part: 'test',
      examples: 4,
      scores: result.test,
    })
  })

  it.each([
    ['eval runs/whole', 'whole: 4 test examples'],
    ['eval whole --checkpoint best', 'weights of runs/whole/best.safetensors'],
    ['eval whole --part train', 'train error'],
    ['eval tiny.ccn', 'untrained'],
    ['eval tiny.ccn --checkpoint runs/whole/best.safetensors', 'test error'],
  ])('ccn %s', async (argv, text) => {
    const { code, out, err } = await place.run(argv)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(text)
  })

  it.each([
    ['eval whloe', 'Did you mean whole?'],
    ['eval whole --set hidden=3', 'A run has its variants'],
    [
      'eval tiny.ccn --set hidden=3 --checkpoint runs/whole/best.safetensors',
      'does not fit the model',
    ],
  ])('refuses ccn %s', async (argv, text) => {
    const { code, err } = await place.run(argv)
    expect(code).not.toBe(0)
    expect(err).toContain(text)
  })
})
