/**
 * Names of a file as symbols: `W_up` is W with a subscript, `tau_m` is τ with m, `p0` is p with 0, `alpha` is α.
 * A word (`error_scale`, `excess`) stays a word. Two names may come to look alike so (`p0` and `p_0`): who sets
 * many names beside each other asks `symbolsOf` for symbols that all differ.
 */
import type { Mathematics, Symbolic } from './mathematics.ts'

const greek: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  zeta: 'ζ',
  eta: 'η',
  theta: 'θ',
  iota: 'ι',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  xi: 'ξ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  upsilon: 'υ',
  phi: 'φ',
  chi: 'χ',
  psi: 'ψ',
  omega: 'ω',
  Gamma: 'Γ',
  Delta: 'Δ',
  Theta: 'Θ',
  Lambda: 'Λ',
  Xi: 'Ξ',
  Pi: 'Π',
  Sigma: 'Σ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
}

/** The letter that a name or the first part of one is; undefined if it is a word. */
function letterOf(text: string): string | undefined {
  if (Object.hasOwn(greek, text)) return greek[text]
  return /^[A-Za-z]$/.test(text) ? text : undefined
}

/** A name by itself. */
export function nameSymbol(name: string): Symbolic {
  const [, stem = name, digits = '', tail = ''] =
    /^([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)*)$/.exec(name) ?? []
  const letter = letterOf(stem)
  if (letter === undefined) return { kind: 'symbol', name }
  const scripts = [...(digits === '' ? [] : [digits]), ...(tail === '' ? [] : [wordsOf(tail)])]
  if (scripts.length === 0) return { kind: 'symbol', name: letter }
  return { kind: 'symbol', name: letter, subscripts: scripts.map(subscript) }
}

/** `_from_pv` is read as words. */
const wordsOf = (tail: string): string => tail.slice(1).replaceAll('_', ' ')

function subscript(text: string): Mathematics {
  if (/^\d+$/.test(text)) return { kind: 'number', text }
  return { kind: 'symbol', name: letterOf(text) ?? text }
}

/** A name as it is written in the file, whatever it could be. */
export function verbatim(name: string): Symbolic {
  return { kind: 'symbol', name, style: 'upright' }
}

/** For each of some names its symbol; those that would look alike stay as they are written. */
export function symbolsOf(names: Iterable<string>): ReadonlyMap<string, Symbolic> {
  const unique = [...new Set(names)]
  const looks = (name: string): string => JSON.stringify(nameSymbol(name))
  const counts = new Map<string, number>()
  for (const name of unique) counts.set(looks(name), (counts.get(looks(name)) ?? 0) + 1)
  return new Map(
    unique.map((name) => [name, counts.get(looks(name)) === 1 ? nameSymbol(name) : verbatim(name)]),
  )
}
