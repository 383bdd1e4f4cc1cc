/**
 * The text form of graphs and modules, one line a node; `parse.ts` reads it back.
 *
 *     graph step
 *     circuit
 *       %x = input x : [batch, 784]
 *       %W[0] = load W[0] : [784, 500]
 *       h[0].soma = matmul(%x, %W[0]) : [batch, 500] ; burstccn.ccn: soma = ...
 *       %3 = const 1 : []
 *       %4 = sub(1, h[0].soma) : [batch, 500]
 *     output soma = h[0].soma
 *     store W[0] = %4
 *     end
 *
 * Values are shown by variable, leaves as %name, constants as numbers, all others as %position.
 */
import { lineComment } from '../../contract/escape.ts'
import type { PatternPlan } from '../../contract/pattern.ts'
import {
  isOfFigures,
  type FileInfo,
  type Graph,
  type IrModule,
  type IrNode,
  type Origin,
  type ParamInfo,
  type ValueId,
} from './ir.ts'
import { nodeAt, operandsOf, variableOf } from './operands.ts'
import { rowOf } from './operations.ts'
import { formatShape } from './shapes.ts'
import { isBare, writeName, writeNumber } from './text.ts'

export interface PrintOptions {
  /** What the comment after a node says of its origin. Default: the file's name and the text. */
  readonly locate?: (origin: Origin) => string
}

/** The text of a graph or a module; ends with a newline. */
export function print(subject: Graph | IrModule, options: PrintOptions = {}): string {
  const lines = 'graphs' in subject ? moduleLines(subject, options) : graphLines(subject, options)
  return lines.map((line) => `${line}\n`).join('')
}

function graphLines(graph: Graph, options: PrintOptions): string[] {
  const labels = labelValues(graph)
  const lines = [`graph ${writeName(graph.name)}`]
  let section = ''
  graph.nodes.forEach((node, value) => {
    if (node.section !== section) lines.push(node.section)
    section = node.section
    const reference = (operand: ValueId): string => nodeAt(labels, operand).reference
    const { definition } = nodeAt(labels, value)
    const [first, ...rest] = nodeText(node, reference, options)
    const origin = node.origin
      ? ` ; ${lineComment((options.locate ?? defaultLocation)(node.origin))}`
      : ''
    lines.push(`  ${definition} = ${first}${rest.length > 0 ? '' : origin}`)
    lines.push(...rest.map((line) => `    ${line}`))
  })
  for (const { name, value, figure } of graph.outputs) {
    const isPlain = !figure || isOfFigures(nodeAt(graph.nodes, value).section)
    const reference = `${nodeAt(labels, value).reference}${isPlain ? '' : ' as figure'}`
    lines.push(`output ${writeName(name)} = ${reference}`)
  }
  for (const { storage, value, push } of graph.stores) {
    lines.push(
      `${push ? 'push' : 'store'} ${writeName(storage)} = ${nodeAt(labels, value).reference}`,
    )
  }
  return [...lines, 'end']
}

function defaultLocation({ span, text }: Origin): string {
  return `${span.file.replace(/^.*[\\/]/, '')}: ${text.replace(/\s+/g, ' ')}`
}

interface Label {
  readonly definition: string
  /** How operands call it. */
  readonly reference: string
}

function labelValues(graph: Graph): Label[] {
  const taken = new Set<string>()
  const same = (text: string): Label => ({ definition: text, reference: text })
  return graph.nodes.map((node, value) => {
    const variable = variableOf(node)
    if (variable !== undefined) return same(writeName(variable))
    const number = node.op === 'const' ? writeNumber(node.value) : undefined
    if (number !== undefined && !taken.has(number)) {
      taken.add(number)
      return { definition: `%${value}`, reference: number }
    }
    const name = node.op === 'load' ? node.storage : isNamedLeaf(node) ? node.name : undefined
    const label = `%${name}`
    if (name === undefined || !isBare(name) || taken.has(label)) return same(`%${value}`)
    taken.add(label)
    return same(label)
  })
}

function isNamedLeaf(node: IrNode): node is Extract<IrNode, { readonly op: 'input' | 'scalar' }> {
  return node.op === 'input' || node.op === 'scalar'
}

