/**
 * Refractory times beside Brian 2: a ring of cells that kick each other, spike by spike, with the potential
 * held (`unless refractory`) and not; on the interpreter and the wasm engine.
 *
 * The numbers are those of Brian 2.5.1 (numpy target, euler, steps of 0.1 ms): four cells with currents of 21, 24,
 * 30 and 45 mV, `dv/dt = (-70*mV - v + I)/(10*ms)`, threshold -50 mV, reset -65 mV, every spike adding `kick` mV
 * to every cell.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import type { Network } from '../../../runtime/engine/network.ts'

interface Case {
  readonly held: boolean
  /** In ms. */
  readonly time: number
  /** In mV. */
  readonly kick: number
  /** Steps of 0.1 ms in which each cell spikes. */
  readonly spikes: readonly (readonly number[])[]
}

const brian: readonly Case[] = [
  {
    held: false,
    time: 5,
    kick: 0,
    spikes: [
      [302, 578, 854],
      [178, 334, 490, 646, 802, 958],
      [109, 201, 293, 385, 477, 569, 661, 753, 845, 937],
      [
        58, 108, 158, 208, 258, 308, 358, 408, 458, 508, 558, 608, 658, 708, 758, 808, 858, 908,
        958,
      ],
    ],
  },
  {
    held: true,
    time: 0.3,
    kick: 1.5,
    spikes: [
      [148, 254, 366, 466, 577, 675, 791, 899, 997],
      [117, 208, 295, 369, 465, 575, 672, 766, 855, 943],
      [99, 154, 227, 294, 366, 443, 499, 576, 659, 717, 790, 856, 930, 996],
      [
        58, 102, 147, 192, 231, 276, 316, 365, 410, 454, 495, 540, 578, 627, 671, 716, 765, 804,
        853, 898, 942, 991,
      ],
    ],
  },
  {
    held: true,
    time: 2,
    kick: 1.5,
    spikes: [
      [140, 273, 437, 560, 717, 870, 998],
      [120, 248, 372, 494, 622, 741, 870, 997],
      [99, 182, 272, 372, 462, 558, 648, 740, 840, 928],
      [58, 119, 181, 247, 305, 371, 437, 495, 559, 623, 685, 741, 807, 869, 930, 996],
    ],
  },
  {
    held: true,
    time: 5,
    kick: 1.5,
    spikes: [
      [150, 332, 520, 707, 899],
      [145, 323, 487, 656, 803, 954],
      [99, 227, 333, 464, 591, 708, 828, 953],
      [58, 149, 240, 331, 427, 519, 610, 706, 802, 898, 986],
    ],
  },
]

const circuit = ({ held, time, kick }: Omit<Case, 'spikes'>): string => `
cell C(I = 0 mV) {
  compartment soma
  state v = -70 mV : 10 ms * dv/dt = -70 mV - v + I
  spike s when v > -50 mV refractory ${time} ms ${held ? 'holding v' : ''} { v = -65 mV }
  on 1 { v += soma }
}
population a[4][1] : C([21 mV, 24 mV, 30 mV, 45 mV])
for x in a {
  for y in a { connect x.spike -> y.soma as W { init ${kick} mV } }
}
experiment e { step 0.1 ms  duration 100 ms }`

function compiled(text: string): IrModule {
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  return ir
}

/** The steps in which each signal is 1. */
function spikesOf(
  network: Network,
  names: readonly string[],
  steps: number,
): readonly (readonly number[])[] {
  const found: number[][] = names.map(() => [])
  for (let step = 0; step < steps; step++) {
    const seen = network.observe(1, {}, names)
    for (const [i, name] of names.entries()) if (seen[name]?.data[0] === 1) found[i]?.push(step)
    network.step(1, {}, {})
  }
  network.dispose()
  return found
}

describe('refractory times, spike by spike as in Brian 2', () => {
  const signals = [0, 1, 2, 3].map((i) => `a[${i}].s`)
  it.each(brian)('$time ms, held $held, kicks of $kick mV', async (row) => {
    const ir = compiled(circuit(row))
    const interpreted = spikesOf(interpretedNetwork(ir), signals, 1000)
    expect(interpreted).toEqual(row.spikes)
    const network = await wasmNetwork(ir, { precision: 'f64' })
    expect(spikesOf(network, signals, 1000)).toEqual(row.spikes)
  })
})

describe('a refractory time', () => {
  const always = (clause: string, solver = 'euler'): string => `
param tau_ref = 0.5 ms
cell C {
  state v = 1 : 2 ms * dv/dt = -v
  state u = 3 : du/dt = 0 / 1 s
  spike s when v > 0.5 ${clause} { v += 1 }
}
population a[1] : C
experiment e { step 0.1 ms  solver ${solver}  duration 2 ms }`
  const steps = (text: string): readonly number[] =>
    spikesOf(interpretedNetwork(compiled(text)), ['a.s'], 20)[0] ?? []

  it.each([
    ['refractory 0 ms', [0, 1, 2, 3]],
    ['refractory 1 step', [0, 1, 2, 3]],
    ['refractory 5 steps', [0, 5, 10, 15]],
    ['refractory 0.5 ms holding v', [0, 5, 10, 15]],
    ['refractory tau_ref', [0, 5, 10, 15]],
    ['refractory 0.3 ms + 2 * 0.1 ms', [0, 5, 10, 15]],
    // Of each cell its own: 0.3 ms, and whole steps that lie in 0.47 ms.
    ['refractory u * 0.1 ms', [0, 3, 6, 9]],
    ['refractory (u + 1.7) * 0.1 ms', [0, 4, 8, 12]],
  ])('%s', (clause, first) => {
    expect(steps(always(clause)).slice(0, 4)).toEqual(first)
  })

  it.each(['euler', 'exponential_euler', 'rk4'])('holds a state under %s', (solver) => {
    const ir = compiled(always('refractory 0.5 ms holding v', solver))
    const network = interpretedNetwork(ir)
    const values: number[] = []
    for (let step = 0; step < 7; step++) {
      network.step(1, {}, {})
      values.push(network.save()['a.v']?.data[0] ?? Number.NaN)
    }
    const [spike, ...after] = values
    expect(spike).toBeGreaterThan(1)
    expect(after.slice(0, 4)).toEqual([spike, spike, spike, spike])
    expect(after[4]).not.toBe(spike)
  })

  it.each([
    ['refractory 0.53 ms', 'A refractory time must be a whole number of steps of 0.1 ms'],
    ['refractory -1 ms', 'A refractory time must be 0 or more'],
    ['refractory 5', 'A refractory time needs a time or a number of steps, but this has no unit.'],
    [
      'refractory 5 ms holding s',
      '`s` is computed by an equation, but a state variable is needed here.',
    ],
    ['refractory 5 ms holding q', 'There is no state variable named `q` here.'],
    ['refractory 2000 s', 'A refractory time must be at most 8388608 steps'],
  ])('%s is refused', (clause, message) => {
    const { diagnostics } = compileText(always(clause))
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map((each) => each.message)).toEqual([expect.stringContaining(message)])
  })
})
