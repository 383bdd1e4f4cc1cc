/** Wrong calls, missing files, help: exit codes and the sentence that people read. */
import { afterAll, describe, expect, it } from 'vitest'
import { spreadAssignments } from '../../cli/arguments.ts'
import { describeError } from '../../cli/errors.ts'
import { wantsColour } from '../../cli/io.ts'
import { version } from '../../compiler/version.ts'
import { DataError } from '../../runtime/data/types.ts'
import { IoError } from '../../runtime/io/errors.ts'
import { RunError } from '../../runtime/train/errors.ts'
import { tinyModel, Workplace } from './run-cli.ts'

const sweeps = `sweep some { vary hidden in [2, 3]  vary epochs in [1, 2] }
sweep drawn { sample 2 { rate = uniform(1, 2) } }
sweep pairs { vary (hidden, rate) in [(2, 1), (3, 2)] }
sweep best { search 2 { rate = uniform(1, 2) } minimise error }
`
const place = new Workplace({
  'tiny.ccn': tinyModel,
  'swept.ccn': tinyModel + sweeps,
  'folder/x.ccn': '',
  'empty/x.txt': '',
})
afterAll(() => place.remove())

describe('wrong calls', () => {
  it.each([
    ['', 2, 'Usage: ccn'],
    ['trian tiny.ccn', 2, '(Did you mean train?)'],
    ['train tiny.ccn --epoch 3', 2, '(Did you mean --epochs?)'],
    ['train', 2, '`ccn train` needs a file'],
    ['train tiny.ccn more.ccn', 2, 'too many arguments'],
    ['train tiny.ccn --epochs many', 2, 'It must be a whole number of at least 0.'],
    ['train tiny.ccn --batch 0', 2, 'at least 1'],
    ['train tiny.ccn --seed 1.5', 2, 'It must be a whole number.'],
    [
      'train tiny.ccn --engine gpu',
      2,
      'Allowed choices are auto, wasm, tfjs-node, tfjs-wasm, tfjs-cpu',
    ],
    ['train tiny.ccn --set hidden', 2, 'It must be a parameter and its value, e.g. hidden=100.'],
    ['train tiny.ccn --set hidden=', 2, 'It must be a parameter and its value'],
    ['train tiny.ccn --set', 2, "option '--set <name=value>' argument missing"],
    ['train tiny.ccn --variant a,,b', 2, 'A name is missing'],
    ['train tiny.ccn --resume x --force', 2, 'leave out --name and --force'],
    ['train none.ccn', 1, 'There is no file none.ccn.'],
    ['train tiny', 1, 'Did you mean tiny.ccn?'],
    ['train folder', 1, 'folder is a folder'],
    ['train tiny.ccn --resume', 1, 'There is no unfinished run of tiny.ccn in runs.'],
    ['train tiny.ccn --resume mine', 1, 'There is no run mine'],
    ['train --resume tiny.ccn', 1, 'There is no unfinished run of tiny.ccn'],
    ['train tiny.ccn --name a/b', 1, "A run's name is made of"],
    ['check', 2, "missing required argument 'files'"],
    ['check none.ccn', 1, 'There is no file none.ccn.'],
    ['check tniy.ccn', 1, 'Did you mean tiny.ccn?'],
    ['check foldr', 1, 'Did you mean folder?'],
    ['check folder/y.ccn', 1, 'There is no file folder/y.ccn.'],
    ['check empty', 1, 'There is no .ccn file in the folder empty.'],
    ['fmt tiny', 1, 'Did you mean tiny.ccn?'],
    ['fmt - tiny.ccn', 2, 'Name files to format, or pass --stdin.'],
    ['fmt', 2, 'Name files to format, or pass --stdin.'],
    ['fmt tiny.ccn --stdin', 2, 'Name files to format, or pass --stdin.'],
    ['compile tiny.ccn --emit js', 2, 'Allowed choices are ast, model, ir, plan, ts, wat, wasm'],
    ['compile tiny.ccn --target wsam', 2, 'Did you mean wasm?'],
    ['compile tiny.ccn --emit wasm', 2, 'which need a folder: add --out FOLDER'],
    ['compile tiny.ccn --target tfjs --emit wat', 2, 'wat is of the target wasm, not of tfjs'],
    ['compile tiny.ccn --target wasm --emit ts', 2, 'ts is of the target tfjs, not of wasm'],
    ['compile tiny.ccn --precision f64', 2, 'f64 needs --target wasm'],
    ['compile tiny.ccn --emit ir --precision f64', 2, 'which all targets share'],
    ['compile tiny.ccn --target wasm --set hidden=16000000', 1, 'GiB of memory at batch 3'],
    ['train tiny.ccn --engine wasm --set hidden=16000000', 1, '4.0 GiB at most; use a smaller'],
    ['compile tiny.ccn --print-after shrae', 2, 'Did you mean share?'],
    ['eval mine', 1, 'There is no run mine in runs.'],
    ['eval tiny.ccn --checkpoint best', 2, 'Only a run has a best checkpoint'],
    ['eval tiny.ccn --checkpoint none.safetensors', 1, 'there is no such file'],
    ['eval tiny.ccn --part validation', 1, 'has no validation data'],
    [
      'sweep swept.ccn some --set hidden=5',
      2,
      'hidden varies in the sweep some, so --set hidden=5',
    ],
    ['sweep swept.ccn some --epochs 1', 2, 'so --epochs 1 would do nothing'],
    ['sweep swept.ccn drawn --set rate=1', 2, 'rate varies in the sweep drawn, so --set rate=1'],
    ['sweep tiny.ccn --vary batch=1,2 --batch 3', 2, 'so --batch 3 would do nothing'],
    ['sweep tiny.ccn --vary seed=2,4 --seeds 1..2', 2, 'The sweep tiny-sweep says its seeds twice'],
    ['sweep swept.ccn pairs --vary rate=1', 2, 'hidden would not vary any more'],
    ['sweep swept.ccn best --vary rate=1', 2, 'nothing is left to draw'],
    ['sweep some --resume --set rate=1', 2, '--resume takes a sweep as it was defined, so --set'],
    ['sweep some --status --epochs 1', 2, 'so --epochs would do nothing'],
    ['sweep some --task 0 --data-dir x', 2, 'so --data-dir would do nothing'],
    ['sweep swept.ccn some --tasks 2', 2, '--tasks is of --task: say both.'],
    ['data fetch mnits', 1, 'mnist, fashion-mnist, cifar10'],
    ['data ftech', 2, '(Did you mean fetch?)'],
  ])('ccn %s', async (argv, code, message) => {
    const outcome = await place.run(argv)
    expect(outcome.err).toContain(message)
    expect(outcome.code).toBe(code)
    expect(outcome.out).toBe('')
    expect(outcome.err).not.toMatch(/^\s+at /m)
  })
})

