/**
 * A sweep as a LaTeX table: the body of a `tabular` with the rules of `booktabs`, to be taken in by `\input`. A row
 * for each combination, mean and standard error of each figure, the unit in the head.
 */
import { latex, oneLine } from '../../../contract/escape.ts'
import { headOf } from './columns.ts'
import type { SweepFacts } from './facts.ts'
import { estimateText } from './numbers.ts'

/** See the module's head. */
export function latexTable({ folder, axes, rows, summary }: SweepFacts): string {
  const { sweep } = folder
  const rounds = rows.some(({ epochs }) => epochs !== undefined)
  const heads = [
    ...axes.map(({ name, unit }) => headOf(name, unit)),
    ...(rounds ? ['epochs'] : []),
    'n',
    ...summary.labels.map((label) => headOf(label, summary.units[label]?.unit)),
  ]
  const left = axes.filter(({ numbers }) => !numbers).length
  const columns = [
    ...axes.map(({ numbers }) => (numbers ? 'r' : 'l')),
    ...heads.slice(axes.length).map(() => 'r'),
  ]
  const body = rows.map(({ values, figures, epochs }) => {
    const counts = summary.labels.map((label) => figures[label]?.count ?? 0)
    return [
      ...axes.map(({ name, numbers }) => {
        const text = values[name] ?? ''
        return numbers ? numberText(numbers.get(text)!) : texText(text)
      }),
      ...(rounds ? [epochs ?? ''] : []),
      `${Math.max(0, ...counts)}`,
      ...summary.labels.map((label) => {
        const text = estimateText(figures[label], summary.units[label])
        if (!text) return '--'
        return `$${mathNumber(text.mean)}${text.error === undefined ? '' : ` \\pm ${mathNumber(text.error)}`}$`
      }),
    ]
  })
  const line = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`
  return [
    `% Sweep ${oneLine(sweep.name)} of ${oneLine(sweep.model)}, made by ccn ${oneLine(sweep.version)}.`,
    '% Mean ± standard error over n seeds. Wants \\usepackage{booktabs}; take it in by \\input.',
    '% Where it is wider than the page: \\resizebox{\\linewidth}{!}{\\input{table.tex}}, of the package graphicx.',
    `\\begin{tabular}{${left === 0 && columns.length === 0 ? 'l' : columns.join('')}}`,
    '\\toprule',
    line(heads.map((head, i) => headText(head, columns[i]!))),
    '\\midrule',
    ...body.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n')
}

/** How wide a line of a head should be, in characters. */
const HEAD_WIDTH = 14

/** The head of a column, in several lines where it would be much wider than the numbers below it. */
function headText(head: string, side: string): string {
  const lines: string[] = []
  for (const word of head.split(' ')) {
    const last = lines.at(-1)
    const joined = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && [...joined].length <= HEAD_WIDTH) lines[lines.length - 1] = joined
    else lines.push(word)
  }
  if (lines.length < 2) return texText(head)
  return `\\shortstack[${side}]{${lines.map(texText).join(' \\\\ ')}}`
}

function numberText(value: number): string {
  return `$${mathNumber(String(value))}$`
}

/** `1e-7` as `10^{-7}` times 1. */
function mathNumber(text: string): string {
  return text.replace(/e([+-]?)(\d+)$/, (_, sign: string, power: string) => {
    return ` \\times 10^{${sign === '-' ? '-' : ''}${power}}`
  })
}

const greek =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega'.split(
    ' ',
  )
const capitals: Readonly<Record<string, string>> = {
  Γ: 'Gamma',
  Δ: 'Delta',
  Θ: 'Theta',
  Λ: 'Lambda',
  Ξ: 'Xi',
  Π: 'Pi',
  Σ: 'Sigma',
  Φ: 'Phi',
  Ψ: 'Psi',
  Ω: 'Omega',
}
const others: Readonly<Record<string, string>> = {
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '°': '\\ensuremath{^\\circ}',
  µ: '\\ensuremath{\\mu}',
  '·': '\\ensuremath{\\cdot}',
  '²': '\\ensuremath{^2}',
  '³': '\\ensuremath{^3}',
  '⁻': '\\ensuremath{^-}',
  '¹': '\\ensuremath{^1}',
  '−': '\\ensuremath{-}',
  '±': '\\ensuremath{\\pm}',
}

/**
 * Text of any origin for pdfTeX with its usual fonts: what these have no sign for stands as its number. In braces, as
 * a bracket at the beginning of a row would be an argument of the row before.
 */
export function texText(text: string): string {
  const escaped = [...latex(text)].map((sign) => {
    const code = sign.codePointAt(0)!
    if (others[sign] !== undefined) return sign === '"' ? "''" : others[sign]
    if (code < 0x7f) return sign
    const small = greek[code - 0x3b1]
    if (small === 'omicron') return 'o'
    if (small !== undefined) return `\\ensuremath{\\${small}}`
    if (capitals[sign] !== undefined) return `\\ensuremath{\\${capitals[sign]}}`
    if (/[À-ÖØ-öø-ÿ]/.test(sign) && !/[ÐÞðþ]/.test(sign)) return sign
    return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
  const joined = escaped.join('')
  return /^\s*[[*]/.test(joined) ? `{${joined}}` : joined
}
