/**
 * A fixture's configuration, read strictly: every key and every value must be one that is known here,
 * so that no option of a fixture can be left out of account without a word.
 */
import { conflicts } from './conflicts.ts'

export interface OptimiserConfig {
  readonly type: 'sgd' | 'adam'
  readonly lr: number
  /** Of `sgd`. */
  readonly momentum?: number
  readonly weight_decay: number
  /** Of `adam`: what the averages of the gradient and of its square keep. */
  readonly betas?: readonly [number, number]
  readonly eps?: number
  readonly lr_scheduler?: { readonly type: string; readonly warmup_epochs: number } | null
}

export interface WeightConfig {
  readonly mode: string
  readonly scale?: number | null
  readonly grad_type?: string | null
  readonly optimiser?: OptimiserConfig | null
}

export interface FixtureConfig {
  readonly model_name: string
  /** Of fully connected models. */
  readonly n_inputs?: number
  /** Height and width of the image of a convolutional model; then of each convolutional layer. */
  readonly in_shape?: readonly number[]
  readonly in_channels?: readonly number[]
  readonly out_channels?: readonly number[]
  readonly kernel_sizes?: readonly number[]
  readonly strides?: readonly number[]
  readonly paddings?: readonly number[]
  readonly dilations?: readonly number[]
  readonly groups?: readonly number[]
  readonly n_outputs: number
  readonly n_hidden_layers?: number
  readonly n_hidden_units: readonly number[]
  readonly hidden_activation_function: string
  readonly output_activation_function: string
  readonly p_baseline?: number
  readonly error_scale?: number
  readonly output_activity_shift?: number | null
  readonly local_feedback_scales?: readonly number[] | null
  readonly n_apical_branches?: readonly number[] | null
  readonly feedback_bottleneck_sizes?: readonly number[] | null
  readonly apical_bias_learning?: boolean
  readonly ndnf_activation?: number | null
  readonly perturb_sigma?: number
  readonly lambda_output?: number
  readonly lambda_intn?: number
  readonly lambda_hidden?: number
  readonly W: WeightConfig
  readonly Y?: WeightConfig
  readonly Q?: WeightConfig
  readonly pyr_intn?: WeightConfig
  readonly intn_pyr?: WeightConfig
  readonly rec?: WeightConfig
}

type Check = (value: unknown, path: string, layers: number) => readonly string[]
type Fields = Readonly<Record<string, Check>>

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (path: string, value: unknown, expected: string): readonly string[] => [
  `${path} is ${JSON.stringify(value)}, but must be ${expected}.`,
]

const number: Check = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? [] : wrong(path, value, 'a number')
const boolean: Check = (value, path) =>
  typeof value === 'boolean' ? [] : wrong(path, value, 'true or false')
const anything: Check = () => []

const oneOf =
  (...values: readonly unknown[]): Check =>
  (value, path) =>
    values.includes(value)
      ? []
      : wrong(path, value, values.map((each) => JSON.stringify(each)).join(' or '))

const optional =
  (check: Check): Check =>
  (value, path, layers) =>
    value === undefined || value === null ? [] : check(value, path, layers)

/** A number for each hidden layer. */
const perLayer: Check = (value, path, layers) =>
  Array.isArray(value) && value.length === layers && value.every((each) => typeof each === 'number')
    ? []
    : wrong(path, value, `a list of ${layers} numbers`)

/** An object with these fields and no others. */
const object =
  (fields: Fields): Check =>
  (value, path, layers) => {
    if (!isRecord(value)) return wrong(path, value, 'an object')
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(fields, key))
    return [
      ...unknown.map((key) => `${path}.${key} is no option that is known here.`),
      ...Object.entries(fields).flatMap(([key, check]) =>
        check(value[key], `${path}.${key}`, layers),
      ),
    ]
  }

/** Two shares that an average keeps. */
const pair: Check = (value, path) =>
  Array.isArray(value) && value.length === 2 && value.every((each) => each >= 0 && each < 1)
    ? []
    : wrong(path, value, 'two numbers from 0 on and below 1')

/** Each reads its own: `momentum` is of plain descent, `betas` and `eps` are of Adam (PyTorch's, without AMSGrad). */
const optimiser: Check = (value, path, layers) =>
  object({
    type: oneOf('sgd', 'adam'),
    lr: number,
    momentum: isRecord(value) && value['type'] === 'adam' ? optional(number) : number,
    weight_decay: number,
    betas: optional(pair),
    eps: optional(number),
    amsgrad: oneOf(undefined, null, false),
    lr_scheduler: optional(object({ type: oneOf('cosine_warmup'), warmup_epochs: number })),
  })(value, path, layers)

const weight = (modes: readonly string[], rules: readonly string[] = []): Check =>
  object({
    mode: oneOf('random_init', 'load_init', ...modes),
    scale: optional(number),
    grad_type: optional(oneOf(...rules)),
    optimiser: optional(optimiser),
  })

/** Whole numbers from 0 on. */
const counts: Check = (value, path) =>
  Array.isArray(value) && value.every((each) => Number.isInteger(each) && each >= 0)
    ? []
    : wrong(path, value, 'a list of whole numbers')

const shared: Fields = {
  model_name: anything,
  dtype: optional(oneOf('float32', 'float64')),
  loss_type: optional(oneOf('mse')),
  n_outputs: number,
  use_teacher: optional(boolean),
  W: weight([]),
}

const common: Fields = {
  ...shared,
  n_inputs: number,
  n_hidden_layers: (value, path, layers) =>
    value === undefined || value === layers
      ? []
      : wrong(path, value, `${layers}, as the list says`),
  n_hidden_units: perLayer,
}

