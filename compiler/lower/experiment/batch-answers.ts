/**
 * Whether what is told of test examples is made of statistics over their batch, which depend on who shares one:
 * what is chosen by `evaluating`, as running averages are, is not.
 */
import type { GraphBuilder } from '../../ir/builder.ts'
import { operandsOf } from '../../ir/operands.ts'
import type { ValueId } from '../../ir/ir.ts'
import { printExpression } from '../../../grammar/print/expression.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { evaluatingSwitch } from '../circuit/evaluating.ts'

/** Warns of the statistics that these values are made of, by way of what is kept too. */
export function warnOfBatches(
  circuit: Pick<CircuitLowering, 'context' | 'statistics' | 'memories'>,
  results: readonly ValueId[],
): void {
  const { context, statistics, memories } = circuit
  if (statistics.size === 0) return
  const { builder, diagnostics } = context
  const seen = new Set<ValueId>()
  const pending = [...results]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    const call = statistics.get(at)
    if (call) {
      const hint =
        'let it be of running averages there: `m = running(batch_mean(x), 0.1, 0)` and `if evaluating then m else batch_mean(x)`'
      const parameters = { statistic: printExpression(call) }
      diagnostics.reportOnce('batchAnswers', call.span, parameters, { hint })
    }
    const node = builder.nodeOf(at)
    const kept = node.op === 'load' ? memories.written.get(node.storage) : undefined
    pending.push(...takenOf(builder, at), ...(kept === undefined ? [] : [kept]))
  }
}

/** The operands that count where test examples pass. */
function takenOf(builder: GraphBuilder, value: ValueId): readonly ValueId[] {
  const node = builder.nodeOf(value)
  if (node.op !== 'map' || node.fn !== 'select') return operandsOf(node)
  const [test, then, otherwise] = node.args
  const known = test === undefined ? undefined : tested(builder, test)
  if (known === undefined || then === undefined || otherwise === undefined) return node.args
  return [known ? then : otherwise]
}

/** What a condition made of `evaluating` alone is there. */
function tested(builder: GraphBuilder, value: ValueId): boolean | undefined {
  const node = builder.nodeOf(value)
  if (node.op === 'const') return node.value !== 0
  if (node.op === 'scalar') return node.name === evaluatingSwitch ? true : undefined
  if (node.op !== 'map' || node.fn !== 'not' || node.args[0] === undefined) return undefined
  const inner = tested(builder, node.args[0])
  return inner === undefined ? undefined : !inner
}
