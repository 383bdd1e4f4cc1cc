/**
 * Numbers that are known before a run, from constants and parameters alone, must be finite where the
 * circuit computes with them: a time constant of 0 makes every state that has it infinite or NaN in the
 * first step. What a condition leaves out, or a division by it makes 0, does no harm.
 */
import type { ProtocolPart } from '../../contract/plan.ts'
import { writtenPhases } from '../../contract/timeline.ts'
import { evaluateElementary } from '../../contract/elementary.ts'
import { nodeAt } from '../ir/operands.ts'
import type { Graph, IrNode, MapFunction, ParamInfo, ValueId } from '../ir/ir.ts'
import type { Context } from '../model/context.ts'

/** Functions whose result is not finite if an operand is not. */
const passing: ReadonlySet<MapFunction> = new Set(['add', 'sub', 'mul', 'neg', 'abs', 'square'])

/** Reports equations that compute with a number that is not finite, one for each. */
export function checkKnownValues(
  diagnostics: Context,
  graph: Graph,
  params: readonly ParamInfo[],
  phases: readonly ProtocolPart[],
): void {
  const defaults = new Map(params.map(({ name, value }) => [name, value]))
  const told = new Set<string>()
  for (const phase of [undefined, ...writtenPhases(phases)]) {
    const values = new Map([...defaults, ...Object.entries(phase?.settings ?? {})])
    const known = knownValues(graph, values)
    for (const node of graph.nodes) {
      checkProbability(diagnostics, node, known, told)
      const bad = badOperand(graph, node, known)
      if (bad === undefined) continue
      const origin = nodeAt(graph.nodes, bad).origin ?? node.origin
      if (!origin) continue
      const key = `${origin.span.file} ${origin.span.start}`
      if (told.has(key)) continue
      told.add(key)
      const before = badOperand(graph, node, knownValues(graph, defaults))
      const only = before === undefined ? phase : undefined
      diagnostics.report(
        'notFinite',
        origin.span,
        {
          found: Number.isNaN(known[bad]) ? 'not a number' : 'infinite',
          reason: reasonFor(graph, bad, known),
          when: only ? `in the phase \`${only.name}\`` : 'from the first step on',
        },
        {
          hint: /\bd\w+\/dt\b/.test(origin.text)
            ? 'neither a time constant nor what something is divided by can be 0'
            : undefined,
        },
      )
    }
  }
}

/** Reports a draw whose probability, or mean, is known and none. */
function checkProbability(
  diagnostics: Context,
  node: IrNode,
  known: readonly (number | undefined)[],
  told: Set<string>,
): void {
  if (node.op !== 'random' || !node.origin) return
  const [argument] = node.args
  const probability = argument === undefined ? undefined : known[argument]
  if (probability === undefined || probability >= 0) {
    if (probability === undefined || probability <= 1 || node.distribution !== 'bernoulli') return
  }
  const { span } = node.origin
  const key = `${span.file} ${span.start}`
  if (told.has(key)) return
  told.add(key)
  diagnostics.report('badValue', span, {
    what:
      node.distribution === 'poisson' ? 'The mean of `poisson`' : 'The probability of `bernoulli`',
    expected: node.distribution === 'poisson' ? '0 or more' : 'from 0 to 1',
    found: Number(probability.toPrecision(6)),
  })
}

/** For every value, the number that it is, if that is known, in all its elements. */
function knownValues(
  graph: Graph,
  params: ReadonlyMap<string, number>,
): readonly (number | undefined)[] {
  const known: (number | undefined)[] = []
  const of = (value: ValueId): number | undefined => known[value]
  for (const node of graph.nodes) known.push(knownValue(node, params, of))
  return known
}

function knownValue(
  node: IrNode,
  params: ReadonlyMap<string, number>,
  of: (value: ValueId) => number | undefined,
): number | undefined {
  switch (node.op) {
    case 'const':
      return node.value
    case 'scalar':
      return node.source === 'param' ? params.get(node.name) : undefined
    case 'broadcast':
    case 'reshape':
    case 'stop':
      return of(node.args[0])
    case 'map': {
      const args = node.args.map(of)
      const numbers = args.filter((each) => each !== undefined)
      return numbers.length === args.length ? evaluateElementary(node.fn, numbers) : undefined
    }
    default:
      return undefined
  }
}

/** The operand of a node that is known not to be finite, if the node's value then is not either. */
function badOperand(
  graph: Graph,
  node: IrNode,
  known: readonly (number | undefined)[],
): ValueId | undefined {
  if (node.op !== 'map') return undefined
  const args = node.fn === 'div' ? node.args.slice(0, 1) : passing.has(node.fn) ? node.args : []
  return args.find((each) => {
    const value = known[each]
    return (
      value !== undefined && !Number.isFinite(value) && source(graph, each, known) !== undefined
    )
  })
}

/** The computation that makes a number of finite ones not finite; undefined if one was written so. */
function source(
  graph: Graph,
  value: ValueId,
  known: readonly (number | undefined)[],
): Extract<IrNode, { op: 'map' }> | undefined {
  const node = nodeAt(graph.nodes, value)
  if (node.op === 'broadcast' || node.op === 'reshape' || node.op === 'stop') {
    return source(graph, node.args[0], known)
  }
  if (node.op !== 'map') return undefined
  const bad = node.args.find((each) => !Number.isFinite(known[each] ?? Number.NaN))
  return bad === undefined ? node : source(graph, bad, known)
}

function reasonFor(graph: Graph, value: ValueId, known: readonly (number | undefined)[]): string {
  const node = source(graph, value, known)
  if (!node) return 'it is not finite'
  const [first, second] = node.args.map((each) => known[each])
  if (node.fn === 'div' && second === 0) return 'it divides by 0'
  if (node.fn === 'reciprocal' && first === 0) return 'it divides by 0'
  const operands = node.args.map((each) => String(known[each])).join(', ')
  return `\`${node.fn}(${operands})\` is not finite`
}
