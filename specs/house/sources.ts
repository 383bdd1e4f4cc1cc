/** The house's own files, for specs that hold walls and for the table of sizes. */
import { readdirSync, readFileSync } from 'node:fs'
import { root } from '../helpers/repository.ts'

/** Rooms whose files make up the product, in the order of the data flow. */
export const rooms = [
  'grammar',
  'contract',
  'compiler',
  'runtime',
  'service',
  'project',
  'cli',
] as const

/** A source file, by its path from the root. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

/** Every source file of the rooms. */
export function sourceTexts(): readonly SourceText[] {
  return rooms.flatMap((room) =>
    readdirSync(`${root}/${room}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .toSorted()
      .map((name) => {
        const path = `${room}/${name}`
        return { path, text: readFileSync(`${root}/${path}`, 'utf8') }
      }),
  )
}
