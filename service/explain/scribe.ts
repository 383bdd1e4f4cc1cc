/** Writes expressions in the file's names, with names for slopes and for the signals that weights learn by. */
import { visitAtoms, type Expression } from '../../compiler/analysis/expressions.ts'
import * as set from '../typeset/build.ts'
import type { Mathematics } from '../typeset/mathematics.ts'
import { verbatim } from '../typeset/symbols.ts'
import { mathText } from '../typeset/text.ts'
import type { Derivation } from './derive.ts'
import type { Formulation } from './explanation.ts'
import { families, type Member } from './families.ts'
import { Formula, type Abbreviation } from './formula.ts'
import { depthOf, type Signal } from './statements.ts'

/** Writes expressions with the names of signals and slopes. */
export class Scribe {
  readonly signals: readonly Signal[]
  readonly #derivation: Derivation
  readonly #slopes: readonly (Abbreviation & { readonly value: Expression; readonly fn: string })[]
  readonly #used = new Set<string>()
  /** Vectors that scale rows of matrices, and are long. */
  readonly #pieces = new Map<Expression, string>()

  constructor(
    derivation: Derivation,
    signals: readonly Signal[],
    slopes: readonly (Abbreviation & { readonly value: Expression; readonly fn: string })[],
  ) {
    this.#derivation = derivation
    this.signals = signals
    this.#slopes = slopes
  }

  write(expression: Expression, without?: Signal, of?: 'circuit' | 'backprop'): Mathematics {
    const { algebra } = this.#derivation
    const others = this.signals
      .filter(
        (each) => each !== without && (each.of === 'both' || of === undefined || each.of === of),
      )
      .toSorted((a, b) => depthOf(b.value) - depthOf(a.value))
      .filter((each) => !without || depthOf(each.value) < depthOf(without.value))
    const named = others.map(({ name, value }): Abbreviation => {
      const { factors, coefficient } = algebra.asTerm(value)
      return { name, factors, negative: coefficient < 0 }
    })
    const formula = new Formula([...named, ...this.#slopes], this.#pieces)
    const written = formula.write(expression)
    for (const name of formula.used) this.#used.add(name)
    return written
  }

  /** Gives names to long vectors that scale rows in matrices: `y.g`, after the first population that they are of. */
  nameGains(matrices: readonly Expression[]): void {
    for (const each of matrices) {
      visitAtoms(each, (atom) => {
        if (atom.kind !== 'structure' || atom.form.op !== 'diagonal') return
        const [vector] = atom.args as [Expression]
        if (this.#pieces.has(vector)) return
        if (mathText(this.write(vector)).length <= longestGain) return
        const taken = new Set(this.#pieces.values())
        const base = `${populationIn(vector)}g`
        const name = [base, ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${base}${n}`)]
        const mine = name.find((one) => !taken.has(one))
        if (mine !== undefined) this.#pieces.set(vector, mine)
      })
    }
  }

  /** The slopes and gains that were used. */
  names(): readonly Formulation[] {
    const gains = [...this.#pieces]
      .filter(([, name]) => this.#used.has(name))
      .map(([vector, name]): Member => ({
        ...indexOf(name),
        formulas: [set.equation(verbatim(name), this.write(vector))],
        words: [],
      }))
    return [
      ...this.#slopesTold(),
      ...families(gains).map(({ formulas, range }) => formulation(formulas[0]!, range)),
    ]
  }

  #slopesTold(): readonly Formulation[] {
    const used = this.#slopes.filter(({ name }) => this.#used.has(name))
    const kindOf = (name: string): string => name.replace(/\[\d+\]/, '[]')
    const kinds = [...new Set(used.map(({ name }) => kindOf(name)))]
    const place = (name: string): number => kinds.indexOf(kindOf(name))
    const members = used
      .toSorted((a, b) => {
        const apart = place(a.name) - place(b.name)
        return apart === 0 ? (indexOf(a.name).index ?? 0) - (indexOf(b.name).index ?? 0) : apart
      })
      .map(({ name, value, fn }): Member => ({
        ...indexOf(name),
        formulas: [set.equation(verbatim(name), new Formula().write(value))],
        words: [`slope of ${fn}`],
      }))
    return families(members).map(({ formulas, words, range }) =>
      formulation(formulas[0]!, range, words[0]),
    )
  }

  /** Signals, and what stands between as far as it is used, by signals or by other such. */
  #told(): readonly Signal[] {
    const told = new Set<Signal>()
    for (let before = -1; before < told.size;) {
      before = told.size
      for (const each of this.signals) {
        if (told.has(each) || (each.between && !this.#used.has(each.name))) continue
        told.add(each)
        this.write(each.value, each, each.of === 'both' ? undefined : each.of)
      }
    }
    return this.signals.filter((each) => told.has(each))
  }

  definitions(): readonly Formulation[] {
    const ordered = this.#told().toSorted(
      (a, b) => (indexOf(a.name).index ?? 0) - (indexOf(b.name).index ?? 0),
    )
    const members = ordered.map((signal): Member & { readonly depth: number } => {
      const { name, value, of } = signal
      const written = this.write(value, signal, of === 'both' ? undefined : of)
      return {
        ...indexOf(name),
        formulas: [set.equation(verbatim(name), written)],
        words: [of],
        depth: depthOf(value),
      }
    })
    const words = { both: 'of both', circuit: 'of the circuit', backprop: 'of backprop' }
    const found = (['both', 'circuit', 'backprop'] as const).flatMap((of) => {
      const own = members.filter((each) => each.words[0] === of)
      return families(own).map(({ formulas, range, members: places }) => ({
        depth: Math.min(...places.map((place) => own[place]!.depth)),
        shown: formulation(formulas[0]!, range, words[of]),
      }))
    })
    return found.toSorted((a, b) => a.depth - b.depth).map(({ shown }) => shown)
  }
}

/** A vector of more characters than this has a name where it scales rows. */
const longestGain = 24

/** What the name of the first variable in an expression begins with: `h[0].`. */
function populationIn(expression: Expression): string {
  const names: string[] = []
  visitAtoms(expression, (atom) => {
    if (atom.kind === 'symbol' && atom.role === 'variable') names.push(atom.name)
  })
  const [first = ''] = names
  return first.slice(0, first.lastIndexOf('.') + 1)
}

/** The index in a name: that of the layer. */
export const indexOf = (name: string): { index?: number } => {
  const digits = /\[(\d+)\]/.exec(name)?.[1]
  return digits === undefined ? {} : { index: Number(digits) }
}

export const formulation = (formula: Mathematics, where?: string, note?: string): Formulation => ({
  formula,
  ...(where !== undefined && { where }),
  ...(note !== undefined && { note }),
})
