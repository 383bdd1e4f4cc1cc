/**
 * Gradients through time by central finite differences, in double precision: a network is run over windows of steps
 * with inputs that change, and what the end of each window adds to a weight is compared with the difference of the sum
 * of the losses over that window, everything at its beginning being as it was.
 */
import { expect } from 'vitest'
import type { IrModule } from '../../../../compiler/ir/ir.ts'
import type { NamedArray, Network, Presented } from '../../../../runtime/engine/network.ts'
import { compileText, errorsOf } from '../../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'

export function moduleOf(text: string): IrModule {
  const compiled = compileText(text)
  if (!compiled.ir) throw new Error(errorsOf(compiled).join('\n'))
  return compiled.ir
}

export interface Windows {
  readonly text: string
  readonly weights: readonly string[]
  /** Variables that are losses. */
  readonly losses: readonly string[]
  readonly batch: number
  /** Steps of each window. */
  readonly windows: readonly number[]
  /** Parameters that change before a step. */
  readonly set?: (network: Network, step: number) => void
  /** Weights that other rules change, which gradients take as they were in each step. */
  readonly given?: readonly string[]
  readonly tolerance?: number
}

/** What is presented in a step: waves of all inputs. */
export function waves(ir: IrModule, batch: number, step: number): Presented {
  return Object.fromEntries(
    ir.inputs.map(({ name, shape }, at) => {
      const size = shape.slice(1).reduce<number>((product, dim) => product * Number(dim), batch)
      const value = (i: number): number => Math.sin(0.7 * i + 0.9 * step + at)
      return [name, Float32Array.from({ length: size }, (_, i) => value(i))]
    }),
  )
}

/** Runs the windows, and compares some entries of each weight in each of them. */
export function expectDifferences(given: Windows): void {
  const { text, weights, losses, batch, windows, set, given: fixed = [], tolerance = 1e-7 } = given
  const ir = moduleOf(text)
  const network = interpretedNetwork(ir)
  const rates = Object.fromEntries(ir.rates.map(({ name }) => [name, 1]))
  /** What other rules made of weights, by step, when the window was run first. */
  let course: Record<string, NamedArray>[] = []
  /** The sum of the losses over some steps from some storages on. */
  const lossOver = (from: number, steps: number, storages: Record<string, NamedArray>): number => {
    network.load(storages)
    let sum = 0
    for (let step = from; step < from + steps; step++) {
      network.stepCount = step
      const before = network.save()
      const known = course[step - from]
      const own = fixed.map((name) => [name, (known ?? before)[name]!] as const)
      if (known) network.load(Object.fromEntries(own))
      else course.push(Object.fromEntries(own))
      set?.(network, step)
      const inputs = waves(ir, batch, step)
      const seen = network.observe(batch, inputs, losses)
      for (const name of losses) {
        const { data } = seen[name]!
        for (const value of data) sum += value / batch
      }
      network.step(batch, inputs, rates)
    }
    return sum
  }
  let from = 0
  for (const steps of windows) {
    const before = network.save()
    course = []
    lossOver(from, steps, before)
    network.endWindow!(steps, rates)
    const after = network.save()
    for (const name of weights) {
      const { shape, data } = before[name]!
      const places = [0, Math.floor(data.length / 3), Math.floor(data.length / 2), data.length - 1]
      for (const i of new Set(places)) {
        const moved = (by: number): number => {
          const values = Float64Array.from(data)
          values[i]! += by
          return lossOver(from, steps, { ...before, [name]: { shape, data: values } })
        }
        const mask = before[`${name}.mask`]?.data[i]
        const expected = mask === 0 ? 0 : (moved(-1e-5) - moved(1e-5)) / 2e-5
        const found = (after[name]?.data[i] ?? 0) - (data[i] ?? 0)
        const size = Math.max(1, Math.abs(expected))
        const where = `${name} ${i}, window from ${from}: ${found} for ${expected}`
        expect(Math.abs(found - expected) / size, where).toBeLessThan(tolerance)
      }
    }
    network.load(after)
    from += steps
    network.stepCount = from
  }
}
