/**
 * The operations over the synapses of a pattern and over rings, a row each (`operations.ts`): `deliver`
 * forwards and backwards and `pairs` are each other's adjoints, as are `toSynapses` and `fromSynapses`.
 */
import { sumTo } from './adjoints.ts'
import type { Operation, PatternSides } from './ir.ts'
import { one, two, type Row } from './operation-row.ts'
import type { OperationText } from './operation-text.ts'
import {
  deliverShape,
  fromMatrixShape,
  fromSynapsesShape,
  pairsShape,
  recallShape,
  toMatrixShape,
  toSynapsesShape,
} from './sparse-shapes.ts'
import type { Attributes } from './text.ts'

type SparseOperation =
  'deliver' | 'pairs' | 'toSynapses' | 'fromSynapses' | 'toMatrix' | 'fromMatrix' | 'recall'

const never = 'never' as const

export const sparseOperations: {
  readonly [K in Extract<Operation['op'], SparseOperation>]: Row<K>
} = {
  deliver: {
    shape: deliverShape,
    passes: ({ ring }, index) => index === 1 || (index === 0 && ring === undefined),
    adjoint: ({ b, node, index, g, shape, read }) => {
      const { pattern, transpose, ring } = node
      const [x, w, delays] = node.args
      if (index === 0) {
        const weights = read(w)
        return weights === undefined
          ? undefined
          : b.deliver(g, weights, pattern, { transpose: !transpose })
      }
      const sent = read(x)
      if (sent === undefined) return undefined
      const [post, pre] = transpose ? [sent, g] : [g, sent]
      return sumTo(b, b.pairs(post, pre, pattern, delayed(ring, delays)), shape)
    },
    host: never,
    cost: 'synapses',
    text: ({ pattern, transpose, ring }) => ({
      attributes: [...sidesText(pattern), ...(transpose ? ['transpose=1'] : []), ...ringText(ring)],
    }),
    read: (text) => ({
      op: 'deliver',
      args: withDelays(text, two(text)),
      pattern: sidesOf(text.attributes),
      transpose: text.attributes['transpose'] === 1,
      ...ringOf(text.attributes),
    }),
  },
  pairs: {
    shape: pairsShape,
    passes: ({ ring }, index) => index === 0 || (index === 1 && ring === undefined),
    adjoint: ({ b, node, index, g, read }) => {
      const [post, pre, delays] = node.args
      const other = read(index === 0 ? pre : post)
      if (other === undefined) return undefined
      return index === 0
        ? b.deliver(other, g, node.pattern, delayed(node.ring, delays))
        : b.deliver(other, g, node.pattern, { transpose: true })
    },
    host: never,
    cost: 'synapses',
    text: ({ pattern, ring }) => ({ attributes: [...sidesText(pattern), ...ringText(ring)] }),
    read: (text) => ({
      op: 'pairs',
      args: withDelays(text, two(text)),
      pattern: sidesOf(text.attributes),
      ...ringOf(text.attributes),
    }),
  },
  toSynapses: {
    shape: toSynapsesShape,
    passes: ({ ring }, index) => index === 0 && ring === undefined,
    adjoint: ({ b, node, g }) => b.fromSynapses(g, node.pattern, node.side),
    host: never,
    cost: 'element',
    text: ({ pattern, side, ring }) => ({
      suffix: side,
      attributes: [...sidesText(pattern), ...ringText(ring)],
    }),
    read: (text) => {
      const [value, delays] = text.args
      const side = sideOf(text)
      if (value === undefined || !side) return undefined
      return {
        op: 'toSynapses',
        args: delays === undefined ? [value] : [value, delays],
        pattern: sidesOf(text.attributes),
        side,
        ...ringOf(text.attributes),
      }
    },
  },
  fromSynapses: {
    shape: fromSynapsesShape,
    adjoint: ({ b, node, g }) => b.toSynapses(g, node.pattern, node.side),
    host: never,
    cost: 'element',
    text: ({ pattern, side }) => ({ suffix: side, attributes: sidesText(pattern) }),
    read: (text) => {
      const side = sideOf(text)
      return (
        side && { op: 'fromSynapses', args: one(text), pattern: sidesOf(text.attributes), side }
      )
    },
  },
  toMatrix: {
    shape: ({ pattern }, [x = []]) => toMatrixShape(pattern, x),
    adjoint: ({ b, node, g }) => b.fromMatrix(g, node.pattern),
    host: never,
    cost: 'element',
    text: ({ pattern }) => ({ attributes: sidesText(pattern) }),
    read: (text) => ({ op: 'toMatrix', args: one(text), pattern: sidesOf(text.attributes) }),
  },
  fromMatrix: {
    shape: ({ pattern }, [x = []]) => fromMatrixShape(pattern, x),
    adjoint: ({ b, node, g }) => b.toMatrix(g, node.pattern),
    host: never,
    cost: 'element',
    text: ({ pattern }) => ({ attributes: sidesText(pattern) }),
    read: (text) => ({ op: 'fromMatrix', args: one(text), pattern: sidesOf(text.attributes) }),
  },
  recall: {
    shape: ({ ring, lag }, [x = []]) => recallShape(ring, lag, x),
    host: never,
    cost: 'element',
    text: ({ ring, lag }) => ({ attributes: [`ring=${ring}`, `lag=${lag}`] }),
    read: (text) => ({
      op: 'recall',
      args: one(text),
      ring: Number(text.attributes['ring']),
      lag: Number(text.attributes['lag']),
    }),
  },
}

/** The options of a builder for an operation that reads a ring, or none. */
const delayed = <V>(ring: number | undefined, delays: V | undefined) =>
  ring === undefined || delays === undefined ? {} : { late: { ring, delays } }

const sidesText = ({ name, pre, post }: PatternSides): string[] => [
  `pattern=${JSON.stringify(name)}`,
  `pre=${pre}`,
  `post=${post}`,
]

const sidesOf = ({ pattern, pre, post }: Attributes): PatternSides => ({
  name: String(pattern),
  pre: Number(pre),
  post: Number(post),
})

const ringText = (ring: number | undefined): string[] =>
  ring === undefined ? [] : [`ring=${ring}`]

const ringOf = ({ ring }: Attributes): { readonly ring?: number } =>
  ring === undefined ? {} : { ring: Number(ring) }

const sideOf = ({ suffix }: OperationText): 'pre' | 'post' | undefined =>
  suffix === 'pre' || suffix === 'post' ? suffix : undefined

const withDelays = <V>(text: OperationText, args: readonly [V, V]) => {
  const [, , delays] = text.args
  return delays === undefined ? args : ([...args, delays] as const)
}
