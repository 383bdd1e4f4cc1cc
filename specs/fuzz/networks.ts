/**
 * Random networks of spiking cells as texts: patterns of every kind (declared ones too, which two connections share,
 * one of them the other way round), slices, positions, delays of single synapses, short-term plasticity, rules
 * with traces and reactions, optimisers, several examples. Thresholds are numbers that sums of the others hardly meet.
 */
import fc from 'fast-check'

interface Side {
  readonly name: string
  readonly size: number
  /** With the slice, as written. */
  readonly text: string
}

const pick = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)

/** A population, or some units of it. */
function sideOf(name: string, size: number): fc.Arbitrary<Side> {
  const slice = fc
    .tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 }))
    .map(([a, b]): Side => {
      const [first, last] = [Math.min(a, b), Math.max(a, b)]
      return { name, size: last - first + 1, text: `${name}[${first}..${last}]` }
    })
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({ name, size, text: name }) },
    { weight: 1, arbitrary: slice },
  )
}

/** Which units of two sides are joined. */
function connectivity(from: Side, to: Side): fc.Arbitrary<string> {
  const self = from.name === to.name ? pick('', ' no_self') : fc.constant('')
  const degree = (others: number): fc.Arbitrary<string> =>
    fc.nat({ max: Math.max(0, others - 1) }).map((k) => `${Math.min(k, 9)}`)
  const most = Math.max(0, from.size * to.size - Math.min(from.size, to.size))
  const rules = [
    pick('0', '0.05', '0.3', '0.8', '1').map((p) => `random probability ${p}`),
    pick('exp(-distance / 3)', '1 - distance / 7', 'if abs(dx) > 2 then 0.9 else 0.1').map(
      (p) => `random probability ${p}`,
    ),
    degree(from.size).map((k) => `random in_degree ${k}`),
    degree(to.size).map((k) => `random out_degree ${k}`),
    pick('1', '5', '12').map((k) => `random in_degree ${k} repeats`),
    pick('3', '8').map((k) => `random out_degree ${k} repeats`),
    fc.nat({ max: Math.min(most, 60) }).map((n) => `random synapses ${n}`),
    pick('0', '7', '90').map((n) => `random synapses ${n} repeats`),
    pick('distance < 3', 'pre.index + post.index == 4', 'dx > 0').map(
      (c) => `all_to_all when ${c}`,
    ),
    fc.constant('all_to_all'),
  ]
  // A unit alone has nobody but itself: with `repeats` there would be nothing to choose from.
  const flag = from.size > 1 && to.size > 1 ? self : fc.constant('')
  return fc
    .tuple(fc.oneof(...rules), flag)
    .map(([rule, mark]) => (rule === 'all_to_all' ? `all_to_all${mark}` : `${rule}${mark}`))
}

const init = pick(
  '0.4',
  'uniform(0.1, 0.7)',
  'lognormal(0.4, 0.2)',
  'gamma(2, 0.2)',
  'exponential(0.3)',
  'clip(normal(0.3, 0.3), 0, 1)',
  '0.5 * exp(-distance / 4) + 0.1',
  'if pre.index == post.index then 0.7 else 0.2',
)

const rules: Readonly<Record<string, string>> = {
  none: '',
  pairs: `plasticity R {
  state x = 0 : 4 ms * dx/dt = -x
  state y = 0.1 : 6 ms * dy/dt = -y
  on pre.s { x += 1  w -= 0.03 * y }
  on post.s { y += 1  w += 0.05 * x }
  bounds 0..1
}`,
  synapse: `plasticity R {
  state z = 0 : 5 ms * dz/dt = -z + 0.1 * sent * post.q
  state y = 0 : 6 ms * dy/dt = -y
  on post.s { z += 0.2 * pre.tr  y = 1 }
  dw = z * post.tr + 0.01 * (0.5 - w) * y
}`,
  hebb: `plasticity R { dw = 0.1 * post.q * sent + 0.02 * pre.tr * w - 0.01 * w }`,
  since: `plasticity R {
  on post.s { w += 0.05 * exp(-since(pre.s) / 4 ms) }
  on pre.s { w -= 0.04 * exp(-since(post.s) / 4 ms) }
  bounds 0..1.2
}`,
  set: `plasticity R { on pre.s { w = 0.9 * w }  on post.s { w += 0.02 * post.tr } }`,
}

const stps: Readonly<Record<string, string>> = {
  none: '',
  // Its state has the name of a trace.
  depressing: `stp P { state x = 1 : 9 ms * dx/dt = 1 - x  passes spike as x  on spike { x -= 0.3 * x } }`,
  both: `stp P { state x = 1 : 9 ms * dx/dt = 1 - x  state u = 0.3 : 7 ms * du/dt = 0.3 - u
  passes spike as u * x  on spike { u += 0.2 * (1 - u)  x -= u * x } }`,
}

/** `late`: without a delay there would be a circle within a step. */
const delay = (late: boolean): fc.Arbitrary<string> =>
  pick(
    ...(late ? [] : ['']),
    'delay 1 step',
    'delay 3 ms',
    'delay uniform(0 ms, 4 ms)',
    'delay 0.4 ms + 0.3 ms * distance',
    'delay clip(normal(2 ms, 2 ms), 1 ms, 6 ms)',
  )

interface Made {
  readonly text: string
  readonly learns: boolean
}

