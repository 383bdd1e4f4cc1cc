/** The examples of docs/api.md run, one after the other in one folder, as they stand there. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as ccn from '../../project/index.ts'
import * as service from '../../service/index.ts'
import { Workplace } from '../cli/run-cli.ts'
import { root } from '../helpers/repository.ts'

const text = readFileSync(`${root}/docs/api.md`, 'utf8')
const examples = [...text.matchAll(/^## ([^\n]+)\n(?:(?!^## )[^])*?^```ts\n([^]*?)^```/gm)].map(
  ([, title = '', code = '']) => ({ title, code }),
)

const entries: Readonly<Record<string, object>> = { ccn, 'ccn/service': service }
type Example = (entries: object, console: object) => Promise<void>
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...texts: string[]
) => Example

/** The lines that an example prints. */
async function printed(code: string): Promise<readonly unknown[][]> {
  const body = code.replaceAll(
    /^import (\{[^}]+\}) from '([^']+)'$/gm,
    (_, names: string, entry: string) => `const ${names} = entries['${entry}']`,
  )
  const lines: unknown[][] = []
  await new AsyncFunction('entries', 'console', body)(entries, {
    log: (...values: unknown[]) => lines.push(values),
  })
  return lines
}

const place = new Workplace()
const before = process.cwd()
beforeAll(() => {
  copyFileSync(`${root}/examples/xor.ccn`, place.path('xor.ccn'))
  process.chdir(place.folder)
})
afterAll(() => {
  process.chdir(before)
  place.remove()
})

const example = (title: string): string => examples.find((each) => each.title === title)!.code

describe('docs/api.md', () => {
  it('has an example for each part', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'Check',
      'Compile',
      'Differences',
      'Train',
      'Evaluate and read a run',
      'Pages and comparisons',
      'Sweeps',
      'Files that are not on the disk',
      'Files that are edited',
    ])
  })

  it('sweeps', async () => {
    const [[status, done, rate, error, lines] = []] = await printed(example('Sweeps'))
    expect([status, done, rate]).toEqual(['finished', 4, '2'])
    expect(error).toMatchObject({ count: 2, interval: [expect.any(Number), expect.any(Number)] })
    expect(lines).toBeGreaterThan(20)
  })

  it('checks', async () => {
    expect(await printed(example('Check'))).toEqual([])
  })

  it('compiles', async () => {
    const [[name, length] = [], [message] = []] = await printed(example('Compile'))
    expect(name).toBe('xor.ir.txt')
    expect(length).toBeGreaterThan(1000)
    expect(message).toContain('error[CCN')
  })

  it('trains, stops and goes on', async () => {
    const lines = await printed(example('Train'))
    expect(lines.at(-2)).toEqual(['interrupted', 'first'])
    expect(lines.at(-1)).toMatchObject([{ kind: 'epoch', epoch: 20 }])
  })

  it('evaluates and reads', async () => {
    const [[error] = [], [lines, times, shape] = []] = await printed(
      example('Evaluate and read a run'),
    )
    expect(error).toBeTypeOf('number')
    expect(lines).toBeGreaterThan(20)
    expect(times).toBeGreaterThan(1)
    expect(shape).toEqual([4, 2])
  })

  it('writes pages and compares runs', async () => {
    const [[page, differing, result] = []] = await printed(example('Pages and comparisons'))
    expect(page).toBe(place.path('first.html'))
    expect(existsSync(place.path('first.html'))).toBe(true)
    expect(differing).toEqual([])
    expect(result).toMatchObject({ name: 'test error', unit: '%', count: 2 })
  })

  it('reads texts', async () => {
    const [[count, model] = []] = await printed(example('Files that are not on the disk'))
    expect(count).toBe(0)
    expect(model).toContain('h[3] : Unit')
  })

  it('keeps files that are edited', async () => {
    expect(await printed(example('Files that are edited'))).toEqual([[0, [4], 'cell Unit']])
  })
})
