/**
 * One item of every form, and the tree it makes (see `sketch.ts` for the notation).
 */

/** Source and sketch of its items. */
export const nodeTable: readonly (readonly [source: string, tree: string])[] = [
  ['import { A } from "std/x"', 'Import{names: [ImportName{name: A}], source: "std/x"}'],
  [
    'import { A, B as C } from "./lib.ccn"',
    'Import{names: [ImportName{name: A}, ImportName{name: B, alias: C}], source: "./lib.ccn"}',
  ],
  ['param p0 = 0.5', 'Param{name: p0, value: 0.5}'],
  ['param p0 = 0.5 in 0 < .. < 1', 'Param{name: p0, value: 0.5, range: 0<..<1}'],
  ['param rate = 0.15 in 0..', 'Param{name: rate, value: 0.15, range: 0..}'],
  ['const tau = 10 ms', 'Const{name: tau, value: 10_ms}'],
  [
    'function sq(x) = x * x',
    'Function{name: sq, parameters: [Parameter{name: x}], result: (x * x)}',
  ],
  [
    'function relu(z) = max(z, 0) pullback(g) = g * (z > 0)',
    'Function{name: relu, parameters: [Parameter{name: z}], result: max(z, 0), pullback: Pullback{gradient: g, result: (g * (z > 0))}}',
  ],
  [
    'function f(z, k = 2) { a = z / k  return a }',
    'Function{name: f, parameters: [Parameter{name: z}, Parameter{name: k, value: 2}], bindings: [Binding{name: a, value: (z / k)}], result: a}',
  ],
  [
    'function f(z) { a = max(z, 0)  return a  pullback(g) { r = g / 2  return r * (a > 0) } }',
    'Function{name: f, parameters: [Parameter{name: z}], bindings: [Binding{name: a, value: max(z, 0)}], result: a, pullback: Pullback{gradient: g, bindings: [Binding{name: r, value: (g / 2)}], result: (r * (a > 0))}}',
  ],
  ['cell A { }', 'Cell{name: A}'],
  [
    'cell A(p0, g = 1) extends B(p0, k = g) { x = 1 }',
    'Cell{name: A, parameters: [Parameter{name: p0}, Parameter{name: g, value: 1}], base: {name: B, args: [Argument{value: p0}, Argument{name: k, value: g}]}, members: [Equation{name: x, value: 1}]}',
  ],
  ['cell A extends B { }', 'Cell{name: A, base: {name: B}}'],
  [
    'cell A { compartment soma, apical }',
    'Cell{name: A, members: [Compartment{names: [soma, apical]}]}',
  ],
  [
    'cell A { compartment apical[branches] }',
    'Cell{name: A, members: [Compartment{names: [apical], branches: branches}]}',
  ],
  [
    'cell A { compartment soma { state v = E_L : tau * dv/dt = -v + input } }',
    'Cell{name: A, members: [Compartment{names: [soma], members: [State{name: v, initial: E_L, derivative: Derivative{variable: v, factor: tau, value: ((-v) + input)}}]}]}',
  ],
  ['cell A { input target }', 'Cell{name: A, members: [Input{name: target}]}'],
  [
    'cell A { input above : scalar = 1 }',
    'Cell{name: A, members: [Input{name: above, scalar: true, value: 1}]}',
  ],
  ['cell A { input x = 0.5 }', 'Cell{name: A, members: [Input{name: x, value: 0.5}]}'],
  ['cell A { bias k }', 'Cell{name: A, members: [Bias{name: k}]}'],
  [
    'cell A { bias k = 0 learn Rule(2) }',
    'Cell{name: A, members: [Bias{name: k, value: 0, learn: Reference{name: Rule, args: [Argument{value: 2}]}}]}',
  ],
  [
    'cell A { state per per example = 0 : dper/dt = -per }',
    'Cell{name: A, members: [State{name: per, perExample: true, initial: 0, derivative: Derivative{variable: per, value: (-per)}}]}',
  ],
  [
    'cell A { state v : dv/dt = -v }',
    'Cell{name: A, members: [State{name: v, derivative: Derivative{variable: v, value: (-v)}}]}',
  ],
  [
    'cell A { state v = -70 mV : tau / 2 * dv/dt = E_L - v }',
    'Cell{name: A, members: [State{name: v, initial: (-70_mV), derivative: Derivative{variable: v, factor: (tau / 2), value: (E_L - v)}}]}',
  ],
  [
    'cell A { event e = sigmoid(soma + k)  burst b = p * e  spike s = 1  signal g = 2  loss l = 3 }',
    'Cell{name: A, members: [Equation{role: event, name: e, value: sigmoid((soma + k))}, Equation{role: burst, name: b, value: (p * e)}, Equation{role: spike, name: s, value: 1}, Equation{role: signal, name: g, value: 2}, Equation{role: loss, name: l, value: 3}]}',
  ],
  [
    'cell A { loss l local = 3  local = 4  loss local = 5 }',
    'Cell{name: A, members: [Equation{role: loss, local: true, name: l, value: 3}, Equation{name: local, value: 4}, Equation{role: loss, name: local, value: 5}]}',
  ],
  [
    'cell A { spike s when v >= theta { v = E_L  theta += 2 mV  x -= 1 } }',
    'Cell{name: A, members: [Equation{role: spike, name: s, value: (v >= theta), detected: true, resets: [Assignment{target: v, operator: =, value: E_L}, Assignment{target: theta, operator: +=, value: 2_mV}, Assignment{target: x, operator: -=, value: 1}]}]}',
  ],
  [
    'cell A { spike s when v > theta refractory 2 ms holding v, u { v = 0 } }',
    'Cell{name: A, members: [Equation{role: spike, name: s, value: (v > theta), detected: true, refractory: Refractory{time: 2_ms, holding: [v, u]}, resets: [Assignment{target: v, operator: =, value: 0}]}]}',
  ],
  [
    'cell A { spike s when v > 1 pullback(g) = g * v refractory 2 ms { v = 0 }  spike r when v > 2  pullback = 3 }',
    'Cell{name: A, members: [Equation{role: spike, name: s, value: (v > 1), detected: true, pullback: Pullback{gradient: g, result: (g * v)}, refractory: Refractory{time: 2_ms}, resets: [Assignment{target: v, operator: =, value: 0}]}, Equation{role: spike, name: r, value: (v > 2), detected: true}, Equation{name: pullback, value: 3}]}',
  ],
  [
    'cell A { spike s when v > 15 refractory tau  refractory = 3  holding = 4 }',
    'Cell{name: A, members: [Equation{role: spike, name: s, value: (v > 15), detected: true, refractory: Refractory{time: tau}}, Equation{name: refractory, value: 3}, Equation{name: holding, value: 4}]}',
  ],
  [
    'cell A { burst b when s and isi < 16 ms }',
    'Cell{name: A, members: [Equation{role: burst, name: b, value: (s and (isi < 16_ms)), detected: true}]}',
  ],
  [
    'cell A { on spike { u += f * (1 - u) } }',
    'Cell{name: A, members: [Reaction{trigger: spike, assignments: [Assignment{target: u, operator: +=, value: (f * (1 - u))}]}]}',
  ],
  [
    'cell A { p = 1  event = 2  on_rate = 3  state = 4 }',
    'Cell{name: A, members: [Equation{name: p, value: 1}, Equation{name: event, value: 2}, Equation{name: on_rate, value: 3}, Equation{name: state, value: 4}]}',
  ],
  ['stp depressing passes event', 'Stp{name: depressing, passes: event}'],
  [
    'stp scaled(k = 1) passes burst as k * p',
    'Stp{name: scaled, parameters: [Parameter{name: k, value: 1}], passes: burst, amplitude: (k * p)}',
  ],
  [
    'stp TM(U = 0.5, tau_rec = 100 ms) { state x = 1 : dx/dt = (1 - x) / tau_rec  on spike { x -= u * x }  u = U  passes spike as u * x }',
    'Stp{name: TM, parameters: [Parameter{name: U, value: 0.5}, Parameter{name: tau_rec, value: 100_ms}], passes: spike, amplitude: (u * x), members: [State{name: x, initial: 1, derivative: Derivative{variable: x, value: ((1 - x) / tau_rec)}}, Reaction{trigger: spike, assignments: [Assignment{target: x, operator: -=, value: (u * x)}]}, Equation{name: u, value: U}]}',
  ],
  [
    'synapse S(noise = 0) { stp depressing  sign excitatory  transmit signal + noise * normal()  delay 1 step  bounds 0..  learn Rule  fixed }',
    'Synapse{name: S, parameters: [Parameter{name: noise, value: 0}], members: [StpProperty{reference: Reference{name: depressing}}, SignProperty{sign: excitatory}, TransmitProperty{value: (signal + (noise * normal()))}, DelayProperty{value: 1_step}, BoundsProperty{range: 0..}, LearnProperty{rule: Reference{name: Rule}}, FixedProperty{}]}',
  ],
  [
    'synapse T { stp TM(U = 0.9)  sign unsigned  bounds -1..1 }',
    'Synapse{name: T, members: [StpProperty{reference: Reference{name: TM, args: [Argument{name: U, value: 0.9}]}}, SignProperty{sign: unsigned}, BoundsProperty{range: (-1)..1}]}',
  ],
  [
    'plasticity R { dw = post.e * pre.e }',
    'Plasticity{name: R, members: [Equation{name: dw, value: (post.e * pre.e)}]}',
  ],
  [
    'plasticity R(rate) { state trace : 10 ms * dtrace/dt = -trace  x = 1  on post.burst { w += rate }  bounds 0 .. < 1 }',
    'Plasticity{name: R, parameters: [Parameter{name: rate}], members: [State{name: trace, derivative: Derivative{variable: trace, factor: 10_ms, value: (-trace)}}, Equation{name: x, value: 1}, Reaction{trigger: post.burst, assignments: [Assignment{target: w, operator: +=, value: rate}]}, BoundsProperty{range: 0..<1}]}',
  ],
  [
    'nonlocal plasticity R { dw = 1 }',
    'Plasticity{name: R, nonlocal: true, members: [Equation{name: dw, value: 1}]}',
  ],
  ['population x[784] : Input', 'Population{name: x, shape: [784], cell: Reference{name: Input}}'],
  [
    'population n[8] : N(2, each normal(1, 2), tau = each -x, y = each)',
    'Population{name: n, shape: [8], cell: Reference{name: N, args: [Argument{value: 2}, Argument{each: true, value: normal(1, 2)}, Argument{name: tau, each: true, value: (-x)}, Argument{name: y, value: each}]}}',
  ],
  [
    'population h[layers][hidden] : Pyramidal(p0)',
    'Population{name: h, count: layers, shape: [hidden], cell: Reference{name: Pyramidal, args: [Argument{value: p0}]}}',
  ],
  [
    'population c[64, 14, 14] : Conv',
    'Population{name: c, shape: [64, 14, 14], cell: Reference{name: Conv}}',
  ],
  ['connect a -> b', 'Connect{source: a, target: b}'],
  ['connect y.gain -> h[0].above', 'Connect{source: y.gain, target: h[0].above}'],
  [
    'connect a.event -> b.soma as W : Depressing',
    'Connect{source: a.event, target: b.soma, name: W, synapse: Reference{name: Depressing}}',
  ],
  [
    'connect a -> b as W { init constant(1) fixed }',
    'Connect{source: a, target: b, name: W, properties: [InitProperty{value: constant(1)}, FixedProperty{}]}',
  ],
  [
    'connect a -> b : S { delay 1 step  sign inhibitory  stp facilitating  bounds ..5 }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [DelayProperty{value: 1_step}, SignProperty{sign: inhibitory}, StpProperty{reference: Reference{name: facilitating}}, BoundsProperty{range: ..5}]}',
  ],
  [
    'connect a -> b as Q : S { tied = -p0 * Y  learn R(1) }',
    'Connect{source: a, target: b, name: Q, synapse: Reference{name: S}, properties: [TiedProperty{value: ((-p0) * Y)}, LearnProperty{rule: Reference{name: R, args: [Argument{value: 1}]}}]}',
  ],
  [
    'connect a -> b as Y : S { init 1  tied = W when on and c }',
    'Connect{source: a, target: b, name: Y, synapse: Reference{name: S}, properties: [InitProperty{value: 1}, TiedProperty{value: W, when: (on and c)}]}',
  ],
  [
    'connect a -> b : S { all_to_all }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: all_to_all}]}',
  ],
  [
    'connect a -> b : S { one_to_one }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: one_to_one}]}',
  ],
  [
    'connect a -> b : S { random probability 0.1 }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: random, options: [{name: probability, value: 0.1}]}]}',
  ],
  [
    'connect a -> b : S { all_to_all no_self when distance < 200 um }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: all_to_all, flags: [no_self], when: (distance < 200_um)}]}',
  ],
  [
    'connect a[0..799].e -> b[800 ..] as W { random in_degree k no_self  init 1 }',
    'Connect{source: a[0..799].e, target: b[800..], name: W, properties: [ConnectivityProperty{connectivity: random, options: [{name: in_degree, value: k}], flags: [no_self]}, InitProperty{value: 1}]}',
  ],
  [
    'connect a -> b : S { random synapses 2 * n repeats no_self  random out_degree 3 }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: random, options: [{name: synapses, value: (2 * n)}], flags: [repeats, no_self]}, ConnectivityProperty{connectivity: random, options: [{name: out_degree, value: 3}]}]}',
  ],
  [
    'connect a -> b : S { pairs "s.npz"  init file("s.npz", array = "w") }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: pairs, file: "s.npz"}, InitProperty{value: file("s.npz", array="w")}]}',
  ],
  [
    'connect a -> b : S { pattern net.P[1]  fixed }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: pattern, shared: net.P[1]}, FixedProperty{}]}',
  ],
  [
    'pattern P = a[0..9] -> b random probability exp(-distance / 1 m) no_self',
    'Pattern{name: P, source: a[0..9], target: b, connectivity: ConnectivityProperty{connectivity: random, options: [{name: probability, value: exp(((-distance) / 1_m))}], flags: [no_self]}}',
  ],
  [
    'population e[20, 200] : C(1) at grid(spacing = 50 um, periodic = true)',
    'Population{name: e, shape: [20, 200], cell: Reference{name: C, args: [Argument{value: 1}]}, positions: Reference{name: grid, args: [Argument{name: spacing, value: 50_um}, Argument{name: periodic, value: true}]}}',
  ],
  [
    'connect a -> b : S { mask "m.npy" }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: mask, file: "m.npy"}]}',
  ],
  [
    'connect a -> b : S { conv 5x5 stride 2 padding 1 dilation 1 groups 1 }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: conv, kernel: [5, 5], options: [{name: stride, value: 2}, {name: padding, value: 1}, {name: dilation, value: 1}, {name: groups, value: 1}]}]}',
  ],
  [
    'connect a -> b : S { conv_transpose 3x3 stride n padding 1  init kaiming_normal() }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: conv_transpose, kernel: [3, 3], options: [{name: stride, value: n}, {name: padding, value: 1}]}, InitProperty{value: kaiming_normal()}]}',
  ],
  [
    'connect a -> b : S { conv 7 }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: conv, kernel: 7}]}',
  ],
  [
    'connect a -> b : S { conv kernels[i] stride strides[i] }',
    'Connect{source: a, target: b, synapse: Reference{name: S}, properties: [ConnectivityProperty{connectivity: conv, kernel: kernels[i], options: [{name: stride, value: strides[i]}]}]}',
  ],
  [
    'matrix E[upper, lower] = xavier_normal(gain = 3.6)',
    'Matrix{name: E, rows: upper, columns: lower, value: xavier_normal(gain=3.6)}',
  ],
  ['init sst.rest = row_sum(A)', 'Init{target: sst.rest, value: row_sum(A)}'],
  ['tie h[1].b = row_sum(A)', 'Init{target: h[1].b, value: row_sum(A), always: true}'],
  ['modulator dopamine = a.r - 0.5', 'Modulator{name: dopamine, value: (a.r - 0.5)}'],
  ['let W_eff = W_direct - A @ B', 'Let{name: W_eff, value: (W_direct - (A @ B))}'],
  [
    'for (lower, upper) in [x, ...h, y] { connect lower -> upper }',
    'For{names: [lower, upper], list: [x, ...h, y], body: [Connect{source: lower, target: upper}]}',
  ],
  ['for p in h { }', 'For{names: [p], list: h}'],
  [
    'for p, i in h { init p.k = i }',
    'For{names: [p], index: i, list: h, body: [Init{target: p.k, value: i}]}',
  ],
  [
    'if deep { population a[1] : A } else { population b[1] : A }',
    'If{test: deep, then: [Population{name: a, shape: [1], cell: Reference{name: A}}], otherwise: [Population{name: b, shape: [1], cell: Reference{name: A}}]}',
  ],
  [
    'if deep { } else if wide { } else { tie a.b = 1 }',
    'If{test: deep, otherwise: [If{test: wide, otherwise: [Init{target: a.b, value: 1, always: true}]}]}',
  ],
  [
    'motif M(lower, upper, n = 10) { population s[n] : Linear  use N(lower) }',
    'Motif{name: M, parameters: [Parameter{name: lower}, Parameter{name: upper}, Parameter{name: n, value: 10}], body: [Population{name: s, shape: [n], cell: Reference{name: Linear}}, Use{motif: Reference{name: N, args: [Argument{value: lower}]}}]}',
  ],
  [
    'use M(x, y, 10) as fb',
    'Use{motif: Reference{name: M, args: [Argument{value: x}, Argument{value: y}, Argument{value: 10}]}, name: fb}',
  ],
  ['use M', 'Use{motif: Reference{name: M}}'],
  [
    'phase predict { teacher off  plasticity on  set p0 = 0.2 }',
    'Phase{name: predict, settings: [Setting{name: teacher, value: off}, Setting{name: plasticity, value: on}, Setting{name: p0, value: 0.2}]}',
  ],
  [
    'b refines a when settled { over 1 s, 2 s, 4 s  run settle against answer  h.e = h.e }',
    'Refinement{left: b, right: a, members: [Over{values: [1_s, 2_s, 4_s]}, RunAgainst{left: settle, right: answer}, Correspondence{left: h.e, right: h.e}]}',
  ],
  [
    'b refines a as cells grow { seeds 4  run.e = over.e }',
    'Refinement{left: b, right: a, limit: {param: cells, word: grow}, members: [Seeds{count: 4}, Correspondence{left: run.e, right: over.e}]}',
  ],
  ['property local, dale', 'Claim{names: [local, dale]}'],
  ['variant v { property none }', 'Variant{name: v, changes: [Claim{names: [none]}]}'],
  [
    'variant v { set hidden = 100  drop Q  drop h[0] }',
    'Variant{name: v, changes: [SetChange{name: hidden, value: 100}, DropChange{target: Q}, DropChange{target: h[0]}]}',
  ],
  [
    'variant v extends w { Y: tied = W  learn R  Q: init xavier_normal() }',
    'Variant{name: v, base: w, changes: [PatchChange{target: Y, properties: [TiedProperty{value: W}, LearnProperty{rule: Reference{name: R}}]}, PatchChange{target: Q, properties: [InitProperty{value: xavier_normal()}]}]}',
  ],
  [
    'variant v { y: cell Softmax(p0)  W: synapse Noisy(0.1) stp depressing }',
    'Variant{name: v, changes: [PatchChange{target: y, properties: [CellProperty{reference: Reference{name: Softmax, args: [Argument{value: p0}]}}]}, PatchChange{target: W, properties: [SynapseProperty{reference: Reference{name: Noisy, args: [Argument{value: 0.1}]}}, StpProperty{reference: Reference{name: depressing}}]}]}',
  ],
  [
    'variant v { population z[1] : A  init z.b = 1  W: init Y  init z[0].c = 2  connect a -> b }',
    'Variant{name: v, changes: [AddChange{item: Population{name: z, shape: [1], cell: Reference{name: A}}}, AddChange{item: Init{target: z.b, value: 1}}, PatchChange{target: W, properties: [InitProperty{value: Y}]}, AddChange{item: Init{target: z[0].c, value: 2}}, AddChange{item: Connect{source: a, target: b}}]}',
  ],
  [
    'variant v { h[0].W: fixed }',
    'Variant{name: v, changes: [PatchChange{target: h[0].W, properties: [FixedProperty{}]}]}',
  ],
  [
    'dataset d { field image[28, 28] mean 0.131 std [0.1, 0.2]  field label class 10  train idx("a", "b")  test idx() }',
    'Dataset{name: d, fields: [DatasetField{name: image, shape: [28, 28], mean: 0.131, std: [0.1, 0.2]}, DatasetField{name: label, classes: 10}], parts: [DatasetPart{part: train, reader: Reference{name: idx, args: [Argument{value: "a"}, Argument{value: "b"}]}}, DatasetPart{part: test, reader: Reference{name: idx}}]}',
  ],
  [
    'experiment e { data digits }',
    'Experiment{name: e, statements: [Data{dataset: Reference{name: digits}}]}',
  ],
  [
    'experiment e extends base { data digits(n = 2) { standardise  validation 10000  smoothing 0.05  split (n) } }',
    'Experiment{name: e, base: base, statements: [Data{dataset: Reference{name: digits, args: [Argument{name: n, value: 2}]}, options: [{name: standardise}, {name: validation, value: 10000}, {name: smoothing, value: 0.05}, {name: split, value: n}]}]}',
  ],
  [
    'experiment e { present x = image for 8 ms once  present y = once }',
    'Experiment{name: e, statements: [Present{bindings: [{target: x, value: image}], duration: 8_ms, once: true}, Present{bindings: [{target: y, value: once}]}]}',
  ],
  [
    'experiment e { evaluate 100  evaluate every 5 presentations { phase free 2 steps { nudged off }  keep e.theta  measure error where y.m, r = mean(h.e) over last 3 steps } }',
    'Experiment{name: e, statements: [Value{name: evaluate, value: 100}, Evaluate{every: 5_presentations, members: [ProtocolPhase{name: free, duration: 2_steps, settings: [Setting{name: nudged, value: off}]}, EvaluateKeep{targets: [e.theta]}, EvaluateMeasures{measures: [{value: error, where: y.m}, {name: r, value: mean(h.e)}], over: 3_steps}]}]}',
  ],
  [
    'experiment e { present x = s for 1 s stretched  present y = s for 1 s padded once }',
    'Experiment{name: e, statements: [Present{bindings: [{target: x, value: s}], duration: 1_s, fit: stretched}, Present{bindings: [{target: y, value: s}], duration: 1_s, once: true, fit: padded}]}',
  ],
  [
    'dataset d { field s[time, 4] lasts n  field n  train npz("a.npz") }',
    'Dataset{name: d, fields: [DatasetField{name: s, shape: [time, 4], lasts: n}, DatasetField{name: n}], parts: [DatasetPart{part: train, reader: Reference{name: npz, args: [Argument{value: "a.npz"}]}}]}',
  ],
  [
    'experiment e { present x = image, y.target = one_hot(label) }',
    'Experiment{name: e, statements: [Present{bindings: [{target: x, value: image}, {target: y.target, value: one_hot(label)}]}]}',
  ],
  [
    'experiment e { augment crop(32, padding = 4), flip() }',
    'Experiment{name: e, statements: [Augment{steps: [Reference{name: crop, args: [Argument{value: 32}, Argument{name: padding, value: 4}]}, Reference{name: flip}]}]}',
  ],
  [
    'experiment e { batch 32  epochs 3  seed 1  step 0.1 s  solver rk4  evaluate 1000  precision f64  duration 2 h  unroll 50 steps }',
    'Experiment{name: e, statements: [Value{name: batch, value: 32}, Value{name: epochs, value: 3}, Value{name: seed, value: 1}, Value{name: step, value: 0.1_s}, Value{name: solver, value: rk4}, Value{name: evaluate, value: 1000}, Value{name: precision, value: f64}, Value{name: duration, value: 2_h}, Value{name: unroll, value: 50_steps}]}',
  ],
  [
    'experiment e { seed 3  replicate 2 * n seeds  replicate off }',
    'Experiment{name: e, statements: [Value{name: seed, value: 3}, Value{name: replicate, value: (2 * n)}, Setting{name: replicate, value: off}]}',
  ],
  [
    'experiment e { batch 1 step 0.1 s }',
    'Experiment{name: e, statements: [Value{name: batch, value: 1}, Value{name: step, value: 0.1_s}]}',
  ],
  [
    'experiment e { batch 32 epochs n }',
    'Experiment{name: e, statements: [Value{name: batch, value: 32}, Value{name: epochs, value: n}]}',
  ],
  [
    'experiment e { optimise W, h.k with sgd(rate = 0.1) }',
    'Experiment{name: e, statements: [Optimise{targets: [W, h.k], optimiser: Reference{name: sgd, args: [Argument{name: rate, value: 0.1}]}}]}',
  ],
  [
    'experiment e { measure error, angle(W, backprop), spread = std(h.apical) every 200 steps }',
    'Experiment{name: e, statements: [Measure{measures: [{value: error}, {value: angle(W, backprop)}, {name: spread, value: std(h.apical)}], every: 200_steps}]}',
  ],
  [
    'experiment e { record h.e, y.e  every 10 steps }',
    'Experiment{name: e, statements: [Record{targets: [h.e, y.e], every: 10_steps}]}',
  ],
  [
    'experiment e { stop when loss < 0.1 for 3 epochs  stop when error stalls for 5 epochs  stop when a > 1 }',
    'Experiment{name: e, statements: [Stop{condition: (loss < 0.1), lasts: 3_epochs}, Stop{condition: error, stalls: true, lasts: 5_epochs}, Stop{condition: (a > 1)}]}',
  ],
  [
    'experiment e { replicate with g = [1, 2]  replicate 4 seeds with g = [1], t = [5 ms] }',
    'Experiment{name: e, statements: [Replicate{values: [{name: g, value: [1, 2]}]}, Replicate{seeds: 4, values: [{name: g, value: [1]}, {name: t, value: [5_ms]}]}]}',
  ],
  [
    'experiment e { best by loss  best by highest mean(y.ok)  best by lowest error }',
    'Experiment{name: e, statements: [Best{figure: loss}, Best{figure: mean(y.ok), highest: true}, Best{figure: error}]}',
  ],
  ['experiment e { record h.e }', 'Experiment{name: e, statements: [Record{targets: [h.e]}]}'],
  [
    'experiment e { set layers = 4  teacher on }',
    'Experiment{name: e, statements: [Setting{name: layers, value: 4}, Setting{name: teacher, value: on}]}',
  ],
  [
    'experiment e { protocol { phase settle 1000 s  phase teach 5 epochs { plasticity on  set a = 1 } phase rest } }',
    'Experiment{name: e, statements: [Protocol{phases: [ProtocolPhase{name: settle, duration: 1000_s}, ProtocolPhase{name: teach, duration: 5_epochs, settings: [Setting{name: plasticity, value: on}, Setting{name: a, value: 1}]}, ProtocolPhase{name: rest}]}]}',
  ],
  [
    'experiment e { protocol { repeat 3 { phase a 2 epochs } phase b } }',
    'Experiment{name: e, statements: [Protocol{phases: [ProtocolRepeat{count: 3, phases: [ProtocolPhase{name: a, duration: 2_epochs}]}, ProtocolPhase{name: b}]}]}',
  ],
  [
    'cell C { bias k per channel = 0 }',
    'Cell{name: C, members: [Bias{name: k, perChannel: true, value: 0}]}',
  ],
  [
    'experiment e { protocol { phase a { freeze W, Y  perturb Y by flip(0.001) } } }',
    'Experiment{name: e, statements: [Protocol{phases: [ProtocolPhase{name: a, settings: [ProtocolAction{action: freeze, targets: [W, Y]}, ProtocolAction{action: perturb, targets: [Y], by: Reference{name: flip, args: [Argument{value: 0.001}]}}]}]}]}',
  ],
  [
    'sweep s { experiment e  vary variant in [none, [a, b]]  vary (a, b) in [(1, 2), (3, 4)]  epochs 3  seeds 1..10 }',
    'Sweep{name: s, statements: [SweepExperiment{name: e}, Vary{names: [variant], values: [none, [a, b]]}, Vary{names: [a, b], values: [[1, 2], [3, 4]]}, Value{name: epochs, value: 3}, SweepSeeds{seeds: 1..10}]}',
  ],
  [
    'sweep s { seeds 1..3  steps n  limit 10 }',
    'Sweep{name: s, statements: [SweepSeeds{seeds: 1..3}, Value{name: steps, value: n}, Value{name: limit, value: 10}]}',
  ],
  [
    'sweep s { sample 32 { a = log_uniform(1, 2)  variant = choice(none, b) }  report error, loss at epoch 10, error mean over last 5 epochs  stop when error > 80 % at epoch 3 }',
    'Sweep{name: s, statements: [Draw{count: 32, draws: [SweepDraw{name: a, value: log_uniform(1, 2)}, SweepDraw{name: variant, value: choice(none, b)}]}, Report{figures: [SweepFigure{value: error}, SweepFigure{value: loss, when: {at: epoch, epoch: 10}}, SweepFigure{value: error, when: {at: last, count: 5_epochs}}]}, SweepStop{condition: (error > 80_%), epoch: 3}]}',
  ],
  [
    'sweep s { search 64 { a = 1 } minimise error best halving 4  seeds [1, 3]  stop when loss > 2 }',
    'Sweep{name: s, statements: [Draw{count: 64, draws: [SweepDraw{name: a, value: 1}], goal: {direction: minimise, figure: SweepFigure{value: error, when: {at: best}}, halving: 4}}, SweepSeeds{seeds: [1, 3]}, SweepStop{condition: (loss > 2)}]}',
  ],
]
