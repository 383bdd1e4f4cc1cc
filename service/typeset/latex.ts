/**
 * Mathematics as LaTeX, between dollars or in an environment; it needs the package `amsmath`. Names and words are
 * escaped, so that no file can write commands.
 */
import { arrange } from './arrange.ts'
import type { Box } from './boxes.ts'
import { brokenRows } from './broken.ts'
import { escapeLatex } from './escape-latex.ts'
import type { Mathematics } from './mathematics.ts'

/** Of one piece, without dollars. */
export function mathLatex(value: Mathematics): string {
  return print(arrange(value, { stacked: true }))
}

/**
 * Equations under each other, aligned at their relations, each broken into lines of about `width` characters: an
 * `align*` environment; empty if there are none.
 */
export function mathLatexLines(values: readonly Mathematics[], width = 80): string {
  const lines = values.flatMap((value) =>
    brokenRows(arrange(value, { stacked: true }), width).map(({ left, right }) =>
      `${left ? print(left) : '{}'} &${left ? '' : '\\quad '}${right ? print(right) : ''}`.trimEnd(),
    ),
  )
  return lines.length === 0
    ? ''
    : `\\begin{align*}\n${lines.map((line) => `  ${line}`).join(' \\\\\n')}\n\\end{align*}`
}

const letters: Readonly<Record<string, string>> = {
  α: '\\alpha',
  β: '\\beta',
  γ: '\\gamma',
  δ: '\\delta',
  ε: '\\varepsilon',
  ζ: '\\zeta',
  η: '\\eta',
  θ: '\\theta',
  ι: '\\iota',
  κ: '\\kappa',
  λ: '\\lambda',
  μ: '\\mu',
  ν: '\\nu',
  ξ: '\\xi',
  π: '\\pi',
  ρ: '\\rho',
  σ: '\\sigma',
  τ: '\\tau',
  υ: '\\upsilon',
  φ: '\\varphi',
  χ: '\\chi',
  ψ: '\\psi',
  ω: '\\omega',
  Γ: '\\Gamma',
  Δ: '\\Delta',
  Θ: '\\Theta',
  Λ: '\\Lambda',
  Ξ: '\\Xi',
  Π: '\\Pi',
  Σ: '\\Sigma',
  Φ: '\\Phi',
  Ψ: '\\Psi',
  Ω: '\\Omega',
  '∞': '\\infty',
  '⊤': '\\top',
  '∑': '\\sum',
  '∏': '\\prod',
  '∇': '\\nabla',
  '𝒩': '\\mathcal{N}',
  '𝒰': '\\mathcal{U}',
  '𝒪': '\\mathcal{O}',
  '…': '\\dots',
  ℒ: '\\mathcal{L}',
}

/** Functions that LaTeX knows. */
const known = new Set(['exp', 'ln', 'log', 'sin', 'cos', 'tanh', 'max', 'min'])

const marks: Readonly<Record<string, string>> = {
  '−': '-',
  '⊙': '\\odot',
  '⊗': '\\otimes',
  '×': '\\times',
  '∗': '\\ast',
  '≠': '\\neq',
  '≤': '\\le',
  '≥': '\\ge',
  '≈': '\\approx',
  '∝': '\\propto',
  '≡': '\\equiv',
  '∼': '\\sim',
  '∈': '\\in',
  '→': '\\to',
  '←': '\\leftarrow',
  '↦': '\\mapsto',
  '≔': '\\mathrel{:=}',
  '∂': '\\partial ',
  d: '\\mathrm{d}',
  ';': ';\\,',
  ',': ',\\,',
}

const fences: Readonly<Record<string, string>> = {
  '‖': '\\|',
  '⌊': '\\lfloor',
  '⌋': '\\rfloor',
  '⌈': '\\lceil',
  '⌉': '\\rceil',
  '⟨': '\\langle',
  '⟩': '\\rangle',
  '{': '\\{',
  '}': '\\}',
}

const fenceMark = (text: string): string => (fences[text] === undefined ? text : `${fences[text]} `)

const accents = { bar: 'bar', hat: 'hat', tilde: 'tilde', dot: 'dot' } as const

function print(box: Box): string {
  switch (box.kind) {
    case 'row':
      return box.boxes.map(print).join('')
    case 'identifier': {
      const text = identifier(box.text, box.style)
      return box.accent ? `\\${accents[box.accent]}{${text}}` : text
    }
    case 'numeral':
      return `{${escapeLatex(box.text)}}`
    case 'unit':
      return box.factors
        .map(
          ({ name, power }) =>
            `\\,\\mathrm{${unitName(name)}}${power === '1' ? '' : `^{${power}}`}`,
        )
        .join('')
    case 'mark':
      return mark(box.text, box.space)
    case 'times':
      return box.visible ? ' \\cdot ' : '\\,'
    case 'words':
      return `\\text{${escapeLatex(box.text)}}`
    case 'fraction':
      return `\\frac{${print(box.above)}}{${print(box.below)}}`
    case 'primes':
      return `{${print(box.base)}${"'".repeat(box.count)}}`
    case 'scripts': {
      const base = `{${print(box.base)}}`
      return `${base}${box.below ? `_{${print(box.below)}}` : ''}${box.above ? `^{${print(box.above)}}` : ''}`
    }
    case 'limits': {
      const below = box.below ? `_{${print(box.below)}}` : ''
      return `${print(box.base)}${below}${box.above ? `^{${print(box.above)}}` : ''}`
    }
    case 'lead':
      return print(box.of)
    case 'root':
      return `\\sqrt{${print(box.of)}}`
    case 'fence':
      return `\\left${fenceMark(box.open)}${print(box.of)}\\right${fenceMark(box.close)}`
    case 'cases': {
      const lines = box.cases.map(
        ({ value, when }) =>
          `${print(value)} & ${when ? `\\text{if } ${print(when)}` : '\\text{otherwise}'}`,
      )
      return `\\begin{cases} ${lines.join(' \\\\ ')} \\end{cases}`
    }
  }
}

function identifier(text: string, style: 'bold' | 'upright' | undefined): string {
  const letter = letters[text]
  if (letter !== undefined) return style === 'bold' ? `\\boldsymbol{${letter}}` : `${letter} `
  if (known.has(text)) return `\\${text} `
  if (/^[A-Za-z]$/.test(text) && style === undefined) return text
  const font = style === 'bold' ? 'mathbf' : 'mathrm'
  if (/^[A-Za-z0-9_]+$/.test(text)) return `\\${font}{${text.replaceAll('_', '\\_')}}`
  // Of letters that have commands, as in Δw, and others; anything else is text.
  const parts = text.match(/[A-Za-z0-9]+|./gu) ?? []
  if (parts.every((part) => letters[part] !== undefined || /^[A-Za-z0-9]+$/.test(part)))
    return `{${parts.map((part) => (letters[part] !== undefined ? `${letters[part]} ` : part.length > 1 ? `\\${font}{${part}}` : part)).join('')}}`
  return `\\text{${escapeLatex(text)}}`
}

const unitName = (name: string): string =>
  [...name]
    .map((each) => (each === 'µ' ? '\\mu ' : each === 'Ω' ? '\\Omega ' : escapeLatex(each)))
    .join('')

function mark(text: string, space: (Box & { kind: 'mark' })['space']): string {
  if (space === 'word') return text === '' ? '\\,' : `\\text{ ${escapeLatex(text)} }`
  const printed = marks[text] ?? text
  return space === 'binary' || space === 'relation' ? ` ${printed} ` : printed
}
