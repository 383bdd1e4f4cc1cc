/** Numbers of a program that single precision cannot hold: they would be infinite there, or 0. */
import { entriesOf } from './ids.ts'
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
    const [first] = constants(graph, isTooLarge)
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
  | { readonly kind: 'number'; readonly value: number; readonly origin: Origin | undefined }

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
      constants(graph, isTooSmall).flatMap(({ id, value }) => {
        const origin = originOf(graph, id)
        // The step and the answer compute the same.
        const place = `${value} ${origin?.span.file} ${origin?.span.start}`
        if (places.has(place)) return []
        places.add(place)
        return [{ kind: 'number' as const, value, origin }]
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

/** The equation that a constant stands in, or what begins with it. */
function originOf({ nodes }: Graph, id: ValueId): Origin | undefined {
  const own = nodeAt(nodes, id).origin
  if (own) return own
  return nodes.find((each) => each.origin !== undefined && operandsOf(each).includes(id))?.origin
}
