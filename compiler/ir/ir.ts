/**
 * The tensor program: what a circuit computes, as straight-line single-assignment graphs.
 *
 * Invariants (checked by `verify.ts`): a node's operands come earlier in `nodes`; every node's shape
 * follows from its operands by its operation's rule; sections stand in order and depend on earlier
 * ones only; a storage is written at most once, with a value of its own shape. Values are real
 * numbers (f32, or f64 where the target is told so); truth is 0 or 1. Nodes are immutable.
 *
 * A node of shape [] that depends on constants, parameters and settings alone is a *host scalar*:
 * targets compute it outside of the tensor code.
 */
import type { Span } from '../../grammar/ast.ts'
import type {
  BasicFunction,
  BinaryFunction,
  ElementaryFunction,
  UnaryFunction,
} from '../../contract/elementary.ts'
import type { MatrixPart } from '../../contract/artifact.ts'
import type { PairValues, PatternPlan, SynapseDim } from '../../contract/pattern.ts'
import type { Table, ValueId } from './ids.ts'

/** A number, the number of examples presented at once, or of the synapses of a pattern. */
export type Dim = number | 'batch' | SynapseDim
export type Shape = readonly Dim[]
/** Of what is kept: nothing is kept for a number of examples that differs. */
export type StorageShape = readonly (number | SynapseDim)[]

/** A pattern of synapses as operations name it, with the cells on each side. */
export interface PatternSides {
  readonly name: string
  readonly pre: number
  readonly post: number
}

export type { ValueId }

/** Where a value comes from: shown in generated code and error messages. */
export interface Origin {
  /** The equation or connection in its file. */
  readonly span: Span
  /** The source text of the equation, on one line. */
  readonly text: string
}

/**
 * Parts of a graph that a target may run separately. `circuit`: what the cells compute;
 * `update`: the new weights; `backprop`: reference gradients; `measure`: the measures;
 * `score`: loss and error of an evaluation.
 */
export const sections = ['circuit', 'update', 'backprop', 'measure', 'score'] as const
export type Section = (typeof sections)[number]

/** Whether a section is one of what is told of a step or an evaluation. */
export const isOfFigures = (section: Section): boolean =>
  section === 'measure' || section === 'score'

export { binaryFunctions, unaryFunctions } from '../../contract/elementary.ts'
export type { BasicFunction, BinaryFunction, UnaryFunction }
export type MapFunction = ElementaryFunction

/** Where a host scalar comes from; a pattern's name stands for the number of its synapses. */
export const scalarSources = ['param', 'batch', 'rate', 'step', 'synapses'] as const
export type ScalarSource = (typeof scalarSources)[number]

/** Cross-correlation geometry, NCHW, zero padding. */
export interface ConvGeometry {
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
  readonly groups: number
}

/** What numbers are drawn from. */
export const distributions = ['normal', 'uniform', 'bernoulli', 'poisson', 'binomial'] as const
export type Distribution = (typeof distributions)[number]

