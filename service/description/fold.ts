/**
 * Arrays told as one: populations and connections of a family that differ in nothing but their number, and the ends
 * of connections along a chain.
 */
import type { Connection, Population } from '../../compiler/model/model.ts'
import {
  number,
  nameSymbol,
  symbol,
  symbolsOf,
  withScripts,
  words,
  type Mathematics,
  type Symbolic,
} from '../typeset/index.ts'

/** Things of one family, in order. */
export interface Folded<T> {
  readonly family: string
  readonly elements: readonly T[]
}

/** Neighbours of one family that are alike, as one. */
export function fold<T>(
  items: readonly T[],
  familyOf: (item: T) => string,
  likeness: (item: T) => string,
): readonly Folded<T>[] {
  const groups = new Map<string, { family: string; elements: T[] }>()
  for (const item of items) {
    const key = JSON.stringify([familyOf(item), likeness(item)])
    const group = groups.get(key)
    if (group) group.elements.push(item)
    else groups.set(key, { family: familyOf(item), elements: [item] })
  }
  return [...groups.values()]
}

/** A population, or weight, as a symbol: `h[0]` is h with 0. */
export function elementSymbol(name: string, symbols: Symbols = plainSymbols): Symbolic {
  const [, family = name, index] = /^(.*)\[(\d+)\]$/.exec(name) ?? []
  const base = symbols(family)
  return index === undefined ? base : withScripts(base, [number(Number(index))])
}

/** Gives names their symbols, so that no two look alike. */
export type Symbols = (name: string) => Symbolic

const plainSymbols: Symbols = nameSymbol

export function symbolsAmong(names: Iterable<string>): Symbols {
  const known = symbolsOf(names)
  return (name) => known.get(name) ?? nameSymbol(name)
}

/** The name of several elements: h with 0…2, or that of the only one. */
export function foldedName(family: string, indices: readonly (number | undefined)[]): Mathematics {
  const [first] = indices
  const last = indices.at(-1)
  if (first === undefined || last === undefined) return nameSymbol(family)
  if (first === last) return symbol(family, { subscripts: [first] })
  const whole = indices.every((index, i) => index === first + i)
  return withScripts(nameSymbol(family), [words(whole ? `${first}…${last}` : indices.join(', '))])
}

/** The same as text: `h[0..2]`. */
export function foldedText(family: string, indices: readonly (number | undefined)[]): string {
  const [first] = indices
  const last = indices.at(-1)
  if (first === undefined || last === undefined) return family
  if (first === last) return `${family}[${first}]`
  const whole = indices.every((index, i) => index === first + i)
  return whole ? `${family}[${first}..${last}]` : indices.map((i) => `${family}[${i}]`).join(', ')
}

/** Names of populations, those of a family together: `x, h[0..2]`. */
export function populationsText(populations: readonly Population[]): string {
  const unique = [...new Map(populations.map((each) => [each.name, each])).values()]
  return fold(
    unique,
    ({ family }) => family,
    ({ slice }) => (slice ? slice.of.name : ''),
  )
    .map(({ family, elements }) => {
      const [first] = elements
      return elements.length === 1 && first
        ? first.name
        : foldedText(
            family,
            elements.map(({ index }) => index),
          )
    })
    .join(', ')
}

/** Where connections lead, in a line: a chain `x → h[0] → h[1] → y`, or each pair. */
export function endsText(connections: readonly Connection[]): readonly [string, string] {
  const sources = connections.map(({ source }) => source.population)
  const targets = connections.map(({ target }) => target.population)
  return [populationsText(sources), populationsText(targets)]
}
