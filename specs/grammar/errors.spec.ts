/**
 * Syntax errors: what is said, where, and that one mistake is one diagnostic. The marked span is
 * the diagnostic's.
 */
import { describe, expect, test } from 'vitest'
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
    ['let a = b ⟦&&⟧ c', 'The character `&` has no meaning here.', 'write `and`'],
  ])('%s', (source, message, hint) => expectOne(source, 'CCN1001', message, hint))
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
    ['cell ⟦⟧', 'Expected a name, but found the end of the file.'],
    ['import { A ⟦B⟧ } from "x"', 'Expected `,` or `}`, but found `B`.'],
    ['import ⟦A⟧ from "x"', 'Expected `{`, but found `A`.'],
    ['import { ⟦}⟧ from "x"', 'Expected a name, but found `}`.'],
    ['import { A } ⟦"x"⟧', 'Expected `from`, but found `"x"`.'],
    ['param a ⟦3⟧', 'Expected `=`, but found `3`.'],
    ['param a = 3 in 5 ⟦⟧', 'Expected a range such as `0..1`, but found the end of the file.'],
    ['population x ⟦:⟧ A', 'Expected a shape such as `[500]`, but found `:`.'],
    ['population x[3] ⟦A⟧', 'Expected `:` and a cell type, but found `A`.'],
    [
      'population h[2, 3][4] ⟦:⟧ A',
      'Expected one number in the first of two brackets, but found `:`.',
      'write `[count][shape]`, for example `h[layers][64, 14, 14]`',
    ],
    ['connect a ⟦>⟧ b', 'Expected `->`, but found `>`.'],
    ['connect a -> b { ⟦foo⟧ }', 'Expected a property of the connection, but found `foo`.'],
    [
      'connect a -> b { ⟦tide⟧ = W }',
      'Expected a property of the connection, but found `tide`.',
      'did you mean `tied`?',
    ],
    ['connect a -> b { conv ⟦stride⟧ 2 }', 'Expected a kernel such as `5x5`, but found `stride`.'],
    ['connect a -> b { mask ⟦}⟧', 'Expected the name of a file in double quotes, but found `}`.'],
    ['for (a ⟦b⟧) in c { }', 'Expected `,` or `)`, but found `b`.'],
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
    ['cell A(a ⟦{⟧ x = 1 }', 'Expected `,` or `)`, but found `{`.'],
    [
      'cell A { state v : tau ⟦+⟧ dv/dt = 1 }',
      'Expected `*` and a derivative such as `dv/dt`, but found `+`.',
    ],
    [
      'cell A { state v ⟦dv/dt⟧ = 1 }',
      'Expected `:`, but found `dv/dt`.',
      '`dv/dt` stands on the left of a `state`; to divide by `dt`, put spaces around `/`',
    ],
    [
      'cell A { x = ⟦dist/dt⟧ }',
      'Expected an expression, but found `dist/dt`.',
      '`dist/dt` stands on the left of a `state`; to divide by `dt`, put spaces around `/`',
    ],
    ['cell A { on spike { v ⟦==⟧ 3 } }', 'Expected `=`, `+=` or `-=`, but found `==`.'],
    ['cell A { spike s ⟦if⟧ v > 3 }', 'Expected `=` or `when`, but found `if`.'],
    ['stp A ⟦⟧', 'Expected `passes` or `{`, but found the end of the file.'],
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
    ['experiment e { optimise W ⟦sgd⟧() }', 'Expected `with`, but found `sgd`.'],
    ['experiment e { protocol { phase a { perturb Y ⟦}⟧ } }', 'Expected `by`, but found `}`.'],
    ['phase p { teacher ⟦maybe⟧ }', 'Expected `on` or `off`, but found `maybe`.'],
    ['variant v { W ⟦tied⟧ = 3 }', 'Expected `:`, but found `tied`.'],
    [
      'variant v { W: ⟦}⟧',
      'Expected a property such as `tied = W` or `learn Rule`, but found `}`.',
    ],
    ['dataset d { field x[28 ⟦28⟧] }', 'Expected `,` or `]`, but found `28`.'],
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
    ['let a = b + // + c\n⟦⟧', 'Expected an expression, but found the end of the file.'],
  ])('%s', (source, message, hint) => expectOne(source, 'CCN1002', message, hint))
})