export type Operation =
  | { readonly op: 'const'; readonly value: number }
  /**
   * A host scalar known before the step: a parameter, the batch size, a learning rate, how many
   * steps of the run came before, or how many synapses a pattern has.
   */
  | {
      readonly op: 'scalar'
      readonly source: ScalarSource
      readonly name: string
    }
  | { readonly op: 'input'; readonly name: string }
  /** The value of a storage before this graph's writes. */
  | { readonly op: 'load'; readonly storage: string }
  /** Element-wise; shapes broadcast as in NumPy. */
  | { readonly op: 'map'; readonly fn: MapFunction; readonly args: readonly ValueId[] }
  /** [m, k] x [k, n] -> [m, n], each operand first transposed if its flag says so. */
  | {
      readonly op: 'matmul'
      readonly args: readonly [ValueId, ValueId]
      readonly transposeLeft: boolean
      readonly transposeRight: boolean
    }
  | {
      readonly op: 'conv'
      readonly args: readonly [ValueId, ValueId]
      readonly geometry: ConvGeometry
    }
  /** Adjoint in the image: (output gradient, kernel) -> image gradient of `imageShape` [C, H, W]. */
  | {
      readonly op: 'convImageGradient'
      readonly args: readonly [ValueId, ValueId]
      readonly geometry: ConvGeometry
      readonly imageShape: readonly [number, number, number]
    }
  /** Adjoint in the kernel: (image, output gradient) -> kernel gradient of `kernelShape` [O, I, h, w]. */
  | {
      readonly op: 'convKernelGradient'
      readonly args: readonly [ValueId, ValueId]
      readonly geometry: ConvGeometry
      readonly kernelShape: readonly [number, number, number, number]
    }
  | {
      readonly op: 'reduce'
      readonly fn: 'sum' | 'mean' | 'max' | 'min'
      readonly args: readonly [ValueId]
      readonly axes: readonly number[]
      readonly keep: boolean
    }
  /** Its operand repeated as NumPy broadcasting does; a filled tensor is a broadcast constant. */
  | { readonly op: 'broadcast'; readonly args: readonly [ValueId]; readonly to: Shape }
  | { readonly op: 'reshape'; readonly args: readonly [ValueId]; readonly to: Shape }
  /** Of a matrix. */
  | { readonly op: 'transpose'; readonly args: readonly [ValueId] }
  | {
      readonly op: 'slice'
      readonly args: readonly [ValueId]
      readonly axis: number
      readonly start: number
      readonly size: number
    }
  | { readonly op: 'concat'; readonly args: readonly ValueId[]; readonly axis: number }
  /** Index of the largest entry along the last axis (the first of equals); drops that axis. */
  | { readonly op: 'argmax'; readonly args: readonly [ValueId] }
  /**
   * Independent draws. `stream` names the draw: with the seed it keys a counter-based generator, so
   * a draw depends on (seed, stream, step, element) alone. Bernoulli draws take their probability,
   * Poisson draws their mean, from args[0], binomial draws trials and chance from both, broadcast to `to`.
   */
  | {
      readonly op: 'random'
      readonly distribution: Distribution
      readonly stream: string
      readonly to: Shape
      readonly args: readonly ValueId[]
    }
  /** Ones on the main diagonal. */
  | { readonly op: 'identity'; readonly to: readonly [number, number] }
  /**
   * A factor of the truncated SVD, U sqrt(S) or sqrt(S) V^T, or another part of a matrix; initialisation only. The
   * rank of what is no factor is 1.
   */
  | {
      readonly op: 'factor'
      readonly args: readonly [ValueId]
      readonly rank: number
      readonly side: MatrixPart
    }
  /**
   * What arrives over the synapses of a pattern: y[e, i] = sum over the synapses s of post cell i of
   * w[s] x[e, pre(s)], by pre ascending; w is [synapses], [1] or []. [E, pre] -> [E, post], or with
   * `transpose` backwards, [E, post] -> [E, pre]. An x of 0 contributes nothing, whatever w is.
   *
   * With `ring` the first operand is the load of a ring of so many rows, and the third holds the steps of
   * delay of each synapse, [synapses], whole numbers 1 .. ring: x[e, pre(s)] is what was pushed so many
   * steps ago, and the sum goes by delay, then by pre. So do `pairs` and `toSynapses`. No gradient passes a ring.
   */
  | {
      readonly op: 'deliver'
      readonly args: readonly [ValueId, ValueId] | readonly [ValueId, ValueId, ValueId]
      readonly pattern: PatternSides
      readonly transpose: boolean
      readonly ring?: number
    }
  /** a [E, post], b [E, pre] -> [synapses]: sum over e of a[e, post(s)] b[e, pre(s)]. */
  | {
      readonly op: 'pairs'
      readonly args: readonly [ValueId, ValueId] | readonly [ValueId, ValueId, ValueId]
      readonly pattern: PatternSides
      readonly ring?: number
    }
  /** [..., cells] -> [..., synapses]: what each synapse's pre or post cell has. With delays pre alone. */
  | {
      readonly op: 'toSynapses'
      readonly args: readonly [ValueId] | readonly [ValueId, ValueId]
      readonly pattern: PatternSides
      readonly side: 'pre' | 'post'
      readonly ring?: number
    }
  /** [..., synapses] -> [..., cells]: the sum over each cell's synapses, in their order. */
  | {
      readonly op: 'fromSynapses'
      readonly args: readonly [ValueId]
      readonly pattern: PatternSides
      readonly side: 'pre' | 'post'
    }
  /** [synapses] -> [post, pre]: the matrix with what each synapse has, 0 elsewhere; repeats add up. */
  | {
      readonly op: 'toMatrix'
      readonly args: readonly [ValueId]
      readonly pattern: PatternSides
    }
  /** [post, pre] -> [synapses]: the entry of each synapse. */
  | {
      readonly op: 'fromMatrix'
      readonly args: readonly [ValueId]
      readonly pattern: PatternSides
    }
  /**
   * Of the load of a ring of `ring` rows, [ring * E, units]: the row pushed `lag` steps ago, 1 <= lag <= ring,
   * [E, units]. Step t pushes to the rows (t mod ring) * E and on.
   */
  | {
      readonly op: 'recall'
      readonly args: readonly [ValueId]
      readonly ring: number
      readonly lag: number
    }
  /**
   * Its operand, through which no gradient flows; with `into` none of the losses that are local to that population,
   * where its operand arrives, but of all others.
   */
  | { readonly op: 'stop'; readonly args: readonly [ValueId]; readonly into?: string }
  /**
   * Its first operand, whose gradient with respect to the second is what `pullback` makes of the
   * gradient g of the result. The pullback is a graph with inputs `z` and `g` and output `result`; further operands
   * are its inputs `c0`, `c1` and so on, which it reads as they are.
   * Removed after differentiation.
   */
  | {
      readonly op: 'custom'
      readonly args: readonly [ValueId, ValueId, ...ValueId[]]
      readonly pullback: Graph
    }

