/**
 * Checks the invariants of graphs and modules that ir.ts states; run after lowering and after every
 * pass. A violation is a bug of the compiler, so it throws, naming the graph, the node and the
 * reason; a graph that returns is sound.
 */
import { synapseDim } from '../../contract/pattern.ts'
import { sections, type Graph, type IrModule, type IrNode, type Shape } from './ir.ts'
import { nodeAt, operandsOf, variableOf } from './operands.ts'
import { resultShape } from './operations.ts'
import { formatShape, isNumber, sameShape } from './shapes.ts'
import { rowOfRing, verifySparse } from './verify-sparse.ts'

/** Throws an Error unless every invariant of the graph, or of the module and its graphs, holds. */
export function verify(subject: Graph | IrModule): void {
  if ('graphs' in subject) verifyModule(subject)
  else verifyGraph(subject)
}

function verifyGraph(graph: Graph): void {
  const names = new Set<string>()
  const leaves = new Map<string, Shape>()
  let section = 0
  graph.nodes.forEach((node, value) => {
    const bad = (reason: string): never => {
      const name = variableOf(node)
      const called = name === undefined ? `%${value}` : `%${value} (${name})`
      throw new Error(`Graph ${graph.name}, ${called} = ${node.op}: ${reason}`)
    }
    for (const operand of operandsOf(node)) {
      if (!(operand >= 0 && operand < value)) bad(`its operand %${operand} does not come earlier`)
    }
    verifyShape(graph, node, bad)
    const place = sections.indexOf(node.section)
    if (place < section) bad(`the section ${node.section} comes after ${sections[section]}`)
    section = place
    const name = variableOf(node)
    if (name !== undefined && names.has(name)) bad('another value has its name')
    if (name !== undefined) names.add(name)
    verifyLeaf(node, leaves, bad)
    if (node.op === 'custom') verifyPullback(graph, node, bad)
  })
  verifyEnds(graph, leaves)
}

type Complaint = (reason: string) => never

function verifyShape(graph: Graph, node: IrNode, bad: Complaint): void {
  for (const dim of node.shape) {
    if (isNumber(dim) && !(Number.isInteger(dim) && dim > 0)) bad(`the dimension ${dim}`)
  }
  if (node.op === 'input' || node.op === 'load') return
  const operands = operandsOf(node).map((operand) => nodeAt(graph.nodes, operand).shape)
  let expected: Shape
  try {
    expected = resultShape(node, operands)
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error))
  }
  if (!sameShape(expected, node.shape)) {
    bad(`its shape is ${formatShape(node.shape)}, by the rule ${formatShape(expected)}`)
  }
}

/** An input or storage has one shape, wherever it is read. */
function verifyLeaf(node: IrNode, leaves: Map<string, Shape>, bad: Complaint): void {
  if (node.op !== 'input' && node.op !== 'load') return
  const key = node.op === 'input' ? `input ${node.name}` : `load ${node.storage}`
  const shape = leaves.get(key) ?? node.shape
  if (!sameShape(shape, node.shape)) bad(`${key} is ${formatShape(shape)} elsewhere`)
  leaves.set(key, shape)
}

function verifyPullback(
  graph: Graph,
  node: Extract<IrNode, { readonly op: 'custom' }>,
  bad: Complaint,
): void {
  const { pullback } = node
  verifyGraph(pullback)
  const argument = nodeAt(graph.nodes, node.args[1]).shape
  for (const inner of pullback.nodes) {
    if (inner.op !== 'input') continue
    const captured = /^c\d+$/.test(inner.name)
      ? node.args[2 + Number(inner.name.slice(1))]
      : undefined
    if (inner.name !== 'z' && inner.name !== 'g' && captured === undefined)
      bad(`its pullback has an input ${inner.name}`)
    const own = inner.name === 'z' ? argument : node.shape
    const expected = captured === undefined ? own : nodeAt(graph.nodes, captured).shape
    if (!sameShape(inner.shape, expected)) {
      const shapes = `${formatShape(inner.shape)}, not ${formatShape(expected)}`
      bad(`in its pullback ${inner.name} is ${shapes}`)
    }
  }
  if (pullback.stores.length > 0) bad('its pullback stores')
  const result = pullback.outputs.find(({ name }) => name === 'result')
  if (!result || pullback.outputs.length !== 1) {
    return bad('the one output of its pullback is not "result"')
  }
  const { shape } = nodeAt(pullback.nodes, result.value)
  if (!sameShape(shape, argument)) {
    bad(`its pullback gives ${formatShape(shape)} for ${formatShape(argument)}`)
  }
}

