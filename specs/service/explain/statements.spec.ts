/** What `explain` says of small circuits, in golden files, and that every check of it holds. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../compiler/compile.ts'
import { diskHost } from '../../../project/disk-host.ts'
import { explain } from '../../../service/explain/explain.ts'
import { explanationText } from '../../../service/explain/text.ts'

interface Case {
  readonly name: string
  readonly file: string
  readonly variants?: readonly string[]
  readonly set?: Readonly<Record<string, string>>
  readonly experiment?: string
}

const cases: readonly Case[] = [
  { name: 'xor', file: 'xor' },
  { name: 'xor-random', file: 'xor', variants: ['random_feedback'] },
  { name: 'xor-no-events', file: 'xor', variants: ['no_event_feedback'] },
]

describe('what explain says', () => {
  it.each(cases)('of $name', async ({ name, file, ...choice }) => {
    const path = join(import.meta.dirname, `../../../examples/${file}.ccn`)
    const compilation = compile(path, diskHost(path), { ...choice, optimise: false })
    expect(compilation.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    const explanation = explain(compilation, choice.variants)!
    await expect(explanationText(explanation)).toMatchFileSnapshot(`golden/${name}.txt`)
    expect(explanation.holds).toBe(true)
  })
})
