/**
 * Decides which values of a program get a name of their own in the generated code and which are
 * written where they are used.
 *
 * A value is named if the source names it, if it is an output or stored, if it is read twice or in
 * another method, or if the nested calls would grow longer than one can read. Host scalars are
 * cheap: unnamed ones are written out wherever they are used.
 */
import { entriesOf } from '../../ir/ids.ts'
import type { IrNode, ValueId } from '../../ir/ir.ts'
import { isLeaf, nodeAt, operandsOf } from '../../ir/operands.ts'
import { isNumber } from '../../ir/operations.ts'
import type { NamedValue, Part, Program } from './program.ts'

/** Nested calls in one expression, at most. */
const LONGEST = 8

export interface Layout {
  /** Whether each value is a host scalar. */
  readonly scalar: readonly boolean[]
  /** Whether each value is assigned to a name. */
  readonly named: readonly boolean[]
  /** The variable or storage that a value is, or else the first that it goes into. */
  readonly owners: readonly (string | undefined)[]
  /** Parts other than its own that read each value. */
  readonly readers: readonly ReadonlySet<Part>[]
}

/** Lays out `program`. */
export function layOut(program: Program): Layout {
  const { nodes, homes, stores } = program
  const scalar = scalarValues(nodes)
  const kept = new Set(rootsOf(program))
  const uses = nodes.map(() => 0)
  const readers = nodes.map(() => new Set<Part>())
  const owners = nodes.map((node) => (isLeaf(node) ? undefined : node.name))
  for (const { storage, value } of stores) owners[value] ??= `${storage}.next`
  for (const { name, value } of outputsOf(program)) owners[value] ??= name
  const fixed = owners.map((owner) => owner !== undefined)
  for (const [value, node] of entriesOf(nodes).toReversed()) {
    const home = homes[value]
    for (const operand of operandsOf(node)) {
      uses[operand]!++
      if (home !== undefined && homes[operand] !== home) nodeAt(readers, operand).add(home)
      if (!fixed[operand] && owners[value] !== undefined) owners[operand] = owners[value]
    }
  }

  const sizes: number[] = []
  const named: boolean[] = []
  for (const [value, node] of entriesOf(nodes)) {
    const inlined = new Set(operandsOf(node).filter((operand) => !named[operand]))
    const size = [...inlined].reduce((sum, operand) => sum + sizes[operand]!, 1)
    const wanted = (node.name !== undefined || kept.has(value)) && !isInitialFill(program, value)
    const needed = uses[value]! > 1 || nodeAt(readers, value).size > 0 || size > LONGEST
    named.push(!isLeaf(node) && (wanted || (!scalar[value] && needed)))
    sizes.push(isLeaf(node) || scalar[value] ? 0 : size)
  }
  return { scalar, named, owners, readers }
}

/** The values that callers or storages get. */
function rootsOf(program: Program): ValueId[] {
  return [...outputsOf(program), ...program.stores].map(({ value }) => value)
}

/** Everything that callers see by name. */
export function outputsOf({ answers, scores, variables, measures }: Program): NamedValue[] {
  return [answers, scores, variables, measures].flat()
}

function scalarValues(nodes: readonly IrNode[]): boolean[] {
  const scalar: boolean[] = []
  for (const node of nodes) {
    scalar.push(isNumber(node, (value) => scalar[value]!))
  }
  return scalar
}

/** A storage that starts with the same number everywhere is not worth a line of its own. */
function isInitialFill({ nodes, homes }: Program, value: ValueId): boolean {
  const node = nodeAt(nodes, value)
  return (
    homes[value] === 'initial' &&
    node.op === 'broadcast' &&
    nodeAt(nodes, node.args[0]).op === 'const'
  )
}
