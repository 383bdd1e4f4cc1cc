/**
 * Hints for names that do not exist here because they are those of other tools (NumPy, PyTorch,
 * Brian2, NESTML), or are declared in a file of the standard library that is not imported.
 *
 * One place for all of them: `Context.report` asks it for every unknown name and option, so that no
 * stage that looks names up has to know of other languages.
 */
import type { DiagnosticName } from '../../grammar/diagnostics/codes.ts'
import type { DiagnosticParameters } from '../../grammar/diagnostics/create.ts'
import { isUnit } from '../../grammar/units.ts'
import { meantUnit } from '../../grammar/unit-spellings.ts'
import { libraryNames } from './library-names.ts'

type Hints = Readonly<Record<string, string>>

const normal = 'write `normal()`: mean 0, standard deviation 1'
const uniform = 'write `uniform()`: between 0 and 1'
const constant = 'initial values need no name: write `init 0`'

/** In equations, rules, parameters and initialisers. */
const squares = 'a loss is an equation of the output cell: `loss l = sum((target - e) ^ 2) / 2`'
const entropy =
  'a loss is an equation of the output cell: `loss l = -sum(target * log_softmax(soma))`, with `log_softmax` from "std/activations"'
const binary =
  'a loss is an equation of the output cell: `loss l = -sum(target * log(e) + (1 - target) * log(1 - e))`'

