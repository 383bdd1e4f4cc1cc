/** The call of an operation over the synapses of a pattern, with its tables and this thread's part. */
import { shareOf } from '../plan/barriers.ts'
import { nodeAt } from '../ir/operands.ts'
import { layoutOf } from '../plan/layout.ts'
import { delayKey, delaysOf, sentRing } from '../plan/tables.ts'
import type { WorkId } from '../ir/ids.ts'
import { known, type ProgramFrame } from './frame.ts'
import { synapseFunction } from './kernels/synapses/index.ts'
import type { PatternAddresses, SynapseNode } from './kernels/synapses/site.ts'
import { call, get, int } from './tree.ts'

export function emitSynapses(frame: ProgramFrame, id: WorkId, node: SynapseNode): void {
  const { module, lanes, map } = frame.shared
  const { work, kernels } = frame.planned
  const value = frame.value(id)
  const { args, shape } = value
  const shapes = args.map((operand) => operand.shape)
  const { name } = node.pattern
  const { starts, targets, sources } = known(map.tables.patterns, name)
  const storage = delaysOf(work, value)
  const order =
    storage !== undefined && node.op === 'deliver'
      ? known(map.tables.delays, delayKey(name, storage)).address
      : undefined
  const ringOf = sentRing(work, value)
  const { visitAll } = map.tables
  const [sent, weights] = args
  const isDelivery = node.op === 'deliver' && node.ring === undefined && !node.transpose
  const list = sent && isDelivery ? frame.listOf(sent.value) : undefined
  const kept = weights && nodeAt(work.values, weights.value).making
  const one = isDelivery && kept?.kind === 'storage' ? map.tables.ones.get(kept.name) : undefined
  const tables: PatternAddresses = {
    starts,
    targets,
    ...(sources !== undefined && { sources }),
    ...(order !== undefined && { order }),
    ...(ringOf &&
      visitAll !== undefined && {
        sent: { address: known(map.tables.sent, ringOf.storage), visitAll },
      }),
    ...(one && { varies: one.varies }),
    ...(list && { list: { place: list, first: sent?.from?.column ?? 0 } }),
  }
  const { section: _, name: __, origin: ___, ...structure } = node
  const key = JSON.stringify([{ ...structure, args: [] }, shapes, tables])
  const fn = frame.function(key, node.op, (functionName) =>
    synapseFunction(module, lanes, functionName, { node: { ...node, shape }, shapes }, tables),
  )
  const kernel = kernels.kernelOf[id]
  if (kernel === undefined) throw new Error('an operation over synapses is a kernel')
  const rows = shape.length < 2 ? int(1) : frame.size(layoutOf(shape).rows)
  const ring = 'ring' in node ? node.ring : undefined
  const [first = int(0), second = int(0), third = int(0)] = args.map((operand) =>
    frame.operand(operand),
  )
  const begin = [rows, first, second, third, frame.addressOf(id)]
  const row = ring === undefined ? int(0) : frame.ringRow(ring, 0)
  const shared = kernels.kernels[kernel]
  if (shared && shareOf(work, shared) === 'columns') {
    const { from, to } = frame.part(layoutOf(shape).columns, 'columns')
    frame.fn.push(call(fn, ...begin, row, frame.synapses(name), get(from), get(to)))
    return
  }
  frame.onFirstThread(() =>
    frame.fn.push(call(fn, ...begin, row, frame.synapses(name), int(0), int(0))),
  )
}
