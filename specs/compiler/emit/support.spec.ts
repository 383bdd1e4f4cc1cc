/** What is generated is current: the texts that networks carry, of runtime/support, and the program that draws patterns. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  drawProgramModule,
  drawProgramPath,
  supportModule,
  supportPath,
} from '../../../scripts/generate.ts'

it('the module of support texts is current (else: npm run generate)', async () => {
  expect(readFileSync(supportPath, 'utf8')).toBe(await supportModule())
})

it('the program that draws patterns is current (else: npm run generate)', async () => {
  expect(readFileSync(drawProgramPath, 'utf8')).toBe(await drawProgramModule())
})
