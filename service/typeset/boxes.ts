/**
 * Boxes: what stands where, with all parentheses in place. `arrange.ts` makes them of mathematics, and the
 * renderers only spell them; a notation that stacks fractions has other parentheses than one of a single line.
 */
export type Box =
  | { readonly kind: 'row'; readonly boxes: readonly Box[] }
  /** A variable or a name; a single letter is slanted, unless `style` says otherwise. */
  | {
      readonly kind: 'identifier'
      readonly text: string
      readonly style?: 'bold' | 'upright'
      readonly accent?: 'bar' | 'hat' | 'tilde' | 'dot'
    }
  | { readonly kind: 'numeral'; readonly text: string }
  /** A unit: factors with their powers, `uF/cm^2`. */
  | { readonly kind: 'unit'; readonly factors: readonly UnitFactor[] }
  /** `binary` and `relation` have space around them, `comma` behind, `prefix` none. */
  | {
      readonly kind: 'mark'
      readonly text: string
      readonly space: 'binary' | 'relation' | 'comma' | 'prefix' | 'word'
    }
  /** Between factors: a dot where the factors could be misread without one. */
  | { readonly kind: 'times'; readonly visible: boolean }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'fraction'; readonly above: Box; readonly below: Box }
  | { readonly kind: 'scripts'; readonly base: Box; readonly below?: Box; readonly above?: Box }
  /** Above and below an operator: Σ_j. */
  | { readonly kind: 'limits'; readonly base: Box; readonly below?: Box; readonly above?: Box }
  | { readonly kind: 'primes'; readonly base: Box; readonly count: number }
  | { readonly kind: 'root'; readonly of: Box }
  /** What stands before a formula, and is not broken. */
  | { readonly kind: 'lead'; readonly of: Box }
  | { readonly kind: 'fence'; readonly open: string; readonly close: string; readonly of: Box }
  | {
      readonly kind: 'cases'
      readonly cases: readonly { readonly value: Box; readonly when?: Box }[]
    }

export interface UnitFactor {
  readonly name: string
  readonly power: string
}

export const row = (...boxes: readonly Box[]): Box => ({ kind: 'row', boxes })

/** A unit as written, in its parts: of `uF/cm^2` uF to the 1 and cm to the -2. */
export function unitFactors(unit: string): readonly UnitFactor[] {
  const parts = unit.split(/([*/])/)
  return parts.flatMap((part, i) => {
    if (i % 2 === 1) return []
    const [name = '', exponent = '1'] = part.split('^')
    const power = parts[i - 1] === '/' ? negated(exponent) : exponent
    return [{ name: spelling(name), power }]
  })
}

const negated = (power: string): string => (power.startsWith('-') ? power.slice(1) : `-${power}`)

/** `us` is µs, `kohm` is kΩ. */
function spelling(name: string): string {
  if (/^u[A-Za-z]/.test(name)) return `µ${name.slice(1)}`
  return name.endsWith('ohm') ? `${name.slice(0, -3)}Ω` : name
}
