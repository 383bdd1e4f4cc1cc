/**
 * Equations of what reads them: in a state equation, a condition or a block that would go round in a circle an equation
 * stands for its expression, with the states as they are read there. Each cell is compared with one that has it
 * written out, under every solver on the interpreter, and on the wasm target.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../helpers/compile-text.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { made } from '../helpers/run-outcome.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

/** A cell by name, and what its equations are made of in their places. */
interface Pair {
  readonly what: string
  readonly members: (e: (name: string) => string) => string
  readonly equations: Readonly<Record<string, string>>
}

const v = 'state v = -65 mV + 1 mV * index : 20 ms * dv/dt = -(v + 65 mV) + 60 mV'
const a = 'state a = 0 mV : 100 ms * da/dt = -a'

const pairs: readonly Pair[] = [
  {
    what: 'a threshold that each spike raises',
    equations: { theta: '-55 mV + a + 0.1 * prev(a)' },
    members: (e) =>
      `${v}  ${a}  spike s when v > ${e('theta')} { v -= 0.5 * (${e('theta')} + 65 mV)  a += 2 mV }`,
  },
  {
    what: 'an equation of an equation, and one of the time',
    equations: { up: 'v + 1 mV * sin(t / 1 ms)', gap: '[up] - a' },
    members: (e) =>
      `${v}  ${a}  spike s when ${e('gap')} > -55 mV refractory (a + 3 mV) * 1 ms / 1 mV { v = -65 mV  a += 1 mV + 0.1 * (${e('gap')} + 50 mV) }`,
  },
  {
    what: 'reactions, which read what the blocks before left',
    equations: { up: 'v + 0.1 * prev(v)' },
    members: (e) =>
      `${v}  ${a}  spike s when v > -55 mV { v = -65 mV }  on s { v += 1 mV }  on ${e('up')} > -60 mV { v -= 0.1 * (${e('up')} + 60 mV) }`,
  },
  {
    what: 'what a presentation sets anew',
    equations: { theta: '-55 mV + a' },
    members: (e) =>
      `${v}  ${a}  spike s when v > ${e('theta')} { v = -65 mV  a += 2 mV }  on presented { v = 0.999 * ${e('theta')} - 12 mV  a -= 0.1 * a }`,
  },
  {
    what: 'currents in state equations',
    equations: { i: '[drive] - [leak]', drive: 'g * (20 mV - v)', leak: '1 nS * (v + 70 mV)' },
    members: (e) => `
      state v = -65 mV + 1 mV * index : 20 ms * dv/dt = -(v + 65 mV) + ${e('i')} / 10 nS
      state g = 30 nS : 30 ms * dg/dt = -g + 0.01 * ${e('i')} / 1 mV`,
  },
]

/** The same cell twice: with its equations by their names, and written out. */
function text({ members, equations }: Pair, solver: string): string {
  const out = (name: string): string =>
    `(${equations[name]!.replaceAll(/\[(\w+)\]/g, (_, each: string) => out(each))})`
  const list = Object.keys(equations).map((name) => {
    const value = equations[name]!.replaceAll(/[[\]]/g, '')
    return `${name} = ${value}`
  })
  const cell = (name: string, body: string): string =>
    `cell ${name} { ${body}  ${list.join('  ')} }`
  return `${cell(
    'A',
    members((name) => name),
  )}
${cell('B', members(out))}
population x[9] : A
population y[9] : B
experiment e { step 1 ms  solver ${solver}  duration 1 s }`
}

describe.each(pairs)('$what', (pair) => {
  it.each(['euler', 'exponential_euler', 'rk4'])('is what it stands for, by %s', async (solver) => {
    const { ir } = made(text(pair, solver))
    const networks = [interpretedNetwork(ir, { batch: 1 }), await wasmNetwork(ir, {}, { batch: 1 })]
    for (const network of networks) {
      const names = Object.keys(network.save()).filter((each) => each.startsWith('x.'))
      const first = network.save()
      for (let step = 0; step < 40; step++) {
        network.step(1, {}, {})
        const all = network.save()
        for (const name of names)
          expect(all[name]!.data, name).toEqual(all[name.replace('x', 'y')]!.data)
      }
      expect(network.save()['x.v']!.data).not.toEqual(first['x.v']!.data)
      network.dispose()
    }
  })
})

describe('what goes in no circle', () => {
  const cell = (block: string): string => `cell A {
    state v = 0 : 10 ms * dv/dt = 2 - v
    state a = 0 : 1 s * da/dt = 0 * a
    jump = v / 2 + 1
    spike s when v > 1 ${block}
  }
  population x[1] : A
  experiment e { step 1 ms  duration 1 s }`

  it('stays what came of the step, with a warning', () => {
    const { ir } = made(cell('{ v = 0  a += jump }'))
    const network = interpretedNetwork(ir, { batch: 1 })
    for (let step = 0; step < 9; step++) network.step(1, {}, {})
    expect(network.save()['x.a']!.data[0]).toBe(1)
    const codes = (block: string): readonly string[] =>
      compileText(cell(block)).diagnostics.map(({ code }) => code)
    expect(codes('{ v = 0  a += jump }')).toContain('CCN5170')
    expect(codes('{ v = 0 }  on s { a += jump }')).not.toContain('CCN5170')
    expect(codes('{ v = 0  a += v / 2 + 1 }')).not.toContain('CCN5170')
  })

  it('draws once, wherever it is read', () => {
    const { ir } = made(`cell A {
      state a = 0 : 1 s * da/dt = 0 * a
      theta = a + uniform()
      spike s when theta < 2 { a += theta }
    }
    population x[20] : A
    experiment e { step 1 ms  duration 1 s }`)
    const network = interpretedNetwork(ir, { batch: 1 })
    const { 'x.theta': theta } = network.observe(1, {}, ['x.theta'])
    network.step(1, {}, {})
    // What the block added is the first draw, and what came of the step is that draw once more.
    const added = network.save()['x.a']!.data
    expect([...theta!.data]).toEqual([...added].map((each) => each + each))
  })
})
