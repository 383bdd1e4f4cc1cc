/**
 * What arrives at compartments and inputs, as equations: soma of h[l] is W[l] times what x or h[l - 1] emits. Arrays
 * whose elements are connected alike are told once, with an index.
 */
import type { Connection, Model, Population } from '../../compiler/model/model.ts'
import {
  equation,
  minus,
  nameSymbol,
  number,
  product,
  sum,
  transpose,
  withScripts,
  words,
  type Mathematics,
  type Symbolic,
} from '../typeset/index.ts'
import { Notation } from './notation.ts'

/** An index: a number, or the letter l and what is added to it. */
type Index = { readonly number: number } | { readonly offset: number }

/** One equation for each population and compartment, or for a run of elements that are alike. */
export function arrivalEquations(model: Model): readonly Mathematics[] {
  const byTarget = new Map<string, Connection[]>()
  for (const connection of model.connections) {
    const { population, compartment } = connection.target
    const key = JSON.stringify([population.name, compartment])
    byTarget.set(key, [...(byTarget.get(key) ?? []), connection])
  }
  const order = [...new Set([...byTarget.values()].map((each) => placeOf(each[0])))]
  const targets = [...byTarget.values()].toSorted(
    (a, b) => order.indexOf(placeOf(a[0])) - order.indexOf(placeOf(b[0])),
  )
  const runs: { first: number; last: number; form: string; of: readonly Connection[] }[] = []
  for (const connections of targets) {
    const { population } = connections[0]!.target
    const index = population.index ?? 0
    const form = formOf(connections, population)
    const before = runs.findLast((run) => run.form === form && run.last === index - 1)
    if (before && population.index !== undefined) before.last = index
    else runs.push({ first: index, last: index, form, of: connections })
  }
  return runs.map(({ first, last, of }) => {
    const { population, compartment } = of[0]!.target
    const general = last > first
    const indexOf = (index: number): Index =>
      general ? { offset: index - (population.index ?? 0) } : { number: index }
    const left = atElement(nameSymbol(compartment), population, indexOf)
    const made = equation(left, sum(...of.map((each) => contribution(each, indexOf))))
    return general ? withRange(made, first, last) : made
  })
}

const placeOf = (connection: Connection | undefined): string =>
  connection
    ? JSON.stringify([connection.target.population.family, connection.target.compartment])
    : ''

const withRange = (made: Mathematics, first: number, last: number): Mathematics => ({
  kind: 'guarded',
  words: 'for',
  trigger: equation(nameSymbol('l'), words(`${first}…${last}`)),
  of: made,
})

/** What must be the same for elements to be told once: all, with indices counted from the target's. */
function formOf(connections: readonly Connection[], target: Population): string {
  const at = target.index ?? 0
  const element = ({ family, index, slice }: Population): unknown => [
    family,
    index === undefined ? undefined : index - at,
    slice?.of.name,
    slice?.start,
  ]
  return JSON.stringify([
    target.family,
    connections.map((each) => [
      each.family,
      each.index === undefined ? undefined : each.index - at,
      element(each.source.population),
      each.source.signal,
      each.target.compartment,
      each.sign,
      each.connectivity,
      each.wire,
      each.stp?.item.name.name,
      each.synapse?.item.name.name,
      each.delay !== undefined,
    ]),
  ])
}

type IndexOf = (index: number) => Index

function indexed(symbol: Symbolic, index: number | undefined, indexOf: IndexOf): Symbolic {
  if (index === undefined) return symbol
  const at = indexOf(index)
  if ('number' in at) return withScripts(symbol, [number(at.number)])
  const l = nameSymbol('l')
  if (at.offset === 0) return withScripts(symbol, [l])
  const offset = number(Math.abs(at.offset))
  return withScripts(symbol, [at.offset > 0 ? sum(l, offset) : sum(l, minus(offset))])
}

/** A variable of a population: e with h and its number. */
function atElement(variable: Symbolic, population: Population, indexOf: IndexOf): Symbolic {
  const { family, index, slice } = population
  if (slice) {
    const range = `${slice.start}…${slice.start + population.size - 1}`
    const whole = indexed(nameSymbol(slice.of.family), slice.of.index, indexOf)
    return withScripts(variable, [withScripts(whole, [words(range)])])
  }
  return withScripts(variable, [indexed(nameSymbol(family), index, indexOf)])
}

function contribution(connection: Connection, indexOf: IndexOf) {
  const { source, family, index, wire, sign, connectivity, convolution } = connection
  const arriving = transmitted(connection, (variable) =>
    atElement(variable, source.population, indexOf),
  )
  if (wire || family === undefined) return arriving
  const weight = indexed(nameSymbol(family), index, indexOf)
  const value =
    connectivity === 'one_to_one'
      ? product([weight, arriving], 'hadamard')
      : convolution
        ? product([convolution.transposed ? transpose(weight) : weight, arriving], 'convolution')
        : product([weight, arriving], 'matrix')
  return sign === 'inhibitory' ? minus(value) : value
}

/** What the terminal releases for a signal, after its delay. */
function transmitted(
  connection: Connection,
  ofSource: (variable: Symbolic) => Symbolic,
): Mathematics {
  const signal = ofSource(nameSymbol(connection.source.signal))
  const { stp, transmit, delay, delays } = connection
  const filtered: Mathematics = stp?.item.amplitude ? { ...signal, accent: 'tilde' } : signal
  const late = delay ?? delays
  const at: Mathematics = late
    ? {
        kind: 'application',
        function: filtered,
        args: [
          sum(
            nameSymbol('t'),
            minus(
              delay
                ? new Notation(delay.scope, []).expression(delay.value, delay.scope)
                : withScripts(
                    nameSymbol('d'),
                    connection.family === undefined ? [] : [nameSymbol(connection.family)],
                  ),
            ),
          ),
        ],
      }
    : filtered
  if (!transmit) return at
  const notation = new Notation(transmit.scope, ['signal'])
  const said = notation.expression(transmit.value, transmit.scope)
  const silent = [...notation.values].flatMap(([name, value]) =>
    value.kind === 'number' && value.value === 0 && !value.symbol ? [name] : [],
  )
  return replaced(withoutTerms(said, silent), at, ofSource)
}

/** Terms of a sum that are times a parameter which is always 0, as noise that is not asked for, are left out. */
function withoutTerms(said: Mathematics, zeros: readonly string[]): Mathematics {
  if (said.kind !== 'sum') return said
  const names = new Set(zeros.map((each) => JSON.stringify(nameSymbol(each))))
  const isZero = (each: Mathematics): boolean =>
    names.has(JSON.stringify(each)) || (each.kind === 'product' && each.factors.some(isZero))
  return sum(...said.terms.filter(({ value }) => !isZero(value)))
}

/** `signal` in what a synapse transmits is the signal of the cell, and what has the index pre is of that cell. */
function replaced(
  said: Mathematics,
  signal: Mathematics,
  ofSource: (variable: Symbolic) => Symbolic,
): Mathematics {
  const pre = JSON.stringify(nameSymbol('pre'))
  const visit = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(visit)
    if (typeof each !== 'object' || each === null) return each
    const node = each as Mathematics
    if (node.kind === 'symbol') {
      if (node.name === 'signal') return signal
      const { subscripts = [], ...bare } = node
      if (JSON.stringify(subscripts.at(-1)) === pre)
        return ofSource(withScripts(bare, subscripts.slice(0, -1)))
    }
    return Object.fromEntries(Object.entries(each).map(([key, value]) => [key, visit(value)]))
  }
  return visit(said) as Mathematics
}
