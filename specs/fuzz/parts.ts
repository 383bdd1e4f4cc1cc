/** The fuzzers by name: what each makes at random, and what must hold of it. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect } from 'vitest'
import { endOf, lex } from '../../grammar/lex.ts'
import { optimiseGraph } from '../../compiler/passes/index.ts'
import { deviationOf, type Trial } from '../compiler/emit/wasm/random-programs.ts'
import { randomGraph, widerSurroundings } from '../compiler/ir/random-graphs.ts'
import { tokenSoup } from '../grammar/arbitrary.ts'
import { memoryHost } from '../helpers/compile-text.ts'
import { mutations, randomBytes } from '../helpers/mutations.ts'
import { root } from '../helpers/repository.ts'
import { smallSettings } from '../helpers/small-examples.ts'
import { circuits } from './circuits.ts'
import { networks } from './networks.ts'
import { agrees, checks, formats, reads, runs, spikesAgree } from './properties.ts'

/** A fuzzer of texts. */
export interface Part {
  readonly name: string
  readonly about: string
  readonly texts: fc.Arbitrary<string>
  readonly holds: (text: string) => void | Promise<void>
  /** How many texts the specs try. */
  readonly short: number
}

const textsIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(`${root}/${folder}`)
      .filter((name) => name.endsWith('.ccn'))
      .map((name) => [name, readFileSync(`${root}/${folder}/${name}`, 'utf8')]),
  )

const examples = textsIn('examples')
const library = textsIn('library/std')
const all = [...examples.values(), ...library.values()]

const comments = fc.constantFrom(
  ' /* here */ ',
  ' // here\n',
  '\n// here\n',
  '\n/* a\n   b */\n',
  '\n\n\n',
)

/** Comments and blank lines between any tokens. */
const commented: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...all),
    fc.array(fc.tuple(fc.nat(), comments), { minLength: 1, maxLength: 8 }),
  )
  .map(([text, places]) => {
    const { tokens } = lex(text, 'commented.ccn')
    const at = places.map(([place, comment]) => {
      const token = tokens[place % tokens.length]
      return [token ? endOf(token) : 0, comment] as const
    })
    return at
      .toSorted(([a], [b]) => b - a)
      .reduce((changed, [to, comment]) => changed.slice(0, to) + comment + changed.slice(to), text)
  })

/** The example that a mutated library file is read by. */
const reader = examples.get('burstccn.ccn') ?? ''

/** Examples, each with what makes it small written into it. */
const smaller = [...examples].map(([name, text]) =>
  Object.entries(smallSettings(name, text)).reduce(
    (changed, [key, value]) =>
      changed.replace(
        new RegExp(`^(param ${key} +=) [^\\n/]*?(?=( in |//|\\n))`, 'm'),
        `$1 ${value} `,
      ),
    text,
  ),
)

export const parts: readonly Part[] = [
  {
    name: 'text',
    about: 'random characters and random tokens are read, checked and formatted',
    texts: fc.oneof(randomBytes, tokenSoup),
    holds: (text) => {
      reads(text)
      checks(text)
      formats(text)
    },
    short: 120,
  },
  {
    name: 'compile',
    about: 'examples and library files with mutations are read and checked',
    texts: mutations(all),
    holds: (text) => {
      reads(text)
      checks(text)
    },
    short: 20,
  },
  {
    name: 'library',
    about: 'library files with mutations are imported',
    texts: mutations([...library.values()], 2),
    holds: (text) => {
      const real = memoryHost({ 'main.ccn': reader })
      const read = (path: string) => (path.endsWith('/std/burstccn.ccn') ? text : real.read(path))
      checks(reader, { ...real, read })
    },
    short: 12,
  },
  {
    name: 'format',
    about: 'what is formatted means the same, keeps its comments, and stays as it is',
    texts: fc.oneof(mutations(all, 2), commented),
    holds: (text) => {
      reads(text)
      formats(text)
    },
    short: 40,
  },
  {
    name: 'run',
    about: 'what checks without an error is emitted, and takes two steps',
    texts: mutations(smaller, 2),
    holds: (text) => runs(text),
    short: 12,
  },
  {
    name: 'circuits',
    about: 'random circuits compute the same on all targets, threads and precisions',
    texts: circuits,
    holds: (text) => agrees(text),
    short: 4,
  },
  {
    name: 'networks',
    about: 'random networks of spiking cells, their patterns, delays and rules, do so too',
    texts: networks,
    holds: (text) => spikesAgree(text),
    short: 3,
  },
]

const sizes = [
  [4, 3],
  [1, 2],
  [8, 4],
  [3, 7],
  [33, 20],
] as const

/** Random tensor programs; they have no text that could be made smaller, and are shrunk as graphs. */
export const programs: fc.Arbitrary<Trial> = fc.constantFrom(...sizes).chain(([n, m]) => {
  const around = widerSurroundings(n, m)
  const graphs = fc
    .tuple(randomGraph({ batchAnywhere: false, broadcasts: true, size: 40, around }), fc.boolean())
    .map(([graph, plain]) => (plain ? graph : optimiseGraph(graph)))
  return fc.record({
    graph: graphs,
    around: fc.constant(around),
    batch: fc.constantFrom(1, 2, 3, 5, 8, 17),
  })
})

/** A tensor program computes the same on any number of threads, in both precisions, and interpreted. */
export async function programHolds(trial: Trial): Promise<void> {
  const deviation = await deviationOf(trial, [{}, { threads: 2 }, { precision: 'f64' }])
  fc.pre(deviation !== 'wild')
  expect(deviation).toBeUndefined()
}
