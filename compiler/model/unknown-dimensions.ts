/**
 * Dimensions that are not known yet, and what is found out about them. An unknown is a base dimension
 * of its own (`?3`), so that products and powers of it are computed like those of any other; that two
 * dimensions are the same is a linear equation in exponents, which is solved for one of its unknowns
 * (Kennedy 1996, "Programming languages and dimensions", chapter 4).
 */
import { combine, power, type Dimension } from './units.ts'

const isUnknown = (key: string): boolean => key.startsWith('?')

/** Whether nothing unknown is left in a dimension. */
export const isKnown = (dimension: Dimension): boolean => !Object.keys(dimension).some(isUnknown)

/** A dimension without what is unknown in it, for messages. */
export const knownPart = (dimension: Dimension): Dimension =>
  Object.fromEntries(Object.entries(dimension).filter(([key]) => !isUnknown(key)))

export class UnknownDimensions {
  #count = 0
  readonly #solved = new Map<string, Dimension>()

  /** A dimension of which nothing is known. */
  fresh(): Dimension {
    return { [`?${this.#count++}`]: 1 }
  }

  /** A dimension with what has been found out put in. */
  resolve(dimension: Dimension): Dimension {
    if (!Object.keys(dimension).some((key) => this.#solved.has(key))) return dimension
    let result: Dimension = {}
    for (const [key, exponent] of Object.entries(dimension)) {
      result = combine(result, power(this.#solutionOf(key), exponent), 1)
    }
    return rounded(result)
  }

  /** What has been found out is kept as it is then: chains of unknowns, as of long circuits, are gone through once. */
  #solutionOf(key: string): Dimension {
    const solution = this.#solved.get(key)
    if (!solution) return { [key]: 1 }
    const resolved = this.resolve(solution)
    if (resolved !== solution) this.#solved.set(key, resolved)
    return resolved
  }

  /** Makes two dimensions the same; false, and nothing is changed, if they cannot be. */
  equate(left: Dimension, right: Dimension): boolean {
    const quotient = rounded(combine(this.resolve(left), this.resolve(right), -1))
    const entries = Object.entries(quotient)
    if (entries.length === 0) return true
    const [unknown, exponent] = entries.findLast(([key]) => isUnknown(key)) ?? []
    if (unknown === undefined || exponent === undefined) return false
    const rest = Object.fromEntries(entries.filter(([key]) => key !== unknown))
    this.#solved.set(unknown, rounded(power(rest, -1 / exponent)))
    return true
  }
}

/** Exponents are fractions of small numbers; what they lost by division is given back. */
function rounded(dimension: Dimension): Dimension {
  const entries = Object.entries(dimension)
    .map(([key, exponent]) => [key, Math.round(exponent * 5040) / 5040] as const)
    .filter(([, exponent]) => exponent !== 0)
  return Object.fromEntries(entries)
}
