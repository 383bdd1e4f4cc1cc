/** What one program has to do, as values: what each is made by, and what it reads (`work.ts` finds them). */
import type { Table, WorkId } from '../ir/ids.ts'
import type { Graph, IrNode, MapFunction, Origin, Shape, ValueId } from '../ir/ir.ts'
import type { Capacities, Through } from './layout.ts'

/** A number that the host computes: a value of the graph, or the threshold of draws with that chance. */
export interface HostScalar {
  readonly node: ValueId
  readonly as: 'value' | 'threshold'
}

/** What a value is made by. */
export type Making =
  | ({ readonly kind: 'host' } & HostScalar)
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'storage'; readonly name: string }
  /** What was pushed to a ring of so many rows some steps ago. */
  | {
      readonly kind: 'recall'
      readonly name: string
      readonly ring: number
      readonly lag: number
    }
  /** Element by element; `copy` is its operand, spread if it is smaller. */
  | { readonly kind: 'map'; readonly fn: MapFunction | 'copy' }
  | { readonly kind: 'other'; readonly node: IrNode }

/** A value as it is read: its memory, under a shape that its reader sees. */
export interface Operand {
  readonly value: WorkId
  readonly shape: Shape
  /** Where in the value's memory it begins, if it is a part of it: a row, and a column. */
  readonly from?: { readonly row: number; readonly column: number }
  /** Of an operand of synapses that is read where each one's cell is. */
  readonly through?: Through
}

export interface WorkValue {
  readonly making: Making
  readonly args: readonly Operand[]
  readonly shape: Shape
  readonly name?: string
  readonly origin?: Origin
}

/** A write of a storage; with `ring` of its row whose turn it is, of so many. */
export interface WorkStore {
  readonly storage: string
  readonly value: WorkId
  readonly ring?: number
}

export interface Work {
  readonly values: Table<WorkId, WorkValue>
  readonly outputs: readonly { readonly name: string; readonly operand: Operand }[]
  readonly stores: readonly WorkStore[]
  /** Room for the synapses of patterns. */
  readonly capacities: Capacities
  /** The graph, in which host scalars are to be found. */
  readonly graph: Graph
}

/** What a module says of its storages and patterns. */
export interface Surroundings {
  readonly capacities: Capacities
  /** Rows of those storages that are rings. */
  readonly rings: ReadonlyMap<string, number>
}
