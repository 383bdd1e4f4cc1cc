/** What the code of operations over synapses is given, and how it finds cells, synapses and rows. */
import type { IrNode, Shape } from '../../../ir/ir.ts'
import { access, add, get, int, mul, op, type Code, type Local } from '../../tree.ts'
import type { FunctionBuilder } from '../../function.ts'
import type { Lanes } from '../../lanes.ts'
import type { ListPlace } from '../../sent-lists.ts'

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

/** Addresses of the tables of a pattern, as far as they are there, and of what is sent. */
export interface PatternAddresses {
  readonly starts: number
  readonly targets: number
  readonly sources?: number
  /** Synapses of each pre cell by their delays. */
  readonly order?: number
  /** Where the cells of each row of a ring that sent something are noted, and the word by which all is looked through. */
  readonly sent?: { readonly address: number; readonly visitAll: number }
  /** The word that is 0 as long as the weights are one number for all. */
  readonly varies?: number
  /** Where the cells that spike are listed, and which of the listed cells is the first pre cell. */
  readonly list?: { readonly place: ListPlace; readonly first: number }
}

/** The parameters of a function of these operations, in order. */
export const synapseParameters = [
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
export type Given = Readonly<Record<(typeof synapseParameters)[number], Local>>

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
