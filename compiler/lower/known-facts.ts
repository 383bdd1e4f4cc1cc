/**
 * What checks of a program ask of its parameters: whether one, or a number that follows from some, is finite, 0, held
 * as 0 by single precision, or a probability. As long as all of this stays as it is they find what they found
 * (`compiler/model/watch.ts`).
 */
import { evaluateElementary } from '../../contract/elementary.ts'
import type { Graph, IrModule, IrNode, MapFunction } from '../ir/ir.ts'
import type { Context } from '../model/context.ts'
import { flatten } from '../model/freedom.ts'
import type { Model } from '../model/model.ts'
import { watchIn } from '../model/watch.ts'

/** What has numbers in a program. */
type Numbers = Pick<IrModule, 'params' | 'rates'>

/** A program, and what phases set in it. */
interface Program extends Numbers {
  readonly graphs: readonly Graph[]
  readonly settings: readonly Readonly<Record<string, number>>[]
}

/**
 * Looks for numbers that cannot be in a program, by `work`, which is given those that it begins with. If `work` reports
 * nothing, it has looked at no more than what kinds of numbers there are.
 */
export function watchingKinds(
  diagnostics: Context,
  model: Model,
  { graphs, params, rates, settings }: Program,
  work: (numbers: Numbers) => void,
): void {
  const watch = watchIn(model.params.flatMap((each) => flatten(each).map(([, value]) => value)))
  if (!watch) {
    work({ params, rates })
    return
  }
  const table = new Table()
  for (const graph of graphs) table.add(graph)
  const followers = table.followers()
  let found: { readonly [Kind in keyof Numbers]: readonly number[] } = { params: [], rates: [] }
  watch.ask(() => {
    found = {
      params: numbersOf(params),
      rates: numbersOf(rates),
    }
    const standing = new Map(params.map(({ name }, i) => [name, found.params[i]!]))
    const kinds = [{}, ...settings].map((set) =>
      followers(new Map([...standing, ...Object.entries(set)])),
    )
    const given = [...found.params, ...found.rates].map((each) => kindOf(each)).join('')
    return [given, ...kinds].join(' ')
  })
  const before = diagnostics.diagnostics.length
  work({ params: withNumbers(params, found.params), rates: withNumbers(rates, found.rates) })
  // What is reported says numbers.
  if (diagnostics.diagnostics.length > before) numbersOf([...params, ...rates])
}

const numbersOf = (things: readonly { readonly value: number }[]): readonly number[] =>
  things.map(({ value }) => value)

/** Things with numbers, whose own are not looked at. */
function withNumbers<T extends { readonly value: number }>(
  things: readonly T[],
  numbers: readonly number[],
): readonly T[] {
  return things.map((each, i) => {
    const value = { value: numbers[i]!, enumerable: true }
    return Object.defineProperties({} as T, { ...Object.getOwnPropertyDescriptors(each), value })
  })
}

/** A number of the table: what it is, by the places of others. */
type Row =
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'map'; readonly fn: MapFunction; readonly args: readonly number[] }

/** Numbers that are known of constants and parameters, each once however often graphs compute it. */
class Table {
  readonly #rows: Row[] = []
  readonly #follows: boolean[] = []
  readonly #places = new Map<string, number>()
  /** Numbers that draws are made of. */
  readonly #drawn = new Set<number>()

  add({ nodes }: Graph): void {
    const places: (number | undefined)[] = []
    for (const node of nodes) {
      places.push(this.#placeOf(node, places))
      if (node.op !== 'random') continue
      for (const each of node.args) {
        const place = places[each]
        if (place !== undefined) this.#drawn.add(place)
      }
    }
  }

  #placeOf(node: IrNode, places: readonly (number | undefined)[]): number | undefined {
    switch (node.op) {
      case 'const': {
        const { value } = node
        return this.#row(Object.is(value, -0) ? '-0' : String(value), { kind: 'number', value })
      }
      case 'scalar':
        return node.source === 'param'
          ? this.#row(`param ${node.name}`, { kind: 'param', name: node.name })
          : undefined
      case 'broadcast':
      case 'reshape':
      case 'stop':
        return places[node.args[0]]
      case 'map': {
        const args: number[] = []
        for (const each of node.args) {
          const place = places[each]
          if (place === undefined) return undefined
          args.push(place)
        }
        return this.#row(`${node.fn} ${args.join(' ')}`, { kind: 'map', fn: node.fn, args })
      }
      default:
        return undefined
    }
  }

  #row(key: string, row: Row): number {
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const place = this.#rows.push(row) - 1
    this.#places.set(key, place)
    this.#follows.push(
      row.kind === 'param' || (row.kind === 'map' && row.args.some((each) => this.#follows[each])),
    )
    return place
  }

  /** The kinds of all numbers that follow from parameters, of values for these. */
  followers(): (params: ReadonlyMap<string, number>) => string {
    const rows = this.#rows
    const follows = this.#follows
    const drawn = this.#drawn
    return (params) => {
      const values: number[] = []
      let kinds = ''
      for (const [place, row] of rows.entries()) {
        const value = valueOf(row, values, params)
        values.push(value)
        if (follows[place]) kinds += kindOf(value, drawn.has(place))
      }
      return kinds
    }
  }
}

function valueOf(row: Row, values: readonly number[], params: ReadonlyMap<string, number>): number {
  switch (row.kind) {
    case 'number':
      return row.value
    case 'param':
      return params.get(row.name) ?? Number.NaN
    case 'map':
      return evaluateElementary(
        row.fn,
        row.args.map((each) => values[each]!),
      )
  }
}

/** A letter for what checks tell apart; of what draws are made of, whether it is a whole number or a probability too. */
function kindOf(value: number, isDrawn = false): string {
  if (Number.isNaN(value)) return 'n'
  if (!Number.isFinite(value)) return value > 0 ? 'i' : 'I'
  if (value === 0) return '0'
  const size = Math.fround(value) === 0 ? 's' : 'l'
  if (!isDrawn) return size
  return `${size}${value < 0 ? '-' : value > 1 ? '+' : '.'}${Number.isInteger(value) ? 'w' : 'f'}`
}
