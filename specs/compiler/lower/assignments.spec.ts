/**
 * Reactions that change the same variable in one step: in the order of the text, whatever the variable
 * is, a state of a cell, of short-term plasticity or of a rule, or a weight.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { networkOn, type Target } from '../../oracles/replay.ts'

const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'tfjs-wasm' },
  { engine: 'wasm', precision: 'f32' },
]
const STEPS = 5

type Operator = '=' | '+=' | '-='
/** `true` happens in every step, `spike` in every second one. */
type Reaction = readonly [trigger: 'true' | 'spike', ...changes: (readonly [Operator, number])[]]

const cases: readonly (readonly Reaction[])[] = [
  [
    ['true', ['+=', 1]],
    ['true', ['=', 5]],
  ],
  [
    ['true', ['=', 5]],
    ['true', ['+=', 1]],
  ],
  [
    ['true', ['+=', 1]],
    ['spike', ['=', 5]],
  ],
  [
    ['spike', ['=', 5]],
    ['true', ['-=', 2]],
  ],
  [
    ['spike', ['+=', 3]],
    ['true', ['=', 1]],
    ['spike', ['-=', 4]],
  ],
  [
    ['true', ['+=', 1], ['=', 7], ['+=', 2]],
    ['spike', ['=', 3], ['=', 4]],
  ],
]

const text = (reactions: readonly Reaction[], operand: string): string =>
  reactions
    .map(([trigger, ...changes]) => {
      const inner = changes.map(([operator, by]) => `${operand} ${operator} ${by}`).join('  ')
      return `on ${trigger === 'true' ? 'true' : 'TRIGGER'} { ${inner} }`
    })
    .join('\n  ')

const circuit = (reactions: readonly Reaction[]): string => `
cell Source {
  spike s when since(s) >= 2 s
  state c = 2 : dc/dt = 0 / 1 s
  ${text(reactions, 'c').replaceAll('TRIGGER', 's')}
}
cell Out { compartment soma  signal seen = soma  spike s when since(s) >= 2 s }
stp Short {
  passes spike as x
  state x = 2 : dx/dt = 0 / 1 s
  ${text(reactions, 'x').replaceAll('TRIGGER', 'spike')}
}
plasticity Weight {
  ${text(reactions, 'w').replaceAll('TRIGGER', 'pre.spike')}
}
plasticity Both {
  state trace = 2 : dtrace/dt = 0 / 1 s
  ${text(reactions, 'trace').replaceAll('TRIGGER', 'pre.spike')}
  on true { w = trace }
}
synapse Plain {}
synapse Plastic { stp Short }
population a[1] : Source
population b[2] : Out
connect a.s -> b.soma as W : Plain { init 2  learn Weight }
connect a.s -> b.soma as V : Plastic { init 2  learn Both }
experiment e { step 1 s  duration 10 s }`

/** The value after each step. */
function meant(reactions: readonly Reaction[]): readonly number[] {
  let value = 2
  return Array.from({ length: STEPS }, (_, step) => {
    for (const [trigger, ...changes] of reactions) {
      if (trigger === 'spike' && step % 2 !== 0) continue
      for (const [operator, by] of changes)
        value = operator === '=' ? by : operator === '+=' ? value + by : value - by
    }
    return value
  })
}

describe('reactions to the same step', () => {
  for (const [i, reactions] of cases.entries()) {
    it.each(targets)(
      `${i}: ${text(reactions, 'x').replaceAll('\n', ' ')}, on %j`,
      async (target) => {
        const { ir, diagnostics } = compileText(circuit(reactions), { until: 'ir' })
        if (!ir) throw new Error(JSON.stringify(diagnostics.map(({ message }) => message)))
        const network = await networkOn(target, ir, { seed: 1 })
        const found: Record<string, number[]> = {}
        for (let step = 0; step < STEPS; step++) {
          network.step(1, {})
          const kept = network.save()
          for (const name of ['a.c', 'V.x', 'V.trace', 'W', 'V'])
            (found[name] ??= []).push(kept[name]!.data[0]!)
        }
        network.dispose()
        const expected = meant(reactions)
        expect(found).toEqual({
          'a.c': expected,
          'V.x': expected,
          'V.trace': expected,
          W: expected,
          V: expected,
        })
      },
    )
  }
})
