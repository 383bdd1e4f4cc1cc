/** What every fused target shares says nothing of one of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'

const words = /wasm|webassembly|v128|[fi]\d+x\d+|\bi(32|64)\b/i

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))

describe('no word of WebAssembly', () => {
  it.each(['compiler/plan', 'compiler/code'])('in %s', (folder) => {
    const files = filesBelow(folder)
    expect(files.length).toBeGreaterThan(5)
    const found = files.flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, i) => (words.test(line) ? [`${file}:${i + 1} ${line.trim()}`] : [])),
    )
    expect(found).toEqual([])
  })
})
