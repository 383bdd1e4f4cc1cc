/**
 * The operations over the synapses of a pattern that are loops of their own: what arrives, sums over the
 * synapses of a cell, what was sent as long ago as each synapse's delay, and matrices. Each function is
 * given the rows, addresses, the row that a ring pushes to, the number of synapses and a part: of the
 * cells or synapses that the result is of, or all of it.
 */
import { isSynapseDim } from '../../../../contract/pattern.ts'
import type { Dim, Shape } from '../../../ir/ir.ts'
import { get, int, type Code, type FunctionType, type ValueType } from '../../tree.ts'
import { FunctionBuilder } from '../../function.ts'
import type { ModuleBuilder } from '../../module.ts'
import type { Lanes } from '../../lanes.ts'
import { strideOf } from '../../body-emitter.ts'
import { emitBackwards } from './backwards.ts'
import { emitDelivery, emitZeros, isWhole, type Delivery } from './deliver.ts'
import { emitLate, emitLateDelivery } from './late.ts'
import { emitFromMatrix, emitToMatrix } from './matrices.ts'
import {
  isOne,
  overRows,
  synapseParameters,
  type Given,
  type PatternAddresses,
  type SynapseNode,
  type SynapseSite,
} from './site.ts'
import { emitSumsOfPost, emitSumsOfPre } from './sums.ts'

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
    synapseParameters.map((each): [string, ValueType] => [each, 'int']),
    'void',
    { comment: `${node.op} over the synapses of ${node.pattern.name}` },
  )
  const given = Object.fromEntries(
    synapseParameters.map((each, i) => [each, fn.parameter(i)]),
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
      ...(tables.varies !== undefined && { varies: tables.varies }),
      ...(tables.list && { list: tables.list }),
    }
    emitZeros(delivery)
    emitDelivery(delivery)
  })
}
