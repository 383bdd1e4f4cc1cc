/** Any text as LaTeX that prints it: no character of it is a command, and none is unknown to pdflatex. */

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '^': '\\textasciicircum{}',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '%': '\\%',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  "'": "'",
  '`': '\\textasciigrave{}',
  '\u00a0': '~',
  '–': '--',
  '—': '---',
  '‘': '`',
  '’': "'",
  '“': '``',
  '”': "''",
  '…': '\\dots{}',
  '·': '\\textperiodcentered{}',
  '×': '\\texttimes{}',
  '°': '\\textdegree{}',
  '±': '\\textpm{}',
  '−': '$-$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  '≠': '$\\neq$',
  '≈': '$\\approx$',
  '→': '$\\to$',
  '←': '$\\leftarrow$',
  '∞': '$\\infty$',
  '∑': '$\\sum$',
  '√': '$\\sqrt{}$',
  '∂': '$\\partial$',
  µ: '\\textmu{}',
  '²': '\\texttwosuperior{}',
  '³': '\\textthreesuperior{}',
  '⁻': '$^{-}$',
  ᵀ: '$^{\\top}$',
  '′': "$'$",
  '⊙': '$\\odot$',
  Ω: '$\\Omega$',
  Δ: '$\\Delta$',
  α: '$\\alpha$',
  β: '$\\beta$',
  γ: '$\\gamma$',
  δ: '$\\delta$',
  ε: '$\\varepsilon$',
  η: '$\\eta$',
  θ: '$\\theta$',
  λ: '$\\lambda$',
  μ: '$\\mu$',
  π: '$\\pi$',
  ρ: '$\\rho$',
  σ: '$\\sigma$',
  τ: '$\\tau$',
  φ: '$\\varphi$',
  ω: '$\\omega$',
}

/** Letters of Western languages, which T1 fonts have. */
const western = /^[À-ÖØ-öø-ÿĀ-ſ]$/u

/** Marks above a letter. */
const accents: Readonly<Record<string, string>> = {
  '\u0302': 'hat',
  '\u0303': 'tilde',
  '\u0304': 'bar',
  '\u0307': 'dot',
}

/** See the module's head. Line ends become spaces; what no font has is named by its number. */
export function escapeLatex(text: string): string {
  return [...text.normalize('NFC').matchAll(/.[\u0302\u0303\u0304\u0307]?/gsu)]
    .map(([piece]) => {
      const [base = '', mark = ''] = piece
      const escaped = escapeOne(base)
      const accent = accents[mark]
      if (accent === undefined) return escaped
      const inMath = /^\$(.*)\$$/s.exec(escaped)?.[1] ?? `\\text{${escaped}}`
      return `$\\${accent}{${inMath}}$`
    })
    .join('')
}

const digits = (from: string) => (char: string) => [...from].indexOf(char)
const above = digits('⁰¹²³⁴⁵⁶⁷⁸⁹')
const below = digits('₀₁₂₃₄₅₆₇₈₉')

function escapeOne(char: string): string {
  if (Object.hasOwn(special, char)) return special[char] ?? ''
  if (above(char) >= 0) return `$^{${above(char)}}$`
  if (below(char) >= 0) return `$_{${below(char)}}$`
  if (/^\s$/u.test(char)) return ' '
  if (/^[ -~]$/.test(char) || western.test(char)) return char
  const plain = char.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  if (/^[A-Za-z0-9 ]+$/.test(plain)) return plain
  const code = char.codePointAt(0) ?? 0
  return code < 32 || (code >= 0x7f && code < 0xa0)
    ? ' '
    : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
}
