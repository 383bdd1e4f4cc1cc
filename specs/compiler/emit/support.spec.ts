/** The texts that generated networks carry are those of runtime/support. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { supportModule, supportPath } from '../../../scripts/generate.ts'

it('the module of support texts is current (else: npm run generate)', async () => {
  expect(readFileSync(supportPath, 'utf8')).toBe(await supportModule())
})
