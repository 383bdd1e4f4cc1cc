/**
 * What every generated module carries besides its equations: private methods that present inputs,
 * make draws and free tensors, and small functions between arrays and tensors. What
 * nothing calls is left out.
 */
import { Scope, StructureKind, type MethodDeclarationStructure } from 'ts-morph'
import { blockComment, propertyKey, stringLiteral } from '../../../contract/escape.ts'
import type { Distribution, IrModule } from '../../ir/ir.ts'
import { member } from './identifiers.ts'
import type { Naming } from './naming.ts'
import type { SparseFunction } from './sparse.ts'
import { formatShape } from '../../ir/shapes.ts'

/** Helpers that the equations call. */
export interface Needs {
  readonly draws: readonly Distribution[]
  /** Arrays from files. */
  readonly given: boolean
  readonly factor: boolean
  /** Functions of runtime/support/matrices.ts. */
  readonly matrices: readonly ('orthogonalPart' | 'spectralRadius')[]
  /** Functions of runtime/support/synapses.ts. */
  readonly synapses: readonly SparseFunction[]
  /** The statement that takes the patterns of synapses from the options; empty without any. */
  readonly patterns: string
  readonly patternsType: string
  /** Functions of runtime/support/tensors.ts. */
  readonly tensors: readonly (
    'timesTransposed' | 'exprel' | 'unlessBroken' | 'convolve' | 'convolveBack' | 'correlate'
  )[]
}

/** The private methods, in the order in which a reader wants them. */
export function helperMethods(naming: Naming): MethodDeclarationStructure[] {
  const inferring = naming.inputs.filter(({ info }) => info.inference)
  const learning = naming.inputs.filter(({ info }) => !info.inference)
  const presented = (inputs: Naming['inputs']): string =>
    inputs
      .map(
        ({ info, name }) =>
          `${name}: this.tensor(count, ${stringLiteral(info.name)}, ${member('presented', info.name)}),`,
      )
      .join('\n')
  return [
    hidden(
      'presentToInfer',
      ['count: number', `${inferring.length > 0 ? 'presented' : '_presented'}: InferenceArrays`],
      'InferenceInputs',
      `return { batch: count, ${presented(inferring)} }`,
    ),
    hidden(
      'present',
      ['count: number', 'presented: LearningArrays'],
      'Inputs',
      learning.length === 0
        ? 'return this.presentToInfer(count, presented)'
        : `return { ...this.presentToInfer(count, presented), ${presented(learning)} }`,
    ),
    hidden(
      'tensor',
      ['count: number', 'name: keyof typeof meta.inputs', 'values: Float32Array | undefined'],
      'TF.Tensor',
      presentStatements,
      'One input, its examples along the first axis.',
    ),
    hidden('rates', ['given: Partial<Rates> = {}'], 'Rates', ratesStatements),
    hidden(
      'normal',
      drawParameters,
      'TF.Tensor',
      `return this.draw(stream, shape, (key, count) => normalValues(key, this.stepCount, count))`,
      'Draws with mean 0 and standard deviation 1.',
    ),
    hidden(
      'uniform',
      drawParameters,
      'TF.Tensor',
      `return this.draw(stream, shape, (key, count) => uniformValues(key, this.stepCount, count))`,
      'Draws between 0 and 1.',
    ),
    hidden(
      'bernoulli',
      [...drawParameters, 'probability: TF.Tensor | number'],
      'TF.Tensor',
      bernoulliStatements,
      'Draws that are 1 with the given probability, else 0.',
    ),
    hidden(
      'poisson',
      [...drawParameters, 'mean: TF.Tensor | number'],
      'TF.Tensor',
      poissonStatements,
      'Draws from the Poisson distribution with that mean.',
    ),
    hidden(
      'binomial',
      [...drawParameters, 'trials: TF.Tensor | number', 'chance: TF.Tensor | number'],
      'TF.Tensor',
      binomialStatements,
      'Draws of how many of so many trials succeed.',
    ),
    hidden(
      'draw',
      [...drawParameters, 'make: (key: RandomKey, count: number) => Float32Array | TF.Tensor'],
      'TF.Tensor',
      drawStatements,
      'Draws depend on the seed, the name of the stream and the step alone.',
    ),
    hidden(
      'given',
      ['name: string', 'shape: number[]'],
      'TF.Tensor',
      givenStatements,
      'An array that the source reads from a file.',
    ),
    hidden(
      'factor',
      ['matrix: TF.Tensor', 'rank: number', "side: 'left' | 'right'"],
      'TF.Tensor',
      factorStatements,
      'A factor of the truncated singular value decomposition.',
    ),
    hidden(
      'orthogonal',
      ['matrix: TF.Tensor'],
      'TF.Tensor',
      orthogonalStatements,
      'The matrix with orthonormal columns, or rows where there are fewer, that is next to a matrix.',
    ),
    hidden(
      'radius',
      ['matrix: TF.Tensor'],
      'TF.Tensor',
      radiusStatements,
      'The spectral radius of a matrix.',
    ),
    {
      ...hidden(
        'scope',
        ['work: () => T'],
        'T',
        `this.tf.engine().startScope()
        try {
          return work()
        } finally {
          this.tf.engine().endScope()
        }`,
        'Frees every tensor that `work` makes, except for variables.',
      ),
      typeParameters: ['T'],
    },
  ]
}

