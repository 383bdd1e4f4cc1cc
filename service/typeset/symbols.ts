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

/** What is longer stays a name, which a line may break in. */
const longestScript = 24

/** A name by itself. */
export function nameSymbol(name: string): Symbolic {
  const [, stem = name, digits = '', tail = ''] =
    /^([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)*)$/.exec(name) ?? []
  const letter = letterOf(stem)
  if (letter === undefined || tail.length > longestScript) return { kind: 'symbol', name }
  const scripts = [...(digits === '' ? [] : [digits]), ...(tail === '' ? [] : [wordsOf(tail)])]
  if (scripts.length === 0) return { kind: 'symbol', name: letter }
  return { kind: 'symbol', name: letter, subscripts: scripts.map(subscript), from: name }
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
  const looks = (name: string): string => lookOf(nameSymbol(name))
  const counts = new Map<string, number>()
  for (const name of unique) counts.set(looks(name), (counts.get(looks(name)) ?? 0) + 1)
  return new Map(
    unique.map((name) => [name, counts.get(looks(name)) === 1 ? nameSymbol(name) : verbatim(name)]),
  )
}

function lookOf(symbol: Symbolic): string {
  const { from: _, ...seen } = symbol
  return JSON.stringify(seen)
}

/**
 * A tree of any kind with mathematics in it, in which symbols of different names that look alike are put as
 * they are written.
 */
export function withDistinctSymbols<T>(tree: T): T {
  const names = new Map<string, Set<string>>()
  walkSymbols(tree, (each) => {
    if (each.from === undefined) return
    const look = lookOf(nameSymbol(each.from))
    names.set(look, (names.get(look) ?? new Set()).add(each.from))
  })
  const alike = new Set(
    [...names.values()].filter(({ size }) => size > 1).flatMap((each) => [...each]),
  )
  return alike.size === 0 ? tree : (replaceSymbols(tree, alike) as T)
}

const isSymbol = (node: object): node is Symbolic => 'kind' in node && node.kind === 'symbol'

function walkSymbols(node: unknown, visit: (symbol: Symbolic) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (isSymbol(node)) visit(node)
  for (const child of Object.values(node)) walkSymbols(child, visit)
}

function replaceSymbols(node: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(node)) return node.map((each) => replaceSymbols(each, names))
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, replaceSymbols(value, names)]),
  )
  if (!isSymbol(node) || node.from === undefined || !names.has(node.from)) return copy
  const own = nameSymbol(node.from).subscripts?.length ?? 0
  const { subscripts: _, from: __, ...rest } = node
  const others = (node.subscripts ?? []).slice(own).map((each) => replaceSymbols(each, names))
  return {
    ...rest,
    ...verbatim(node.from),
    ...(others.length > 0 && { subscripts: others }),
  }
}