function verifyEnds(graph: Graph, leaves: ReadonlyMap<string, Shape>): void {
  const check = (kind: string, ends: readonly { name: string; value: number }[]): void => {
    const seen = new Set<string>()
    for (const { name, value } of ends) {
      const bad = (reason: string): never => {
        throw new Error(`Graph ${graph.name}, ${kind} ${name}: ${reason}`)
      }
      if (graph.nodes[value] === undefined) bad(`there is no value %${value}`)
      if (seen.has(name)) bad('it occurs twice')
      seen.add(name)
    }
  }
  check('output', graph.outputs)
  const stores = graph.stores.map(({ storage, value }) => ({ name: storage, value }))
  check('store', stores)
  for (const { storage, value, push } of graph.stores) {
    // What is pushed is a row of its storage.
    if (push) continue
    const { shape } = nodeAt(graph.nodes, value)
    const loaded = leaves.get(`load ${storage}`)
    if (loaded && !sameShape(loaded, shape)) {
      const shapes = `${formatShape(shape)} into ${formatShape(loaded)}`
      throw new Error(`Graph ${graph.name}, store ${storage}: ${shapes}`)
    }
  }
}

function verifyModule(module: IrModule): void {
  const known = {
    param: uniqueNames('parameter', module.params),
    rate: uniqueNames('rate', module.rates),
    input: uniqueNames('input', module.inputs),
    storage: uniqueNames('storage', module.storages),
    file: uniqueNames('file', [
      ...(module.files ?? []),
      ...(module.pairValues ?? []).map(({ name, pattern }) => ({
        name,
        shape: [synapseDim(pattern)],
      })),
    ]),
    synapses: uniqueNames('pattern', module.patterns ?? []),
  }
  for (const { name, shape, mask } of module.storages) {
    if (mask === undefined) continue
    const other = known.storage.get(mask)
    if (!other || !sameShape(other.shape, shape)) {
      throw new Error(`The mask ${mask} of ${name} is not of its shape, or is not there`)
    }
  }
  for (const graph of Object.values(module.graphs)) {
    // What is read from files is there before the first step only.
    const given = graph === module.graphs.init ? 'file' : 'input'
    verifyGraph(graph)
    graph.nodes.forEach((node, value) => {
      const bad = (reason: string): never => {
        throw new Error(`Graph ${graph.name}, %${value} = ${node.op}: ${reason}`)
      }
      const expect = (kind: string, name: string, info: { shape: Shape } | undefined): void => {
        if (!info) return bad(`the module has no ${kind} ${name}`)
        if (!sameShape(info.shape, node.shape)) {
          bad(`${name} is ${formatShape(info.shape)}, not ${formatShape(node.shape)}`)
        }
      }
      verifySparse(node, graph, known, bad)
      if (node.op === 'input') expect(given, node.name, known[given].get(node.name))
      if (node.op === 'load') expect('storage', node.storage, known.storage.get(node.storage))
      if (node.op !== 'scalar' || node.source === 'batch' || node.source === 'step') return
      if (!known[node.source].has(node.name)) bad(`the module has no ${node.source} ${node.name}`)
    })
    for (const { storage, value, push } of graph.stores) {
      const info = known.storage.get(storage)
      const { shape } = nodeAt(graph.nodes, value)
      if (!info) throw new Error(`Graph ${graph.name} stores ${storage}, which the module lacks`)
      const place = push ? rowOfRing(info) : info.shape
      if (!sameShape(place, shape)) {
        const shapes = `${formatShape(shape)} into ${formatShape(place)}`
        throw new Error(`Graph ${graph.name}, store ${storage}: ${shapes}`)
      }
    }
  }
}

function uniqueNames<T extends { readonly name: string }>(
  kind: string,
  list: readonly T[],
): Map<string, T> {
  const map = new Map<string, T>()
  for (const entry of list) {
    if (map.has(entry.name)) throw new Error(`Two ${kind}s are named ${entry.name}`)
    map.set(entry.name, entry)
  }
  return map
}