/** Leaves out the helpers that no other method calls. */
export function withHelpers(
  methods: readonly MethodDeclarationStructure[],
  helpers: readonly MethodDeclarationStructure[],
): MethodDeclarationStructure[] {
  const kept = helpers.filter(({ name }) =>
    [...methods, ...helpers].some(
      (method) =>
        method.name !== name && JSON.stringify(method.statements).includes(`this.${name}(`),
    ),
  )
  return kept.length < helpers.length ? withHelpers(methods, kept) : [...methods, ...kept]
}

/** Functions beside the class. */
export function helperFunctions(): string[] {
  return [
    `/** An engine's tensors as plain arrays. */
function arrays<Name extends string>(values: Record<Name, Value>): Record<Name, NamedArray> {
  const result = Object.entries<Value>(values).map(([name, value]): [string, NamedArray] => [
    name,
    typeof value === 'number'
      ? { shape: [], data: Float32Array.of(value) }
      : { shape: value.shape, data: value.dataSync<'float32'>().slice() },
  ])
  return Object.fromEntries(result) as Record<Name, NamedArray>
}`,
    `/** Tensors of one number each as numbers. */
function numbers<Name extends string>(values: Record<Name, Value>): Record<Name, number> {
  const result = Object.entries<Value>(values).map(([name, value]): [string, number] => [
    name,
    typeof value === 'number' ? value : (value.dataSync()[0] ?? Number.NaN),
  ])
  return Object.fromEntries(result) as Record<Name, number>
}`,
    `/** Those of \`values\` that are asked for. */
function pick<Name extends string>(
  values: Partial<Record<Name, Value>>,
  names: readonly Name[],
): Record<Name, Value> {
  const result = names.map((name): [string, Value] => {
    const value = values[name]
    if (value === undefined) throw new RangeError(\`There is no variable called \${name}.\`)
    return [name, value]
  })
  return Object.fromEntries(result) as Record<Name, Value>
}`,
    `/** \`value\`, if it is one that the parameter may have. */
function allowed(name: string, value: number): number {
  const parameters: Record<string, Limits> = meta.parameters
  const limits = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (!limits) throw new RangeError(\`There is no parameter called \${name}.\`)
  const { kind, minimum = -Infinity, maximum = Infinity } = limits
  const fits = kind === 'switch' ? value === 0 || value === 1 : value >= minimum && value <= maximum
  if (!fits) {
    const range = kind === 'switch' ? '0 or 1' : \`between \${minimum} and \${maximum}\`
    throw new RangeError(\`The parameter \${name} must be \${range}, not \${value}.\`)
  }
  return value
}`,
  ]
}

/** Types of the options and results. */
export const commonTypes = (module: IrModule): readonly string[] => [
  `/** Row-major values. */
export interface NamedArray {
  readonly shape: readonly number[]
  readonly data: Float32Array
}`,
  `/** Values that are given, in either precision: weights that are loaded, arrays of files. */
export interface GivenArray {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}`,
  `export interface CreateOptions {
  /** Seeds the initial weights and every draw. Default 0. */
  readonly seed?: number
  /** Parameters that differ from their defaults. */
  readonly parameters?: Readonly<Partial<Record<keyof Parameters, number | boolean>>>
  /** Replaces a draw by what it returns, unless that is undefined. */
  readonly draw?: (
    stream: string,
    step: number,
    count: number,
  ) => Float32Array | Float64Array | undefined${filesOption(module)}${patternsOption(module)}
}`,
  `type StorageName = keyof typeof meta.weights`,
  `type Value = TF.Tensor | number`,
  `interface Limits {
  readonly kind: 'number' | 'switch'
  readonly minimum?: number
  readonly maximum?: number
}`,
]

/** The patterns that a network needs to be made. */
function patternsOption({ patterns = [] }: IrModule): string {
  if (patterns.length === 0) return ''
  const fields = patterns.map(({ name, pre, post }) => {
    const what = blockComment(`From ${pre} pre cells to ${post} post cells.`)
    return `/** ${what} */\nreadonly ${propertyKey(name)}: GivenPattern`
  })
  return `
  /** The synapses of each pattern, by pre cell, as drawn for the seed; required. */
  readonly patterns?: {
    ${fields.join('\n')}
  }`
}

function filesOption({ files = [], pairValues = [] }: IrModule): string {
  if (files.length + pairValues.length === 0) return ''
  const read = files.map(({ name, shape, path, array }) => {
    const where = array === undefined ? path : `${path}, array ${array}`
    return `/** ${blockComment(`${formatShape(shape)}, from ${where}`)}. */
    readonly ${propertyKey(name)}: GivenArray`
  })
  const known = pairValues.map(
    ({ name, pattern, quantity }) =>
      `/** ${blockComment(`The ${quantity} of each synapse of ${pattern}`)}. */
    readonly ${propertyKey(name)}: GivenArray`,
  )
  const fields = [...read, ...known]
  return `
  /** What the source reads from files; required. */
  readonly files?: {
    ${fields.join('\n')}
  }`
}