const names: Hints = {
  mse: squares,
  mse_loss: squares,
  MSELoss: squares,
  mean_squared_error: squares,
  l2_loss: squares,
  cross_entropy: entropy,
  crossentropy: entropy,
  CrossEntropyLoss: entropy,
  nll_loss: entropy,
  NLLLoss: entropy,
  softmax_cross_entropy: entropy,
  bce: binary,
  bce_loss: binary,
  BCELoss: binary,
  binary_cross_entropy: binary,
  lr: 'the learning rate belongs to the optimiser: `optimise W with sgd(rate = 0.1)`',
  learning_rate: 'the learning rate belongs to the optimiser: `optimise W with sgd(rate = 0.1)`',
  epoch: 'write `every 1 epochs`',
  all: 'say which by name: `optimise W, k with sgd(rate = 0.1)`',
  xavier: 'write `xavier_normal()` or `xavier_uniform()`',
  glorot: 'write `xavier_normal()` or `xavier_uniform()`',
  kaiming: 'write `kaiming_normal()` or `kaiming_uniform()`',
  he: 'write `kaiming_normal()` or `kaiming_uniform()`',
  lecun_normal: 'write `normal(std = 1 / sqrt(n))`, with the number of inputs for n',
  xi: `noise is a draw: ${normal}`,
  randn: normal,
  standard_normal: normal,
  gaussian: normal,
  gauss: normal,
  rand: uniform,
  random: uniform,
  runif: uniform,
  rnorm: normal,
  randint: 'write `floor(n * uniform())`',
  poisson_rate: 'write `poisson(rate * dt)`, with dt the length of a step',
  binomial: 'write `bernoulli(p)`, which is 1 or 0',
  pow: 'write `a ^ b`',
  power: 'write `a ^ b`',
  square: 'write `a ^ 2`',
  sqr: 'write `a ^ 2`',
  ln: 'the natural logarithm is `log`',
  exprel: 'write `expm1(x) / x`',
  arcsin: 'write `asin(x)`',
  arccos: 'write `acos(x)`',
  arctan: 'write `atan(x)`',
  arctan2: 'write `atan2(y, x)`',
  fmod: 'write `mod(a, b)`, which has the sign of b',
  remainder: 'write `mod(a, b)`',
  rint: 'write `round(x)`',
  int: 'write `trunc(x)`; a comparison is 0 or 1 already',
  clamp: 'write `clip(x, low, high)`',
  clip_by_value: 'write `clip(x, low, high)`',
  maximum: 'write `max(a, b)`; over the units of a population `max_of(x)`',
  minimum: 'write `min(a, b)`; over the units of a population `min_of(x)`',
  amax: 'write `max_of(x)`',
  amin: 'write `min_of(x)`',
  average: 'write `mean(x)`',
  avg: 'write `mean(x)`',
  var: 'write `variance(x)`',
  stddev: 'write `std(x)`',
  stdev: 'write `std(x)`',
  where: 'write `if a then b else c`',
  select: 'write `if a then b else c`',
  ifelse: 'write `if a then b else c`',
  heaviside: 'a comparison is 0 or 1: write `(x > 0)`',
  training: 'write `not evaluating`',
  is_training: 'write `not evaluating`',
  theta_fn: 'a comparison is 0 or 1: write `(x > 0)`',
  step_function: 'a comparison is 0 or 1: write `(x > 0)`',
  logistic: 'write `sigmoid(x)`',
  expit: 'write `sigmoid(x)`',
  relu6: 'write `clip(x, 0, 6)`',
  hardtanh: 'write `clip(x, -1, 1)`',
  leaky_relu: 'write `max(x, 0.01 * x)`',
  elu: 'write `if x > 0 then x else expm1(x)`',
  selu: 'write `1.0507 * (if x > 0 then x else 1.67326 * (exp(x) - 1))`',
  gelu: 'write `x * (1 + erf(x / sqrt(2))) / 2`',
  silu: 'write `x * sigmoid(x)`',
  swish: 'write `x * sigmoid(x)`',
  dot: 'a product of weights is `A @ B`; of variables, what a connection does',
  matmul: 'a product of weights is `A @ B`; of variables, what a connection does',
  mm: 'a product of weights is `A @ B`',
  T: 'write `transpose(W)`',
  len: 'write `length(list)`, or `size(population)`',
  numel: 'write `size(population)`',
  shape: 'write `size(population)`',
  np: 'there are no modules: functions are called by their name, as in `exp(x)`',
  numpy: 'there are no modules: functions are called by their name, as in `exp(x)`',
  torch: 'there are no modules: functions are called by their name, as in `exp(x)`',
  nn: 'layers are populations and connections: `connect x.e -> h.soma as W { init xavier_normal() }`',
  F: 'there are no modules: functions are called by their name, as in `exp(x)`',
  math: 'there are no modules: functions are called by their name, as in `exp(x)`',
  math_pi: 'write `import { pi } from "std/math"`',
  True: 'write `true`',
  False: 'write `false`',
  TRUE: 'write `true`',
  FALSE: 'write `false`',
  None: 'leave out what has no value',
  null: 'leave out what has no value',
  inf: 'there is no infinite number: leave the bound out, as in `0..`',
  Inf: 'there is no infinite number: leave the bound out, as in `0..`',
  infinity: 'there is no infinite number: leave the bound out, as in `0..`',
  nan: 'there is no number that is none',
  NaN: 'there is no number that is none',
  lambda: 'functions are declared: `function f(z) = z * 2`',
  self: 'the variables of a cell are read by their name',
  dt: 'declare `param dt = 1 ms`, and write `step dt` in the experiment',
  timestep: 'declare `param dt = 1 ms`, and write `step dt` in the experiment',
  lastspike: 'write `since(s)`, the time since s was emitted',
  last_spike: 'write `since(s)`, the time since s was emitted',
  not_refractory:
    'write `since(s) >= 2 ms`, or let the spike hold a state: `refractory 2 ms holding v`',
  v_pre: 'a rule reads the cells as `pre.v` and `post.v`',
  v_post: 'a rule reads the cells as `pre.v` and `post.v`',
  x_pre: 'a rule reads the cells as `pre.x` and `post.x`',
  x_post: 'a rule reads the cells as `pre.x` and `post.x`',
  zeros: constant,
  ones: 'initial values need no name: write `init 1`',
  constant: 'initial values need no name: write `init 0.1`',
  full: 'initial values need no name: write `init 0.1`',
  eye: 'write `identity()`',
  glorot_normal: 'write `xavier_normal()`',
  glorot_uniform: 'write `xavier_uniform()`',
  he_normal: 'write `kaiming_normal()`',
  he_uniform: 'write `kaiming_uniform()`',
  orthogonal_: 'write `orthogonal(gain = 1)`',
  trunc_normal: 'write `truncated_normal(std, mean, within = 2)`',
  trunc_normal_: 'write `truncated_normal(std, mean, within = 2)`',
  TruncatedNormal: 'write `truncated_normal(std, mean, within = 2)`',
  spectral_radius: 'write `spectral(normal(), radius = 0.9)`',
}

