/**
 * Who may import whom. Data flow in one direction, and no room reaches back; Node.js and packages stand
 * only where they are said to. A type that is imported is an import.
 */
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sourceTexts } from './sources.ts'

/** For each room, by its folder: the rooms that its files may import besides their own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  grammar: [],
  contract: [],
  'compiler/ir': ['grammar', 'contract'],
  'compiler/model': ['grammar', 'contract', 'compiler/ir'],
  'compiler/check': ['grammar', 'contract', 'compiler/model'],
  'compiler/lower': ['grammar', 'contract', 'compiler/model', 'compiler/ir'],
  'compiler/passes': ['contract', 'compiler/ir'],
  // The symbolic analysis of graphs.
  'compiler/analysis': ['contract', 'compiler/ir'],
  'compiler/plan': ['contract', 'compiler/ir'],
  'compiler/code': ['contract', 'compiler/ir', 'compiler/plan'],
  'compiler/emit/tfjs': ['grammar', 'contract', 'compiler/ir', 'compiler/plan'],
  'compiler/emit/wasm': ['contract', 'compiler/ir', 'compiler/plan', 'compiler/code'],
  'compiler/emit/native': ['contract', 'compiler/ir', 'compiler/plan', 'compiler/code'],
  // The map, and the public face.
  compiler: [
    'grammar',
    'contract',
    'compiler/model',
    'compiler/check',
    'compiler/lower',
    'compiler/ir',
    'compiler/passes',
    'compiler/emit/tfjs',
    'compiler/emit/wasm',
  ],
  runtime: ['contract'],
  'runtime/node': ['contract', 'runtime'],
  service: [
    'grammar',
    'contract',
    'compiler',
    'compiler/model',
    'compiler/check',
    'compiler/ir',
    'compiler/passes',
    'compiler/analysis',
    // Draws of the product, of which none needs Node.js.
    'runtime',
  ],
  project: [
    'grammar',
    'contract',
    'compiler',
    'compiler/model',
    'compiler/ir',
    'service',
    'runtime',
    'runtime/node',
  ],
  cli: ['grammar', 'contract', 'compiler', 'service', 'project', 'runtime', 'runtime/node'],
}

/** Packages, and `node:` for what is Node's own, by the room that may have them. */
const packages: Readonly<Record<string, readonly string[]>> = {
  grammar: ['chevrotain', 'prettier/doc'],
  // What public functions are called with is looked at by schemas.
  contract: ['valibot'],
  compiler: ['valibot'],
  'compiler/emit/tfjs': ['ts-morph', 'prettier'],
  // Of the tensors' library the types alone, for what generated modules carry with them.
  runtime: ['valibot', 'picocolors', '@tensorflow/tfjs-core'],
  'runtime/node': ['node:', '@tensorflow/', 'valibot'],
  service: ['elkjs/', 'valibot'],
  project: [
    'node:',
    'valibot',
    '@resvg/resvg-js',
    '@observablehq/plot',
    'linkedom',
    'hyparquet-writer',
  ],
  cli: ['node:', 'commander'],
}

/** Imports that are still to go, as `importing file -> imported file`. */
const exceptions: readonly string[] = []

const byLength = Object.keys(allowed).toSorted((a, b) => b.length - a.length)
const roomOf = (path: string): string =>
  byLength.find((room) => path.startsWith(`${room}/`)) ?? 'no room'

interface Import {
  readonly from: string
  /** A path from the root, or the name of a package. */
  readonly to: string
  readonly isFile: boolean
}

function importsOf(path: string, text: string): readonly Import[] {
  const code = text.replaceAll(/^const \w+ = `[^`]*`$/gm, '')
  const found = code.matchAll(
    /^(?:import|export|\}) [^'\n]*from '([^']+)'|^import '([^']+)'|\bimport\((?:\/\*.*\*\/ )?'([^']+)'\)/gm,
  )
  return [...found].map(([, a, b, c]) => {
    const to = a ?? b ?? c ?? ''
    const isFile = to.startsWith('.')
    return { from: path, to: isFile ? join(dirname(path), to) : to, isFile }
  })
}

const imports = sourceTexts().flatMap(({ path, text }) => importsOf(path, text))

describe('the rooms', () => {
  it('import what they may', () => {
    expect(imports.length).toBeGreaterThan(1000)
    const forbidden = imports
      .filter(({ from, to, isFile }) => {
        const [own, other] = [roomOf(from), roomOf(to)]
        return isFile && own !== other && !allowed[own]?.includes(other)
      })
      .map(({ from, to }) => `${from} -> ${to}`)
    expect(forbidden.filter((each) => !exceptions.includes(each))).toEqual([])
    // What has gone is taken off the list.
    expect(exceptions.filter((each) => !forbidden.includes(each))).toEqual([])
  })

  it('have the packages that they may have, and Node only where it is said', () => {
    const forbidden = imports
      .filter(({ from, to, isFile }) => {
        return !isFile && !packages[roomOf(from)]?.some((each) => to.startsWith(each))
      })
      .map(({ from, to }) => `${from} -> ${to}`)
    expect(forbidden).toEqual([])
  })

  it('are all in the table', () => {
    const homeless = sourceTexts().filter(({ path }) => roomOf(path) === 'no room')
    expect(homeless.map(({ path }) => path)).toEqual([])
  })
})
