/**
 * The readers and generators of data sets: what each takes, and what it gives. The compiler checks a data
 * set by this table where it stands (`check-reader.ts`), and the runtime before it reads.
 */

/** A whole number; of a generator also by position, in order. */
export interface NumberArgument {
  readonly name: string
  readonly doc: string
  /** The value if it is left out; needed without one. */
  readonly default?: number
  /** The smallest number that makes sense; default 0. */
  readonly least?: number
}

/** A number that need not be whole, by name. */
export interface RealArgument extends NumberArgument {
  /** What it is told in, if it is no plain number: `300 ms`, `2 Hz`. */
  readonly unit?: 's' | 'Hz'
  readonly default: number
}

/** Some numbers, by name: `cohs = [6.4, 51.2]`. */
export interface ListArgument {
  readonly name: string
  readonly doc: string
  readonly default: readonly number[]
}

/** A name in what is read: of a column, of an array. */
export interface TextArgument {
  readonly name: string
  readonly doc: string
  /** All that it may be; anything without. */
  readonly oneOf?: readonly string[]
}

/** What a reader gives, by role: fields that are no labels take `inputs` in order. */
export interface Given {
  readonly inputs: readonly (readonly number[])[]
  /** How many classes the labels have; absent if there are none. */
  readonly classes?: number
  /** So many of the inputs, from the first, and the labels are along time. */
  readonly along?: number
}

/** What a reader or generator takes. */
export interface ReaderSignature {
  readonly summary: string
  /** Names of files in quotes, by position; those of `more` as often as wanted. */
  readonly files?: readonly { readonly name: string; readonly doc: string; readonly more?: true }[]
  readonly numbers: readonly NumberArgument[]
  readonly reals?: readonly RealArgument[]
  readonly lists?: readonly ListArgument[]
  /** It makes trials in time, whose rows are steps of the run. */
  readonly timed?: true
  /** Names, by name: in quotes, or as they are. */
  readonly texts?: readonly TextArgument[]
  /** What stands under the name of a field. */
  readonly fields?: {
    readonly kind: 'file' | 'text' | 'number'
    readonly doc: string
    readonly required: boolean
  }
  /** What it gives, where that is known beforehand; of numbers that are as they should be. */
  readonly gives?: (numbers: Readonly<Record<string, number>>) => Given
}

/** What every reader of files takes besides its own arguments. */
export const stretch = [
  { name: 'skip', doc: 'number of examples to leave out at the start', default: 0 },
  { name: 'count', doc: 'number of examples to keep; all by default', default: -1, least: 1 },
] as const satisfies readonly NumberArgument[]

/** The most numbers that a part of a data set holds: 2 GiB of them in single precision. */
export const mostValues = 2 ** 29

const images = { inputs: [[28, 28]], classes: 10 }

const trials: readonly NumberArgument[] = [
  { name: 'count', doc: 'number of trials', least: 1 },
  { name: 'seed', doc: 'gives the trials; other seeds, other trials', default: 1 },
  { name: 'skip', doc: 'trials to leave out at the start', default: 0 },
]
const ring = { name: 'dim_ring', doc: 'number of directions', default: 2, least: 2 }
const fixate = {
  name: 'fixate',
  doc: '1: an output fixates until the decision; 0: none',
  default: 1,
}
const sigma = {
  name: 'sigma',
  doc: 'noise of the stimulus: its standard deviation in a step of h ms is sigma / sqrt(h)',
  default: 1,
}
const cohs = { name: 'cohs', doc: 'coherences in %', default: [0, 6.4, 12.8, 25.6, 51.2] }

/** An epoch of a trial, and how long it is at most where that differs. */
const epoch = (name: string, milliseconds: number): readonly RealArgument[] => [
  { name, doc: `how long the ${name} lasts`, unit: 's', default: milliseconds / 1000 },
  {
    name: `${name}_max`,
    doc: `if longer than ${name}: it lasts a random time between the two`,
    unit: 's',
    default: 0,
  },
]

