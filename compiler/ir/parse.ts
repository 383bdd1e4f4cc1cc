/**
 * Reads the text form of graphs and modules that `print.ts` writes.
 *
 * Texts written by hand may leave out what follows from the rest: shapes (except of inputs, loads
 * and where an operation is told its shape), the sections (`circuit`), the constants (a number that
 * no `const` line gives becomes one). Origins are comments and do not come back. Throws an Error with
 * the line where the text is not as expected; `verify` is left to the caller.
 */
import { pairQuantities, type PairValues, type PatternPlan } from '../../contract/pattern.ts'
import { nextId, type Table } from './ids.ts'
import {
  isOfFigures,
  sections,
  type FileInfo,
  type Graph,
  type IrModule,
  type IrNode,
  type Section,
  type ValueId,
} from './ir.ts'
import { isLeaf, nodeAt } from './operands.ts'
import { readOperation } from './parse-operation.ts'
import { TextReader, writeNumber } from './text.ts'

/** The graph that `text` describes. */
export function parseGraph(text: string): Graph {
  const reader = new TextReader(text)
  const graph = readGraph(reader)
  if (reader.peek() !== '') reader.fail(`${reader.peek()} after the end`)
  return graph
}

/** The module that `text` describes. */
export function parseModule(text: string): IrModule {
  const reader = new TextReader(text)
  reader.expect('module')
  const moduleName = reader.name()
  const { source = '', doc } = reader.attributes(['source', 'doc'])
  const params: IrModule['params'][number][] = []
  const storages: IrModule['storages'][number][] = []
  const inputs: IrModule['inputs'][number][] = []
  const rates: IrModule['rates'][number][] = []
  const files: FileInfo[] = []
  const patterns: PatternPlan[] = []
  const pairValues: PairValues[] = []
  while (reader.peek() !== 'graph') {
    const kind = reader.take()
    const name = reader.name()
    if (kind === 'param') params.push(readParam(reader, name))
    else if (kind === 'storage') storages.push(readStorage(reader, name))
    else if (kind === 'input') {
      inputs.push({ name, shape: reader.shape(), inference: reader.accept('inference') })
    } else if (kind === 'rate') {
      reader.expect('=')
      rates.push({ name, value: reader.number() })
    } else if (kind === 'file') files.push(readFile(reader, name))
    else if (kind === 'pattern') patterns.push(readPattern(reader, name))
    else if (kind === 'pairs') pairValues.push(readPairValues(reader, name))
    else reader.fail(`expected a declaration or a graph, found ${kind}`)
  }
  const [init, infer, step, derived] = [1, 2, 3, 4].map(() => readGraph(reader))
  if (reader.peek() !== '') reader.fail(`${reader.peek()} after the end`)
  const graphs = { init: init!, infer: infer!, step: step!, derived: derived! }
  const header = {
    name: moduleName,
    source: String(source),
    ...(doc === undefined ? {} : { doc: String(doc) }),
  }
  const read = {
    ...(files.length > 0 ? { files } : {}),
    ...(patterns.length > 0 ? { patterns } : {}),
    ...(pairValues.length > 0 ? { pairValues } : {}),
  }
  return { ...header, params, storages, inputs, rates, ...read, graphs }
}

function readPattern(reader: TextReader, name: string): PatternPlan {
  const { pre, post, capacity, shift, rule, positions } = reader.attributes(
    'pre post capacity shift rule positions'.split(' '),
  )
  const place = positions === undefined ? {} : { positions: JSON.parse(String(positions)) }
  return {
    name,
    pre: Number(pre),
    post: Number(post),
    capacity: Number(capacity),
    rule: JSON.parse(String(rule)),
    ...(shift === undefined ? {} : { shift: Number(shift) }),
    ...place,
  }
}

function readPairValues(reader: TextReader, name: string): PairValues {
  const { pattern, quantity } = reader.attributes(['pattern', 'quantity'])
  const known = pairQuantities.find((each) => each === quantity)
  return {
    name,
    pattern: String(pattern),
    quantity: known ?? reader.fail(`there is no quantity ${String(quantity)} of pairs`),
  }
}

