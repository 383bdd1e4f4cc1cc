/** Operations over synapses and rings as calls of the functions of runtime/support/synapses.ts. */
import { stringLiteral } from '../../../contract/escape.ts'
import type { IrModule, IrNode, Operation } from '../../ir/ir.ts'
import { nodeAt } from '../../ir/operands.ts'
import { asFloat, synapsesText, type Term } from './tensors.ts'

/** Functions of runtime/support/synapses.ts that equations call. */
export const sparseFunctions = [
  'deliver',
  'deliverLate',
  'pairs',
  'pairsLate',
  'toSynapses',
  'toSynapsesLate',
  'fromSynapses',
  'toMatrix',
  'fromMatrix',
  'reduceSynapses',
  'recall',
  'pushed',
] as const
export type SparseFunction = (typeof sparseFunctions)[number]

type SparseNode = IrNode & {
  readonly op: Extract<
    Operation['op'],
    'deliver' | 'pairs' | 'toSynapses' | 'fromSynapses' | 'toMatrix' | 'fromMatrix' | 'recall'
  >
}

/** The call that a node is. */
export function sparseCall(node: SparseNode, args: readonly Term[]): string {
  const arg = (index: number): string => asFloat(nodeAt(args, index))
  const call = (name: SparseFunction, ...rest: readonly string[]): string =>
    `${name}(tf, ${rest.join(', ')})`
  if (node.op === 'recall') {
    return call('recall', arg(0), 'this.stepCount', String(node.ring), String(node.lag))
  }
  const synapses = synapsesText(node.pattern.name)
  switch (node.op) {
    case 'deliver': {
      if (node.ring !== undefined) {
        return call('deliverLate', arg(0), arg(1), arg(2), synapses, ...turn(node.ring))
      }
      const side = node.transpose ? [stringLiteral('post')] : []
      return call('deliver', arg(0), arg(1), synapses, ...side)
    }
    case 'pairs':
      return node.ring === undefined
        ? call('pairs', arg(0), arg(1), synapses)
        : call('pairsLate', arg(0), arg(1), arg(2), synapses, ...turn(node.ring))
    case 'toSynapses':
      return node.ring === undefined
        ? call('toSynapses', arg(0), synapses, stringLiteral(node.side))
        : call('toSynapsesLate', arg(0), arg(1), synapses, ...turn(node.ring))
    case 'fromSynapses':
      return call('fromSynapses', arg(0), synapses, stringLiteral(node.side))
    case 'toMatrix':
    case 'fromMatrix':
      return call(node.op, arg(0), synapses)
  }
}

const turn = (ring: number): readonly string[] => ['this.stepCount', String(ring)]

/** How a storage takes a value: as it is, or as the next row of a ring. */
export function storedText(storage: string, value: string, ring: number | undefined): string {
  if (ring === undefined) return `${storage}.assign(${value})`
  return `${storage}.assign(pushed(tf, ${storage}, ${value}, this.stepCount, ${ring}))`
}

/** The statement that brings the patterns of the options into tensors; empty without any. */
export function synapsesField({ patterns = [] }: IrModule): string {
  if (patterns.length === 0) return ''
  const fields = patterns.map(({ name, pre, post }) => {
    const text = stringLiteral(name)
    const cells = `{ pre: ${pre}, post: ${post} }`
    return `${text}: synapsesOf(tf, ${text}, options.patterns?.[${text}], ${cells}),`
  })
  return `this.synapses = {\n${fields.join('\n')}\n}`
}

/** The type of that field. */
export function synapsesType({ patterns = [] }: IrModule): string {
  return `Readonly<Record<${patterns.map(({ name }) => stringLiteral(name)).join(' | ')}, Synapses>>`
}