/** `perLayer` then counts convolutional and dense hidden layers together. */
const convolutional: Fields = {
  ...shared,
  in_shape: counts,
  in_channels: counts,
  out_channels: counts,
  kernel_sizes: counts,
  strides: counts,
  paddings: counts,
  dilations: counts,
  groups: counts,
  n_hidden_layers: optional(number),
  n_hidden_units: counts,
}

const rectified = ['relu', 'ln_relu', 'relu_ln', 'ms_relu_n', 'relu_rms']

const bursting: Fields = {
  p_baseline: optional(number),
  error_scale: optional(number),
  local_feedback_scales: optional(perLayer),
}

const events = ['sym_W', 'sym_Y', 'tied_W', 'tied_Y']

const ann: Fields = {
  hidden_activation_function: oneOf('sigmoid', ...rectified),
  output_activation_function: oneOf('sigmoid', 'softmax'),
  Y: weight(['sym_W', 'tied_W', 'tied_decay_W'], ['kp']),
}

const burstccn: Fields = {
  ...bursting,
  hidden_activation_function: oneOf('sigmoid', ...rectified),
  output_activation_function: oneOf('sigmoid', 'softmax'),
  output_activity_shift: optional(number),
  Y: weight(['sym_W', 'sym_Q', 'tied_W', 'tied_Q'], ['kp']),
  Q: weight(events, ['kp']),
}

const burstprop: Fields = {
  ...bursting,
  hidden_activation_function: oneOf('sigmoid', 'relu'),
  output_activation_function: oneOf('sigmoid', 'softmax'),
  output_activity_shift: optional(number),
  Y: weight(['sym_W', 'tied_W']),
  rec: weight(['none']),
}

const models: Readonly<Record<string, Fields>> = {
  mnist_ann: { ...common, ...ann },
  cifar10_conv_ann: { ...convolutional, ...ann },
  mnist_burstccn: {
    ...common,
    ...burstccn,
    n_apical_branches: optional(perLayer),
    Y: weight(['sym_W', 'sym_Q', 'tied_W', 'tied_Q'], ['apic', 'kp']),
  },
  cifar10_conv_burstccn: { ...convolutional, ...burstccn },
  mnist_burstccn_dales: {
    ...common,
    ...bursting,
    hidden_activation_function: oneOf('sigmoid'),
    output_activation_function: oneOf('sigmoid'),
    output_activity_shift: oneOf(undefined, null, 0),
    feedback_bottleneck_sizes: optional(perLayer),
    apical_bias_learning: optional(boolean),
    ndnf_activation: optional(number),
    n_apical_branches: oneOf(undefined, null),
    Y: weight(['sym_W', 'tied_W'], ['apic']),
    Q: (value, path, layers) => [
      ...weight(events)(value, path, layers),
      ...(isRecord(value) && value['optimiser']
        ? [`${path}.optimiser is given, but this Q does not learn.`]
        : []),
    ],
  },
  mnist_edn: {
    ...common,
    hidden_activation_function: oneOf('sigmoid'),
    output_activation_function: oneOf('sigmoid'),
    lambda_output: number,
    lambda_intn: number,
    lambda_hidden: number,
    Y: weight(['sym_W', 'tied_W']),
    pyr_intn: weight(['sym_W', 'tied_W']),
    intn_pyr: weight(['sym_Y', 'tied_Y']),
  },
  cifar10_conv_burstprop: { ...convolutional, ...burstprop },
  mnist_burstprop: { ...common, ...burstprop },
  mnist_np: {
    ...common,
    hidden_activation_function: oneOf('sigmoid', ...rectified),
    output_activation_function: oneOf('sigmoid', 'softmax'),
    perturb_sigma: number,
    // Nothing reads it: it is only measured.
    Y: weight(['sym_W', 'tied_W']),
  },
}

/** The model that a name stands for: those of ImageNet are those of CIFAR-10 in other sizes. */
export const modelOf = (name: string): string => name.replace(/^imagenet_conv_/, 'cifar10_conv_')

/** Whether fixtures of a model are replayed. */
export const isKnownModel = (name: string): boolean => Object.hasOwn(models, modelOf(name))

const step: Fields = {
  step: number,
  output: anything,
  loss_mse_before_update: number,
  state_before_update: anything,
  params_after_update: anything,
  measures_after_update: anything,
  lr_used: anything,
}

const fixtureFields = (config: Fields): Fields => ({
  case: anything,
  doc: anything,
  config: object(config),
  batch: number,
  n_steps: number,
  use_teacher: boolean,
  forward_noise: optional(number),
  init: anything,
  inputs: anything,
  targets: anything,
  standard_normal_draws: anything,
  lr_schedule: anything,
  runs: (value, path, layers) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([precision, steps]) => [
          ...oneOf('float32', 'float64')(precision, path, layers),
          ...(Array.isArray(steps) ? steps : []).flatMap((each) =>
            object(step)(each, `${path}.${precision}`, layers),
          ),
        ])
      : wrong(path, value, 'an object'),
})

/** What in a fixture of a known model is not understood, a sentence each. */
export function problemsOf(fixture: unknown): readonly string[] {
  if (!isRecord(fixture)) return ['The fixture is no object.']
  const config = fixture['config']
  if (!isRecord(config)) return ['The fixture has no `config`.']
  const fields = models[modelOf(String(config['model_name']))]
  if (!fields) return [`There is no model for ${JSON.stringify(config['model_name'])}.`]
  const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0)
  const layers = lengthOf(config['out_channels']) + lengthOf(config['n_hidden_units'])
  const problems = object(fixtureFields(fields))(fixture, 'fixture', layers)
  return [...problems, ...conflicts(fixture as { config: FixtureConfig } & typeof fixture)]
}
