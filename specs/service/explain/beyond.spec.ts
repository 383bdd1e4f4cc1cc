/** What `explain` says where something is not to be followed, or is by another way than it stands there. */
import { describe, expect, it } from 'vitest'
import { explain } from '../../../service/explain/explain.ts'
import type { Explanation } from '../../../service/explain/explanation.ts'
import { explanationText } from '../../../service/explain/text.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

function explained(text: string, files: Readonly<Record<string, string>> = {}): Explanation {
  const compilation = compileText(text, { optimise: false }, files)
  expect(errorsOf(compilation)).toEqual([])
  return explain(compilation)!
}

/** A leaky circuit with a local rule; several trials side by side. */
const leaky = (
  batch: number,
  init = 'init 0.3 * sin(1 + 5 * pre.index + 3 * post.index)',
): string => `model leaky
import { xor } from "std/data"
cell In { input value  signal r = value }
cell Unit { compartment soma  state v : 10 ms * dv/dt = soma - v  signal r = tanh(v) }
cell Out {
  compartment soma
  input target
  event y = soma
  loss squared = 0.5 * sum((target - y) ^ 2)
  signal gap = target - y
}
plasticity Delta { dw = post.gap * pre.r }
population x[2] : In
population h[4] : Unit
population y[2] : Out
connect x.r -> h.soma as A { ${init}  fixed }
connect h.r -> y.soma as W { init 0.2 * cos(pre.index - post.index)  learn Delta }
experiment now {
  step 1 ms  batch ${batch}  duration 1 s  seed 1
  data xor { ordered }
  present x.value = input, y.target = one_hot(label) for 10 ms
  optimise W with sgd(rate = 0.1)
}
`

/** A gradient that comes to a kink and, behind it, to a division by what varies. */
const shunted = (e: string): string => `model shunted
import { Input } from "std/cells"
import { xor } from "std/data"
nonlocal plasticity Exact { dw = backprop }
cell Unit {
  compartment soma, shunt
  bias b = 0.4  learn Exact
  event e = ${e}
}
cell Out {
  compartment soma
  input target
  event y = soma
  loss squared = 0.5 * sum((target - y) ^ 2)
}
synapse Learned { learn Exact }
population x[2] : Input
population h[4] : Unit
population y[2] : Out
connect x.e -> h.soma as A : Learned { init 0.5 + 0.3 * sin(pre.index + 2 * post.index) }
connect x.e -> h.shunt as S : Learned { init 0.1 + 0.05 * cos(pre.index + post.index) }
connect h.e -> y.soma as W : Learned { init sin(1 + pre.index + 2 * post.index) }
experiment now {
  data xor { ordered }
  present x = input, y.target = one_hot(label)
  batch 4  epochs 5  seed 1
  optimise A, S, W, b with sgd(rate = 0.1)
}
`

/** Excitation and inhibition that nearly cancel, two layers deep, each learning by the exact gradient. */
const balanced = (by: string): string => `model balanced
import { Input } from "std/cells"
import { xor } from "std/data"
nonlocal plasticity Exact { dw = backprop }
cell Unit { compartment soma, inhibition  event e = tanh(soma - inhibition) }
cell Out {
  compartment soma, inhibition
  input target
  event y = soma - inhibition
  loss squared = 0.5 * sum((target - y) ^ 2)
}
synapse Learned { learn Exact }
population x[2] : Input
population h[2][5] : Unit
population y[2] : Out
for (a, b) in [x, ...h, y] {
  connect a.e -> b.soma as E : Learned { init sin(1 + 3 * pre.index + 2 * post.index) }
  connect a.e -> b.inhibition as I : Learned { init sin(1 + 3 * pre.index + 2 * post.index) ${by} }
}
experiment now {
  data xor { ordered }
  present x = input, y.target = one_hot(label)
  batch 4  epochs 5  seed 1
  optimise E, I with sgd(rate = 0.1)
}
`

