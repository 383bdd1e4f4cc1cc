/**
 * What the compiler's wasm target makes: a program in two versions, and all that an engine must know
 * to run it. Plain data, so that it can be cached.
 */
import type { ElementaryFunction } from './elementary.ts'
import type { SynapseDim } from './pattern.ts'

/** A step of the computation of a program's host scalars; operands are earlier steps. */
export type ScalarStep =
  | { readonly kind: 'const'; readonly value: number }
  /** `synapses`: how many the pattern of that name has. */
  | { readonly kind: 'param' | 'rate' | 'synapses'; readonly name: string }
  /** Examples of the step, and how many steps came before it. */
  | { readonly kind: 'batch' | 'step' }
  | {
      readonly kind: 'apply'
      readonly fn: ElementaryFunction
      readonly args: readonly number[]
    }

/** Where a tensor lies: bytes from the start of memory, or for each example from the examples' start. */
export type Place =
  | { readonly region: 'fixed'; readonly address: number }
  | { readonly region: 'example'; readonly bytes: number }
  | { readonly region: 'scalar'; readonly slot: number }

/** What a program computes in. */
export type Precision = 'f32' | 'f64'

/** Sizes with 'batch' for the number of examples, and `synapses of ...` for those of a pattern. */
export type ArtifactShape = readonly (number | 'batch' | SynapseDim)[]

export interface PlacedTensor {
  readonly name: string
  readonly shape: ArtifactShape
  readonly place: Place
}

/** A draw of a program. */
export interface PlacedDraw extends Omit<PlacedTensor, 'place'> {
  /** Memory that recorded draws may be written to; none where it is made piece by piece. */
  readonly place?: Place
  /** Its key is read from here; the third word is 1 if the draw is given. */
  readonly key: number
}

/**
 * What the host makes of a matrix: a factor of its truncated singular value decomposition; its orthogonal part,
 * in its shape; its spectral radius, a number.
 */
export type MatrixPart = 'left' | 'right' | 'orthogonal' | 'radius'

/** Something that the host computes in the midst of a program: a part of a matrix. */
export interface HostOperation {
  readonly operand: PlacedTensor
  readonly result: PlacedTensor
  readonly rank: number
  readonly side: MatrixPart
}

/**
 * Where the tables of a pattern lie, addresses in bytes of words of 32 bits; whoever makes a network fills
 * them, with zeros behind what is drawn.
 */
export interface PlacedPattern {
  readonly name: string
  readonly pre: number
  readonly post: number
  /** Most synapses that there is room for. */
  readonly capacity: number
  /** The number of synapses. */
  readonly count: number
  /** [pre + 1]: where the synapses of each pre cell begin. */
  readonly starts: number
  /** [capacity]: the post cell of each synapse. */
  readonly targets: number
  /** [capacity]: the pre cell of each synapse, where a program asks for it. */
  readonly sources?: number
  /** [post + 1] and [capacity]: the synapses of each post cell, where a program asks for them. */
  readonly postStarts?: number
  readonly postSynapses?: number
}

/** [capacity]: the synapses of each pre cell by their delays, shortest first, then as they are. */
export interface DelayOrder {
  readonly pattern: string
  /** The storage of the delays, in steps: whole numbers, 1 up to the rows of the ring. */
  readonly storage: string
  readonly ring: number
  readonly address: number
}

/**
 * A storage [synapses] that is one number for all, its first element, as long as the word `varies` is 0; where it is 1, each has its own.
 * `init` writes the number alone.
 */
export interface OneNumber {
  readonly storage: string
  readonly varies: number
}

/** The word that says to which row the first step of a job pushes, in rings of so many rows. */
export interface RingRow {
  readonly rows: number
  readonly address: number
}

/**
 * Where a program that records lists events: entries of 16 bytes, each the number of the step in the job and
 * the number of the element (two words), and a double, the value. A job ends before the list could be too short.
 */
export interface EventLists {
  /** In the order of their numbers: elements are counted through all signals. */
  readonly signals: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly elements: number
  }[]
  /** The word that says how many entries there are. */
  readonly count: number
  /** The word that says how many steps of the job were done. */
  readonly done: number
  readonly entries: number
  /** With more entries than these a job ends. */
  readonly most: number
}

/** Bytes of an entry. */
export const eventBytes = 16

export const programNames = [
  'init',
  'fixed',
  'step',
  'measured',
  'infer',
  'score',
  'observe',
  'derived',
  'recorded',
  'adjoint',
  'learn',
] as const
/** `fixed`, where it is, goes before whatever follows a change of storages, or of a parameter that it reads. */
export type ProgramName = (typeof programNames)[number]

export interface ProgramInfo {
  readonly name: ProgramName
  readonly scalars: readonly ScalarStep[]
  /** Of every slot, the step that gives its value. */
  readonly slots: readonly number[]
  readonly outputs: readonly PlacedTensor[]
  readonly draws: readonly PlacedDraw[]
  /** Inputs that it reads. */
  readonly inputs: readonly string[]
  /** Floating-point operations, or what takes as long: so many always, and for each example. */
  readonly work: { readonly fixed: number; readonly perExample: number }
}

export interface WasmArtifact {
  readonly kind: 'wasm'
  readonly name: string
  readonly precision: Precision
  /** With fused multiply-add of relaxed SIMD, and without. */
  readonly fused: Uint8Array<ArrayBuffer>
  readonly plain: Uint8Array<ArrayBuffer>
  readonly params: readonly {
    readonly name: string
    readonly value: number
    readonly kind: 'number' | 'switch'
    readonly minimum?: number
    readonly maximum?: number
  }[]
  readonly rates: readonly { readonly name: string; readonly value: number }[]
  /** `mask`: the storage that is 0 where this one is to be 0, whatever is loaded. */
  readonly storages: readonly (PlacedTensor & { readonly mask?: string })[]
  readonly inputs: readonly (PlacedTensor & { readonly inference: boolean })[]
  /** What `init` reads from files. */
  readonly files: readonly PlacedTensor[]
  readonly programs: readonly ProgramInfo[]
  readonly operations: readonly HostOperation[]
  readonly patterns: readonly PlacedPattern[]
  readonly delays: readonly DelayOrder[]
  readonly rings: readonly RingRow[]
  readonly ones: readonly OneNumber[]
  /**
   * The word that is 1 where a step is to visit every synapse and look through every row of rings, as the first one does
   * after anything was changed from outside; else steps may leave out synapses whose cells have no event, and go by
   * what earlier steps have noted of rows.
   */
  readonly visitAll?: number
  /** Absent where the experiment lists no events. */
  readonly events?: EventLists
  readonly memory: {
    /** Where the examples' memory begins; all before it is of a fixed size. */
    readonly exampleBase: number
    /** Bytes for each example; the number of examples is rounded up to a multiple of four. */
    readonly exampleBytes: number
    /** Bytes of scratch memory that a thread needs. */
    readonly scratchBytes: { readonly fixed: number; readonly perExample: number }
    /** Of every input, a table of rows to gather from: see `control.ts`. */
    readonly gather: number
  }
}