function readFile(reader: TextReader, name: string): FileInfo {
  const shape = reader.storageShape()
  const names = ['values', 'path', 'from', 'array', 'turned']
  const { values, path, from, array, turned } = reader.attributes(names)
  if (values !== 'weight' && values !== 'positive' && values !== 'mask') {
    return reader.fail(`expected a kind of values, found ${String(values)}`)
  }
  const member = array === undefined ? {} : { array: String(array) }
  const way = turned === undefined ? {} : { turned: true as const }
  return { name, shape, values, path: String(path), from: String(from), ...member, ...way }
}

function readParam(reader: TextReader, name: string): IrModule['params'][number] {
  reader.expect('=')
  const value = reader.number()
  const kind = reader.take()
  if (kind !== 'number' && kind !== 'switch') return reader.fail(`expected a kind, found ${kind}`)
  const attributes = reader.attributes(['unit', 'minimum', 'maximum', 'doc'])
  return { name, value, kind, ...attributes }
}

function readStorage(reader: TextReader, name: string): IrModule['storages'][number] {
  const shape = reader.storageShape()
  const role = reader.take()
  const known = ['weight', 'slot', 'constant', 'state', 'average', 'check'] as const
  const isRole = (text: string): text is (typeof known)[number] =>
    known.some((each) => each === text)
  if (!isRole(role)) {
    return reader.fail(`expected a role, found ${role}`)
  }
  const { axes, mask, ring } = reader.attributes(['axes', 'mask', 'ring'])
  return {
    name,
    shape,
    role,
    ...(Array.isArray(axes) ? { axes: axes.map(String) } : {}),
    ...(mask === undefined ? {} : { mask: String(mask) }),
    ...(ring === undefined ? {} : { ring: Number(ring) }),
  }
}

function readGraph(reader: TextReader): Graph {
  reader.expect('graph')
  const graphName = reader.name()
  const nodes: Table<ValueId, IrNode> & IrNode[] = []
  const values = new Map<string, ValueId>()
  const outputs: Graph['outputs'][number][] = []
  const stores: Graph['stores'][number][] = []
  let section: Section = 'circuit'
  const reference = (): ValueId => {
    const token = reader.peek()
    if (/^[-\d]|^Infinity$|^NaN$/.test(token)) {
      const value = reader.number()
      const key = writeNumber(value)
      if (!values.has(key)) {
        values.set(key, nextId(nodes))
        nodes.push({ op: 'const', value, shape: [], section })
      }
      return values.get(key)!
    }
    const label = token.startsWith('%') ? reader.take() : `=${reader.name()}`
    return values.get(label) ?? reader.fail(`there is no ${label.replace('=', '')} yet`)
  }
  while (!reader.accept('end')) {
    const word = reader.peek()
    const heading = sections.find((known) => known === word)
    if (heading) {
      section = heading
      reader.take()
    } else if (word === 'output' || word === 'store' || word === 'push') {
      reader.take()
      const name = reader.name()
      reader.expect('=')
      if (word === 'output') {
        const value = reference()
        const isSaid = reader.accept('as')
        if (isSaid) reader.expect('figure')
        const figure = isSaid || isOfFigures(nodeAt(nodes, value).section)
        outputs.push({ name, value, ...(figure && { figure: true as const }) })
      } else {
        const push = word === 'push' ? ({ push: true } as const) : {}
        stores.push({ storage: name, value: reference(), ...push })
      }
    } else {
      const isLabel = word.startsWith('%')
      const name = isLabel ? reader.take() : reader.name()
      reader.expect('=')
      const { operation, shape } = readOperation({
        reader,
        reference,
        readGraph: () => readGraph(reader),
        nodes,
      })
      values.set(isLabel ? name : `=${name}`, nextId(nodes))
      if (operation.op === 'const') {
        const key = writeNumber(operation.value)
        if (!values.has(key)) values.set(key, nextId(nodes))
      }
      nodes.push({
        ...operation,
        shape,
        section,
        ...(isLabel || isLeaf(operation) ? {} : { name }),
      })
    }
  }
  return { name: graphName, nodes, outputs, stores }
}