export interface NodeInfo {
  readonly shape: Shape
  readonly section: Section
  /**
   * The variable it is the value of, as the source spells it: `h[0].e`. Unique in a graph. Scalars
   * and inputs have the name of their operation here instead, constants and loads have none.
   */
  readonly name?: string
  readonly origin?: Origin
}

export type IrNode = Operation & NodeInfo

export interface Graph {
  readonly name: string
  readonly nodes: Table<ValueId, IrNode>
  readonly outputs: readonly Output[]
  /** Writes, all done after everything is computed. */
  readonly stores: readonly Store[]
}

/** A value by name. */
export interface Output {
  readonly name: string
  readonly value: ValueId
  /** A measure or score, whatever part of the graph computes it: a mean over one number is that number. */
  readonly figure?: true
}

/** A write of a whole storage, or with `push` of the row of a ring whose turn it is. */
export interface Store {
  readonly storage: string
  readonly value: ValueId
  readonly push?: true
}

/** A parameter that can be changed without compiling again. Lists become `g[0]`, `g[1]`. */
export interface ParamInfo {
  readonly name: string
  readonly value: number
  /** A switch is 0 or 1. */
  readonly kind: 'number' | 'switch'
  readonly doc?: string
  /** Unit of `value` as given to users; values are stored in SI. */
  readonly unit?: string
  readonly minimum?: number
  readonly maximum?: number
}

