/**
 * Syntax errors: what is said, where, and that one mistake is one diagnostic. The marked span is
 * the diagnostic's.
 */
import { describe, expect, test } from 'vitest'
import { unitList } from '../../grammar/unit-spellings.ts'
import { marked } from '../helpers/source.ts'
import { parseAnything } from './invariants.ts'

type Row = [source: string, message: string, hint?: string]

function expectOne(source: string, code: string, message: string, hint?: string): void {
  const { text, spans } = marked(source)
  const { diagnostics } = parseAnything(text)
  const found = diagnostics.map((d) => [d.code, d.message, d.span.start, d.span.end, d.hint])
  expect(found).toEqual([[code, message, spans[0]?.start, spans[0]?.end, hint]])
}

describe('CCN1001, a character without meaning', () => {
  test.each<Row>([
    [
      'let a = 1 ⟦;⟧',
      'The character `;` has no meaning here.',
      'statements need no mark between them',
    ],
    ['let a = 4 ⟦×⟧ 5', 'The character `×` has no meaning here.', 'write `*` to multiply'],
    ['let a = b ⟦≤⟧ c', 'The character `≤` has no meaning here.', 'write `<=`'],
    [
      'let ⟦λ⟧ = 1',
      'The character `λ` has no meaning here.',
      'names are made of the letters a-z, digits and `_`',
    ],
    ['let a = 1 ⟦\u0007⟧', 'The character U+0007 has no meaning here.'],
    ['let a = ⟦😀⟧', 'The character `😀` has no meaning here.'],
    ['⟦#⟧ a comment', 'The character `#` has no meaning here.', 'comments begin with `//`'],
    ['let a = b ⟦&⟧ c', 'The character `&` has no meaning here.', 'write `and`'],
    ['let a = ⟦!⟧b', 'The character `!` has no meaning here.', 'write `not`'],
    [
      'let a = b ⟦%⟧ 2',
      'The character `%` has no meaning here.',
      'a share is a number, as in `0.02` or `2 %`; a remainder is `a - b * floor(a / b)`',
    ],
    ['let a = b ⟦?⟧ c : d', 'The character `?` has no meaning here.', 'write `if a then b else c`'],
    [
      "import { A } from ⟦'⟧std/cells'",
      "The character `'` has no meaning here.",
      'strings stand in double quotes: `"`',
    ],
    [
      'import { A } from ⟦“⟧std/cells”',
      'The character `“` has no meaning here.',
      'write straight quotes: `"`',
    ],
    [
      "cell A { q = v⟦'⟧ }",
      "The character `'` has no meaning here.",
      'a derivative is written `dv/dt`; strings stand in double quotes: `"`',
    ],
    ['connect a ⟦→⟧ b', 'The character `→` has no meaning here.', 'write `->`'],
    [
      'let a = ⟦−⟧1',
      'The character `−` has no meaning here.',
      'write `-`, the hyphen of the keyboard',
    ],
    // A word is named once, however often it is said.
    [
      'param t⟦ä⟧u = 1\nconst b = täu + täu',
      'The character `ä` has no meaning here.',
      'names are made of the letters a-z, digits and `_`',
    ],
  ])('%s', (source, message, hint) => expectOne(source, 'CCN1001', message, hint))
})

describe('CCN1010, a mark of another language', () => {
  test.each<Row>([
    ['let a = b ⟦&&⟧ c', 'The language has no `&&`.', 'write `and`'],
    ['let a = b ⟦||⟧ c', 'The language has no `||`.', 'write `or`'],
    ['let a = b ⟦**⟧ 2', 'The language has no `**`.', 'write `^` for a power'],
    ['let a ⟦:=⟧ 2', 'The language has no `:=`.', 'write `=`'],
    ['let a = b ⟦<>⟧ 2', 'The language has no `<>`.', 'write `!=`'],
    ['let a = b ⟦===⟧ 2', 'The language has no `===`.', 'write `==`'],
    [
      'connect a ⟦=>⟧ b',
      'The language has no `=>`.',
      'write `->` for a connection, `>=` to compare',
    ],
    ['cell A { on s { v ⟦*=⟧ 3 } }', 'The language has no `*=`.', 'write `a = a * ...`'],
    ['cell A { on s { v⟦++⟧ } }', 'The language has no `++`.', 'write `v += 1`, in a reaction'],
  ])('%s', (source, message, hint) => expectOne(source, 'CCN1010', message, hint))
})