const chain = (layers: number): string => `model chain
import { Input } from "std/cells"
import { xor } from "std/data"
nonlocal plasticity Exact { dw = backprop }
cell Unit { compartment soma  event e = tanh(soma) }
cell Out {
  compartment soma
  input target
  event y = soma
  loss squared = 0.5 * sum((target - y) ^ 2)
}
synapse Learned { learn Exact }
population x[2] : Input
population h[${layers}][2] : Unit
population y[2] : Out
for (a, b) in [x, ...h, y] { connect a.e -> b.soma as W : Learned { init 1 } }
experiment now {
  data xor { ordered }
  present x = input, y.target = one_hot(label)
  batch 4  epochs 5  seed 1
  optimise W with sgd(rate = 0.1)
}
`

const whys = (text: string, files = {}): readonly string[] => [
  ...new Set(explained(text, files).weights.flatMap(({ notDone }) => notDone)),
]

describe('explain', () => {
  it('follows one example, however many run side by side', () => {
    const one = explained(leaky(1))
    expect(one.holds).toBe(true)
    expect(one.weights[0]!.first).toBeDefined()
    expect(one.weights[0]!.checks.length).toBeGreaterThan(0)
    expect(explanationText(explained(leaky(4)))).toBe(explanationText(one))
  })

  it.each([
    'max((soma + b) / (2 + shunt ^ 2), 0)',
    'max(log(2 + (soma + b) ^ 2 / (1 + shunt)), 0.1)',
    'max(sqrt(2 + (soma + b + shunt) ^ 2), 0.1)',
  ])('knows the gradient behind the kink of %s', (e) => {
    const { holds, weights } = explained(shunted(e))
    expect(holds).toBe(true)
    for (const { name, gradient, differences } of weights) {
      expect(gradient, name).toBeDefined()
      expect(differences.join(' ')).not.toContain('does not depend')
    }
  })

  it.each(['+ 1e-6', '+ 1e-6 * cos(pre.index)'])(
    'measures rounding by the quantities that cancel (%s)',
    (by) => {
      const { holds, weights } = explained(balanced(by))
      expect(holds).toBe(true)
      expect(new Set(weights.map(({ remainder }) => remainder))).toEqual(new Set(['exact']))
    },
  )

  it('says of a deep circuit that it is', () => {
    const [why, ...others] = whys(chain(160))
    expect(others).toEqual([])
    expect(why).toMatch(
      /^Its change was not expanded: it takes \d+ operations one after another, of which explain follows up to 600/,
    )
  })

  it('writes the word backprop where a rule has it', () => {
    const text = explanationText(explained(chain(3)))
    expect(text).toContain('  ΔW[l] = −∂L/∂W[l]  l = 0, …, 3; Exact\n')
    expect(text).toContain('  h[l].e′ = 1 − h[l].e²  l = 0, …, 2; slope of tanh\n')
  })

  it('does not follow gradients through the time of a window', () => {
    const through = leaky(2)
      .replace(
        'plasticity Delta { dw = post.gap * pre.r }',
        'nonlocal plasticity Delta { dw = backprop }',
      )
      .replace('  fixed }', '  learn Delta }')
      .replace('optimise W', 'optimise A, W')
    expect(whys(through)).toEqual([
      'Its change was not expanded: it takes the gradient through the time of a window.',
    ])
  })

  it('says that an answer hears of its teacher', () => {
    const clamped = leaky(1).replace(
      'event y = soma',
      'event y = if soma > 5 then target else soma',
    )
    expect(whys(clamped)).toEqual([
      'Its change was not expanded: it takes an answer (y.y) that hears of its teacher (y.target).',
    ])
  })

  it('reads no file of synapses', () => {
    const listed = leaky(1, 'pairs "pairs.csv"  init 1')
    expect(whys(listed, { 'pairs.csv': '0,0\n1,1\n' })).toEqual([
      'Its change was not expanded: it takes cells whose synapses or places stand in a file (of A), which explain does not read.',
    ])
  })
})
