/** Numbers of a program that single precision cannot hold: they would be infinite there, or 0. */
import { evaluateElementary } from '../../contract/elementary.ts'
import { entriesOf } from './ids.ts'
import { hostScalars } from './host-scalars.ts'
import { nodeAt, operandsOf } from './operands.ts'
import type { Graph, IrModule, Origin, ValueId } from './ir.ts'

/** The largest number that single precision holds. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127

const isTooLarge = (value: number): boolean =>
  Number.isFinite(value) && Math.abs(value) > LARGEST && !Number.isFinite(Math.fround(value))

const isTooSmall = (value: number): boolean => value !== 0 && Math.fround(value) === 0

/** The first number that is too large, in words, with the equation it stands in; undefined if none is. */
export function tooLargeForSingle({ params, rates, graphs }: IrModule): string | undefined {
  const param = params.find(({ value }) => isTooLarge(value))
  if (param) return `the parameter ${param.name}, ${param.value},`
  const rate = rates.find(({ value }) => isTooLarge(value))
  if (rate) return `the learning rate of ${rate.name}, ${rate.value},`
  for (const graph of Object.values(graphs)) {
    const [first] = [...constants(graph, isTooLarge), ...products(graph, params, isTooLarge)]
    if (first === undefined) continue
    const { id, value } = first
    const user = originOf(graph, id)
    const stored = graph.stores.find((each) => each.value === id)
    const where = user
      ? ` in \`${user.text}\``
      : stored
        ? `, with which ${stored.storage} begins,`
        : ''
    return `${value}${where}`
  }
  return undefined
}

/** A number that is 0 in single precision, and where it stands. */
export type Vanishing =
  | { readonly kind: 'parameter' | 'rate'; readonly name: string; readonly value: number }
  | {
      /** A number as it is written, or a product of such and of parameters. */
      readonly kind: 'number' | 'product'
      readonly value: number
      readonly origin: Origin | undefined
    }

/** The numbers other than 0 that are too small: parameters that something reads, learning rates, constants. */
export function vanishingInSingle({ params, rates, graphs }: IrModule): readonly Vanishing[] {
  const all = Object.values(graphs)
  const isRead = (name: string): boolean =>
    all.some(({ nodes }) =>
      nodes.some((node) => node.op === 'scalar' && node.source === 'param' && node.name === name),
    )
  const places = new Set<string>()
  return [
    ...params
      .filter(({ name, value }) => isTooSmall(value) && isRead(name))
      .map(({ name, value }) => ({ kind: 'parameter' as const, name, value })),
    ...rates
      .filter(({ value }) => isTooSmall(value))
      .map(({ name, value }) => ({ kind: 'rate' as const, name, value })),
    ...all.flatMap((graph) =>
      [
        ...constants(graph, isTooSmall).map((each) => ({ ...each, kind: 'number' as const })),
        ...products(graph, params, isTooSmall).map((each) => ({
          ...each,
          kind: 'product' as const,
        })),
      ].flatMap(({ id, value, kind }) => {
        const origin = originOf(graph, id)
        // The step and the answer compute the same.
        const place = `${value} ${origin?.span.file} ${origin?.span.start}`
        if (places.has(place)) return []
        places.add(place)
        return [{ kind, value, origin }]
      }),
    ),
  ]
}

interface Constant {
  readonly id: ValueId
  readonly value: number
}

function constants({ nodes }: Graph, isWanted: (value: number) => boolean): readonly Constant[] {
  return [...entriesOf(nodes)].flatMap(([id, node]) =>
    node.op === 'const' && isWanted(node.value) ? [{ id, value: node.value }] : [],
  )
}

/** What keeps a product one: what an exponential makes small is meant to be. */
const multiplying: ReadonlySet<string> = new Set(['mul', 'div', 'neg', 'pow', 'sqrt'])

/**
 * Products and quotients of parameters and numbers that tensors are computed with. A host computes them in double
 * precision and rounds once, so that what is small on the way does not matter; parameters are as they begin.
 */
function products(
  graph: Graph,
  params: IrModule['params'],
  isWanted: (value: number) => boolean,
): readonly Constant[] {
  const given = new Map(params.map(({ name, value }) => [name, value]))
  const values = new Map<ValueId, number>()
  const found: Constant[] = []
  for (const [id, node] of entriesOf(graph.nodes)) {
    if (node.op === 'const') values.set(id, node.value)
    if (node.op === 'scalar' && node.source === 'param') {
      const value = given.get(node.name)
      if (value !== undefined) values.set(id, value)
    }
    if (node.op !== 'map' || !multiplying.has(node.fn)) continue
    if (node.args.some((each) => !values.has(each))) continue
    const operands = node.args.map((each) => values.get(each)!)
    // What is too small or too large itself is told of where it stands.
    if (node.args.some((each) => isLeafOf(graph, each) && isWanted(values.get(each) ?? 0))) continue
    const value = evaluateElementary(node.fn, operands)
    values.set(id, value)
    if (isWanted(value)) found.push({ id, value })
  }
  if (found.length === 0) return found
  const hosts = hostScalars(graph)
  const used = new Set(
    graph.nodes.flatMap((node, place) => (hosts[place] === true ? [] : operandsOf(node))),
  )
  return found.filter(({ id }) => used.has(id))
}

const isLeafOf = ({ nodes }: Graph, id: ValueId): boolean => nodeAt(nodes, id).op !== 'map'

/** The equation that a constant stands in, or what begins with it. */
function originOf({ nodes }: Graph, id: ValueId): Origin | undefined {
  const own = nodeAt(nodes, id).origin
  if (own) return own
  return nodes.find((each) => each.origin !== undefined && operandsOf(each).includes(id))?.origin
}
