/**
 * Words that other languages and tools have where this one has others: of programming languages, of
 * Brian2, NEST and NESTML, of PyTorch. What they are here goes into a hint.
 */

/** Own entries only: `toString` is no key of a table. */
const own = <V>(table: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** Words of the grammar under another name. */
const words: Readonly<Record<string, string>> = {
  optimize: 'optimise',
  optimizer: 'optimise',
  optimiser: 'optimise',
  parameter: 'param',
  neuron: 'cell',
  neurons: 'population',
  layer: 'population',
  group: 'population',
  synapses: 'connect',
  projection: 'connect',
  rule: 'plasticity',
  elif: 'else if',
  elsif: 'else if',
  def: 'function',
  func: 'function',
  fn: 'function',
  var: 'let',
  batch_size: 'batch',
  batchsize: 'batch',
  epoch: 'epochs',
  dt: 'step',
  timestep: 'step',
  time_step: 'step',
  monitor: 'record',
  network: 'model',
}

/** The word of the grammar that `word` means elsewhere. */
export function foreignWord(word: string): string | undefined {
  return own(words, word)
}

const spike =
  'a spike is written `spike s when v >= theta { v = reset }`: when it is emitted, what it resets'
const refractory =
  'a refractory time belongs to the spike: `spike s when v >= theta refractory 2 ms { v = reset }`'
const rate = 'the learning rate belongs to the optimiser: `optimise W with sgd(rate = 0.1)`'
const equation = 'an equation is written `p = ...`, a state `state v = 0 : tau * dv/dt = ...`'

const reaction = 'a reaction is written `on spike { v = 0 }`, in a rule `on pre.spike { w += 1 }`'

const members: Readonly<Record<string, string>> = {
  on_pre: reaction,
  on_post: reaction,
  onReceive: reaction,
  onCondition: reaction,
  when: reaction,
  ode: equation,
  ODE: equation,
  kernel: equation,
  refractory,
  refrac: refractory,
  t_ref: refractory,
  tau_ref: refractory,
  threshold: spike,
  reset: spike,
  equations: equation,
  eqs: equation,
  model: equation,
  update: equation,
  internals: 'an internal quantity is an equation: `p = ...`',
  parameters: 'parameters stand behind the name: `cell A(tau = 10 ms) { ... }`',
  def: 'functions stand outside of cells: `function f(z) = ...`',
  output: 'what is emitted is written `event e = ...`, `spike s when ...` or `signal x = ...`',
  weight: 'weights belong to connections: `connect a.e -> b.soma as W { init 1 }`',
}

/** Words that declare a signal elsewhere: what it would have been called is not known. */
const nameless: ReadonlySet<string> = new Set(['threshold', 'reset', 'output', 'emit', 'fire'])

/** Whether what begins with `word` may have meant to declare a name that it does not say. */
export const hidesName = (word: string): boolean => nameless.has(word)

const properties: Readonly<Record<string, string>> = {
  weight: 'a weight is given by `init 1`',
  weights: 'a weight is given by `init 1`',
  w: 'a weight is given by `init 1`',
  p: 'a share of the pairs is connected by `random probability 0.1`',
  probability: 'a share of the pairs is connected by `random probability 0.1`',
  sparsity: 'a share of the pairs is connected by `random probability 0.1`',
  plasticity: 'a weight learns by `learn Rule`',
  rule: 'a weight learns by `learn Rule`',
  trainable: 'a weight learns by `learn Rule`, or is `fixed`',
  requires_grad: 'a weight learns by `learn Rule`, or is `fixed`',
  frozen: 'a weight that does not learn is `fixed`',
  bias: 'a bias belongs to a cell: `bias b = 0 learn Rule`',
  latency: 'a delay is written `delay 1 ms`',
  clip: 'weights are kept in a range by `bounds 0..1`',
}

const statements: Readonly<Record<string, string>> = {
  learning_rate: rate,
  lr: rate,
  rate,
  momentum: 'momentum belongs to the optimiser: `sgd(rate = 0.1, momentum = 0.9)`',
  weight_decay: 'decay belongs to the optimiser: `sgd(rate = 0.1, decay = 1e-4)`',
  train: 'training and test data are parts of the data set: `data name`',
  run: 'the length of the run is `epochs 10`, or by a clock `duration 1 s`',
  steps: 'the length of the run is `epochs 10`, or by a clock `duration 1 s`',
  iterations: 'the length of the run is `epochs 10`, or by a clock `duration 1 s`',
  dataset: 'write `data name`',
  loss: 'a loss belongs to a cell (`loss l = ...`); to follow it, write `measure loss`',
  plot: 'write `record h.e`, and after the run `ccn plot`',
  print: 'write `measure ...`, or `record ...`',
  SpikeMonitor: 'spikes are recorded by `record h.spike`',
  StateMonitor: 'a variable is recorded by `record h.v`',
  multimeter: 'a variable is recorded by `record h.v`',
  voltmeter: 'a variable is recorded by `record h.v`',
  simulate: 'the length of the run is `epochs 10`, or by a clock `duration 1 s`',
  noise: 'noise is drawn in an equation: `normal()`',
  repeat: '`repeat 3 { phase ... }` stands inside a `protocol`; what ends a run is `stop when ...`',
  reset:
    'a spike resets states in its cell: `spike s when v >= theta { v = 0 }`; `on presented { v = 0 }` does it for each example',
  backprop:
    'gradients are a rule: `nonlocal plasticity Exact { dw = backprop }`, and `learn Exact` in connections',
}

const typed = 'values have no type: write `param n = 3`'

const items: Readonly<Record<string, string>> = {
  int: typed,
  float: typed,
  double: typed,
  real: typed,
  number: typed,
  bool: typed,
  parameters: 'each parameter is written `param n = 3`',
  set: 'a parameter is given its value by `param n = 4`; `set n = 4` stands inside a `variant` or an `experiment`',
  loss: 'a loss belongs to a cell: `cell Out { ... loss l = sum((target - e) ^ 2) }`',
  class: 'a type of cells is written `cell Name { ... }`',
  struct: 'a type of cells is written `cell Name { ... }`',
  from: 'write `import { Name } from "std/cells"`',
  include: 'write `import { Name } from "std/cells"`',
  using: 'write `import { Name } from "std/cells"`',
  print: 'an experiment says what to `measure` and to `record`',
  run: 'an experiment is written `experiment name { ... }`, and run by `ccn train`',
  simulate: 'an experiment is written `experiment name { ... }`, and run by `ccn train`',
  step: '`step` stands inside an `experiment`',
  duration: '`duration` stands inside an `experiment`',
}

/** Plain statements, which begin with no word of their own. */
const plain: ReadonlySet<string> = new Set(['batch', 'epochs', 'step'])

const plainStatement = (word: string): string | undefined => {
  const known = foreignWord(word)
  return known !== undefined && plain.has(known) ? `did you mean \`${known}\`?` : undefined
}

/** What to write in place of `word`, with which no member, statement or declaration begins. */
export function foreignStatement(rule: string, word: string): string | undefined {
  if (rule === 'statement') return own(statements, word) ?? plainStatement(word)
  if (rule === 'item') return own(items, word)
  if (rule === 'connectProperty') return own(properties, word)
  if (rule === 'plasticityMember' && word === 'dw/dt')
    return 'the change of a weight is written `dw = ...`, without a time'
  return rule === 'cellMember' || rule === 'plasticityMember' ? own(members, word) : undefined
}