describe('help and version', () => {
  it.each(['--help', 'help train', 'train --help', '--version', 'data --help'])(
    'ccn %s',
    async (argv) => {
      const outcome = await place.run(argv)
      expect(outcome.code).toBe(0)
      expect(outcome.err).toBe('')
      expect(outcome.out).toContain(argv === '--version' ? version : 'Usage: ccn')
    },
  )

  it('lists what it knows', async () => {
    const { out } = await place.run('data list')
    for (const name of ['mnist', 'digits', 'npz']) expect(out).toContain(name)
  })

  it('examines the machine', async () => {
    expect((await place.run('doctor')).out).toContain('tfjs-cpu')
    const { code, out } = await place.run('doctor --json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ccn: version, engines: expect.any(Array) })
  })
})

describe('arguments', () => {
  it.each([
    ['--set a=1 b=2 model.ccn', '--set a=1 --set b=2 model.ccn'],
    ['--set a=[20,15] g[1]=2 --json', '--set a=[20,15] --set g[1]=2 --json'],
    ['--set a=1 --set b=2', '--set a=1 --set b=2'],
    ['--set=a=1 model.ccn', '--set=a=1 model.ccn'],
    ['--set -- a=1 b=2', '--set -- a=1 b=2'],
    ['-- --set a=1 b=2', '-- --set a=1 b=2'],
    ['--set', '--set'],
  ])('%s', (argv, expected) => {
    expect(spreadAssignments(argv.split(' ')).join(' ')).toBe(expected)
  })
})

describe('errors', () => {
  it.each([
    new DataError('No file.'),
    new IoError('read', 'x', 'the disk is full'),
    new RunError('The weight W became NaN.'),
  ])('are one sentence if they are known: %s', (error) => {
    expect(describeError(error, false)).toEqual({ text: `error: ${error.message}\n`, exitCode: 1 })
  })

  it('are an apology otherwise, with the stack for developers only', () => {
    const { text } = describeError(new TypeError('x is undefined'), false)
    expect(text).toContain('bug in ccn')
    expect(text).not.toContain('errors')
    expect(describeError(new TypeError('x is undefined'), true).text).toContain('usage.spec.ts')
    expect(describeError('just text', true).text).toContain('just text')
  })

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
  ])('are coloured on a terminal %s with %o: %s', (isTerminal, env, expected) => {
    expect(wantsColour({ isTerminal, write() {}, columns: () => 80 }, env)).toBe(expected)
  })
})