describe('CCN1011, a number of another language', () => {
  test.each<Row>([
    ['let a = ⟦.3⟧', 'The number `.3` is not written so.', 'write `0.3`'],
    ['let a = -⟦.5e-3⟧', 'The number `.5e-3` is not written so.', 'write `0.5e-3`'],
    ['let a = ⟦5.⟧\nlet b = 2', 'The number `5.` is not written so.', 'write `5`'],
    ['let a = ⟦1.e3⟧ + 2', 'The number `1.e3` is not written so.', 'write `1e3`'],
    ['let a = ⟦1_000⟧', 'The number `1_000` is not written so.', 'write `1000`'],
    ['let a = ⟦0x1F⟧', 'The number `0x1F` is not written so.', 'write `31`'],
  ])('%s', (source, message, hint) => expectOne(source, 'CCN1011', message, hint))
})

describe('CCN1012, a unit that does not exist', () => {
  const list = `The units are ${unitList}`
  test.each<[source: string, name: string, hint: string]>([
    ['const a = -70 ⟦mv⟧', 'mv', `did you mean \`mV\`? ${list}`],
    ['const a = 15 ⟦Mv⟧', 'Mv', `did you mean \`mV\`? ${list}`],
    ['const a = 20 ⟦msec⟧', 'msec', `did you mean \`ms\`? ${list}`],
    ['const a = 20 ⟦mSec⟧ + 1 ms', 'mSec', `did you mean \`ms\`? ${list}`],
    ['const a = 20 ⟦seconds⟧', 'seconds', `did you mean \`s\`? ${list}`],
    ['const a = 2 ⟦minutes⟧', 'minutes', `did you mean \`min\`? ${list}`],
    ['const a = 2 ⟦µs⟧', 'µs', `did you mean \`us\`? ${list}`],
    ['const a = 2 ⟦μA⟧', 'μA', `did you mean \`uA\`? ${list}`],
    ['const a = 2 ⟦Ω⟧', 'Ω', `did you mean \`ohm\`? ${list}`],
    ['const a = 2 ⟦MΩ⟧', 'MΩ', `did you mean \`Mohm\`? ${list}`],
    ['const a = 2 ⟦kOhm⟧', 'kOhm', `did you mean \`kohm\`? ${list}`],
    ['const a = 2 ⟦KHz⟧', 'KHz', `did you mean \`kHz\`? ${list}`],
    ['const a = 2 ⟦hz⟧', 'hz', `did you mean \`Hz\`? ${list}`],
    ['const a = 2 ⟦nf⟧', 'nf', `did you mean \`nF\`? ${list}`],
    ['const a = 2 ⟦siemens⟧', 'siemens', `did you mean \`S\`? ${list}`],
    ['const a = 2 ⟦millivolt⟧', 'millivolt', `did you mean \`mV\`? ${list}`],
    ['const a = 2 ⟦ns⟧', 'ns', '`nS` is a conductance; a nanosecond is `0.001 us`'],
    ['const a = 2 ⟦MHz⟧', 'MHz', 'a megahertz is `1000 kHz`'],
    [
      'const a = 2 ⟦zeta⟧',
      'zeta',
      `to multiply, write \`2 * zeta\`; ${list.replace('The', 'the')}`,
    ],
    ['cell A { state v = -70 ⟦mv⟧ : dv/dt = 1 }', 'mv', `did you mean \`mV\`? ${list}`],
  ])('%s', (source, name, hint) =>
    expectOne(source, 'CCN1012', `There is no unit named \`${name}\`.`, hint),
  )

  test.each([
    'cell A { a = 3 b = 4 }',
    'experiment e { data d { limit 100 ordered } }',
    'experiment e { epochs 3 teacher off }',
    'variant v { set a = 3 W: fixed }',
    'variant v { set a = 3 W[0]: fixed }',
    'variant v { set a = 3 p.b: fixed }',
  ])('a name behind a number is none: %s', (source) => {
    expect(parseAnything(source).diagnostics).toEqual([])
  })
})