/** The text of a node's operation and shape; a pullback follows on lines of its own. */
function nodeText(
  node: IrNode,
  reference: (value: ValueId) => string,
  options: PrintOptions,
): string[] {
  const operands = operandsOf(node).map(reference)
  const shape = `: ${formatShape(node.shape)}`
  const call = (head: string, attributes: readonly string[] = []): string[] => [
    `${head}(${[...operands, ...attributes].join(', ')}) ${shape}`,
  ]
  switch (node.op) {
    case 'const':
      return [`const ${writeNumber(node.value)} ${shape}`]
    case 'scalar':
      return [`scalar ${node.source} ${writeName(node.name)} ${shape}`]
    case 'input':
      return [`input ${writeName(node.name)} ${shape}`]
    case 'load':
      return [`load ${writeName(node.storage)} ${shape}`]
    case 'map':
      return call(node.fn)
    case 'matmul': {
      const flags = [node.transposeLeft, node.transposeRight]
      const flagged = operands.map((operand, i) => (flags[i] ? `${operand}^T` : operand))
      return [`matmul(${flagged.join(', ')}) ${shape}`]
    }
    case 'custom':
      return [`${call(node.op)[0]} with`, ...graphLines(node.pullback, options)]
    default: {
      const { suffix, attributes } = rowOf(node).text?.(node) ?? {}
      return call(suffix === undefined ? node.op : `${node.op}.${suffix}`, attributes)
    }
  }
}

function moduleLines(module: IrModule, options: PrintOptions): string[] {
  const { graphs } = module
  return [
    `module ${writeName(module.name)} source=${JSON.stringify(module.source)}${docText(module)}`,
    ...module.params.map(paramText),
    ...(module.patterns ?? []).map(patternText),
    ...(module.pairValues ?? []).map(
      ({ name, pattern, quantity }) =>
        `pairs ${writeName(name)} pattern=${JSON.stringify(pattern)} quantity=${JSON.stringify(quantity)}`,
    ),
    ...module.storages.map(({ name, shape, role, axes, mask, ring }) => {
      const list = axes?.map((axis) => JSON.stringify(axis)).join(', ')
      const sides = list === undefined ? '' : ` axes=[${list}]`
      const masked = mask === undefined ? sides : `${sides} mask=${JSON.stringify(mask)}`
      const end = ring === undefined ? masked : `${masked} ring=${ring}`
      return `storage ${writeName(name)} : ${formatShape(shape)} ${role}${end}`
    }),
    ...module.inputs.map(
      ({ name, shape, inference }) =>
        `input ${writeName(name)} : ${formatShape(shape)}${inference ? ' inference' : ''}`,
    ),
    ...module.rates.map(({ name, value }) => `rate ${writeName(name)} = ${writeNumber(value)}`),
    ...(module.files ?? []).map(fileText),
    ...[graphs.init, graphs.infer, graphs.step, graphs.derived].flatMap((graph) => [
      '',
      ...graphLines(graph, options),
    ]),
  ]
}

function docText({ doc }: { readonly doc?: string }): string {
  return doc === undefined ? '' : ` doc=${JSON.stringify(doc)}`
}

function fileText({ name, shape, path, from, array, values, turned }: FileInfo): string {
  const given = {
    values,
    path,
    from,
    ...(array === undefined ? {} : { array }),
    ...(turned && { turned: 'yes' }),
  }
  const attributes = Object.entries(given).map(([key, text]) => `${key}=${JSON.stringify(text)}`)
  return `file ${writeName(name)} : ${formatShape(shape)} ${attributes.join(' ')}`
}

function patternText({ name, pre, post, capacity, rule, shift, positions }: PatternPlan): string {
  const shifted = shift === undefined ? '' : ` shift=${shift}`
  const sizes = `pre=${pre} post=${post} capacity=${capacity}${shifted}`
  const place = positions ? ` positions=${JSON.stringify(JSON.stringify(positions))}` : ''
  return `pattern ${writeName(name)} ${sizes} rule=${JSON.stringify(JSON.stringify(rule))}${place}`
}

function paramText(param: ParamInfo): string {
  const { name, value, kind, unit, minimum, maximum } = param
  return [
    `param ${writeName(name)} = ${writeNumber(value)} ${kind}`,
    unit === undefined ? '' : ` unit=${JSON.stringify(unit)}`,
    minimum === undefined ? '' : ` minimum=${writeNumber(minimum)}`,
    maximum === undefined ? '' : ` maximum=${writeNumber(maximum)}`,
    docText(param),
  ].join('')
}
