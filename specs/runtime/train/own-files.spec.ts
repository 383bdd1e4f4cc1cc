/** A folder of a run may come from anywhere: its links do not lead what is written somewhere else. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendJsonLines, readJsonLines, truncateAfter } from '../../../runtime/node/io/jsonl.ts'
import { Recorder } from '../../../runtime/train/recorder.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'

const top = mkdtempSync(join(tmpdir(), 'ccn-own-'))
const other = join(top, 'other.json')
const path = (name: string) => join(top, name)
beforeAll(() => {
  writeFileSync(other, '{"mine": true}\n')
  symlinkSync(other, path('link.jsonl'))
  symlinkSync(path('none'), path('dangling.jsonl'))
  mkdirSync(path('folder.jsonl'))
  execFileSync('mkfifo', [path('pipe.jsonl')])
})
afterAll(() => rmSync(top, { recursive: true }))

describe('a log that is', () => {
  it.each([
    ['a link', 'link.jsonl', 'it is a link'],
    ['a link to nowhere', 'dangling.jsonl', 'it is a link'],
    ['a pipe', 'pipe.jsonl', 'it is a pipe, not a file'],
    ['a folder', 'folder.jsonl', 'it is a folder'],
  ])('%s is neither read, cut off nor added to', async (_, name, reason) => {
    await expect(readJsonLines(path(name), () => {})).rejects.toThrow(reason)
    await expect(truncateAfter(path(name), () => false)).rejects.toThrow(reason)
    await expect(appendJsonLines(path(name), [{ a: 1 }])).rejects.toThrow(reason)
    expect(readFileSync(other, 'utf8')).toBe('{"mine": true}\n')
  })
})

describe('records that are not what the checkpoint says', () => {
  it.each([
    ['nothing', new Map()],
    [
      'fewer rows',
      new Map([
        ['v', { shape: [1, 2], data: Float32Array.of(1, 2) }],
        ['step(v)', { shape: [1], data: Int32Array.of(0) }],
      ]),
    ],
    [
      'other steps',
      new Map([
        ['v', { shape: [3, 2], data: new Float32Array(6) }],
        ['step(v)', { shape: [1], data: Int32Array.of(0) }],
      ]),
    ],
    [
      'integers',
      new Map([
        ['v', { shape: [3, 2], data: new Int32Array(6) }],
        ['step(v)', { shape: [3], data: Int32Array.of(0, 1, 2) }],
      ]),
    ],
  ])('are told: %s', async (_, arrays) => {
    const store = new MemoryStore()
    store.parts.set(1, arrays)
    await expect(new Recorder(store, undefined).begin({ part: 1, rows: { v: 3 } })).rejects.toThrow(
      'Part 1 of the records lacks rows of v: the run cannot go on from there.',
    )
  })
})
