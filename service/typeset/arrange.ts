/**
 * Mathematics into boxes: the one place that decides on parentheses. How tightly each piece binds, from loose
 * to tight: cases, `or`, `and`, `not`, relations, sums, products and quotients, powers, atoms. In a notation
 * that stacks, a fraction bar, a root and an exponent hold together what they contain.
 */
import { row, unitFactors, type Box } from './boxes.ts'
import type { Fence, Mathematics, Product, Sum, Symbolic } from './mathematics.ts'

const level = {
  cases: 0,
  or: 1,
  and: 2,
  not: 3,
  relation: 4,
  sum: 5,
  product: 6,
  power: 7,
  atom: 8,
} as const

type Level = (typeof level)[keyof typeof level]

/** What a notation can do. */
export interface Notation {
  /** Whether fractions stand over a bar, cases under each other, and exponents above. */
  readonly stacked: boolean
}

/** See the module's head. */
export function arrange(value: Mathematics, notation: Notation): Box {
  return new Arranger(notation).at(value, level.cases)
}

class Arranger {
  readonly #stacked: boolean

  constructor({ stacked }: Notation) {
    this.#stacked = stacked
  }

  /** With parentheses, if it binds less tightly than is needed. */
  at(value: Mathematics, needed: Level): Box {
    const box = this.#bare(value)
    return this.#levelOf(value) < needed ? parentheses(box) : box
  }

