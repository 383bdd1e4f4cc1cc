/**
 * Short texts that describe more than any machine holds, and long ones that say nothing: checking
 * ends soon, with the diagnostic that says which limit was passed, and once.
 */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../compiler/compile.ts'
import { memoryHost } from '../../helpers/compile-text.ts'
import { expectSoundDiagnostics } from '../../helpers/diagnostics.ts'

const deep = 10_000
const times = (count: number, line: (i: number) => string, join = '\n') =>
  Array.from({ length: count }, (_, i) => line(i)).join(join)
const around = (open: string, inner: string, close: string) =>
  open.repeat(deep) + inner + close.repeat(deep)

const cell = 'cell A { compartment soma\n event e = soma }\n'
const pair = 'population x[2] : A\npopulation y[2] : A\nconnect x.e -> y.soma as W { init 1 }\n'
const array = `${cell}population x[10000][1] : A\n`

/** A source, or files; then the codes and the beginning of the first error's message. */
type Case = [
  name: string,
  source: string | Readonly<Record<string, string>>,
  codes: string[],
  message?: string,
]

const tooDeep = 'This is nested more than 256 levels deep.'
const tooManyParts = 'The circuit would have more than 120,000 parts'

const nesting: readonly Case[] = [
  ['parentheses', `const a = ${around('(', '1', ')')}`, ['CCN1005'], tooDeep],
  ['open parentheses', `const a = ${'('.repeat(deep)}`, ['CCN1005'], tooDeep],
  ['signs', `const a = ${'-'.repeat(deep)}1`, ['CCN1005'], tooDeep],
  ['not', `const a = ${'not '.repeat(deep)}on`, ['CCN1005'], tooDeep],
  ['calls', `const a = ${around('exp(', '1', ')')}`, ['CCN1005'], tooDeep],
  ['else if', `const a = ${'if on then 1 else '.repeat(deep)}1`, ['CCN1005'], tooDeep],
  ['if if', `const a = ${around('if ', 'on', ' then on else off')}`, ['CCN1005'], tooDeep],
  ['blocks of for', around('for a in [1] {', '', '}'), ['CCN1005'], tooDeep],
  ['blocks of if', around('if on {', '', '}'), ['CCN1005'], tooDeep],
  ['branches', `if on { }${' else if on { }'.repeat(deep)}`, ['CCN1005'], tooDeep],
  ['lists', `const a = ${around('[', '', ']')}`, ['CCN1005'], tooDeep],
  ['members', `let a = b${'.c'.repeat(deep)}`, ['CCN1005'], tooDeep],
  ['indices', `let a = b${'[0]'.repeat(deep)}`, ['CCN1005'], tooDeep],
  ['sums', `const a = 1${' + 1'.repeat(deep)}`, ['CCN1005'], tooDeep],
  ['powers', `const a = 1${' ^ 1'.repeat(deep)}`, ['CCN1005'], tooDeep],
  ['products of weights', `let a = W${' @ W'.repeat(deep)}`, ['CCN1005'], tooDeep],
  ['compartments', `cell A { ${around('compartment c {', '', '}')} }`, ['CCN1005'], tooDeep],
  [
    'cell types',
    `cell B0 { }\n${times(deep, (i) => `cell B${i + 1} extends B${i} { }`)}\npopulation p[1] : B${deep}`,
    ['CCN1005'],
    'This is nested more than 64 levels deep.',
  ],
  [
    'experiments',
    `experiment e0 { }\n${times(2000, (i) => `experiment e${i + 1} extends e${i} { }`)}`,
    ['CCN1005'],
    'This is nested more than 64 levels deep.',
  ],
  [
    'constants',
    `param a0 = 1\n${times(deep, (i) => `const a${i + 1} = a${i} + 1`)}\n${cell}population x[a${deep}] : A`,
    ['CCN1005'],
    'This is nested more than 500 levels deep.',
  ],
  [
    'motifs',
    `${times(deep, (i) => `motif M${i}() { use M${i + 1} }`)}\nmotif M${deep}() { }\nuse M0`,
    ['CCN1005'],
    'This is nested more than 64 levels deep.',
  ],
  [
    'functions',
    `function f0(z) = z\n${times(500, (i) => `function f${i + 1}(z) = f${i}(z)`)}\ncell A { compartment soma\n event e = f500(soma) }\n${pair}`,
    ['CCN1005'],
    'This is nested more than 60 levels deep.',
  ],
  [
    'imports',
    {
      'main.ccn': 'import { a } from "f0"\nconst b = a',
      ...Object.fromEntries(
        Array.from({ length: 1000 }, (_, i) => [
          `f${i}.ccn`,
          `import { b } from "f${i + 1}"\nconst a = b`,
        ]),
      ),
    },
    ['CCN3003'],
    'The model would have more than 500 files',
  ],
]

