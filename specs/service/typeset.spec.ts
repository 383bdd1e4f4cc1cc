/** Typeset mathematics says what the expression said: parentheses, names, escapes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Expression } from '../../grammar/ast.ts'
import { parse } from '../../grammar/index.ts'
import { walk } from '../../grammar/walk.ts'
import {
  equation,
  escapeLatex,
  escapeXml,
  fromAssignment,
  fromDerivative,
  fromExpression,
  mathLatex,
  mathLatexInline,
  mathLatexLines,
  mathML,
  mathMLLines,
  mathText,
  nameSymbol,
  number,
  power,
  product,
  quotient,
  sum,
  symbol,
  symbolsOf,
  type Mathematics,
  type ProductOperator,
} from '../../service/typeset/index.ts'
import { hostileTexts } from '../helpers/hostile-text.ts'
import { readXml } from '../helpers/xml.ts'
import { readLatex, readMathML, readText } from './read-mathematics.ts'

const expressionOf = (text: string): Expression => {
  const { file, diagnostics } = parse(`const it = ${text}`, 'it.ccn')
  expect(diagnostics).toEqual([])
  const [item] = file.items
  if (item?.kind !== 'Const') throw new Error('no constant')
  return item.value
}

describe('text of expressions', () => {
  it.each([
    ['p0 * tanh(u * (1 - e) / p0)', 'p₀ · tanh(u · (1 − e) / p₀)'],
    ['-p0 * Y', '−p₀ · Y'],
    ['a - (b + c)', 'a − (b + c)'],
    ['a - (b - c) - d', 'a − (b − c) − d'],
    ['a / (b * c)', 'a / (b · c)'],
    ['a / b / c', 'a / b / c'],
    ['a * (b / c)', 'a · (b / c)'],
    ['(a + b) ^ 2', '(a + b)²'],
    ['2 ^ (n + 1)', '2^(n + 1)'],
    ['-x ^ 2', '−x²'],
    ['(-x) ^ 2', '(−x)²'],
    [
      'post.excess * sent / (post.p0 * post.gain)',
      'excess_post · sent / (p_{0, post} · gain_post)',
    ],
    ['W_up[0] + W[i]', 'W_{up, 0} + Wᵢ'],
    ['h[0].e', 'e_h₀'],
    ['tau_m * theta', 'τₘ · θ'],
    ['x / 10 mV', 'x / (10 mV)'],
    ['5e-5 * w', '5 × 10⁻⁵ · w'],
    ['1 uF/cm^2', '1 µF·cm⁻²'],
    ['prev(x) - prev(a + b, 1)', 'x(t − Δt) − [a + b](t − Δt; 1)'],
    ['since(s) <= 16 ms and not q', 't − tₛ^last ≤ 16 ms and not q'],
    ['count(s, 0.5 ms, 2.5 ms)', 'Nₛ(0.5 ms, 2.5 ms)'],
    ['if a > 0 then b else if c then d else 0', '{ b if a > 0; d if c; 0 otherwise }'],
    ['sqrt(x) + abs(y) + log(z)', '√x + |y| + ln(z)'],
    ['mean(x ^ 2) + sum(x + 1)', '⟨x²⟩ + ∑_units (x + 1)'],
    ['transpose(W @ V) @ W', '(W · V)ᵀ · W'],
    ['normal() * xi', '𝒩(0, 1) · ξ'],
    ['pullback(f, z, g)', 'J_f(z)ᵀ · g'],
  ])('%s', (text, printed) => {
    expect(mathText(fromExpression(expressionOf(text)))).toBe(printed)
  })
})

describe('the same in LaTeX', () => {
  it.each([
    [
      'tau_m * (v + 70 mV) / C',
      '\\frac{{\\tau }_{m} \\cdot \\left(v + {70}\\,\\mathrm{mV}\\right)}{C}',
    ],
    ['error_scale * excess', '\\mathrm{error\\_scale} \\cdot \\mathrm{excess}'],
    ['-exp(x)', '-\\exp \\left(x\\right)'],
    ['a ^ 2', '{a}^{{2}}'],
  ])('%s', (text, printed) => {
    expect(mathLatex(fromExpression(expressionOf(text)))).toBe(printed)
  })

  it.each([
    ['momentum_Y', '\\mathrm{momentum\\_}\\allowbreak \\mathrm{Y}'],
    ['[10, 20]', '\\left[{10},\\,{20}\\right]'],
    [
      '[10, 20, 30, 40, 50]',
      '[{10},\\,\\allowbreak {20},\\,\\allowbreak {30},\\,\\allowbreak {40},\\,\\allowbreak {50}]',
    ],
    [
      'if a > 1 then 0 else 1',
      '{0}\\allowbreak \\text{ if }a > {1};\\ \\allowbreak {1}\\allowbreak \\text{ otherwise}',
    ],
    [
      'sin(first_long + second_long + third)',
      '\\sin (\\mathrm{first\\_}\\allowbreak \\mathrm{long} + \\mathrm{second\\_}\\allowbreak \\mathrm{long} + \\mathrm{third})',
    ],
  ])('of %s in a line breaks where a reader would', (text, printed) => {
    expect(mathLatexInline(fromExpression(expressionOf(text)))).toBe(printed)
  })

  it('puts what cannot be broken into lines of its own width', () => {
    const name = (i: number) => symbol(`a_quantity_of_a_long_name_${i}`)
    const long = product(Array.from({ length: 6 }, (_, i) => name(i)))
    const [, line] = mathLatexLines([equation(symbol('y'), long)], 76).split('\n')
    expect(line).toMatch(/^ {2}y & *\\parbox\[t\]\{0\.\d+\\linewidth\}\{\\raggedright \$\{\} = /)
  })

  it('breaks long sums into lines', () => {
    const long = equation(
      symbol('I'),
      sum(...Array.from({ length: 12 }, (_, i) => symbol(`current_${i}`))),
    )
    const lines = mathLatexLines([long, equation(symbol('y'), number(1))], 60).split('\n')
    expect(lines.length).toBeGreaterThan(4)
    expect(lines[1]).toMatch(/^ {2}I & = /)
    expect(lines[2]).toMatch(/^ {2}\{\} &\\quad {2}\+ /)
    expect(lines.at(-2)).toMatch(/^ {2}y & = /)
    expect(mathMLLines([long], 60).match(/<mtr>/g)?.length).toBeGreaterThan(2)
  })
})

describe('equations', () => {
  it('of states and changes', () => {
    const text = `cell C { compartment soma  state v = 0 : 20 ms * dv/dt = -v + soma
      spike s when v >= 1 { v -= 1 }
      on s { v = 0 } }`
    const { file } = parse(text, 'it.ccn')
    const found: string[] = []
    walk(file, (node) => {
      if (node.kind === 'Derivative') found.push(mathText(fromDerivative(node)))
      if (node.kind === 'Assignment') found.push(mathText(fromAssignment(node)))
    })
    expect(found).toEqual(['20 ms · (dv/dt) = −v + soma', 'v ← v − 1', 'v ← 0'])
  })
})

describe('names', () => {
  it('that would look alike stay as they are written', () => {
    const symbols = symbolsOf(['p0', 'p_0', 'tau_m', 'alpha', 'tau_m'])
    expect([...symbols].map(([name, each]) => [name, mathText(each)])).toEqual([
      ['p0', 'p0'],
      ['p_0', 'p_0'],
      ['tau_m', 'τₘ'],
      ['alpha', 'α'],
    ])
  })
  it('all differ, whatever they are', () => {
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/)
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2 }), (names) => {
        const looks = [...symbolsOf(names).values()].map((each) => mathLatex(each))
        expect(new Set(looks).size).toBe(names.length)
      }),
    )
  })
})

describe('what is hostile', () => {
  const shown = (text: string): readonly Mathematics[] => [
    { kind: 'words', text },
    symbol('W', { subscripts: [{ kind: 'words', text }] }),
    { kind: 'number', text: '1', unit: text },
    { kind: 'symbol', name: text },
  ]
  it.each(hostileTexts)('is escaped: %j', (text) => {
    for (const each of shown(text)) {
      expect(() => readXml(mathML(each))).not.toThrow()
      // No command, and no brace that closes another, comes from the text.
      const commands = mathLatex(each).match(/\\[a-zA-Z]+/g) ?? []
      expect(
        commands.filter((command) => /input|write|def|usepackage|end\b/.test(command)),
      ).toEqual([])
    }
    expect(escapeXml(text)).not.toMatch(/[<>"']/)
    expect(escapeLatex(text)).toMatch(/^(?:[ -~]|[À-ſ])*$/u)
  })
})

// --- meaning -----------------------------------------------------------------------------------

const value = (name: string): number => {
  // A value for each spelling of a symbol, the same in every notation.
  const found = /[a-z]/.exec(name)?.[0] ?? 'a'
  const index = /[0-9]|[₀-₉]|[ᵢᵢi]/u.test(name.slice(1)) ? 0.375 : 0
  return 0.3 + (found.codePointAt(0) ?? 0) / 16 - 5.5 + index
}

const operators: readonly ProductOperator[] = ['scalar', 'matrix', 'hadamard']
const { tree } = fc.letrec<{ tree: Mathematics; truth: Mathematics }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom('a', 'b', 'c', 'd', 'x').map((name) => symbol(name)),
    fc.constantFrom('a', 'b', 'c').map((name) => symbol(name, { subscripts: [0] })),
    fc.constantFrom(2, 3, 0.5, -4).map((each) => number(each)),
    fc
      .array(fc.tuple(fc.boolean(), tie('tree')), { minLength: 1, maxLength: 3 })
      .map((terms) =>
        sum(...terms.map(([plus, each]) => ({ sign: plus ? '+' : '-', value: each }) as const)),
      ),
    fc
      .tuple(fc.constantFrom(...operators), fc.array(tie('tree'), { minLength: 2, maxLength: 3 }))
      .map(([operator, factors]) => product(factors, operator)),
    fc.tuple(tie('tree'), tie('tree')).map(([over, under]) => quotient(over, under)),
    fc
      .tuple(tie('tree'), fc.constantFrom(2, -1, 3))
      .map(([base, exponent]) => power(base, exponent)),
    tie('tree').map((exponent) => power(number(2), exponent)),
    tie('tree').map((of): Mathematics => ({ kind: 'root', of })),
    fc.tuple(tie('truth'), tie('tree'), tie('tree')).map(([when, one, other]): Mathematics => ({
      kind: 'cases',
      cases: [{ value: one, when }, { value: other }],
    })),
  ),
  truth: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc
      .tuple(fc.constantFrom('<' as const, '≥' as const), tie('tree'), tie('tree'))
      .map(([operator, left, right]): Mathematics => ({
        kind: 'relation',
        operators: [operator],
        sides: [left, right],
      })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('truth'), tie('truth'))
      .map(([operator, a, b]): Mathematics => ({ kind: 'logic', operator, operands: [a, b] })),
    tie('truth').map((of): Mathematics => ({ kind: 'not', of })),
  ),
}))

function evaluate(each: Mathematics): number {
  switch (each.kind) {
    case 'symbol':
      return value(`${each.name}${each.subscripts ? '0' : ''}`)
    case 'number':
      return Number(each.text)
    case 'sum':
      return each.terms.reduce(
        (all, term) => all + (term.sign === '-' ? -1 : 1) * evaluate(term.value),
        0,
      )
    case 'product':
      return each.factors.reduce((all, factor) => all * evaluate(factor), 1)
    case 'quotient':
      return evaluate(each.over) / evaluate(each.under)
    case 'power':
      return evaluate(each.base) ** evaluate(each.exponent)
    case 'root':
      return Math.sqrt(evaluate(each.of))
    case 'relation': {
      const [a = 0, b = 0] = each.sides.map(evaluate)
      return Number(each.operators[0] === '<' ? a < b : a >= b)
    }
    case 'logic': {
      const truths = each.operands.map((operand) => evaluate(operand) !== 0)
      return Number(each.operator === 'and' ? truths.every(Boolean) : truths.some(Boolean))
    }
    case 'not':
      return Number(evaluate(each.of) === 0)
    case 'cases': {
      const chosen = each.cases.find(({ when }) => !when || evaluate(when) !== 0)
      return chosen ? evaluate(chosen.value) : Number.NaN
    }
    default:
      throw new Error(`no value: ${each.kind}`)
  }
}

describe('rendering and reading again keeps the value', () => {
  const close = (read: number, wanted: number): boolean =>
    Object.is(read, wanted) ||
    read === wanted ||
    (Number.isNaN(read) && Number.isNaN(wanted)) ||
    Math.abs(read - wanted) <= 1e-6 * Math.max(Math.abs(wanted), 1e-300)
  it.each([
    ['text', (each: Mathematics) => readText(mathText(each), value)],
    ['LaTeX', (each: Mathematics) => readLatex(mathLatex(each), value)],
    [
      'LaTeX of a line that breaks',
      (each: Mathematics) => readLatex(mathLatexInline(sum(each, number(0))), value),
    ],
    ['MathML', (each: Mathematics) => readMathML(mathML(each), value)],
  ])('in %s', (_, read) => {
    fc.assert(
      fc.property(tree, (each) => {
        const wanted = evaluate(each)
        fc.pre(!(Math.abs(wanted) > 1e100))
        const got = read(each)
        if (!close(got, wanted))
          throw new Error(`${mathText(each)}: ${got}, not ${wanted}\n${mathLatex(each)}`)
      }),
      { numRuns: 400 },
    )
  })
  it('is not kept by a reader that forgets precedence', () => {
    const wrong = mathText(product([sum(symbol('a'), symbol('b')), symbol('c')])).replaceAll(
      /[()]/g,
      '',
    )
    expect(readText(wrong, value)).not.toBeCloseTo((value('a') + value('b')) * value('c'))
  })
  it('of names that are Greek letters and words', () => {
    expect(mathText(nameSymbol('Delta_w'))).toBe('Δ_w')
  })
})