const measures: Hints = {
  accuracy: 'write `error`: the share of wrong answers in %, 100 less the accuracy',
  acc: 'write `error`: the share of wrong answers in %, 100 less the accuracy',
  mse: 'write `loss`, and declare it in the cell: `loss l = sum((target - e) ^ 2) / 2`',
  cross_entropy: 'write `loss`, and declare it in the cell',
  rate: 'say of what: `rate(h.spike)`',
  firing_rate: 'say of what: `rate(h.spike)`',
  weight: 'write `norm(W)`',
  grad: 'write `norm(backprop(W))`, or `norm(update(W))`',
}

const optimisers: Hints = {
  AdamW: 'write `adamw(rate = ..., decay = ...)`',
  RMSprop: 'write `rmsprop(rate = ...)`',
  rms_prop: 'write `rmsprop(rate = ...)`',
  nesterov: 'write `sgd(rate = ..., momentum = 0.9, nesterov = on)`',
  momentum: 'write `sgd(rate = ..., momentum = 0.9)`',
}

const schedules: Hints = {
  cosine_annealing: 'write `cosine(warmup = 0)`',
  CosineAnnealingLR: 'write `cosine(warmup = 0)`',
  StepLR: 'write `step(every, factor)`',
  step_lr: 'write `step(every, factor)`',
  ExponentialLR: 'write `exponential(factor)`',
  LinearLR: 'write `linear(to = 0, warmup = 0)`, or `constant(warmup)`',
  warmup: 'write `constant(warmup)`',
  ReduceLROnPlateau: 'write `plateau(of = loss, factor = 0.1, patience = 10)`',
  reduce_on_plateau: 'write `plateau(of = loss, factor = 0.1, patience = 10)`',
}

const solvers: Hints = {
  exact: 'write `exponential_euler`',
  exponential: 'write `exponential_euler`',
  exp_euler: 'write `exponential_euler`',
  forward_euler: 'write `euler`',
  runge_kutta: 'write `rk4`',
  rk2: 'write `rk4`',
  rk45: 'write `rk4`',
}

const ownCells =
  'cells are written by their equations: `cell LIF { compartment soma  state v = ...  spike s when ... }`'
const sources =
  'see `PoissonSpikes` and `ConstantRate` in "std/spiking"; spikes of a file are a data set by `spikes(...)`'

const cells: Hints = {
  PoissonGroup: sources,
  PoissonGenerator: sources,
  poisson_generator: sources,
  PoissonInput: sources,
  SpikeGeneratorGroup: sources,
  spike_generator: sources,
  SpikeSourceArray: sources,
  SpikeSourcePoisson: sources,
}
const foreignCell =
  /^(iaf|hh|aeif|gif|glif|izhikevich|mat2|pp_psc|IF_|HH_|EIF_|Izhikevich|NeuronGroup|LIF|Leaky|AdEx|adex)/

const precisions: Hints = {
  float32: 'write `f32`',
  single: 'write `f32`',
  float: 'write `f32`',
  float64: 'write `f64`',
  double: 'write `f64`',
}

const augmentations: Hints = {
  random_crop: 'write `crop(size, padding)`',
  RandomCrop: 'write `crop(size, padding)`',
  horizontal_flip: 'write `flip`',
  random_horizontal_flip: 'write `flip`',
  RandomHorizontalFlip: 'write `flip`',
}

