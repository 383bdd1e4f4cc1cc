/**
 * Mathematics as LaTeX, between dollars or in an environment; it needs the package `amsmath`. Names and words are
 * escaped, so that no file can write commands.
 */
import { arrange } from './arrange.ts'
import type { Box } from './boxes.ts'
import { brokenRows, widthOf, type BrokenRow } from './broken.ts'
import { escapeLatex } from './escape-latex.ts'
import type { Mathematics } from './mathematics.ts'

/** Of one piece, without dollars. */
export function mathLatex(value: Mathematics): string {
  return print(arrange(value, { stacked: true }))
}

/** Of one piece within a line of text, of a table's cell even: it may break where a reader would. */
export function mathLatexInline(value: Mathematics): string {
  return flowing(arrange(value, { stacked: true }))
}

/**
 * Equations under each other, aligned at their relations, each broken into lines of about `width` characters: an
 * `align*` environment; empty if there are none.
 */
export function mathLatexLines(values: readonly Mathematics[], width = 80): string {
  const rows = values.flatMap((value) => brokenRows(arrange(value, { stacked: true }), width))
  return blocks(rows, width)
    .map((block) => {
      const before = Math.max(...block.map(leftWidth))
      const lines = block.map(({ left, right }) => {
        const share = Math.max(0.3, 0.95 - before / width)
        const after = right
          ? wrapped(right, 1.1 * width - before, Number(share.toFixed(2)), '{}')
          : ''
        return `  ${left ? print(left) : '{}'} &${left ? '' : '\\quad '}${after}`.trimEnd()
      })
      return `\\begin{align*}\n${lines.join(' \\\\\n')}\n\\end{align*}`
    })
    .join('\n')
}

const leftWidth = ({ left }: BrokenRow): number => (left ? widthOf(left) : 2)

/** Rows that fit side by side: what is left of the longest relation, and what is right of it. */
function blocks(rows: readonly BrokenRow[], width: number): readonly (readonly BrokenRow[])[] {
  const found: BrokenRow[][] = []
  let [before, after] = [0, 0]
  for (const each of rows) {
    const [left, right] = [leftWidth(each), each.right ? widthOf(each.right) : 0]
    const both = Math.max(before, left) + Math.max(after, right)
    const block = found.at(-1)
    if (block && (!each.left || both <= 1.1 * width)) block.push(each)
    else {
      found.push([each])
      before = after = 0
    }
    before = Math.max(before, left)
    after = Math.max(after, right)
  }
  return found
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
      const lines = box.cases.map(({ value, when }) => {
        const shown = wrapped(value, 32, 0.36)
        if (!when) return `${shown} & \\text{otherwise}`
        return `${shown} & \\text{if } ${wrapped(when, 42, 0.46)}`
      })
      return `\\begin{cases} ${lines.join(' \\\\ ')} \\end{cases}`
    }
  }
}

/** Brackets around more than this, in characters, let lines break within them. */
const longest = 12

/**
 * A box of which lines may break: outside of braces and of brackets that grow, after commas and within names.
 * `alone`: nothing stands beside it that it could be misread with.
 */
function flowing(box: Box, alone = true): string {
  switch (box.kind) {
    case 'row':
      return box.boxes.map((each) => flowing(each, alone && box.boxes.length === 1)).join('')
    case 'lead':
      return flowing(box.of, alone)
    case 'identifier':
      return flowingName(box)
    case 'scripts':
      if (box.base.kind !== 'identifier' || !box.base.text.includes('_')) return print(box)
      return `${flowingName(box.base)}${box.below ? `_{${print(box.below)}}` : ''}${box.above ? `^{${print(box.above)}}` : ''}`
    case 'mark':
      return box.text === ',' || box.text === ';' ? `${print(box)}\\allowbreak ` : print(box)
    case 'times':
      return `${print(box)}\\allowbreak `
    case 'fence': {
      if (widthOf(box.of) <= longest) return print(box)
      const size = isTall(box.of) ? 'big' : ''
      const bracket = (side: 'l' | 'r', text: string): string =>
        size === '' ? fenceMark(text) : `\\${size}${side}${fenceMark(text)}`
      return `${bracket('l', box.open)}${flowing(box.of, false)}${bracket('r', box.close)}`
    }
    case 'cases':
      if (!alone) return print(box)
      return box.cases
        .map(({ value, when }) => {
          const condition = when ? `\\text{ if }${flowing(when, false)}` : '\\text{ otherwise}'
          return `${flowing(value, false)}\\allowbreak ${condition}`
        })
        .join(';\\ \\allowbreak ')
    case 'fraction': {
      if (widthOf(box) <= 2 * longest) return print(box)
      const flat = `${grouped(box.above)}/\\allowbreak ${grouped(box.below)}`
      return alone ? flat : `\\bigl(${flat}\\bigr)`
    }
    case 'limits':
    case 'numeral':
    case 'primes':
    case 'root':
    case 'unit':
    case 'words':
      return print(box)
  }
}

/** Above or below a stroke that is not one of a fraction. */
const grouped = (box: Box): string =>
  box.kind === 'row' && box.boxes.length > 1
    ? `\\bigl(${flowing(box, false)}\\bigr)`
    : flowing(box, false)

/** `\mathrm{momentum\_Y}`, which may break after the line below. */
function flowingName(box: Extract<Box, { readonly kind: 'identifier' }>): string {
  if (box.accent || box.style === 'bold' || !/^\w+_\w+$/.test(box.text)) return print(box)
  const parts = box.text.split(/(?<=_)/)
  return parts.map((part) => `\\mathrm{${part.replaceAll('_', '\\_')}}`).join('\\allowbreak ')
}

const isTall = (box: Box): boolean => {
  switch (box.kind) {
    case 'row':
      return box.boxes.some(isTall)
    case 'lead':
    case 'fence':
      return isTall(box.of)
    case 'fraction':
    case 'root':
    case 'limits':
    case 'cases':
      return true
    case 'identifier':
    case 'mark':
    case 'numeral':
    case 'primes':
    case 'scripts':
    case 'times':
    case 'unit':
    case 'words':
      return false
  }
}

/** A box, in lines of a share of the text's width where it is longer than so many characters. */
function wrapped(box: Box, most: number, share: number, before = ''): string {
  return widthOf(box) <= most || hasCases(box)
    ? `${before === '{}' ? '' : before}${print(box)}`
    : `\\parbox[t]{${share}\\linewidth}{\\raggedright $${before}${flowing(box, false)}$}`
}

/** Cases see to their own width. */
const hasCases = (box: Box): boolean =>
  box.kind === 'cases' || (box.kind === 'row' && box.boxes.some(hasCases))

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
