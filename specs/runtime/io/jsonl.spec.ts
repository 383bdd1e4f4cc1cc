import { appendFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  appendJsonLines,
  readJsonLines,
  truncateAfter,
  type JsonRecord,
} from '../../../runtime/node/io/jsonl.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ccn-jsonl-'))
  path = join(folder, 'log.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

async function records(): Promise<JsonRecord[]> {
  const all: JsonRecord[] = []
  await readJsonLines(path, (record) => all.push(record))
  return all
}

describe('a log', () => {
  it.each([
    ['', []],
    ['{"a":1}\n', [{ a: 1 }]],
    ['{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['{"a":1}\n{"a":', [{ a: 1 }]],
  ])('is read without a torn last line: %j', async (text, expected) => {
    await writeFile(path, text)
    expect(await records()).toEqual(expected)
    await appendJsonLines(path, [{ b: 'Zürich' }])
    expect(await records()).toEqual([...expected, { b: 'Zürich' }])
    const count = expected.length
    expect(await truncateAfter(path, ({ a }) => a !== undefined)).toBe(count)
    const lines = expected.map((record) => `${JSON.stringify(record)}\n`)
    expect(await readFile(path, 'utf8')).toBe(lines.join(''))
  })

  it('is damaged where a line is no object', async () => {
    await writeFile(path, '{"a":1}\n[]\n{"a":2}\n')
    await expect(records()).rejects.toThrow(`Cannot read ${path}: line 2 is no JSON object.`)
  })

  it('may have lines that are longer than what is read at once', async () => {
    const long = { text: 'ä'.repeat(1_500_000), more: 1 }
    await appendJsonLines(path, [{ a: 1 }, long, { a: 2 }])
    expect(await records()).toEqual([{ a: 1 }, long, { a: 2 }])
    await appendFile(path, `{"text":"${'b'.repeat(2_500_000)}`)
    await appendJsonLines(path, [{ a: 3 }])
    expect(await records()).toEqual([{ a: 1 }, long, { a: 2 }, { a: 3 }])
  })

  it('may be longer than a text can be', async () => {
    const line = Buffer.from(`{"a":1,"b":"${'x'.repeat(2 ** 20 - 15)}"}\n`)
    const file = await open(path, 'w')
    const count = Math.ceil(2 ** 29 / line.length) + 2
    for (let i = 0; i < count; i++) await file.write(line)
    await file.close()
    let seen = 0
    expect(await truncateAfter(path, () => ++seen < count)).toBe(count - 1)
    await appendFile(path, '{"a":')
    await appendJsonLines(path, [{ a: 2 }])
    let last: JsonRecord = {}
    await readJsonLines(path, (record) => (last = record))
    expect(last).toEqual({ a: 2 })
  })
})