const options: Hints = {
  lr: 'write `rate`',
  learning_rate: 'write `rate`',
  eta: 'write `rate`',
  alpha: 'write `rate`, or of `rmsprop` `beta` for the share that its average keeps',
  betas: 'write `beta1 = 0.9, beta2 = 0.999`',
  beta: 'write `beta1` and `beta2`',
  eps: 'write `epsilon`',
  weight_decay: 'write `decay`',
  l2: 'write `decay`',
  loc: 'write `mean`',
  mu: 'write `mean`',
  sigma: 'write `std`',
  stddev: 'write `std`',
  minval: 'write `low`',
  maxval: 'write `high`',
  mode: 'write `fan = "in"` or `fan = "out"`',
  nonlinearity: 'write the factor itself, as in `gain = 1.414`',
  normalize: 'write `standardise`',
  normalise: 'write `standardise`',
  shuffle: 'examples are shuffled, unless `ordered` is said',
  label_smoothing: 'write `smoothing`',
  gamma: 'write `factor`',
  step_size: 'write `every`',
  cool_down: 'write `cooldown`',
  min_lr: 'write `least`',
  centered: 'write `centred`',
  rho: 'write `beta`, the share that the average keeps',
  max_norm: 'write `clip`',
  clipnorm: 'write `clip`',
  clip_norm: 'write `clip`',
}

const kinds: Readonly<Record<string, Hints>> = {
  measure: measures,
  optimiser: optimisers,
  schedule: schedules,
  solver: solvers,
  precision: precisions,
  augmentation: augmentations,
}

const own = (table: Hints, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** Kinds of names that a file of the library could declare. */
const importable =
  /^(value|function|variable or parameter|function for rules|cell type|cell|rule|plasticity rule|synapse|synapse type|short-term plasticity|data ?set|motif)$/

/** `LeakyReLU` for `leaky_relu`, `ReLU` for what the library calls `relu`. */
function otherwiseSpelled(name: string): string | undefined {
  if (!/[A-Z]/.test(name)) return undefined
  const spellings = [name.toLowerCase(), name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()]
  for (const spelling of spellings) {
    const known = own(names, spelling)
    if (known !== undefined) return known
    const file = Object.entries(libraryNames).find(([, all]) => all.includes(spelling))?.[0]
    if (file !== undefined) {
      return `write \`${spelling}\`, from the standard library: \`import { ${spelling} } from "std/${file}"\``
    }
  }
  return undefined
}

/** The files of the standard library that declare a name that is unknown, as an import writes them. */
export function importableFrom({ name, kind }: DiagnosticParameters): readonly string[] {
  if (typeof name !== 'string' || typeof kind !== 'string') return []
  if (Object.hasOwn(kinds, kind) || !importable.test(kind)) return []
  return Object.entries(libraryNames).flatMap(([file, all]) =>
    all.includes(name) ? [`std/${file}`] : [],
  )
}

/** What to write in place of a name or an option that does not exist, if it is known from elsewhere. */
export function foreignHint(
  diagnostic: DiagnosticName,
  { name, kind }: DiagnosticParameters,
): string | undefined {
  if (typeof name !== 'string' || name === 'this') return undefined
  if (diagnostic === 'unknownOption') return own(options, name)
  if (diagnostic !== 'unknownName' || typeof kind !== 'string') return undefined
  if (Object.hasOwn(kinds, kind)) return own(kinds[kind] ?? {}, name)
  const files = importableFrom({ name, kind }).map((file) => `"${file}"`)
  if (files.length > 0)
    return `it is declared in the standard library: \`import { ${name} } from ${files.join(' or ')}\``
  if (kind === 'cell type') {
    const known = own(cells, name) ?? (foreignCell.test(name) ? ownCells : undefined)
    if (known !== undefined) return known
  }
  if (
    !/^(value|variable|state variable|parameter|weight|function)\b/.test(kind) ||
    kind === 'variable to record'
  )
    return undefined
  const known = own(names, name) ?? otherwiseSpelled(name)
  if (known !== undefined) return known
  const unit = isUnit(name) ? undefined : meantUnit(name)
  return unit === undefined || name.length < 2 ? undefined : `did you mean the unit \`${unit}\`?`
}
