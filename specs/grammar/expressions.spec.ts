/**
 * Expressions: precedence, units, ranges, names that are keywords elsewhere; and their printing
 * with the fewest parentheses.
 */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Expression } from '../../grammar/ast.ts'
import { printExpression, printRange } from '../../grammar/print.ts'
import { isUnit, unitOf, units, unitText } from '../../grammar/units.ts'
import { expressions } from './arbitrary.ts'
import { expectSoundTree } from './invariants.ts'
import { parenthesised, parsed, sketch, withoutSpans } from './sketch.ts'

function expressionOf(source: string): Expression {
  const file = parsed(`let x = ${source}`)
  expectSoundTree(file)
  const [item] = file.items
  if (item?.kind !== 'Let' || file.items.length !== 1) throw new Error(`no expression: ${source}`)
  return item.value
}

describe('precedence', () => {
  test.each([
    ['a + b * c', '(a + (b * c))'],
    ['(a + b) * c', '((a + b) * c)'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b * c @ d', '(((a / b) * c) @ d)'],
    ['-a ^ b', '(-(a ^ b))'],
    ['-a * b', '((-a) * b)'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['a ^ -b ^ c', '(a ^ (-(b ^ c)))'],
    ['a * -b', '(a * (-b))'],
    ['- - a', '(-(-a))'],
    ['not a == b', '(not (a == b))'],
    ['not a and b', '((not a) and b)'],
    ['a or b and c', '(a or (b and c))'],
    ['a and b or c', '((a and b) or c)'],
    ['a < b + 1', '(a < (b + 1))'],
    ['a == b and c != d', '((a == b) and (c != d))'],
    ['(a < b) == c', '((a < b) == c)'],
    ['a <= b or c >= d', '((a <= b) or (c >= d))'],
    ['if a then b else c + 1', '(if a then b else (c + 1))'],
    ['if a then b else if c then d else e', '(if a then b else (if c then d else e))'],
    ['1 + if a then b else c', '(1 + (if a then b else c))'],
    ['if not a then -b else c ^ 2', '(if (not a) then (-b) else (c ^ 2))'],
    ['a.b.c', 'a.b.c'],
    ['a.b[0](c)[1].d', 'a.b[0](c)[1].d'],
    ['-a.b(c) ^ d[1]', '(-(a.b(c) ^ d[1]))'],
    ['f(a, b = c + 1)', 'f(a, b=(c + 1))'],
    ['f()', 'f()'],
    ['[]', '[]'],
    ['[1, ...h, [2]]', '[1, ...h, [2]]'],
    ['"a\\"b\\\\c"', '"a\\"b\\\\c"'],
    ['true', 'true'],
    ['on', 'on'],
    ['if off then true else false', '(if off then true else false)'],
  ])('%s', (source, tree) => {
    expect(parenthesised(expressionOf(source))).toBe(tree)
  })
})

describe('numbers and units', () => {
  test.each([
    ['5', '5'],
    ['0.5', '0.5'],
    ['5e-5', '5e-5'],
    ['1e12', '1e12'],
    ['1.5E+3', '1.5E+3'],
    ['10 ms', '10_ms'],
    ['10ms', '10_ms'],
    ['-70 mV', '(-70_mV)'],
    ['10 nS * 2 mV', '(10_nS * 2_mV)'],
    ['1 / 5 s', '(1 / 5_s)'],
    ['W[0..2]', 'W[0..2]'],
    ['W[1..]', 'W[1..]'],
    ['W[..n - 1]', 'W[..(n - 1)]'],
    ['W[..]', 'W[..]'],
    ['W[0 < .. < n]', 'W[0<..<n]'],
    ['W[0..delay]', 'W[0..delay]'],
    ['5 * x', '(5 * x)'],
    ['d / dt', '(d / dt)'],
    ['20000 um^2', '20000_um^2'],
    ['1 uF/cm^2', '1_uF/cm^2'],
    ['150 ohm*cm / 2', '(150_ohm*cm / 2)'],
    ['x / 0.3 m/s', '(x / 0.3_m/s)'],
    ['1 s^-1', '1_s^-1'],
    ['2 mV/ms^0.5', '2_mV/ms^0.5'],
    ['10 mV / ms', '(10_mV / ms)'],
    ['10 mV/tau', '(10_mV / tau)'],
    ['10 mV ^2', '(10_mV ^ 2)'],
    ['10 mV^x', '(10_mV ^ x)'],
    ['10 mV/s.x', '(10_mV / s.x)'],
    ['10 mV*2 ms', '(10_mV * 2_ms)'],
  ])('%s', (source, tree) => {
    expect(parenthesised(expressionOf(source))).toBe(tree)
  })

  it('reads the value of a number', () => {
    expect(expressionOf('2.5e-3 mV')).toMatchObject({ value: 2.5e-3, text: '2.5e-3' })
  })

  it('wants a unit on the line of its number', () => {
    const file = parsed('experiment e {\n  batch 1\n  step 0.1 s\n}')
    expect(file.items.map(sketch).join()).toContain('{name: batch, value: 1}')
  })

  test.each([
    ['experiment e { batch 1 step 2 }', 'Value{name: batch, value: 1}'],
    ['experiment e { batch 1 epochs n }', 'Value{name: batch, value: 1}'],
    ['experiment e { evaluate 5 epochs  seed 1 }', 'Value{name: evaluate, value: 5_epochs}'],
    ['experiment e { batch 5 epochs (n) }', 'Value{name: batch, value: 5}'],
    ['cell A { a = 1  s = 2 }', 'Equation{name: a, value: 1}'],
    ['cell A { on b { a = 1  s += 2 } }', 'value: 1}, Assignment{target: s'],
    ['cell A { state v = 1 s : dv/dt = 1 }', 'initial: 1_s'],
    ['variant v { W: tied = 1  s: fixed }', 'TiedProperty{value: 1}'],
    ['connect a -> b { delay 1 step  learn R }', 'DelayProperty{value: 1_step}'],
  ])('knows a unit from the next statement: %s', (source, part) => {
    expect(parsed(source).items.map(sketch).join()).toContain(part)
  })

  it('has units of every dimension, each convertible to base units', () => {
    expect(isUnit('mV') && isUnit('epochs') && !isUnit('mv')).toBe(true)
    for (const unit of units.values()) expect(unit.scale).toBeGreaterThan(0)
    expect(units.get('pF')).toEqual({
      name: 'pF',
      scale: 1e-12,
      dimension: { current: 1, time: 1, voltage: -1 },
    })
  })
})

describe('compound units', () => {
  test.each([
    ['uF/cm^2', 0.01, { current: 1, time: 1, voltage: -1, length: -2 }],
    ['mS/cm^2', 10, { current: 1, voltage: -1, length: -2 }],
    ['uA/cm^2', 0.01, { current: 1, length: -2 }],
    ['um^2', 1e-12, { length: 2 }],
    ['m/s', 1, { length: 1, time: -1 }],
    ['ohm*cm', 0.01, { voltage: 1, current: -1, length: 1 }],
    ['mV*ms/s', 1e-6, { voltage: 1 }],
  ])('%s', (text, scale, dimension) => {
    const unit = unitOf(text)
    expect(unit?.scale).toBeCloseTo(scale, 15)
    expect(unit?.dimension).toEqual(dimension)
  })
  test.each(['', 'cm^0', 'cm^10', 'cm^2.3', 'mV/tau', 'mV/', '/s', 'mV^'])(
    'no unit: `%s`',
    (text) => {
      expect(unitOf(text)).toBeUndefined()
    },
  )
  it('writes the parts above before those below', () => {
    const factors = [
      { name: 'cm', exponent: -2 },
      { name: 'mS', exponent: 1 },
    ]
    expect(unitText(factors)).toBe('mS/cm^2')
    expect(unitText([{ name: 's', exponent: -1 }])).toBe('s^-1')
  })
})

describe('ranges', () => {
  test.each([
    ['1..', '1..'],
    ['..5', '..5'],
    ['0..1', '0..1'],
    ['0.5..1.5', '0.5..1.5'],
    ['-1..n + 1', '(-1)..(n + 1)'],
    ['0 < ..', '0<..'],
    ['.. < 1', '..<1'],
    ['0 < .. < 1', '0<..<1'],
    ['0 .. < 1', '0..<1'],
    ['0 < .. 1', '0<..1'],
    ['0 mV..10 mV', '0_mV..10_mV'],
    ['..', '..'],
  ])('%s', (source, tree) => {
    const [item] = parsed(`param a = 1 in ${source}`).items
    if (item?.kind !== 'Param' || item.range === undefined) throw new Error('no range')
    expect(parenthesised(item.range)).toBe(tree)
    const printed = printRange(item.range)
    const [again] = parsed(`param a = 1 in ${printed}`).items
    expect(withoutSpans(again)).toEqual(withoutSpans(item))
  })

  test.each([
    'param a = 1 in 0..\nphase predict { }',
    'param a = 1 in 0..\nif b { }',
    'param a = 1 in 0..\ntie a.b = 1',
    'synapse S { bounds 0..  learn R }',
    'synapse S { bounds 0..  delay 1 step }',
    'connect a -> b { bounds 0..  conv 5x5 }',
    'plasticity R { bounds 0..  dw = 1 }',
    'variant v { W: bounds 0..  Y: fixed }',
  ])('an open end leaves the next statement alone: %s', (source) => {
    expect(sketch(parsed(source).items)).toMatch(/range: 0\.\.\}/)
  })
})

describe('names', () => {
  const words = (
    'step rate event field train mean scale value x soma input g batch data state learn init tie ' +
    'model phase passes every with signal loss bias random mask conv delay sign class by from set'
  ).split(' ')

  test.each(words)('`%s` is a name wherever one may stand', (word) => {
    const source = [
      `param ${word} = 1`,
      `cell A(${word} = 2) { ${word} = ${word} + a.${word} * f(${word} = 3) }`,
      `function f(${word}) = ${word}`,
      `population ${word}[1] : ${word}`,
      `connect ${word}.${word} -> b.${word} as ${word} : ${word}`,
    ]
    expect(parsed(source.join('\n')).items).toHaveLength(5)
  })

  test.each(['cell', 'population', 'in', 'if', 'stp'])('`%s` is a name after a dot', (word) => {
    expect(parenthesised(expressionOf(`a.${word}`))).toBe(`a.${word}`)
  })
})

describe('printExpression', () => {
  test.each([
    ['((a + b)) * c', '(a + b) * c'],
    ['a + (b * c)', 'a + b * c'],
    ['(a - b) - (c - d)', 'a - b - (c - d)'],
    ['(-a) ^ b', '(-a) ^ b'],
    ['-(a ^ b)', '-a ^ b'],
    ['(a ^ b) ^ c', '(a ^ b) ^ c'],
    ['(a < b) == c', '(a < b) == c'],
    ['not (a == b)', 'not a == b'],
    ['(not a) == b', '(not a) == b'],
    ['f(x=1,y)', 'f(x = 1, y)'],
    ['W[0 .. < n]', 'W[0 .. < n]'],
    ['W[0 .. 2]', 'W[0..2]'],
    ['(if a then b else c) + 1', '(if a then b else c) + 1'],
    ['[ 1, ... h ]', '[1, ...h]'],
    ['10ms', '10 ms'],
    ['"a\\"b"', '"a\\"b"'],
  ])('%s', (source, printed) => {
    expect(printExpression(expressionOf(source))).toBe(printed)
  })

  it('prints any expression so that it is read back the same', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const text = printExpression(expression)
        expect(withoutSpans(expressionOf(text)), text).toEqual(withoutSpans(expression))
      }),
      { numRuns: 300 },
    )
  })
})
