/**
 * One operation of the tensor program as one TensorFlow.js call, given the text of its operands.
 * The only place that knows which function of the library does what.
 */
import { stringLiteral } from '../../../contract/escape.ts'
import { isSynapseDim } from '../../../contract/pattern.ts'
import type { IrNode, Shape } from '../../ir/ir.ts'
import { assertNever, nodeAt } from '../../ir/operands.ts'
import { sameShape } from '../../ir/shapes.ts'
import { literal, primaryScalar } from './scalars.ts'
import { sparseCall } from './sparse.ts'
import {
  applyMap,
  asFloat,
  broadcast,
  countText,
  floatTensor,
  shapeLiteral,
  type Term,
} from './tensors.ts'

/** How generated code refers to what exists before the first equation. */
export interface LeafNames {
  readonly input: (name: string) => string
  readonly storage: (name: string) => string
  readonly param: (name: string) => string
  readonly rate: (name: string) => string
}

/** A matrix product; `timesTransposed` is that of runtime/support/tensors.ts. */
function product(node: IrNode & { readonly op: 'matmul' }, left: Term, right: Term): string {
  const [a, b] = [asFloat(left), asFloat(right)]
  const { transposeLeft, transposeRight } = node
  if (transposeLeft && transposeRight) return `tf.transpose(tf.matMul(${b}, ${a}))`
  if (transposeRight) return `timesTransposed(tf, ${a}, ${b})`
  return `tf.matMul(${transposeLeft ? `tf.transpose(${a})` : a}, ${b})`
}

/** The expression for `node`, whose operands are `args`. */
export function termOf(node: IrNode, args: readonly Term[], names: LeafNames): Term {
  const tensor = (text: string): Term => floatTensor(text, node.shape)
  const arg = (index: number): string => asFloat(nodeAt(args, index))
  switch (node.op) {
    case 'const':
      return literal(node.value)
    case 'scalar':
      if (node.source === 'batch') return primaryScalar('batch')
      if (node.source === 'step') return primaryScalar('this.stepCount')
      if (node.source === 'synapses') return primaryScalar(countText(node.name))
      return primaryScalar(names[node.source](node.name))
    case 'input':
      return tensor(names.input(node.name))
    case 'load':
      return tensor(names.storage(node.storage))
    case 'map':
      return applyMap(node.fn, args)
    case 'matmul':
      return tensor(product(node, nodeAt(args, 0), nodeAt(args, 1)))
    case 'conv':
      // The functions convolve, convolveBack and correlate are those of runtime/support/tensors.ts.
      return tensor(`convolve(tf, ${arg(0)}, ${arg(1)}, ${objectLiteral(node.geometry)})`)
    case 'convImageGradient':
      return tensor(
        `convolveBack(tf, ${arg(0)}, ${arg(1)}, ${objectLiteral(node.geometry)}, ${shapeLiteral(node.imageShape)})`,
      )
    case 'convKernelGradient':
      return tensor(
        `correlate(tf, ${arg(0)}, ${arg(1)}, ${objectLiteral(node.geometry)}, ${shapeLiteral(node.kernelShape)})`,
      )
    case 'reduce':
      return reduce(node, nodeAt(args, 0))
    case 'broadcast':
      return resized(nodeAt(args, 0), node.to)
    case 'reshape': {
      const value = nodeAt(args, 0)
      if (value.kind === 'scalar') return resized(value, node.to)
      if (sameShape(value.shape, node.to)) return tensor(`tf.clone(${asFloat(value)})`)
      return tensor(`tf.reshape(${asFloat(value)}, ${shapeLiteral(node.to)})`)
    }
    case 'transpose':
      return tensor(`tf.transpose(${arg(0)})`)
    case 'slice': {
      const begin = node.shape.map((_, axis) => (axis === node.axis ? node.start : 0))
      const size = node.shape.map((dim, axis) => (axis === node.axis ? dim : -1))
      return tensor(`tf.slice(${arg(0)}, ${shapeLiteral(begin)}, [${size.join(', ')}])`)
    }
    case 'concat':
      return tensor(`tf.concat([${args.map(asFloat).join(', ')}], ${node.axis})`)
    case 'argmax':
      return {
        kind: 'tensor',
        text: `tf.argMax(${arg(0)}, -1)`,
        dtype: 'int32',
        shape: node.shape,
      }
    case 'random': {
      const parameters = args.map((_, i) => `, ${arg(i)}`).join('')
      const draw = `${stringLiteral(node.stream)}, ${shapeLiteral(node.to)}${parameters}`
      return tensor(`this.${node.distribution}(${draw})`)
    }
    case 'identity':
      return tensor(`tf.eye(${node.to.join(', ')})`)
    case 'factor':
      if (node.side === 'orthogonal') return tensor(`this.orthogonal(${arg(0)})`)
      if (node.side === 'radius') return tensor(`this.radius(${arg(0)})`)
      return tensor(`this.factor(${arg(0)}, ${node.rank}, ${stringLiteral(node.side)})`)
    case 'deliver':
    case 'pairs':
    case 'toSynapses':
    case 'fromSynapses':
    case 'toMatrix':
    case 'fromMatrix':
    case 'recall':
      return tensor(sparseCall(node, args))
    case 'stop':
      return nodeAt(args, 0)
    case 'custom':
      throw new Error('A custom gradient is left in the graph: it was not differentiated')
    default:
      return assertNever(node)
  }
}

function resized(value: Term, to: Shape): Term {
  return value.kind === 'scalar' && to.length === 0 ? value : broadcast(value, to)
}

function reduce(node: Extract<IrNode, { readonly op: 'reduce' }>, value: Term): Term {
  if (value.kind === 'scalar' || node.axes.length === 0) return value
  if (node.axes.some((axis) => isSynapseDim(value.shape[axis]))) {
    const how = `${stringLiteral(node.fn)}, ${asFloat(value)}, [${node.axes.join(', ')}]`
    return floatTensor(`reduceSynapses(tf, ${how}, ${node.keep})`, node.shape)
  }
  const all = node.axes.length === value.shape.length && !node.keep
  const axes = node.axes.length === 1 ? String(node.axes[0]) : shapeLiteral(node.axes)
  const rest = `${all ? '' : `, ${axes}`}${node.keep ? ', true' : ''}`
  return floatTensor(`tf.${node.fn}(${asFloat(value)}${rest})`, node.shape)
}

function objectLiteral(fields: object): string {
  const entries = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return `{ ${entries.join(', ')} }`
}