const multiplying: readonly Case[] = [
  [
    'a million million neurons',
    `${cell}population x[1e12] : A`,
    ['CCN3003'],
    '`x` would have 1,000,000,000,000 units',
  ],
  [
    'neurons without end',
    `${cell}population x[1e300] : A`,
    ['CCN3003'],
    '`x` would have 1e+300 units',
  ],
  [
    'a plane of neurons',
    `${cell}population x[100000, 100000] : A`,
    ['CCN3003'],
    '`x` would have 10,000,000,000 units',
  ],
  [
    'a billion layers',
    `${cell}population x[1e9][10] : A`,
    ['CCN3003'],
    '`x` would have 1,000,000,000 populations',
  ],
  [
    'weights',
    `${cell}population x[1e7] : A\nconnect x.e -> x.soma as W { init 1 }`,
    ['CCN3003'],
    '`W` would have 100,000,000,000,000 weights',
  ],
  [
    'loops of nothing',
    `${array}for a in x { for b in x { for c in x { } } }`,
    ['CCN3003'],
    tooManyParts,
  ],
  ['loops of lets', `${array}for a in x { for b in x { let z = 1 } }`, ['CCN3003'], tooManyParts],
  [
    'loops of populations',
    `${array}for a in x { for b in x { population z[1] : A } }`,
    ['CCN3003'],
    tooManyParts,
  ],
  [
    'loops of connections',
    `${array}for a in x { for b in x { connect a.e -> b.soma as W { init 1 } } }`,
    ['CCN3003'],
    'The circuit would have more than 50,000 connections',
  ],
  [
    'loops of biases',
    `cell B { bias k = 0\n event e = k }\npopulation x[10000][1] : B\nfor a in x { for b in x { init a.k = 1 } }`,
    ['CCN3003'],
    tooManyParts,
  ],
  [
    'members of cells',
    `cell B { compartment soma\n${times(5000, (i) => `e${i} = soma`)} }\npopulation x[10000][1] : B`,
    ['CCN3003'],
    tooManyParts,
  ],
  [
    'constants',
    `param a0 = 1\n${times(60, (i) => `const a${i + 1} = a${i} + a${i}`)}\n${cell}population x[a60] : A`,
    ['CCN3003'],
    '`x` would have 1152921504606847000 units',
  ],
  [
    'lists',
    `const a0 = [1]\n${times(60, (i) => `const a${i + 1} = [...a${i}, ...a${i}]`)}\n${cell}population x[length(a60)] : A`,
    ['CCN3003'],
    'This list would have more than 100,000 values',
  ],
  [
    'lists of lists',
    `const a0 = 1\n${times(60, (i) => `const a${i + 1} = [a${i}, a${i}]`)}\nconst b = a60 + 1\n${cell}population x[length(b)] : A`,
    ['CCN3003'],
    'This list would have',
  ],
  [
    'functions',
    `function f0(z) = z\n${times(40, (i) => `function f${i + 1}(z) = f${i}(z) + f${i}(z)`)}\ncell A { compartment soma\n event e = f40(soma) }\n${pair}`,
    ['CCN3003'],
    '`f13` would have more than 10,000 calls in it',
  ],
  [
    'motifs',
    `${cell}${times(40, (i) => `motif M${i}() { use M${i + 1} as a  use M${i + 1} as b }`)}\nmotif M40() { population z[1] : A }\nuse M0 as m`,
    ['CCN3003'],
    tooManyParts,
  ],
  [
    'a motif that uses itself',
    'motif M() { use M as a  use M as b }\nuse M',
    ['CCN2013'],
    'These definitions depend on each other: `M` -> `M`.',
  ],
  ['motifs that use each other', 'motif M() { use N }\nmotif N() { use M }\nuse M', ['CCN2013']],
  ['a range', 'for i in range(1e9) { let a = 1 }', ['CCN2015']],
]

