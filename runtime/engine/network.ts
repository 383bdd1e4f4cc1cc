/**
 * What an engine gives the rest of the runtime: a circuit that can be run. Generated tfjs modules
 * implement `Network` themselves, with the same methods under typed names; other engines wrap.
 * Everything crosses this border as plain typed arrays, so that no caller knows tensors.
 */

import type { WasmArtifact } from '../../contract/artifact.ts'
import type { DrawnPattern } from '../../contract/pattern.ts'
import type { PartOfEnd } from './windows.ts'

/**
 * Presented values by input name (`x`, `y.target`), row-major [count, ...shape]. Doubles
 * are for engines that compute in double precision.
 */
export type Presented = Readonly<Record<string, Float32Array | Float64Array>>

/** Learning rates by optimiser name, for this step. */
export type Rates = Readonly<Record<string, number>>

export interface NamedArray {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

export interface CreateOptions {
  /** Seeds initial weights and every draw. Default 0. */
  readonly seed?: number
  /** Overrides of parameters by name; switches take 0 or 1 or a boolean. */
  readonly parameters?: Readonly<Record<string, number | boolean>>
  /** Examples in a step, by which an engine may plan memory and threads. Default 32. */
  readonly batch?: number
  /**
   * Replaces a draw: called with the stream's name, the step and the number of elements; a
   * returned array is used as it is; of a Bernoulli draw it holds the uniform numbers, 0 to 1, that
   * are compared with the probability. For replaying recorded noise.
   */
  readonly draw?: (
    stream: string,
    step: number,
    count: number,
  ) => Float32Array | Float64Array | undefined
  /**
   * What the source reads from files, by the name of the weight that it is for, and values of pairs of
   * patterns (`PairValues`), by their names.
   */
  readonly files?: Readonly<Record<string, NamedArray>>
  /** The patterns of synapses, by name, as drawn for this seed (`runtime/patterns/`). */
  readonly patterns?: Readonly<Record<string, DrawnPattern>>
}

/**
 * What examples present: of every input a table of rows, and the row of every example (its own number
 * where `rowOf` is absent). The arrays are not written to while the table is in use.
 */
export interface ExampleTable {
  readonly inputs: Readonly<
    Record<
      string,
      {
        readonly rows: Float32Array | Float64Array
        readonly rowOf?: Uint32Array
      }
    >
  >
}

/** Several training steps in a row, none of them measured. */
export interface StepBlock {
  readonly table: ExampleTable
  /** Examples of all steps, one step after the other; as many for each. */
  readonly order: Uint32Array
  readonly batch: number
  /** Of every step, or the same for all. */
  readonly rates: readonly Rates[]
}

/** What was not 0 of a signal, in the order of steps and elements. */
export interface ListedEvents {
  readonly shape: readonly number[]
  readonly steps: readonly number[]
  /** Numbers of the elements in the signal. */
  readonly elements: readonly number[]
  readonly values: readonly number[]
}

export interface Network {
  /** Steps done; part of every draw's counter. Set it when a run is resumed. */
  stepCount: number
  /** Answers without learning: outputs by name, [count, ...]. */
  infer(count: number, inputs: Presented): Record<string, NamedArray>
  /** Sums over the examples, by score name (`loss`, `error`, ...). */
  score(count: number, inputs: Presented): Record<string, number>
  /** One training step. */
  step(count: number, inputs: Presented, rates?: Rates): void
  /** The steps of a block; absent if the engine gains nothing by doing several at once. */
  readonly steps?: (block: StepBlock) => void
  /**
   * The steps of a block, with what was not 0 in the signals of which the experiment lists every event, as
   * `recordedStep` would give them step by step. Absent if the engine cannot do several at once.
   */
  readonly listedSteps?: (block: StepBlock) => Readonly<Record<string, ListedEvents>>
  /**
   * The end of a window of so many steps, the last of which was done just before: goes back through them, and moves
   * what learns by the gradient through time; `part`: only one of both. Absent where nothing does.
   */
  readonly endWindow?: (steps: number, rates?: Rates, part?: PartOfEnd) => void
  /** One training step that also computes every measure, by name. */
  measuredStep(count: number, inputs: Presented, rates?: Rates): Record<string, number>
  /** Any variables, updates (`update(W[0])`) and gradients (`backprop(W[0])`), without learning. */
  observe(count: number, inputs: Presented, names: readonly string[]): Record<string, NamedArray>
  /**
   * One training step that also gives variables, as `observe` before it would; of those that the experiment
   * records. Absent if the engine gains nothing by doing both at once.
   */
  readonly recordedStep?: (
    count: number,
    inputs: Presented,
    names: readonly string[],
    rates?: Rates,
  ) => Record<string, NamedArray>
  /** All storages: weights, constants and optimiser slots; an engine may give those of these names alone. */
  save(names?: readonly string[]): Record<string, NamedArray>
  /** Sets the storages that are given. Throws RangeError for an unknown name or a wrong shape. */
  load(values: Readonly<Record<string, NamedArray>>): void
  /** The current values of weights that are tied to others. */
  derived(): Record<string, NamedArray>
  /** Changes a parameter between steps. Throws RangeError for an unknown name. */
  set(name: string, value: number | boolean): void
  dispose(): void
}

export interface Engine {
  readonly name: string
  /** What the compiler must emit for it: a JavaScript module, or a WebAssembly program. */
  readonly target: 'tfjs' | 'wasm'
  /** One line for people: backend, version, threads. */
  readonly description: string
  /** Instantiates what the compiler emitted for its target: JavaScript text, or a program. */
  instantiate(program: string | WasmArtifact, options: CreateOptions): Promise<Network>
  /** Number of live tensors, for leak checks; undefined if the engine has none. */
  liveTensors(): number | undefined
}
