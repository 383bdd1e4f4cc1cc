/**
 * Numbers that are known before a run, from constants and parameters alone, must be finite where the
 * circuit computes with them: a time constant of 0 makes every state that has it infinite or NaN in the
 * first step, whatever it divides. What a condition leaves out, or a division by it makes 0, does no harm.
 */
import type { ProtocolPart } from '../../contract/plan.ts'
import { writtenPhases } from '../../contract/timeline.ts'
import { evaluateElementary } from '../../contract/elementary.ts'
import { entriesOf } from '../ir/ids.ts'
import { nodeAt } from '../ir/operands.ts'
import type { Distribution, Graph, IrNode, MapFunction, ParamInfo, ValueId } from '../ir/ir.ts'
import type { Context } from '../model/context.ts'

/** Functions whose result is not finite if an operand is not. */
const passing: ReadonlySet<MapFunction> = new Set(['add', 'sub', 'mul', 'neg', 'abs', 'square'])

/** How functions of two numbers are written between them. */
const written: Readonly<Partial<Record<MapFunction, string>>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  pow: '^',
}

/** Reports equations that compute with a number that is not finite, one for each. */
export function checkKnownValues(
  diagnostics: Context,
  graph: Graph,
  params: readonly ParamInfo[],
  phases: readonly ProtocolPart[],
): void {
  const defaults = new Map(params.map(({ name, value }) => [name, value]))
  const told = new Set<string>()
  const standing = knownValues(graph, defaults)
  const always = badSources(graph, standing)
  for (const phase of [undefined, ...writtenPhases(phases)]) {
    const known = phase
      ? knownValues(graph, new Map([...defaults, ...Object.entries(phase.settings)]))
      : standing
    for (const node of graph.nodes) checkProbability(diagnostics, node, known, told)
    for (const [bad, user] of phase ? badSources(graph, known) : always) {
      const origin = nodeAt(graph.nodes, bad).origin ?? user.origin
      if (!origin) continue
      const key = `${origin.span.file} ${origin.span.start}`
      if (told.has(key)) continue
      told.add(key)
      const only = always.has(bad) ? undefined : phase
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

/** Reports a draw whose probability, or another number that it needs, is known and cannot be. */
function checkProbability(
  diagnostics: Context,
  node: IrNode,
  known: readonly (number | undefined)[],
  told: Set<string>,
): void {
  if (node.op !== 'random' || !node.origin) return
  const { span } = node.origin
  const key = `${span.file} ${span.start}`
  const wanted = parametersOf[node.distribution]
  for (const [i, argument] of node.args.entries()) {
    const parameter = wanted[i]
    const value = known[argument]
    if (!parameter || value === undefined || parameter.isOne(value) || told.has(key)) continue
    told.add(key)
    const { what, expected } = parameter
    const found = Number(value.toPrecision(6))
    diagnostics.report('badValue', span, { what, expected, found })
  }
}

/** What draws need: what it is called, what it must be, and whether a number is one. */
const parametersOf: Readonly<Record<Distribution, readonly Parameter[]>> = {
  normal: [],
  uniform: [],
  bernoulli: [
    { what: 'The probability of `bernoulli`', expected: 'from 0 to 1', isOne: isProbability },
  ],
  poisson: [{ what: 'The mean of `poisson`', expected: '0 or more', isOne: (x) => !(x < 0) }],
  binomial: [
    {
      what: 'The number of trials of `binomial`',
      expected: 'a whole number from 0 on',
      isOne: (x) => x >= 0 && Number.isInteger(x),
    },
    { what: 'The probability of `binomial`', expected: 'from 0 to 1', isOne: isProbability },
  ],
}

interface Parameter {
  readonly what: string
  readonly expected: string
  readonly isOne: (value: number) => boolean
}

function isProbability(value: number): boolean {
  return !(value < 0 || value > 1)
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
      const numbers: number[] = []
      for (const each of node.args) {
        const number = of(each)
        if (number === undefined) return undefined
        numbers.push(number)
      }
      return evaluateElementary(node.fn, numbers)
    }
    default:
      return undefined
  }
}

/**
 * The computations that make something that is kept or told surely not finite, each with a node that reads it: they
 * are the first ones on the way, of operands that are finite.
 */
function badSources(
  graph: Graph,
  known: readonly (number | undefined)[],
): ReadonlyMap<ValueId, IrNode> {
  const bad = new Map<ValueId, readonly ValueId[]>()
  for (const [value, node] of entriesOf(graph.nodes)) {
    const sources = sourcesIn(value, node, known, bad)
    if (sources.length > 0) bad.set(value, sources)
  }
  const found = new Set(
    [...graph.stores, ...graph.outputs].flatMap(({ value }) => bad.get(value) ?? []),
  )
  const users = new Map<ValueId, IrNode>()
  for (const node of graph.nodes) {
    if (!('args' in node)) continue
    for (const each of node.args) if (found.has(each) && !users.has(each)) users.set(each, node)
  }
  return new Map([...found].map((each) => [each, users.get(each) ?? nodeAt(graph.nodes, each)]))
}

/** What makes a value not finite: itself, or what an operand comes from. */
function sourcesIn(
  value: ValueId,
  node: IrNode,
  known: readonly (number | undefined)[],
  bad: ReadonlyMap<ValueId, readonly ValueId[]>,
): readonly ValueId[] {
  switch (node.op) {
    case 'broadcast':
    case 'reshape':
    case 'stop':
    case 'transpose':
    case 'reduce':
      return through(bad, node.args)
    case 'map': {
      const [first, second, third] = node.args
      if (node.fn === 'select' && first !== undefined) {
        const condition = known[first]
        const taken = condition === undefined ? undefined : condition === 0 ? third : second
        if (taken !== undefined) return through(bad, [taken])
        // Of a condition that is not known either may be left out.
        return node.args.slice(1).every((each) => bad.has(each))
          ? through(bad, node.args.slice(1))
          : []
      }
      const args = node.fn === 'div' ? node.args.slice(0, 1) : passing.has(node.fn) ? node.args : []
      const before = through(bad, args)
      if (before.length > 0) return before
      const number = known[value]
      const divides = node.fn === 'div' ? second : node.fn === 'reciprocal' ? first : undefined
      if (number === undefined) return divides !== undefined && known[divides] === 0 ? [value] : []
      const isMade = node.args.every((each) => Number.isFinite(known[each]))
      return !Number.isFinite(number) && isMade ? [value] : []
    }
    default:
      return []
  }
}

/** What makes operands bad, each once. */
function through(
  bad: ReadonlyMap<ValueId, readonly ValueId[]>,
  args: readonly ValueId[],
): readonly ValueId[] {
  if (bad.size === 0) return none
  return [...new Set(args.flatMap((each) => bad.get(each) ?? none))]
}

const none: readonly ValueId[] = []

function reasonFor(graph: Graph, value: ValueId, known: readonly (number | undefined)[]): string {
  const node = nodeAt(graph.nodes, value)
  if (node.op !== 'map') return 'it is not finite'
  const [first, second] = node.args.map((each) => known[each])
  if (node.fn === 'div' && second === 0) return 'it divides by 0'
  if (node.fn === 'reciprocal' && first === 0) return 'it divides by 0'
  const operands = node.args.map((each) => String(known[each]))
  const sign = written[node.fn]
  return sign !== undefined
    ? `\`${operands.join(` ${sign} `)}\` is not finite`
    : `\`${node.fn}(${operands.join(', ')})\` is not finite`
}