export interface StorageInfo {
  readonly name: string
  readonly shape: StorageShape
  /**
   * `weight`: learns or stays; `slot`: optimiser state; `constant`: drawn once, never changes;
   * `state`: what a circuit with a past keeps from step to step, examples first; it may be infinite;
   * `average`: a running average of training, which evaluation reads, one number for each unit;
   * `check`: one number, 0 until something is found wrong, and infinite from then on.
   */
  readonly role: 'weight' | 'slot' | 'constant' | 'state' | 'average' | 'check'
  readonly origin?: Origin
  /** For a matrix of weights: what its axes are, e.g. ['h[0]', 'x']. */
  readonly axes?: readonly string[]
  /**
   * The constant, of its shape, that is 0 where this one is always 0. Whatever stores it keeps to that,
   * and so does whoever loads it from outside: nothing that reads it need look at the mask.
   */
  readonly mask?: string
  /**
   * Of a state that is pushed to, so many values [E, units] of the steps before, [ring * E, units]: which
   * row is how old depends on the step, so that `recall` and delays alone read it.
   */
  readonly ring?: number
  /** Of a constant: the graph `fixed` computes it; nobody saves it, and nobody loads it. */
  readonly computed?: true
}

export interface InputInfo {
  /** As presented: `x`, `y.target`. */
  readonly name: string
  /** With the batch first. */
  readonly shape: Shape
  /** Needed for inference, not only for learning. */
  readonly inference: boolean
}

/**
 * An array that the graph `init` reads from a file, as an input of this name: the name of the weight
 * or mask that it is for. Whoever makes the network reads the file; the compiler knows no contents.
 */
export interface FileInfo {
  readonly name: string
  readonly shape: StorageShape
  /** As written in the source. */
  readonly path: string
  /** The source file that says so: the path is relative to its folder. */
  readonly from: string
  /** The array of an archive, if the source names one. */
  readonly array?: string
  /** `mask`: 0 or 1; `positive`: 0 or above, as weights with a sign are; `weight`: any number. */
  readonly values: 'weight' | 'positive' | 'mask'
  /** Of a value for each synapse of a pattern that leads the other way than the weight. */
  readonly turned?: true
}

/** One optimiser: which storages it moves, and how; the rate comes from outside at every step. */
export interface RateInfo {
  readonly name: string
  readonly value: number
}

export interface IrModule {
  readonly name: string
  /** The main source file's path, for headers and comments. */
  readonly source: string
  readonly doc?: string
  readonly params: readonly ParamInfo[]
  readonly storages: readonly StorageInfo[]
  readonly inputs: readonly InputInfo[]
  readonly rates: readonly RateInfo[]
  /** Absent if there are none. */
  readonly files?: readonly FileInfo[]
  /** The patterns of synapses that operations name; absent if there are none. */
  readonly patterns?: readonly PatternPlan[]
  /** What `init` reads of pairs, as inputs; absent if there is none. */
  readonly pairValues?: readonly PairValues[]
  /** Outputs of `step` that the experiment records; absent if there are none. */
  readonly recorded?: readonly string[]
  /** Those of them of which every event is listed; absent if there are none. */
  readonly listed?: readonly string[]
  readonly graphs: {
    /** Stores every weight and constant, and zeroes every slot. */
    readonly init: Graph
    /** Outputs: what the circuit answers, then (section `score`) sums over the batch. */
    readonly infer: Graph
    /** Outputs: every variable, update and reference gradient by name, then the measures. */
    readonly step: Graph
    /** Outputs: weights that are tied to others, by name. */
    readonly derived: Graph
    /**
     * Of a circuit that learns by the gradient through time: a step backwards. It reads what its step left on the
     * tape, rings whose row of that step is the oldest, and what reaches the states after the step of the loss's
     * cotangent; it stores what reaches those before it, and adds to the gradients. Counted as the step that it is of.
     */
    readonly adjoint?: Graph
    /**
     * Computes the constants that are marked so from weights that nothing moves and from parameters, once for all
     * steps: `plan/fixed.ts` makes it, of what the others would compute in each.
     */
    readonly fixed?: Graph
    /** At the end of a window, after all its steps backwards: moves the weights, and clears the gradients. */
    readonly learn?: Graph
  }
}
