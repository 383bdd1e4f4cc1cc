/**
 * How each thing of the language is written, in one line: the hint of a syntax error inside of it for which
 * nothing more exact is known. Keys are rules of the grammar.
 */
const forms: Readonly<Record<string, string>> = {
  bias: 'a bias is written `bias b = 0`',
  cellMember:
    'a cell is made of `compartment soma`, `input x`, `bias b`, `state v = 0 : dv/dt = ...`, `event e = ...`, `on spike { ... }` and equations `p = ...`',
  compartment: 'a compartment is written `compartment soma`',
  connectProperty:
    'a connection is made of `init 1`, `tied = W`, `learn Rule`, `fixed`, `delay 1 ms`, `bounds 0..1` and whom it joins: `one_to_one`, `random probability 0.1`',
  data: 'data are named, as in `data digits`: a `dataset` says which files they are read from',
  datasetMember:
    'a data set is made of `field image[28, 28]`, `train csv("train.csv")` and `test csv("test.csv")`',
  inputMember: 'an input is written `input x`',
  plasticityMember:
    'a rule is made of its change `dw = ...`, states, equations and reactions: `on post.spike { w += 1 }`',
  statement:
    'an experiment is made of `data digits`, `present x = image`, `batch 32`, `epochs 10`, `step 1 ms`, `duration 1 s`, `optimise W with ...`, `measure ...`, `record ...`, `set n = 4` and the like',
  assignment: 'a reaction assigns to states: `v = 0`, `v += 1`',
  cellItem:
    'a type of cells is written `cell Name { ... }`, with parameters `cell Name(tau = 10 ms) { ... }`',
  connectItem: 'a connection is written `connect a.event -> b.soma as W { init 1 }`',
  constItem: 'a constant is written `const n = 3`',
  datasetField: 'a field is written `field image[28, 28]`, one of labels `field label class 10`',
  derivative: 'a state is written `state v = 0 : tau * dv/dt = -v`',
  emitted:
    'what is emitted has a name: `event e = ...`, `spike s when v >= theta { v = 0 }`, `loss l = ...`',
  experimentItem: 'an experiment is written `experiment name { ... }`',
  forItem: 'a loop is written `for (a, b) in [x, h, y] { ... }`',
  functionItem: 'a function is written `function f(z) = z * 2`',
  importItem: 'an import is written `import { Name } from "std/cells"`',
  letItem: 'a matrix of weights is named by `let A = W2 @ W1`',
  optimise: 'an optimiser is given by `optimise W with sgd(rate = 0.1)`',
  paramItem: 'a parameter is written `param n = 3`, with a range `param n = 3 in 1..`',
  plasticityItem: 'a rule is written `plasticity Name { dw = ... }`',
  populationItem: 'a population is written `population h[8] : Cell`',
  present: 'what is presented is written `present x = image, y.target = one_hot(label)`',
  protocolPart: 'a protocol is made of `phase name 10 ms` and `repeat 3 { phase ... }`',
  range: 'a range is written `1..10`, `0..` or `0 < .. < 1`',
  reaction: 'a reaction is written `on spike { v = 0 }`',
  repeat: 'phases are repeated by `repeat 3 { phase ... }`; what ends a run is `stop when ...`',
  setChange: 'a parameter is set by `set n = 4`',
  state: 'a state is written `state v = 0 : tau * dv/dt = -v`',
  stpItem: 'short-term plasticity is written `stp Name { passes event as u * x  ... }`',
  synapseItem:
    'a type of synapses is written `synapse Name { ... }`, a connection `connect a.event -> b.soma`',
  tied: 'a copy is written `tied = W`',
  variantItem: 'a variant is written `variant name { ... }`',
}

/** Rules that are part of what the rule around them reads. */
const parts =
  /Body$|^(shape|path|paths|plainName|name|reference|cellReference|parameters|parameter|rangeEnd|assignments|importName|string)$/

/** How what is read is written; `rules` are those that are being read, the innermost last. */
export function formOf(rules: readonly string[]): string | undefined {
  for (const rule of rules.toReversed()) {
    if (Object.hasOwn(forms, rule)) return forms[rule]
    if (!parts.test(rule)) return undefined
  }
  return undefined
}
