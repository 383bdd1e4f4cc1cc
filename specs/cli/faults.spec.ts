/** What a disk refuses is told in one sentence that says what and where. */
import { symlinkSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { tinyModel, Workplace } from './run-cli.ts'

const place = new Workplace({ 'tiny.ccn': tinyModel, file: 'x' })
afterAll(() => place.remove())
symlinkSync('loop.ccn', place.path('loop.ccn'))
symlinkSync('there', place.path('here'))
symlinkSync('here', place.path('there'))

const long = 'a'.repeat(300)
const circle = 'the path is a circle of links'

describe('one sentence says what the disk refuses', () => {
  it.each([
    ['check loop.ccn', `Cannot read loop.ccn: ${circle}.`],
    ['check here/a.ccn', `Cannot read here/a.ccn: ${circle}.`],
    ['fmt here', `Cannot read here: ${circle}.`],
    ['train loop.ccn', `Cannot read loop.ccn: ${circle}.`],
    ['eval loop.ccn', `Cannot read loop.ccn: ${circle}.`],
    ['train tiny.ccn --out here/runs', `here/runs: ${circle}.`],
    ['compile tiny.ccn --out here', `here/tiny.ts: ${circle}.`],
    ['data fetch mnist --data-dir here', `here/mnist/train-images-idx3-ubyte.gz: ${circle}.`],
    [`check ${long}.ccn`, `Cannot read ${long}.ccn: the name is too long.`],
    [`train tiny.ccn --name ${long}`, `${long}: the name is too long.`],
    ['train tiny.ccn --out file', 'file: a part of the path is a file, not a folder.'],
    ['compile tiny.ccn --out file/x', 'tiny.ts: a part of the path is a file, not a folder.'],
  ])('ccn %s', async (argv, sentence) => {
    const { code, err } = await place.run(argv)
    expect(code).toBe(1)
    expect(err).toMatch(/^error: Cannot \w+ [^\n]*\.\n$/)
    expect(err).toContain(sentence)
  })

  it.runIf(process.platform === 'linux')('where no folder can be made', async () => {
    const { code, err } = await place.run('compile tiny.ccn --out /proc/none/here')
    expect(code).toBe(1)
    expect(err).toMatch(/^error: Cannot write \/proc\/none\/here\/tiny.ts: [^\n]*\.\n$/)
  })
})