  #whole(value: Mathematics): Box {
    return this.at(value, level.cases)
  }

  #levelOf(value: Mathematics): Level {
    switch (value.kind) {
      case 'guarded':
        return level.cases
      case 'cases':
        return this.#stacked ? level.cases : level.atom
      case 'logic':
        return level[value.operator]
      case 'not':
        return level.not
      case 'relation':
        return level.relation
      case 'sum':
      case 'over':
        return level.sum
      case 'product':
      case 'quotient':
      case 'derivative':
        return level.product
      case 'number':
        if (value.text.startsWith('-')) return level.sum
        return value.unit === undefined && !/e/i.test(value.text) ? level.atom : level.product
      case 'power':
      case 'transpose':
        return level.power
      case 'root':
        return this.#stacked ? level.atom : level.power
      case 'symbol':
        return value.superscripts || value.primes !== undefined ? level.power : level.atom
      case 'words':
      case 'application':
      case 'fenced':
        return level.atom
    }
  }

  #bare(value: Mathematics): Box {
    switch (value.kind) {
      case 'symbol':
        return this.#symbol(value)
      case 'number':
        return numeral(value.text, value.unit)
      case 'words':
        return { kind: 'words', text: value.text }
      case 'sum':
        return this.#sum(value)
      case 'product':
        return this.#product(value)
      case 'quotient': {
        const { over, under } = value
        if (this.#stacked)
          return { kind: 'fraction', above: this.#whole(over), below: this.#whole(under) }
        return row(this.#factor(over), mark('/', 'binary'), this.at(under, level.power))
      }
      case 'power': {
        const base = this.at(value.base, level.atom)
        return { kind: 'scripts', base, above: this.#whole(value.exponent) }
      }
      case 'transpose': {
        const base = this.at(value.of, level.atom)
        return { kind: 'scripts', base, above: { kind: 'identifier', text: '⊤', style: 'upright' } }
      }
      case 'application': {
        const { args, separator = ',' } = value
        const fn = this.at(value.function, functionLevel(value.function))
        return row(fn, parentheses(this.#list(args, separator)))
      }
      case 'root':
        return { kind: 'root', of: this.#whole(value.of) }
      case 'fenced': {
        const [open, close] = fences[value.fence]
        return { kind: 'fence', open, close, of: this.#list(value.items, ',') }
      }
      case 'derivative': {
        const d = mark(value.partial ? '∂' : 'd', 'prefix')
        const below = row(d, this.at(value.by, level.atom))
        if (value.of.kind === 'symbol') return this.#over(row(d, this.#whole(value.of)), below)
        return row(this.#over(d, below), parentheses(this.#whole(value.of)))
      }
      case 'over': {
        const base: Box = { kind: 'identifier', text: operators[value.operator], style: 'upright' }
        const below = value.below && this.#whole(value.below)
        const above = value.above && this.#whole(value.above)
        const limits: Box = {
          kind: 'limits',
          base,
          ...(below && { below }),
          ...(above && { above }),
        }
        return row(limits, mark('', 'word'), this.at(value.body, level.product))
      }
      case 'relation': {
        // A case at the end reaches to the end.
        const sides = value.sides.map((each, i) =>
          i > 0 && i === value.sides.length - 1 && each.kind === 'cases'
            ? this.#bare(each)
            : this.at(each, level.sum),
        )
        return row(
          ...sides.flatMap((side, i) => {
            const operator = value.operators[i - 1]
            return i === 0 || !operator ? [side] : [mark(operator, 'relation'), side]
          }),
        )
      }
      case 'logic': {
        // The operands of `and` bind tighter; of the same operator none has to.
        const inner = value.operands.map((each) => this.at(each, level[value.operator]))
        return joined(inner, mark(value.operator, 'word'))
      }
      case 'not':
        return row(mark('not', 'word'), this.at(value.of, level.not))
      case 'guarded': {
        const lead = row({ kind: 'words', text: `${value.words} ` }, this.#whole(value.trigger), {
          kind: 'words',
          text: ': ',
        })
        return row({ kind: 'lead', of: lead }, this.#whole(value.of))
      }
      case 'cases':
        return {
          kind: 'cases',
          cases: value.cases.map(({ value: each, when }) => ({
            value: this.at(each, level.or),
            ...(when && { when: this.at(when, level.or) }),
          })),
        }
    }
  }

  #over(above: Box, below: Box): Box {
    return this.#stacked
      ? { kind: 'fraction', above, below }
      : row(above, mark('/', 'prefix'), below)
  }

  #list(items: readonly Mathematics[], separator: string): Box {
    return joined(
      items.map((each) => this.#whole(each)),
      mark(separator, 'comma'),
    )
  }

  #symbol({ name, style, accent, primes, subscripts = [], superscripts = [] }: Symbolic): Box {
    const letter: Box = {
      kind: 'identifier',
      text: name,
      ...(style && { style }),
      ...(accent && { accent }),
    }
    const base: Box =
      primes === undefined ? letter : { kind: 'primes', base: letter, count: primes }
    if (subscripts.length + superscripts.length === 0) return base
    return {
      kind: 'scripts',
      base,
      ...(subscripts.length > 0 && { below: this.#list(subscripts, ',') }),
      ...(superscripts.length > 0 && { above: this.#list(superscripts, ',') }),
    }
  }

  #sum({ terms }: Sum): Box {
    return row(
      ...terms.flatMap(({ sign, value }, i) => {
        // Σ reaches as far as it can, which is no further than the end of the sum.
        const last = i === terms.length - 1
        const inner =
          last && value.kind === 'over' ? this.#bare(value) : this.at(value, level.product)
        if (i > 0) return [mark(sign === '-' ? '−' : '+', 'binary'), inner]
        return sign === '-' ? [mark('−', 'prefix'), inner] : [inner]
      }),
    )
  }

  #product({ operator, factors }: Product): Box {
    const boxes = factors.map((each, i) => this.#factor(each, operator, i))
    return row(
      ...boxes.flatMap((box, i) => {
        const before = boxes[i - 1]
        if (!before) return [box]
        if (operator === 'hadamard') return [mark('⊙', 'binary'), box]
        if (operator === 'convolution') return [mark('∗', 'binary'), box]
        if (operator === 'outer') return [mark('⊗', 'binary'), box]
        return [{ kind: 'times', visible: needsDot(before, box) } as const, box]
      }),
    )
  }

  /** A factor of a product, where other products than its own kind, and quotients but the first, are held together. */
  #factor(value: Mathematics, operator: Product['operator'] = 'scalar', i = 0): Box {
    const { kind } = value
    const plain = operator === 'scalar' || operator === 'matrix'
    if (kind === 'product') {
      const inner = value.operator === 'scalar' || value.operator === 'matrix'
      return this.at(value, plain && inner ? level.product : level.power)
    }
    if (kind === 'quotient' || kind === 'derivative') {
      const holds = this.#stacked || (plain && i === 0)
      return this.at(value, holds ? level.product : level.power)
    }
    if (kind === 'number') return this.at(value, plain ? level.product : level.power)
    return this.at(value, level.power)
  }
}

/** f' and W with a superscript are functions as they stand. */
const functionLevel = (fn: Mathematics): Level => (fn.kind === 'symbol' ? level.power : level.atom)

const fences: Readonly<Record<Fence, readonly [string, string]>> = {
  absolute: ['|', '|'],
  norm: ['‖', '‖'],
  floor: ['⌊', '⌋'],
  ceiling: ['⌈', '⌉'],
  average: ['⟨', '⟩'],
  square: ['[', ']'],
  set: ['{', '}'],
  interval: ['(', ')'],
}

const operators = { sum: '∑', product: '∏', max: 'max', min: 'min' } as const

const mark = (text: string, space: (Box & { kind: 'mark' })['space']): Box => ({
  kind: 'mark',
  text,
  space,
})

const parentheses = (of: Box): Box => ({ kind: 'fence', open: '(', close: ')', of })

function joined(boxes: readonly Box[], between: Box): Box {
  return row(...boxes.flatMap((box, i) => (i === 0 ? [box] : [between, box])))
}

/** `5e-5` is 5 × 10⁻⁵. */
function numeral(text: string, unit: string | undefined): Box {
  const [, minus, digits = text, exponent] = /^(-?)([\d.]+)(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const sign = minus === '-' ? [mark('−', 'prefix')] : []
  const number: Box = { kind: 'numeral', text: digits }
  const ten: Box = {
    kind: 'scripts',
    base: { kind: 'numeral', text: '10' },
    above: signed(String(Number(exponent))),
  }
  const scaled = digits === '1' ? [ten] : [number, mark('×', 'binary'), ten]
  const units: readonly Box[] =
    unit === undefined ? [] : [{ kind: 'unit', factors: unitFactors(unit) }]
  return row(...sign, ...(exponent === undefined ? [number] : scaled), ...units)
}

const signed = (text: string): Box =>
  text.startsWith('-')
    ? row(mark('−', 'prefix'), { kind: 'numeral', text: text.slice(1) })
    : { kind: 'numeral', text }

/** Whether two factors side by side could be misread: as one number, one name, or a function and its argument. */
function needsDot(left: Box, right: Box): boolean {
  const [before, after] = [edge(left, 'last'), edge(right, 'first')]
  if (after.kind === 'numeral' || after.kind === 'fence' || after.kind === 'fraction')
    return after.kind !== 'fraction' || before.kind === 'fraction'
  if (before.kind === 'unit') return true
  return isWord(before) && isWord(after)
}

const isWord = (box: Box): boolean => box.kind === 'identifier' && box.text.length > 1

/** The box that stands at one end. */
function edge(box: Box, end: 'first' | 'last'): Box {
  switch (box.kind) {
    case 'row': {
      const inner = end === 'first' ? box.boxes[0] : box.boxes.at(-1)
      return inner ? edge(inner, end) : box
    }
    case 'scripts':
    case 'limits':
    case 'primes':
      return edge(box.base, end)
    default:
      return box
  }
}
