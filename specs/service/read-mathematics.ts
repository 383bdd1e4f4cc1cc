/**
 * Readers of rendered mathematics, written apart from the renderers: a line of Unicode text, LaTeX and MathML, each
 * evaluated as somebody who knows the rules of precedence reads it. Powers bind tightest, then products and
 * quotients from left to right, sums, relations, not, and, or; what stands side by side is multiplied.
 */
/** Values of symbols, by how they are written. */
export type Values = (symbol: string) => number

/** Of `mathText`. */
export const readText = (text: string, values: Values): number => {
  const tokens = [
    ...text
      .replaceAll('{ ', '{cases ')
      .replaceAll(' }', ' cases}')
      .matchAll(
        /\{cases|cases\}|√|\d+\.?\d*|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|\^|[a-z]+[₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ]*(?:_\{[^}]*\}|_[a-z]+)?|[-−+·/()⊙;=≠<≤>≥]/gu,
      ),
  ].map(([token]) => token)
  return new Reader(tokens, values).all()
}

/** Of `mathLatex`: fractions, roots and exponents are what their braces hold. */
export function readLatex(latex: string, values: Values): number {
  const tokens = latex
    .replaceAll(/\\text\{ ?(if|otherwise|and|or|not) ?\}/g, ' $1 ')
    .replaceAll('\\begin{cases}', ' {cases ')
    .replaceAll('\\end{cases}', ' cases} ')
    .replaceAll(/\\parbox\[t\]\{[\d.]+\\linewidth\}\{\\raggedright \$/g, ' { ')
    .replaceAll('$}', ' } ')
    .replaceAll(/\\left|\\right|\\big[lr]|\\allowbreak|\\,/g, ' ')
    .replaceAll(/\\cdot/g, ' · ')
    .replaceAll(/\\odot/g, ' ⊙ ')
    .replaceAll(/\\neq/g, ' ≠ ')
    .replaceAll(/\\le /g, ' ≤ ')
    .replaceAll(/\\ge /g, ' ≥ ')
    // Scripts of a letter belong to it.
    .replaceAll(
      /\{([a-z])\}_\{((?:[^{}]|\{[^{}]*\})*)\}/g,
      (_, letter: string, below: string) => `${letter}_<${below.replaceAll(/\\mathrm|[{}]/g, '')}>`,
    )
  const found = [
    ...tokens.matchAll(
      /\\frac|\\sqrt|\{cases|cases\}|\\\\|&|\d+\.?\d*|\^|[a-z]+(?:_<[^>]*>)?|[-+·/()⊙{}=≠<≤>≥]/gu,
    ),
  ].map(([token]) => token)
  return new Reader(found, values).all()
}

/** Of `mathML`: as LaTeX, by its elements. */
export function readMathML(html: string, values: Values): number {
  const tags = [...html.matchAll(/<(\/?)(\w+)[^>]*>|[^<]+/g)]
  const open: { name: string; inner: string[] }[] = [{ name: 'page', inner: [] }]
  for (const [whole, closing, name] of tags) {
    const top = open.at(-1)
    if (name === undefined) top?.inner.push(whole.replaceAll('\u00a0', ' '))
    else if (closing === '') open.push({ name, inner: [] })
    else if (top) {
      open.pop()
      open.at(-1)?.inner.push(spelled(top.name, top.inner))
    }
  }
  const found = [
    ...(open[0]?.inner.join('') ?? '').matchAll(
      /\\frac|\\sqrt|\{cases|cases\}|\\\\|&|\d+\.?\d*|\^|[a-z]+(?:_<[^>]*>)?|[-−+·/()⊙{}=≠<≤>≥]/gu,
    ),
  ].map(([token]) => token)
  return new Reader(found, values).all()
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '⋅': '·', '{': ' ' }

function spelled(name: string, inner: readonly string[]): string {
  const text = inner.join('')
  const [a = '', b = ''] = inner
  switch (name) {
    case 'mtext':
    case 'mo':
      return text === '\u2062' ? ' ' : ` ${entities[text] ?? text} `
    case 'mspace':
      return ' '
    case 'mfrac':
      return `\\frac{${a}}{${b}}`
    case 'msqrt':
      return `\\sqrt{${text}}`
    case 'msup':
      return `{${a}}^{${b}}`
    case 'msub':
      return `${a}_<${b}>`
    case 'mtable':
      return `{cases ${inner.join(' \\\\ ')} cases}`
    case 'mtr':
      return inner.join(' & ')
    default:
      return text
  }
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const words = new Set(['if', 'otherwise', 'and', 'or', 'not', 'cases}'])

/** Reads tokens by precedence climbing, one method a level. */
class Reader {
  #at = 0
  readonly #tokens: readonly string[]
  readonly #values: Values

  constructor(tokens: readonly string[], values: Values) {
    this.#tokens = tokens
    this.#values = values
  }

  all(): number {
    const value = this.#or()
    if (this.#at < this.#tokens.length)
      throw new Error(`unread: ${this.#tokens.slice(this.#at).join(' ')}`)
    return value
  }

  #next(...wanted: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined || !wanted.includes(token)) return undefined
    this.#at++
    return token
  }

  #must(token: string): void {
    if (!this.#next(token))
      throw new Error(`${token} wanted before ${this.#tokens.slice(this.#at).join(' ')}`)
  }

  #or(): number {
    let value = this.#and()
    while (this.#next('or')) {
      const other = this.#and()
      value = Number(value !== 0 || other !== 0)
    }
    return value
  }

  #and(): number {
    let value = this.#not()
    while (this.#next('and')) {
      const other = this.#not()
      value = Number(value !== 0 && other !== 0)
    }
    return value
  }

  #not(): number {
    return this.#next('not') ? Number(this.#not() === 0) : this.#relation()
  }

  #relation(): number {
    const left = this.#sum()
    const operator = this.#next('=', '≠', '<', '≤', '>', '≥')
    if (!operator) return left
    const right = this.#sum()
    const holds: Readonly<Record<string, boolean>> = {
      '=': left === right,
      '≠': left !== right,
      '<': left < right,
      '≤': left <= right,
      '>': left > right,
      '≥': left >= right,
    }
    return Number(holds[operator])
  }

  #sum(): number {
    let value = this.#next('-', '−') ? -this.#product() : this.#product()
    for (;;) {
      const sign = this.#next('+', '-', '−')
      if (!sign) return value
      value += sign === '+' ? this.#product() : -this.#product()
    }
  }

  #product(): number {
    let value = this.#power()
    for (;;) {
      if (this.#next('/')) value /= this.#power()
      else if (this.#next('·', '⊙') || this.#begins()) value *= this.#power()
      else return value
    }
  }

  /** Whether another factor stands here. */
  #begins(): boolean {
    const token = this.#tokens[this.#at]
    if (token === undefined || words.has(token)) return false
    return /^(?:[a-z\d√({]|\\frac|\\sqrt)/u.test(token)
  }

  #power(): number {
    const base = this.#atom()
    const token = this.#tokens[this.#at] ?? ''
    if (/^[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+$/u.test(token)) {
      this.#at++
      const digits = [...token].map((each) => (each === '⁻' ? '-' : superscripts.indexOf(each)))
      return base ** Number(digits.join(''))
    }
    if (!this.#next('^')) return base
    return base ** this.#atom()
  }

  #atom(): number {
    const token = this.#tokens[this.#at++] ?? 'nothing'
    if (token === '(') return this.#closed(')')
    if (token === '{cases') return this.#cases()
    if (token === '{') return this.#closed('}')
    if (token === '\\frac') return this.#group() / this.#group()
    if (token === '\\sqrt') return Math.sqrt(this.#group())
    if (token === '√') return Math.sqrt(this.#atom())
    if (/^\d/.test(token)) return Number(token)
    if (/^[a-z](?:$|[^a-z])/.test(token)) return this.#values(token)
    throw new Error(`no atom: ${token}`)
  }

  #group(): number {
    this.#must('{')
    return this.#closed('}')
  }

  #closed(mark: string): number {
    const value = this.#or()
    this.#must(mark)
    return value
  }

  #cases(): number {
    let value = this.#or()
    let chosen: number | undefined
    for (;;) {
      this.#next('&')
      const holds = this.#next('otherwise') ? true : (this.#must('if'), this.#or() !== 0)
      if (holds && chosen === undefined) chosen = value
      if (!this.#next(';', '\\\\')) break
      value = this.#or()
    }
    this.#must('cases}')
    return chosen ?? Number.NaN
  }
}
