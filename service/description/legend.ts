/** What signs mean that not everybody knows: those that stand in a description, told once at its end. */
import {
  apply,
  fenced,
  nameSymbol,
  number,
  sum,
  minus,
  withScripts,
  words,
  type Mathematics,
} from '../typeset/index.ts'
import { math, text, type Block, type Inline, type Section } from './document.ts'

const x = nameSymbol('x')
const s = nameSymbol('s')
const t = nameSymbol('t')

interface Sign {
  readonly sign: Mathematics
  readonly meaning: string
  /** Whether a description has it, by its mathematics as text. */
  readonly found: RegExp
}

const signs: readonly Sign[] = [
  {
    sign: fenced('average', x),
    meaning: 'the mean over the units of the population',
    found: /"fence":"average"/,
  },
  {
    sign: apply(x, sum(t, minus({ kind: 'symbol', name: 'Δt' }))),
    meaning: 'the value at the end of the step before; after a semicolon that of the first step',
    found: /"name":"Δt"/,
  },
  {
    sign: withScripts(t, [s], [words('last')]),
    meaning: 'the time of the last s in an earlier step; long ago, if there was none',
    found: /"text":"last"/,
  },
  {
    sign: apply(withScripts(nameSymbol('N'), [s]), nameSymbol('a'), nameSymbol('b')),
    meaning: 'how many s there were from a to b ago; of one time, within it',
    found: /"function":\{"kind":"symbol","name":"N","subscripts"/,
  },
  {
    sign: apply('𝒩', number(0), number(1)),
    meaning: 'a draw from the normal distribution, anew for each step and unit',
    found: /"name":"𝒩"/,
  },
  {
    sign: apply('𝒰', number(0), number(1)),
    meaning: 'a draw from the uniform distribution, anew for each step and unit',
    found: /"name":"𝒰"/,
  },
  {
    sign: apply('Bernoulli', nameSymbol('p')),
    meaning: '1 with probability p, else 0',
    found: /"name":"Bernoulli"/,
  },
  {
    sign: apply('Poisson', nameSymbol('m')),
    meaning: 'a draw from the Poisson distribution of mean m',
    found: /"name":"Poisson"/,
  },
  {
    sign: apply('Binomial', nameSymbol('n'), nameSymbol('p')),
    meaning: 'how many of n trials succeed, each with probability p',
    found: /"name":"Binomial"/,
  },
  { sign: nameSymbol('xi'), meaning: 'white noise', found: /"name":"ξ"/ },
  {
    sign: apply(withScripts(nameSymbol('J'), [nameSymbol('f')]), x),
    meaning: 'the derivative of f at x; where a slope of f is told, that',
    found: /"name":"J"/,
  },
  {
    sign: { kind: 'symbol', name: 's', accent: 'tilde' },
    meaning: 'what short-term plasticity makes of the signal s',
    found: /"accent":"tilde"/,
  },
  {
    sign: { kind: 'product', operator: 'hadamard', factors: [nameSymbol('w'), x] },
    meaning: 'the product of each unit',
    found: /"operator":"hadamard"/,
  },
  {
    sign: { kind: 'product', operator: 'convolution', factors: [nameSymbol('W'), x] },
    meaning:
      'the cross-correlation of an image with a kernel; with the kernel transposed, the way back',
    found: /"operator":"convolution"/,
  },
]

/** A section of the signs that stand in others; none if there are none. */
export function notationSection(sections: readonly Section[]): readonly Section[] {
  const all = JSON.stringify(sections)
  const items = signs
    .filter(({ found }) => found.test(all))
    .map(({ sign, meaning }): readonly Inline[] => [math(sign), text(`: ${meaning}`)])
  const indexed = /"name":"(pre|post)"/.test(all)
    ? [
        [
          text('with the index '),
          math(nameSymbol('pre')),
          text(' or '),
          math(nameSymbol('post')),
          text(': of the presynaptic, the postsynaptic cell'),
        ],
      ]
    : []
  const inRules = JSON.stringify(sections.filter(({ letter }) => letter === 'E'))
  const drawn = /"name":"(𝒩|𝒰|Bernoulli|Poisson|Binomial)"/.test(inRules)
    ? [[text('a draw in a rule is of each synapse')]]
    : []
  const blocks: readonly Block[] = [{ kind: 'items', items: [...items, ...drawn, ...indexed] }]
  return items.length + indexed.length === 0 ? [] : [{ title: 'Notation', blocks }]
}
