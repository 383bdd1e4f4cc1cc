/**
 * The operations over the synapses of a pattern that are loops of their own: what arrives, sums over the
 * synapses of a cell, what was sent as long ago as each synapse's delay, and matrices. Each function is
 * given the rows, addresses, the row that a ring pushes to, the number of synapses and a part: of the
 * cells or synapses that the result is of, or all of it.
 */
import { isSynapseDim } from '../../../../contract/pattern.ts'
import type { Dim, IrNode, Shape } from '../../../ir/ir.ts'
import {
  access,
  add,
  get,
  int,
  mul,
  op,
  type Code,
  type FunctionType,
  type Local,
  type ValueType,
} from '../../tree.ts'
import { FunctionBuilder } from '../../function.ts'
import type { ModuleBuilder } from '../../module.ts'
import type { Lanes } from '../../lanes.ts'
import { strideOf } from '../../body.ts'
import { emitBackwards } from './backwards.ts'
import { emitDelivery, emitZeros, isWhole, type Delivery } from './deliver.ts'
import { emitLate, emitLateDelivery } from './late.ts'
import { emitFromMatrix, emitToMatrix } from './matrices.ts'
import { emitSumsOfPost, emitSumsOfPre } from './sums.ts'

/** An operation whose code is here. */
export type SynapseNode = IrNode & {
  readonly op: 'deliver' | 'toSynapses' | 'fromSynapses' | 'toMatrix' | 'fromMatrix'
}

const names: ReadonlySet<string> = new Set<SynapseNode['op']>([
  'deliver',
  'toSynapses',
  'fromSynapses',
  'toMatrix',
  'fromMatrix',
])

export const isSynapseNode = (node: IrNode): node is SynapseNode => names.has(node.op)

/** Addresses of the tables of a pattern, as far as they are there. */
export interface PatternAddresses {
  readonly starts: number
  readonly targets: number
  readonly sources?: number
  /** Synapses of each pre cell by their delays. */
  readonly order?: number
}

const parameters = [
  'rows',
  'first',
  'second',
  'third',
  'result',
  'ringRow',
  'count',
  'from',
  'to',
] as const
type Given = Readonly<Record<(typeof parameters)[number], Local>>

/** The parameters of a function of these operations, in order. */
export const synapseParameters = parameters

/** What the emitters of these operations are given. */
export interface SynapseSite {
  readonly fn: FunctionBuilder
  readonly lanes: Lanes
  readonly node: SynapseNode
  readonly shapes: readonly Shape[]
  readonly tables: PatternAddresses
  readonly given: Given
  /** Bytes from row to row of the operand at that place, and of the result (at -1). */
  readonly stride: (operand: number) => Code
}

export function synapseFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  name: string,
  operation: { readonly node: SynapseNode; readonly shapes: readonly Shape[] },
  tables: PatternAddresses,
): FunctionType {
  const { node, shapes } = operation
  const fn = new FunctionBuilder(
    name,
    parameters.map((each): [string, ValueType] => [each, 'int']),
    'void',
    { comment: `${node.op} over the synapses of ${node.pattern.name}` },
  )
  const given = Object.fromEntries(
    parameters.map((each, i) => [each, fn.parameter(i)]),
  ) as unknown as Given
  const strides = [...shapes, node.shape].map((shape) => strideOfRow(lanes, given, shape))
  emit({
    fn,
    lanes,
    node,
    shapes,
    tables,
    given,
    stride: (operand) => strides.at(operand) ?? int(0),
  })
  return module.add(fn.build())
}

function emit(site: SynapseSite): void {
  const { node } = site
  switch (node.op) {
    case 'deliver':
      if (node.ring !== undefined) return emitLateDelivery(site)
      return node.transpose ? emitBackwards(site) : emitForward(site)
    case 'fromSynapses':
      return node.side === 'post' ? emitSumsOfPost(site) : emitSumsOfPre(site)
    case 'toSynapses':
      return emitLate(site)
    case 'toMatrix':
      return emitToMatrix(site)
    case 'fromMatrix':
      return emitFromMatrix(site)
  }
}

function strideOfRow(lanes: Lanes, { count }: Given, shape: Shape): Code {
  const last: Dim = shape.at(-1) ?? 1
  if (isSynapseDim(last)) return strideOf(lanes, get(count))
  return typeof last === 'number' ? strideOf(lanes, int(last)) : int(0)
}

/** A loop over the rows, with the addresses of each row of the first operand and of the result. */
export function overRows(
  { fn, given, stride }: SynapseSite,
  operand: number,
  build: (x: Local, out: Local, row: Local) => void,
): void {
  const row = fn.local('int', 'row')
  const x = fn.define('x', get(operand === 0 ? given.first : given.second))
  const out = fn.define('out', get(given.result))
  fn.count(row, int(0), get(given.rows), 1, () => {
    build(x, out, row)
    fn.set(x, add(get(x), stride(operand)))
    fn.set(out, add(get(out), stride(-1)))
  })
}

/** Whether a value of synapses is one number for all. */
export const isOne = (shape: Shape | undefined): boolean =>
  shape === undefined || shape.every((dim) => dim === 1)

function emitForward(site: SynapseSite): void {
  const { fn, lanes, node, shapes, tables, given } = site
  const { from, to } = given
  const whole = fn.define('whole', isWhole(from, to, node.pattern.post))
  overRows(site, 0, (x, out) => {
    const delivery: Delivery = {
      fn,
      lanes,
      x,
      out,
      weights: given.second,
      one: isOne(shapes[1]),
      starts: tables.starts,
      targets: tables.targets,
      pre: node.pattern.pre,
      from,
      to,
      whole,
    }
    emitZeros(delivery)
    emitDelivery(delivery)
  })
}

/** An int of a table, at an index. */
export const entry = (lanes: Lanes, table: number, index: Code): Code =>
  access('int.load', table, mul(index, int(lanes.intBytes)))

/** The address of an element. */
export const elementAt = (lanes: Lanes, base: Local, index: Code): Code =>
  add(get(base), mul(index, int(lanes.bytes)))

/** Whether a cell is in this thread's part. */
export const inPart = ({ from, to }: Pick<Given, 'from' | 'to'>, cell: Code): Code =>
  // Below the part the difference is a large number.
  op('int.ltUnsigned', op('int.sub', cell, get(from)), op('int.sub', get(to), get(from)))
