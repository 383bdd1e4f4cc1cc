/** Reads one operation of the IR's text form: the part of `parse.ts` that knows them all. */
import { composedBinaryFunctions, composedUnaryFunctions } from '../../contract/elementary.ts'
import {
  binaryFunctions,
  scalarSources,
  unaryFunctions,
  type Graph,
  type IrNode,
  type MapFunction,
  type Operation,
  type Shape,
  type ValueId,
} from './ir.ts'
import { nodeAt, operandsOf } from './operands.ts'
import { resultShape, rowNamed } from './operations.ts'
import type { Attribute, TextReader } from './text.ts'

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
    const word = reader.take()
    const source = scalarSources.find((known) => known === word)
    if (!source) return reader.fail(`expected ${scalarSources.join(', ')}, found ${word}`)
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
  const declared = reader.peek() === ':' ? reader.shape() : undefined
  const pullback = reader.accept('with') ? context.readGraph() : undefined
  const [group = '', suffix] = head.split('.')
  const fn = mapFunctions.find((known) => known === head)
  const text = { suffix, args, transposed, attributes, shape: declared, pullback }
  const operation: Operation | undefined = fn
    ? { op: 'map', fn, args }
    : rowNamed(group)?.read?.(text)
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

const mapFunctions: readonly MapFunction[] = [
  ...unaryFunctions,
  ...binaryFunctions,
  'select',
  ...composedUnaryFunctions,
  ...composedBinaryFunctions,
]