function connection(name: string, from: Side, to: Side): fc.Arbitrary<Made> {
  const late = from.name >= to.name
  return fc
    .record({
      pairs: connectivity(from, to),
      shared: fc.boolean(),
      init,
      delay: delay(late),
      back: delay(true),
      stp: fc.boolean(),
      learns: fc.boolean(),
      sign: pick('', 'sign inhibitory', 'bounds 0..0.9'),
      signal: pick('s', 's', 'g'),
      target: pick('soma', 'far'),
      both: fc.boolean(),
    })
    .map((r) => {
      // Of a signal that is no spike there is no short-term plasticity of spikes.
      const stp = r.stp && r.signal === 's' ? 'stp P' : ''
      const learns = r.learns ? 'learn R' : 'fixed'
      const end = to.name === 'x' ? 'soma' : r.target
      const properties = (pairs: string, when: string, more: string): string =>
        `{ ${[pairs, `init ${r.init}`, when, more].filter(Boolean).join('  ')} }`
      const head = `connect ${from.text}.${r.signal} -> ${to.text}.${end} as ${name}`
      const own = properties(
        r.shared ? `pattern P${name}` : r.pairs,
        r.delay,
        [stp, learns, r.sign].join('  '),
      )
      const turned =
        r.shared && r.both
          ? `connect ${to.text}.s -> ${from.text}.far as T${name} ${properties(`pattern P${name}`, r.back, learns)}\n`
          : ''
      return {
        text: `${r.shared ? `pattern P${name} = ${from.text} -> ${to.text} ${r.pairs}\n` : ''}${head} ${own}\n${turned}`,
        learns: r.learns,
      }
    })
}

const position = (size: number): fc.Arbitrary<string> =>
  pick(
    'line(spacing = 1)',
    'ring(spacing = 1)',
    ...(size % 2 === 0 ? [`grid(spacing = 1, rows = 2, columns = ${size / 2})`] : []),
  )

const sizes = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 })),
  },
  // Enough for weights by synapse, and for more than one thread.
  { weight: 1, arbitrary: fc.tuple(fc.constant(120), fc.constant(131)) },
)

/** Texts of networks. */
export const networks: fc.Arbitrary<string> = sizes
  .chain(([n, m]) => {
    const [x, y] = [sideOf('x', n), sideOf('y', m)]
    const joined = (name: string, from: typeof x, to: typeof x) =>
      fc.tuple(from, to).chain(([a, b]) => connection(name, a, b))
    return fc.record({
      n: fc.constant(n),
      m: fc.constant(m),
      // Distances need both on a line, or both round a ring: each side has what the other has.
      at: position(n),
      connections: fc
        .tuple(joined('A', x, y), joined('B', y, y), joined('C', x, y), joined('D', y, x))
        .chain((all) => fc.subarray(all, { minLength: 1 })),
      rule: pick(...Object.keys(rules)),
      stp: pick(...Object.keys(stps)),
      refractory: pick('', 'refractory 2 ms', 'refractory 3 ms holding v'),
      reset: pick('v = 0.03', 'v -= 0.371'),
      noise: pick('', ' + 0.1 * sqrt(5 ms) * xi'),
      solver: pick('euler', 'exponential_euler'),
      optimiser: pick(
        'sgd(rate = 0.1)',
        'adam(rate = 0.01)',
        'sgd(rate = 0.1, momentum = 0.5, decay = 0.1)',
      ),
      batch: fc.integer({ min: 1, max: 3 }),
    })
  })
  .map((r) => {
    const isLine = r.at.startsWith('line')
    const place = isLine || r.n !== r.m ? 'line(spacing = 1)' : r.at
    const text = r.connections.map((each) => each.text).join('')
    // What a text does not use is left out of it.
    const strip = (of: string, word: string, kept: boolean): string =>
      kept ? of : of.replaceAll(word, '')
    const rule = rules[r.rule] ?? ''
    const stp = stps[r.stp] ?? ''
    const circuit = strip(strip(text, 'learn R', rule !== ''), 'stp P', stp !== '')
    const learned = [...circuit.matchAll(/as (\w+) \{[^\n]*learn R/g)].map(([, name]) => name)
    const optimises = rule.includes('dw') && learned.length > 0
    return `model network
cell X { compartment soma, far  state tr = 0 : 5 ms * dtr/dt = -tr  spike s = bernoulli(0.3)
  q = tanh(soma + far)  signal g = 0.3 * tr + 0.2 * q  on s { tr += 1 } }
cell Y(tau = 7 ms) {
  compartment soma, far
  state v = 0.5 * uniform() : tau * dv/dt = -v + soma + 0.3 * far${r.noise}
  state tr = 0 : 5 ms * dtr/dt = -tr
  spike s when v > 0.4371 ${r.refractory} { ${r.reset} }
  on s { tr += 1 }
  q = tanh(v - 0.1 * tr)
  signal g = 0.5 * q
}
${rule}
${stp}
population x[${r.n}] : X at ${place}
population y[${r.m}] : Y at ${place}
${circuit}
experiment e {
  step 1 ms  solver ${r.solver}  duration 20 ms  batch ${r.batch}
  ${optimises ? `optimise ${learned.join(', ')} with ${r.optimiser}` : ''}
  measure rate(y.s), mean(y.v)${learned[0] === undefined ? '' : `, norm(${learned[0]})`}
}
`
  })
