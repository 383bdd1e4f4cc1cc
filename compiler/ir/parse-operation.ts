/** Reads one operation of the IR's text form: the part of `parse.ts` that knows them all. */
import {
  binaryFunctions,
  unaryFunctions,
  type ConvGeometry,
  type Graph,
  type IrNode,
  type MapFunction,
  type Operation,
  type Shape,
  type ValueId,
} from './ir.ts'
import { nodeAt, operandsOf } from './operands.ts'
import { resultShape } from './shapes.ts'
import type { Attribute, Attributes, TextReader } from './text.ts'

/** An operation as the text has it. */
export interface ReadOperation {
  readonly operation: Operation
  readonly shape: Shape
}

/** What the reading of an operation needs from the graph around it. */
export interface OperationContext {
  readonly reader: TextReader
  /** Reads an operand. */
  readonly reference: () => ValueId
  /** Reads a graph inside of the graph. */
  readonly readGraph: () => Graph
  /** The nodes so far. */
  readonly nodes: readonly IrNode[]
}

/** Reads what stands behind the `=` of a node. */
export function readOperation(context: OperationContext): ReadOperation {
  const { reader, reference, nodes } = context
  const head = reader.take()
  if (head === 'const') return derived(reader, { op: 'const', value: reader.number() }, nodes)
  if (head === 'input') {
    return { operation: { op: 'input', name: reader.name() }, shape: reader.shape() }
  }
  if (head === 'load') {
    return { operation: { op: 'load', storage: reader.name() }, shape: reader.shape() }
  }
  if (head === 'scalar') {
    const source = reader.take()
    if (source !== 'param' && source !== 'batch' && source !== 'rate' && source !== 'step') {
      return reader.fail(`expected param, batch, rate or step, found ${source}`)
    }
    return derived(reader, { op: 'scalar', source, name: reader.name() }, nodes)
  }
  const args: ValueId[] = []
  const transposed: boolean[] = []
  const attributes: Record<string, Attribute> = {}
  reader.expect('(')
  while (!reader.accept(')')) {
    if (args.length + Object.keys(attributes).length > 0) reader.expect(',')
    if (reader.peek(1) === '=') Object.assign(attributes, reader.attributes([reader.peek()]))
    else {
      args.push(reference())
      transposed.push(reader.accept('^T'))
    }
  }
  if (head === 'matmul') {
    const [transposeLeft = false, transposeRight = false] = transposed
    const pair = [nodeAt(args, 0), nodeAt(args, 1)] as const
    return derived(reader, { op: 'matmul', args: pair, transposeLeft, transposeRight }, nodes)
  }
  const declared = reader.peek() === ':' ? reader.shape() : undefined
  const pullback = reader.accept('with') ? context.readGraph() : undefined
  const operation = makeOperation(head, args, attributes, declared, pullback)
  if (!operation) return reader.fail(`there is no operation ${head} of this form`)
  return { operation, shape: declared ?? shapeByRule(operation, nodes) }
}

/** The operation with the shape that the text gives, or else the rule. */
function derived(
  reader: TextReader,
  operation: Operation,
  nodes: readonly IrNode[],
): ReadOperation {
  const shape = reader.peek() === ':' ? reader.shape() : shapeByRule(operation, nodes)
  return { operation, shape }
}

function shapeByRule(operation: Operation, nodes: readonly IrNode[]): Shape {
  if (operation.op === 'input' || operation.op === 'load') throw new Error('A shape is missing')
  const operands = operandsOf(operation).map((value) => nodeAt(nodes, value).shape)
  return resultShape(operation, operands)
}

const mapFunctions: readonly MapFunction[] = [...unaryFunctions, ...binaryFunctions, 'select']

/** The operation called `head`; undefined if there is none, or none told so little. */
function makeOperation(
  head: string,
  args: readonly ValueId[],
  attributes: Attributes,
  shape: Shape | undefined,
  pullback: Graph | undefined,
): Operation | undefined {
  const fn = mapFunctions.find((known) => known === head)
  if (fn) return { op: 'map', fn, args }
  const a = args[0] ?? -1
  const pair = [a, args[1] ?? -1] as const
  const numbers = (shape ?? []).map(Number)
  const [group, kind] = head.split('.')
  const reduction = (['sum', 'mean', 'max', 'min'] as const).find((known) => known === kind)
  const distribution = (['normal', 'uniform', 'bernoulli'] as const).find((d) => d === kind)
  const value = (name: string): number => Number(attributes[name])
  switch (group) {
    case 'conv':
      return { op: 'conv', args: pair, geometry: geometry(attributes) }
    case 'convImageGradient': {
      const imageShape = [numbers[1]!, numbers[2]!, numbers[3]!] as const
      return shape && { op: group, args: pair, geometry: geometry(attributes), imageShape }
    }
    case 'convKernelGradient': {
      const kernelShape = [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3]!] as const
      return shape && { op: group, args: pair, geometry: geometry(attributes), kernelShape }
    }
    case 'reduce': {
      const axes = Array.isArray(attributes['axes']) ? attributes['axes'].map(Number) : []
      const keep = attributes['keep'] === 1
      return reduction && { op: group, fn: reduction, args: [a], axes, keep }
    }
    case 'broadcast':
    case 'reshape':
      return shape && { op: group, args: [a], to: shape }
    case 'transpose':
    case 'argmax':
    case 'stop':
      return { op: group, args: [a] }
    case 'slice': {
      const [axis, start, size] = [value('axis'), value('start'), value('size')]
      return { op: group, args: [a], axis, start, size }
    }
    case 'concat':
      return { op: group, args, axis: value('axis') }
    case 'random': {
      const stream = String(attributes['stream'])
      return distribution && shape && { op: group, distribution, stream, to: shape, args }
    }
    case 'identity':
      return { op: group, to: [numbers[0]!, numbers[1]!] }
    case 'factor': {
      const side = attributes['side'] === 'left' ? 'left' : 'right'
      return { op: group, args: [a], rank: value('rank'), side }
    }
    case 'custom':
      return pullback && { op: group, args: pair, pullback }
    default:
      return undefined
  }
}

function geometry(attributes: Attributes): ConvGeometry {
  const pair = (name: string, usual: number): readonly [number, number] => {
    const given = attributes[name]
    return Array.isArray(given) ? [Number(given[0]), Number(given[1])] : [usual, usual]
  }
  return {
    stride: pair('stride', 1),
    padding: pair('padding', 0),
    dilation: pair('dilation', 1),
    groups: Number(attributes['groups'] ?? 1),
  }
}