describe('CCN1002, a token out of place', () => {
  test.each<Row>([
    // Items
    [
      '⟦popluation⟧ x[3] : A',
      'Expected a declaration, but found `popluation`.',
      'did you mean `population`?',
    ],
    ['⟦neuron⟧ A { x = 1 }', 'Expected a declaration, but found `neuron`.', 'did you mean `cell`?'],
    [
      '⟦compartment⟧ soma',
      'Expected a declaration, but found `compartment`.',
      '`compartment` stands inside a `cell`',
    ],
    [
      '⟦protocol⟧ { }',
      'Expected a declaration, but found `protocol`.',
      '`protocol` stands inside an `experiment`',
    ],
    ['⟦{⟧ }', 'Expected a declaration, but found `{`.'],
    ['⟦}⟧ }}', 'Expected a declaration, but found `}`.', 'no block is open that this could close'],
    [
      'model a\n⟦model⟧ b',
      'Expected a declaration, but found `model`.',
      '`model` stands once, at the head of the file',
    ],
    [
      'cell ⟦cell⟧ { }',
      'Expected a name, but found `cell`.',
      '`cell` is a word of the language and cannot be a name',
    ],
    [
      'cell ⟦⟧',
      'Expected a name, but found the end of the file.',
      'a type of cells is written `cell Name { ... }`, with parameters `cell Name(tau = 10 ms) { ... }`',
    ],
    [
      'import { A ⟦B⟧ } from "x"',
      'Expected `,` or `}`, but found `B`.',
      'an import is written `import { Name } from "std/cells"`',
    ],
    [
      'import ⟦A⟧ from "x"',
      'Expected `{`, but found `A`.',
      'an import is written `import { Name } from "std/cells"`',
    ],
    [
      'import { ⟦}⟧ from "x"',
      'Expected a name, but found `}`.',
      'an import is written `import { Name } from "std/cells"`',
    ],
    [
      'import { A } ⟦"x"⟧',
      'Expected `from`, but found `"x"`.',
      'an import is written `import { Name } from "std/cells"`',
    ],
    [
      'param a ⟦3⟧',
      'Expected `=`, but found `3`.',
      'a parameter is written `param n = 3`, with a range `param n = 3 in 1..`',
    ],
    [
      'param a = 3 in 5 ⟦⟧',
      'Expected a range such as `0..1`, but found the end of the file.',
      'a range is written `1..10`, `0..` or `0 < .. < 1`',
    ],
    [
      'population x ⟦:⟧ A',
      'Expected a shape such as `[500]`, but found `:`.',
      'a population is written `population h[8] : Cell`',
    ],
    [
      'population x[3] ⟦A⟧',
      'Expected `:` and a cell type, but found `A`.',
      'a population is written `population h[8] : Cell`',
    ],
    [
      'population h[2, 3][4] ⟦:⟧ A',
      'Expected one number in the first of two brackets, but found `:`.',
      'write `[count][shape]`, for example `h[layers][64, 14, 14]`',
    ],
    [
      'connect a ⟦>⟧ b',
      'Expected `->`, but found `>`.',
      'a connection is written `connect a.event -> b.soma as W { init 1 }`',
    ],
    [
      'connect a -> b { ⟦foo⟧ }',
      'Expected a property of the connection, but found `foo`.',
      'a connection is made of `init 1`, `tied = W`, `learn Rule`, `fixed`, `delay 1 ms`, `bounds 0..1` and whom it joins: `one_to_one`, `random probability 0.1`',
    ],
    [
      'connect a -> b { ⟦tide⟧ = W }',
      'Expected a property of the connection, but found `tide`.',
      'did you mean `tied`?',
    ],
    ['connect a -> b { conv ⟦stride⟧ 2 }', 'Expected a kernel such as `5x5`, but found `stride`.'],
    ['connect a -> b { mask ⟦}⟧', 'Expected the name of a file in double quotes, but found `}`.'],
    [
      'for (a ⟦b⟧) in c { }',
      'Expected `,` or `)`, but found `b`.',
      'a loop is written `for (a, b) in [x, h, y] { ... }`',
    ],
    ['if a { } else ⟦tie⟧ a.b = 1', 'Expected `{` or `if`, but found `tie`.'],
    ['matrix E[a⟦]⟧ = 1', 'Expected `,`, but found `]`.'],
    // Cells
    [
      'cell A { ⟦compartmnt⟧ soma }',
      'Expected a member of the cell, but found `compartmnt`.',
      'did you mean `compartment`?',
    ],
    ['cell A { event e = a ⟦b⟧ }', 'Expected an operator or a member of the cell, but found `b`.'],
    ['cell A { event e = ⟦}⟧', 'Expected an expression, but found `}`.'],
    ['cell A { event e =\n⟦p⟧ = 3 }', 'Expected an expression, but found `p`.'],
    ['cell A { event e = f(a\n⟦p⟧ = 3 }', 'Expected `,` or `)`, but found `p`.'],
    ['cell A { event = ⟦}⟧', 'Expected an expression, but found `}`.'],
    [
      'cell A(a ⟦{⟧ x = 1 }',
      'Expected `,` or `)`, but found `{`.',
      'a type of cells is written `cell Name { ... }`, with parameters `cell Name(tau = 10 ms) { ... }`',
    ],
    [
      'cell A { state v : tau ⟦+⟧ dv/dt = 1 }',
      'Expected `*` and a derivative such as `dv/dt`, but found `+`.',
      'a state is written `state v = 0 : tau * dv/dt = -v`',
    ],
    [
      'cell A { state v ⟦dv/dt⟧ = 1 }',
      'Expected `:`, but found `dv/dt`.',
      'a state is written `state v = 0 : dv/dt = ...`',
    ],
    [
      'cell A { ⟦dv/dt⟧ = 1 }',
      'Expected a member of the cell, but found `dv/dt`.',
      'a state is written `state v = 0 : dv/dt = ...`',
    ],
    [
      'cell A { q ⟦+=⟧ 1 }',
      'Expected `=`, but found `+=`.',
      '`+=` stands in a reaction: `on spike { q += ... }`',
    ],
    [
      'cell A { q ⟦==⟧ 1 }',
      'Expected `=`, but found `==`.',
      '`==` compares; a variable is `q = ...`',
    ],
    [
      'cell A { ⟦refractory⟧ 2 ms }',
      'Expected a member of the cell, but found `refractory`.',
      'a refractory time belongs to the spike: `spike s when v >= theta refractory 2 ms { v = reset }`',
    ],
    [
      'cell A { threshold⟦:⟧ v > 3 }',
      'Expected `=`, but found `:`.',
      'a spike is written `spike s when v >= theta { v = reset }`: when it is emitted, what it resets',
    ],
    [
      'experiment e { ⟦batch_size⟧ 32 }',
      'Expected a statement of the experiment, but found `batch_size`.',
      'did you mean `batch`?',
    ],
    [
      'experiment e { ⟦bacth⟧ 32  epochs 3 }',
      'Expected a statement of the experiment, but found `bacth`.',
      'did you mean `batch`?',
    ],
    [
      'experiment e { batch⟦:⟧ 32 }',
      'Expected a value, but found `:`.',
      'write `batch ...`, without `:`',
    ],
    [
      'experiment e { batch ⟦=⟧ 32 }',
      'Expected a value, but found `=`.',
      'write `batch ...`, without `=`',
    ],
    [
      'experiment e { learning_rate ⟦=⟧ 0.1 }',
      'Expected a statement of the experiment, but found `=`.',
      'the learning rate belongs to the optimiser: `optimise W with sgd(rate = 0.1)`',
    ],
    [
      'experiment e { ⟦lr⟧ 0.1 }',
      'Expected a statement of the experiment, but found `lr`.',
      'the learning rate belongs to the optimiser: `optimise W with sgd(rate = 0.1)`',
    ],
    ['⟦toString⟧', 'Expected a declaration, but found `toString`.'],
    [
      'const a = 0⟦,⟧5',
      'Expected a declaration, but found `,`.',
      'write `0.5`, with a decimal point',
    ],
    [
      'cell A { x = ⟦dist/dt⟧ }',
      'Expected an expression, but found `dist/dt`.',
      '`dist/dt` stands on the left of a `state`; to divide by `dt`, put spaces around `/`',
    ],
    [
      'cell A { on spike { v ⟦==⟧ 3 } }',
      'Expected `=`, `+=` or `-=`, but found `==`.',
      'a reaction assigns to states: `v = 0`, `v += 1`',
    ],
    [
      'cell A { spike s ⟦if⟧ v > 3 }',
      'Expected `=` or `when`, but found `if`.',
      'what is emitted has a name: `event e = ...`, `spike s when v >= theta { v = 0 }`, `loss l = ...`',
    ],
    [
      'stp A ⟦⟧',
      'Expected `passes` or `{`, but found the end of the file.',
      'short-term plasticity is written `stp Name { passes event as u * x  ... }`',
    ],
    ['stp A { x = 1 ⟦}⟧', 'Expected `passes` and a signal, but found `}`.'],
    [
      'stp A { passes event  ⟦passes⟧ burst }',
      'Expected a state, an equation, a reaction or `}`, but found `passes`.',
      'a synapse passes one signal',
    ],
    [
      'synapse S { sign ⟦positive⟧ }',
      'Expected `excitatory`, `inhibitory` or `unsigned`, but found `positive`.',
    ],
    ['synapse S { stp ⟦}⟧', 'Expected a name, but found `}`.'],
    // Functions
    ['function f(z) { a = 3 ⟦}⟧', 'Expected `return`, but found `}`.'],
    ['function f(z) { return 3  return 4 ⟦}⟧', 'Expected one `return`, but found `}`.'],
    [
      'function f(z) { ⟦retrun⟧ z }',
      'Expected `return`, `pullback` or a binding such as `a = 1`, but found `retrun`.',
      'did you mean `return`?',
    ],
    // Experiments
    [
      'experiment e { ⟦dta⟧ mnist }',
      'Expected a statement of the experiment, but found `dta`.',
      'did you mean `data`?',
    ],
    [
      'experiment e { ⟦optimize⟧ W with sgd }',
      'Expected a statement of the experiment, but found `optimize`.',
      'did you mean `optimise`?',
    ],
    [
      'experiment e { optimise W ⟦sgd⟧() }',
      'Expected `with`, but found `sgd`.',
      'an optimiser is given by `optimise W with sgd(rate = 0.1)`',
    ],
    ['experiment e { protocol { phase a { perturb Y ⟦}⟧ } }', 'Expected `by`, but found `}`.'],
    ['phase p { teacher ⟦maybe⟧ }', 'Expected `on` or `off`, but found `maybe`.'],
    ['variant v { W ⟦tied⟧ = 3 }', 'Expected `:`, but found `tied`.'],
    [
      'variant v { W: ⟦}⟧',
      'Expected a property such as `tied = W` or `learn Rule`, but found `}`.',
    ],
    [
      'dataset d { field x[28 ⟦28⟧] }',
      'Expected `,` or `]`, but found `28`.',
      'a field is written `field image[28, 28]`, one of labels `field label class 10`',
    ],
    [
      'dataset d { ⟦feild⟧ x }',
      'Expected `field`, `train` or `test`, but found `feild`.',
      'did you mean `field`?',
    ],
    // Expressions
    [
      'let a = 1 < 2 ⟦<⟧ 3',
      'Expected `and` or the end of the comparison, but found `<`.',
      'comparisons do not chain; write `a < b and b < c`',
    ],
    ['let a = [1, 2,⟦]⟧', 'Expected an expression, but found `]`.'],
    ['let a = f(1,⟦)⟧', 'Expected an expression, but found `)`.'],
    ['let a = (1⟦,⟧ 2)', 'Expected `)`, but found `,`.'],
    ['let a = if b then c ⟦⟧', 'Expected `else`, but found the end of the file.'],
    ['let a = ⟦⟧', 'Expected an expression, but found the end of the file.'],
    ['let a = b.⟦3⟧', 'Expected a name, but found `3`.'],
    [
      'variant v { set x = 1⟦,⟧ y = 2 }',
      'Expected a change such as `set`, `drop` or `W: ...`, but found `,`.',
      'a change says one thing: write `set x = 1  set y = 2`',
    ],
    [
      'dataset D { field a[2]⟦,⟧ b[3] }',
      'Expected `field`, `train` or `test`, but found `,`.',
      'each field is said by itself: write `field a[2]  field b[3]`',
    ],
    [
      'experiment e { data d  ⟦repeat⟧ until x < 3 }',
      'Expected a statement of the experiment, but found `repeat`.',
      '`repeat 3 { phase ... }` stands inside a `protocol`; what ends a run is `stop when ...`',
    ],
    [
      'experiment e { epochs 3\n⟦reset⟧ }',
      'Expected a statement of the experiment, but found `reset`.',
      'a spike resets states in its cell: `spike s when v >= theta { v = 0 }`; `on presented { v = 0 }` does it for each example',
    ],
    [
      'experiment e { epochs 3\n⟦backprop⟧ forward }',
      'Expected a statement of the experiment, but found `backprop`.',
      'gradients are a rule: `nonlocal plasticity Exact { dw = backprop }`, and `learn Exact` in connections',
    ],
    ['let a = b + // + c\n⟦⟧', 'Expected an expression, but found the end of the file.'],
  ])('%s', (source, message, hint) => expectOne(source, 'CCN1002', message, hint))
})

describe('a list that ends with a comma', () => {
  test.each([
    'sweep d { report e,\n',
    'sweep d { vary a in [1,\n',
    'experiment e { measure loss,\n',
    'experiment e { record x.e,\n',
    'experiment e { present x = v,\n',
    'experiment e { optimise W,\n',
    'variant v { set a = 1,\n',
    'const a = [1,\n',
  ])('spans of what is missing lie inside of it: %s', (source) => {
    expect(parseAnything(source).diagnostics).not.toEqual([])
  })
})