const long: readonly Case[] = [
  ['unknown names', times(20_000, (i) => `param parameter${i} = oarameter${i}`), ['CCN2001']],
  [
    'unknown variables',
    `cell A {\n${times(20_000, (i) => `parameter${i} = oarameter${i}`)} }`,
    ['CCN2001'],
  ],
  ['units', times(20_000, (i) => `param p${i} = 3 * ms`), []],
  ['declared again', 'cell A { }\n'.repeat(30_000), ['CCN2002']],
  ['parameters', `cell A(${times(20_000, (i) => `p${i} = 1`, ', ')}) { }\npopulation x[2] : A`, []],
  [
    'settings',
    `experiment e { protocol {${' phase a { teacher on }'.repeat(20_000)} } }`,
    ['CCN2001'],
  ],
  ['NUL bytes', '\u0000'.repeat(100_000), ['CCN1001']],
  [
    'bytes',
    Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 256)).toString(),
    ['CCN1001'],
  ],
  ['words', 'a '.repeat(999_999), ['CCN1002']],
  [
    'a file beyond the limit',
    'a '.repeat(1_000_001),
    ['CCN1006'],
    'The file has 2000002 characters; the limit is 2000000.',
  ],
  ['one line', `const a = ${'1 + '.repeat(100_000)}1`, ['CCN1005']],
  ['one comment', `/*${'*'.repeat(1_900_000)}`, ['CCN1004']],
  ['comments in comments', '/*'.repeat(252_000), ['CCN1002']],
  ['one name', `const ${'a'.repeat(1_900_000)} = 1`, []],
  ['docs', '/// a\n'.repeat(100_000), []],
  ['open braces', '{'.repeat(250_000), ['CCN1002']],
  ['braces', '{}'.repeat(125_000), ['CCN1002']],
  ['closers', ')'.repeat(250_000), ['CCN1002']],
  ['all brackets', '({['.repeat(80_000), ['CCN1002']],
  ['products of units', `const a = 1 ms${' * 1 ms'.repeat(200)}`, []],
  [
    'odd numbers',
    'const a = (2 ms) ^ 1e308\nconst b = (2 ms) ^ 0.3333\nconst c = 2 ^ 1e308 - 2 ^ 1e308',
    [],
  ],
  [
    'hundreds of populations in loops',
    `${cell}${times(200, (i) => `population p${i}[1] : A`)}
${times(200, (i) => [3, 7].map((k) => `connect p${i}.e -> p${(i * (2 * k - 1) + k) % 200}.soma as W${i}_${k} { init 1  fixed  delay 1 step }`).join('\n'))}
experiment e { step 1 ms  duration 5 ms  measure mean(p0.e) }`,
    [],
  ],
]

function check([, source, codes, message]: Case): void {
  const files = typeof source === 'string' ? { 'main.ccn': source } : source
  const compilation = compile('/project/main.ccn', memoryHost(files), { optimise: false })
  const errors = compilation.diagnostics.filter((each) => each.severity === 'error')
  expect([...new Set(errors.map((each) => each.code))]).toEqual(codes)
  if (message !== undefined) {
    expect(errors[0]?.message.slice(0, message.length)).toBe(message)
    expect(errors.filter((each) => each.code === codes[0]).length).toBe(1)
  }
  expectSoundDiagnostics(compilation)
}

describe('nesting 10,000 deep', () => {
  it.each(nesting)('%s', (...row) => check(row))
})

describe('things that multiply', () => {
  it.each(multiplying)('%s', (...row) => check(row))
})

describe('long files', () => {
  it.each(long)('%s', (...row) => check(row))
})
