/** Host scalars as a list of steps that the engine computes before a program runs. */
import { entriesOf } from '../ir/ids.ts'
import type { ElementaryFunction } from '../../contract/elementary.ts'
import type { HostScalar } from './values.ts'
import type { ScalarStep } from '../../contract/artifact.ts'
import type { Graph, ScalarSource, ValueId } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'

/** The steps, and for each wanted value the step that gives it. */
export function hostScalarSteps(
  graph: Graph,
  wanted: readonly HostScalar[],
): { readonly steps: readonly ScalarStep[]; readonly slots: readonly number[] } {
  const steps: ScalarStep[] = []
  const made = new Map<ValueId, number>()
  const push = (step: ScalarStep): number => steps.push(step) - 1

  /** Operands come before a value in the graph, so they are made in its order. */
  const make = (value: ValueId): void => {
    const node = nodeAt(graph.nodes, value)
    const arg = (id: ValueId): number => made.get(id) ?? fail(id)
    switch (node.op) {
      case 'const':
        made.set(value, push({ kind: 'const', value: node.value }))
        return
      case 'scalar':
        made.set(value, push(leafStep(node.source, node.name)))
        return
      case 'map':
        made.set(value, push({ kind: 'apply', fn: node.fn, args: node.args.map(arg) }))
        return
      case 'stop':
      case 'custom':
        made.set(value, arg(node.args[0]))
        return
      default:
        fail(value)
    }
  }
  const nodes = wanted.map(({ node }) => node)
  for (const value of needed(graph, nodes)) make(value)
  return {
    steps,
    slots: wanted.map(({ node, as }) => {
      const value = made.get(node) ?? fail(node)
      return as === 'value' ? value : threshold(push, value)
    }),
  }
}

function leafStep(source: ScalarSource, name: string): ScalarStep {
  return source === 'batch' || source === 'step' ? { kind: source } : { kind: source, name }
}

/** Multiples of 2^-24 are what uniform draws can be. */
const FINEST = 2 ** 24

/** A chance, limited to 0 to 1 and rounded up to a multiple of 2^-24. */
function threshold(push: (step: ScalarStep) => number, chance: number): number {
  const constant = (value: number): number => push({ kind: 'const', value })
  const apply = (fn: ElementaryFunction, ...args: number[]): number =>
    push({ kind: 'apply', fn, args })
  const limited = apply('min', constant(1), apply('max', constant(0), chance))
  const scaled = apply('mul', limited, constant(FINEST))
  const up = apply('neg', apply('floor', apply('neg', scaled)))
  return apply('div', up, constant(FINEST))
}

function needed(graph: Graph, wanted: readonly ValueId[]): readonly ValueId[] {
  const found = new Set(wanted)
  for (const [value, node] of entriesOf(graph.nodes).toReversed()) {
    if (!found.has(value)) continue
    if ('args' in node) for (const arg of node.args) found.add(arg)
  }
  return [...found].toSorted((a, b) => a - b)
}

function fail(value: ValueId): never {
  throw new Error(`%${value} is no host scalar`)
}
