/**
 * Random circuits as texts: a hidden population and an output with random equations, states, biases,
 * a rule, feedback, delays and an experiment. What they compute is tame (sums, products of bounded
 * functions), so that targets may be compared.
 */
import fc from 'fast-check'

const small = fc.constantFrom('0.5', '-0.3', '1', '0.1', '-1.2', '2')

/** An expression of some variables. */
function expression(names: readonly string[], depth = 3): fc.Arbitrary<string> {
  const leaf = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: small },
  )
  if (depth === 0) return leaf
  const inner = expression(names, depth - 1)
  const call = (name: string, arity: number) =>
    fc
      .array(inner, { minLength: arity, maxLength: arity })
      .map((args) => `${name}(${args.join(', ')})`)
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    fc
      .tuple(inner, fc.constantFrom('+', '-', '*'), inner)
      .map(([a, mark, b]) => `(${a} ${mark} ${b})`),
    inner.map((a) => `-${a}`),
    call('tanh', 1),
    call('sigmoid', 1),
    call('abs', 1),
    call('max', 2),
    call('min', 2),
    call('softplus', 1),
    inner.map((a) => `clip(${a}, -1, 1)`),
    inner.map((a) => `0.1 * mean(${a})`),
  )
}

const factors = ['pre.e', 'post.e', 'post.soma', 'post.q', 'w', 'sent']
const term = fc
  .tuple(small, fc.array(fc.constantFrom(...factors), { minLength: 1, maxLength: 3 }))
  .map(([factor, parts]) => [factor, ...parts].join(' * '))

const init = fc.constantFrom(
  'normal(0.5)',
  'uniform(-1, 1)',
  'xavier_normal()',
  'kaiming_uniform()',
  '0.3',
  'max(normal(0.5), 0)',
  'tanh(normal())',
)

export const circuits: fc.Arbitrary<string> = fc
  .record({
    sizes: fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
    ),
    q: expression(['soma', 'u']),
    event: expression(['soma', 'q', 'u', 'k']),
    out: expression(['soma', 'k']),
    drift: expression(['u', 'soma'], 2),
    state: fc.boolean(),
    biases: fc.boolean(),
    change: fc.array(term, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(' + ')),
    init: fc.tuple(init, init, init),
    feedback: fc.constantFrom('none', 'random', 'tied', 'kp'),
    bounded: fc.boolean(),
    signed: fc.boolean(),
    optimiser: fc.constantFrom(
      'sgd(rate = 0.01)',
      'sgd(rate = 0.01, momentum = 0.9, decay = 0.1)',
      'adam(rate = 0.01)',
    ),
    batch: fc.integer({ min: 1, max: 4 }),
    delay: fc.constantFrom('', 'delay 1 step', 'delay 3 ms'),
  })
  .map((r) => {
    const [n, h, m] = r.sizes
    const timed = r.state || r.delay !== ''
    const properties = [r.bounded ? `bounds ${r.signed ? '0' : '-1'}..1` : '', r.delay].join('  ')
    const feedback = {
      none: '',
      random: `connect y.e -> h.top as Y { init ${r.init[2]}  fixed${timed ? '  delay 1 step' : ''} }`,
      tied: `connect y.e -> h.top as Y { tied = 0.5 * V${timed ? '  delay 1 step' : ''} }`,
      kp: `connect y.e -> h.top as Y { init ${r.init[2]}  learn R${timed ? '  delay 1 step' : ''} }`,
    }[r.feedback]
    const learned = [
      'W',
      'V',
      ...(r.feedback === 'kp' && timed ? ['Y'] : []),
      ...(r.biases ? ['k'] : []),
    ]
    const state = r.state ? `state u = 0.2 : 5 ms * du/dt = -u + tanh(${r.drift})` : 'u = 0.3'
    return `model circuit
dataset d {
  field v[${n}]
  field t[${m}]
  train constant(v = 0.4, t = 0.7)
  test constant(v = 0.4, t = 0.7)
}
cell In { input value  event e = value  soma = value  q = value }
cell Hidden {
  compartment soma, top
  bias k = 0.1${r.biases ? '  learn B' : ''}
  ${state}
  q = ${r.q}
  event e = tanh(${r.event})${r.feedback !== 'none' && timed ? ' + 0.1 * top' : ''}
}
cell Out {
  compartment soma
  input target
  bias k = -0.1${r.biases ? '  learn B' : ''}
  event e = ${r.out}
  q = target - e
  loss l = sum(q ^ 2)
}
synapse S { ${r.signed ? 'sign excitatory' : 'sign unsigned'} }
plasticity R { dw = clip(post.q, -1, 1) * tanh(pre.e) + 0.01 * (${r.change}) }
plasticity B { dw = clip(post.q, -1, 1) }
population x[${n}] : In
population h[${h}] : Hidden
population y[${m}] : Out
connect x.e -> h.soma as W : S { init ${r.signed ? `abs(${r.init[0]})` : r.init[0]}  learn R  ${properties} }
connect h.e -> y.soma as V { init ${r.init[1]}  learn R }
${r.feedback === 'none' || timed ? feedback : ''}
experiment r {
  data d
  present x = v, y.target = t
  batch ${r.batch}
  ${timed ? 'step 1 ms  duration 5 ms' : 'epochs 1'}
  optimise ${learned.join(', ')} with ${r.optimiser}
  measure loss, mean(h.e)
}
`
  })
