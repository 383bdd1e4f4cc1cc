/**
 * Mathematics as a line of Unicode text, for terminals, Markdown and alternative texts: `p₀ · tanh(u · (1 − e) / p₀)`.
 * Short indices become Unicode's small ones (`x₀`, `τₘ`), words follow an underscore (`e_post`).
 */
import { arrange } from './arrange.ts'
import type { Box } from './boxes.ts'
import type { Mathematics } from './mathematics.ts'

/** The line. */
export function mathText(value: Mathematics): string {
  return print(arrange(value, { stacked: false }))
}

const small: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789'].map((digit, i) => [digit, '₀₁₂₃₄₅₆₇₈₉'[i] ?? digit]),
)
const smallLetters: Readonly<Record<string, string>> = {
  a: 'ₐ',
  e: 'ₑ',
  h: 'ₕ',
  i: 'ᵢ',
  j: 'ⱼ',
  k: 'ₖ',
  l: 'ₗ',
  m: 'ₘ',
  n: 'ₙ',
  o: 'ₒ',
  p: 'ₚ',
  r: 'ᵣ',
  s: 'ₛ',
  t: 'ₜ',
  u: 'ᵤ',
  v: 'ᵥ',
  x: 'ₓ',
}
const raised: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'0123456789'].map((digit, i) => [digit, '⁰¹²³⁴⁵⁶⁷⁸⁹'[i] ?? digit])),
  '−': '⁻',
}

const accents = { bar: '\u0304', hat: '\u0302', tilde: '\u0303', dot: '\u0307' } as const

function print(box: Box): string {
  switch (box.kind) {
    case 'row':
      return box.boxes.map(print).join('').trimStart()
    case 'identifier':
      return box.accent ? `${box.text}${accents[box.accent]}` : box.text
    case 'numeral':
    case 'words':
      return box.text
    case 'unit':
      return ` ${box.factors.map(({ name, power }) => `${name}${power === '1' ? '' : above(power.replace('-', '−'))}`).join('·')}`
    case 'mark':
      return mark(box.text, box.space)
    case 'times':
      return ' · '
    case 'fraction':
      return `(${print(box.above)}) / (${print(box.below)})`
    case 'primes':
      return `${print(box.base)}${'′'.repeat(box.count)}`
    case 'scripts':
    case 'limits':
      return `${print(box.base)}${box.below ? below(print(box.below)) : ''}${box.above ? above(print(box.above)) : ''}`
    case 'lead':
      return print(box.of)
    case 'root': {
      const inner = print(box.of)
      return /^[\p{L}\p{Nd}₀-₉]+$/u.test(inner) ? `√${inner}` : `√(${inner})`
    }
    case 'fence':
      return `${box.open}${print(box.of)}${box.close}`
    case 'cases':
      return `{ ${box.cases.map(({ value, when }) => `${print(value)} ${when ? `if ${print(when)}` : 'otherwise'}`).join('; ')} }`
  }
}

function mark(text: string, space: (Box & { kind: 'mark' })['space']): string {
  switch (space) {
    case 'binary':
    case 'relation':
      return ` ${text} `
    case 'word':
      return text === '' ? ' ' : ` ${text} `
    case 'comma':
      return `${text} `
    case 'prefix':
      return text
  }
}

function below(text: string): string {
  if (/^\d+$/.test(text)) return [...text].map((each) => small[each]).join('')
  if (Object.hasOwn(smallLetters, text)) return smallLetters[text] ?? text
  return /^[\p{L}\p{Nd}₀-₉]+$/u.test(text) ? `_${text}` : `_{${text}}`
}

function above(text: string): string {
  if (text === '⊤') return 'ᵀ'
  if (/^−?\d+$/.test(text)) return [...text].map((each) => raised[each]).join('')
  return /^[\p{L}\p{Nd}]+$/u.test(text) ? `^${text}` : `^(${text})`
}