/** What a task gives: stimulus, target, mask along time, and how many rows each trial has. */
const given = (channels: number, choices: number, fixates: number | undefined): Given => ({
  inputs: [[channels], [choices + (fixates === 0 ? 0 : 1)], [1], []],
  classes: choices + (fixates === 0 ? 0 : 1),
  along: 3,
})

/** All of them by name. */
export const readerSignatures = {
  idx: {
    summary: 'MNIST-style files: values first, then class labels',
    files: [
      { name: 'values', doc: 'file for the first field that is no label; pixels become 0 .. 1' },
      { name: 'labels', doc: 'file for the label field' },
    ],
    numbers: stretch,
  },
  cifar: {
    summary: 'CIFAR-10 binary files: images [3, 32, 32] and class labels',
    files: [{ name: 'file', doc: 'one or more files of 3073-byte records, in order', more: true }],
    numbers: stretch,
    gives: () => ({ inputs: [[3, 32, 32]], classes: 10 }),
  },
  npy: {
    summary: 'NumPy .npy files, one a field',
    numbers: stretch,
    fields: { kind: 'file', doc: 'the file for the field of this name', required: true },
  },
  npz: {
    summary: 'a NumPy .npz archive, one array a field',
    files: [{ name: 'file', doc: 'the archive' }],
    numbers: stretch,
    fields: {
      kind: 'text',
      doc: "the array for the field of this name; by default the field's name",
      required: false,
    },
  },
  csv: {
    summary: 'a CSV file with a header row',
    files: [{ name: 'file', doc: 'the file' }],
    numbers: stretch,
    fields: {
      kind: 'text',
      doc: 'its columns: "a", "a:d" or "a, c"; by default the column of its name',
      required: false,
    },
  },
  spikes: {
    summary: 'a list of spikes, a time and a cell each: how many of each cell lie in every step',
    files: [{ name: 'file', doc: 'a CSV file with a header row, or a NumPy .npz archive' }],
    numbers: stretch,
    texts: [
      { name: 'time', doc: 'the column or array of times; by default `time`' },
      { name: 'cell', doc: 'that of the numbers of the cells, from 0; by default `cell`' },
      { name: 'unit', doc: 'what times count; by default `s`', oneOf: ['s', 'ms', 'us'] },
      { name: 'example', doc: 'that of the example of a batch, from 0; without it each has all' },
      { name: 'index', doc: 'of an archive, in place of `cell`: where the times of each cell end' },
    ],
  },
  digits: {
    summary: 'procedural handwritten digits: images [28, 28] with values 0 .. 1, and labels 0 .. 9',
    numbers: [
      { name: 'count', doc: 'number of images', least: 1 },
      { name: 'seed', doc: 'gives the images; other seeds, other images', default: 1 },
    ],
    gives: () => images,
  },
  film: {
    summary: 'frames [size, size] of a procedural film, each with mean 0 and standard deviation 1',
    numbers: [
      { name: 'count', doc: 'number of frames', least: 1 },
      { name: 'size', doc: 'height and width of a frame', default: 32, least: 2 },
      { name: 'seed', doc: 'gives the film; other seeds, other films', default: 1 },
    ],
    gives: ({ size = 0 }) => ({ inputs: [[size, size]] }),
  },
  xor: {
    summary: 'the four examples of exclusive or: input [2], target [1], label',
    numbers: [],
    gives: () => ({ inputs: [[2], [1]], classes: 2 }),
  },
  constant: {
    summary: 'one example, in which all values of a field are the number given for it',
    numbers: [],
    fields: { kind: 'number', doc: 'the number for the field of this name', required: true },
  },
  teacher_network: {
    summary: 'inputs from N(0, 1), and the outputs of a fixed random network as targets',
    numbers: [
      { name: 'count', doc: 'number of examples', least: 1 },
      { name: 'inputs', doc: 'size of an input, drawn from N(0, 1)', least: 1 },
      { name: 'hidden', doc: 'number of hidden tanh units of the network', least: 1 },
      { name: 'outputs', doc: 'size of a target: its sigmoid outputs', least: 1 },
      { name: 'seed', doc: 'gives the network and the inputs', default: 1 },
      {
        name: 'skip',
        doc: 'examples to leave out at the start: the same network, others',
        default: 0,
      },
    ],
    gives: ({ inputs = 0, outputs = 0 }) => ({ inputs: [[inputs], [outputs]] }),
  },
  perceptual_decision: {
    summary: 'trials: which direction a noisy stimulus has',
    numbers: [...trials, ring, fixate],
    reals: [
      ...epoch('fixation', 100),
      ...epoch('stimulus', 2000),
      ...epoch('delay', 0),
      ...epoch('decision', 100),
      sigma,
    ],
    lists: [cohs],
    timed: true,
    gives: ({ dim_ring: n = 2, fixate: f }) => given(1 + n, n, f),
  },
  delayed_match_to_sample: {
    summary: 'trials: whether a test stimulus is that of the sample before',
    numbers: [...trials, ring, fixate],
    reals: [
      ...epoch('fixation', 300),
      ...epoch('sample', 500),
      ...epoch('delay', 1000),
      ...epoch('test', 500),
      ...epoch('decision', 900),
      sigma,
    ],
    timed: true,
    gives: ({ dim_ring: n = 2, fixate: f }) => given(1 + n, 2, f),
  },
  context_integration: {
    summary: 'trials: which direction the one of two noisy stimuli has that a context cue names',
    numbers: [...trials, fixate],
    reals: [
      ...epoch('fixation', 300),
      ...epoch('stimulus', 750),
      ...epoch('delay', 300),
      ...epoch('decision', 100),
      sigma,
    ],
    lists: [{ ...cohs, default: [5, 15, 50] }],
    timed: true,
    gives: ({ fixate: f }) => given(7, 2, f),
  },
  go_nogo: {
    summary: 'trials: to answer one stimulus, and not the other',
    numbers: [...trials, fixate],
    reals: [
      ...epoch('fixation', 0),
      ...epoch('stimulus', 500),
      ...epoch('delay', 500),
      ...epoch('decision', 500),
      { ...sigma, default: 0 },
    ],
    timed: true,
    gives: ({ fixate: f }) => given(3, f === 0 ? 2 : 1, f),
  },
  sine: {
    summary: 'trials: a sine of the frequency that a constant input names',
    numbers: [
      ...trials,
      { name: 'frequencies', doc: 'number of frequencies', default: 1, least: 1 },
    ],
    reals: [
      ...epoch('duration', 1000),
      { name: 'lowest', doc: 'lowest frequency', unit: 'Hz', default: 1 },
      { name: 'highest', doc: 'highest frequency', unit: 'Hz', default: 5 },
      { ...sigma, default: 0 },
    ],
    timed: true,
    gives: () => ({ inputs: [[1], [1], [1], []], along: 3 }),
  },
} as const satisfies Readonly<Record<string, ReaderSignature>>

export type ReaderName = keyof typeof readerSignatures

/** The signature of a reader of this name, if there is one. */
export function signatureOf(name: string): ReaderSignature | undefined {
  return Object.hasOwn(readerSignatures, name) ? readerSignatures[name as ReaderName] : undefined
}

/** Whether a reader reads files. */
export function readsFiles({ files, fields }: ReaderSignature): boolean {
  return files !== undefined || fields?.kind === 'file'
}

/** Number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** Same values in the same order: equal but for axes of size 1, or one of the two flat. */
export function sameLayout(found: readonly number[], declared: readonly number[]): boolean {
  const a = found.filter((size) => size !== 1)
  const b = declared.filter((size) => size !== 1)
  if (a.length <= 1 || b.length <= 1) return sizeOf(a) === sizeOf(b)
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}