function hidden(
  name: string,
  parameters: readonly string[],
  returnType: string,
  statements: string,
  doc?: string,
): MethodDeclarationStructure {
  return {
    kind: StructureKind.Method,
    name,
    scope: Scope.Private,
    ...(doc === undefined ? {} : { docs: [doc] }),
    parameters: parameters.map((parameter) => {
      const [, parameterName = '', type = '', initializer] =
        /^(\w+): (.*?)(?: = (.*))?$/.exec(parameter) ?? []
      return { name: parameterName, type, ...(initializer === undefined ? {} : { initializer }) }
    }),
    returnType,
    statements,
  }
}

const drawParameters = ['stream: string', 'shape: number[]']

const presentStatements = `
const shape = [count, ...meta.inputs[name].shape]
const size = shape.reduce((product, length) => product * length, 1)
if (values?.length !== size) {
  const found = values === undefined ? 'is missing' : \`has \${values.length} values\`
  throw new RangeError(\`The input \${name} \${found}; [\${shape.join(', ')}] needs \${size}.\`)
}
return this.tf.tensor(values, shape)`

const ratesStatements = `
for (const name of Object.keys(given)) {
  if (!Object.hasOwn(meta.rates, name)) throw new RangeError(\`There is no rate called \${name}.\`)
}
return { ...meta.rates, ...given }`

const bernoulliStatements = `
const { tf } = this
if (typeof probability === 'number' && !this.options.draw) {
  return this.draw(stream, shape, (key, count) =>
    bernoulliValues(key, this.stepCount, probability, count),
  )
}
// Uniform numbers, drawn or given, that are compared with the probability: multiples of 2^-24.
const chance = this.draw(stream, shape, (key, count) => uniformValues(key, this.stepCount, count))
const limit =
  typeof probability === 'number' ? Math.ceil(probability * 2 ** 24) / 2 ** 24 : probability
return tf.cast(tf.less(chance, limit), 'float32')`

const poissonStatements = `
// In single precision, as everything else that is computed.
const means =
  typeof mean === 'number'
    ? Math.fround(mean)
    : this.tf.broadcastTo(mean, shape).dataSync<'float32'>()
return this.draw(stream, shape, (key, count) =>
  poissonValues(key, this.stepCount, means, count, new Float32Array(count)),
)`

const binomialStatements = `
// In single precision, as everything else that is computed.
const [n, p] = [trials, chance].map((each) =>
  typeof each === 'number'
    ? Math.fround(each)
    : this.tf.broadcastTo(each, shape).dataSync<'float32'>(),
) as [number | Float32Array, number | Float32Array]
return this.draw(stream, shape, (key, count) =>
  binomialValues(key, this.stepCount, n, p, count, new Float32Array(count)),
)`

const drawStatements = `
const count = shape.reduce((product, length) => product * length, 1)
const recorded = this.options.draw?.(stream, this.stepCount, count)
if (recorded !== undefined) return this.tf.tensor(Float32Array.from(recorded), shape)
const key = this.keys.get(stream) ?? streamKey(this.options.seed ?? 0, stream)
this.keys.set(stream, key)
const values = make(key, count)
return values instanceof Float32Array ? this.tf.tensor(values, shape) : values`

const givenStatements = `
const files: Record<string, GivenArray | undefined> = { ...this.options.files }
const file = files[name]
if (!file || String(file.shape) !== String(shape)) {
  const found = file ? \`is [\${file.shape.join(', ')}]\` : 'is missing'
  throw new RangeError(\`The array \${name} of files \${found}; it must be [\${shape.join(', ')}].\`)
}
return this.tf.tensor(Float32Array.from(file.data), shape)`

const orthogonalStatements = `
const [rows = 1, columns = 1] = matrix.shape
const part = orthogonalPart(matrix.dataSync<'float32'>(), rows, columns)
return this.tf.tensor(Float32Array.from(part), [rows, columns])`

const radiusStatements = `
return this.tf.scalar(spectralRadius(matrix.dataSync<'float32'>(), matrix.shape[0] ?? 1))`

const factorStatements = `
const [rows = 1, columns = 1] = matrix.shape
// Remembered by the values: a weight that learns, or is loaded, has others.
let factors = this.factors.get(matrix.dataId)
if (factors?.left.length !== rows * rank || factors.right.length !== rank * columns) {
  factors = svdFactors(matrix.dataSync<'float32'>(), rows, columns, rank)
  this.factors.set(matrix.dataId, factors)
}
return side === 'left'
  ? this.tf.tensor(Float32Array.from(factors.left), [rows, rank])
  : this.tf.tensor(Float32Array.from(factors.right), [rank, columns])`
