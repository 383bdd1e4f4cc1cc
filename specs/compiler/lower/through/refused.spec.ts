/** What an experiment says of learning through time: measures of it, and what is refused in a sentence. */
import { describe, expect, it } from 'vitest'
import { printPlan } from '../../../../compiler/emit/wasm/index.ts'
import { tapeSize } from '../../../../compiler/plan/tape.ts'
import { wasmMachine } from '../../../../compiler/emit/wasm/machine.ts'
import { renderDescription } from '../../../../service/description/render.ts'
import { compileText, errorsOf } from '../../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../../helpers/wasm-network.ts'
import { circuits } from './circuits.ts'
import { moduleOf, waves } from './differences.ts'

const plain = circuits[0]?.text ?? ''
const first = (text: string): string | undefined => errorsOf(compileText(text))[0]

describe('learning through time', () => {
  it('is measured by the window that ended last', () => {
    const measures = 'measure angle(W, backprop), norm(backprop(W)), norm(update(W)) every 1 step'
    const ir = moduleOf(plain.replace('with sgd(rate = 1)', `with sgd(rate = 1) ${measures}`))
    const network = interpretedNetwork(ir)
    const rates = Object.fromEntries(ir.rates.map(({ name }) => [name, 0.1]))
    const seen: Record<string, number>[] = []
    for (let step = 0; step < 9; step++) {
      seen.push(network.measuredStep(2, waves(ir, 2, step), rates))
      if (step === 6) network.endWindow!(7, rates)
    }
    expect(seen[6]?.['norm(backprop(W))']).toBe(0)
    expect(seen[7]?.['norm(backprop(W))']).toBeGreaterThan(0.01)
    expect(seen[7]?.['norm(update(W))']).toBe(seen[8]?.['norm(backprop(W))'])
    expect(seen[7]?.['angle(W, backprop)']).toBeCloseTo(0, 3)
  })

  it('says which gradient is measured, and how large the tape is', () => {
    const measured = (text: string, more = ''): string =>
      text.replace(
        'optimise',
        `${more}  measure angle(W,  backprop), g = norm(backprop(V)), loss  optimise`,
      )
    const gradients = (text: string): unknown =>
      compileText(text).plan?.measures.map(({ gradient }) => gradient)
    const window = 'through time, over windows of 7 steps'
    const learns = compileText(measured(plain))
    expect(learns.plan?.measures.map(({ gradient }) => gradient)).toEqual([
      window,
      window,
      undefined,
    ])
    expect(renderDescription(learns, 'text')).toContain(`(${window}), `)
    expect(gradients(measured(plain, 'unroll 1 step'))).toContain(
      'through time, over windows of 1 step',
    )
    const still = plain
      .replaceAll(/(W|V) \{ init normal\(1\) learn Exact/g, '$1 { init normal(1)')
      .replace('U { init normal(1) learn Exact', 'U { init normal(1) learn Hebb')
      .replace('population x', 'plasticity Hebb { dw = post.e * pre.e }\npopulation x')
      .replace('U, W, V, b with', 'U with')
    const within = compileText(measured(still, 'unroll 5 steps'))
    expect(errorsOf(within)).toEqual([])
    const norm = within.plan?.measures.find(({ label }) => label === 'g')
    expect(norm?.gradient).toBe('within a step')
    const warned = within.diagnostics.find(({ code }) => code === 'CCN6011')?.message
    expect(warned).toContain('the `backprop` that is measured is then that within each step')
    const size = tapeSize(learns.ir!, wasmMachine, 8)!
    expect(size.steps).toBe(7)
    expect(tapeSize(learns.ir!, wasmMachine, 4)?.bytes).toBe(size.bytes / 2)
    expect(printPlan(learns.ir!, { precision: 'f64' })).toContain(
      `of these the tape of 7 steps for the gradient through time: ${size.kept} values of each, ${size.bytes} bytes`,
    )
    expect(tapeSize(within.ir!, wasmMachine, 8)).toBeUndefined()
  })

  it('goes on to the bit from a checkpoint within a window', async () => {
    const ir = moduleOf(plain)
    const rates = Object.fromEntries(ir.rates.map(({ name }) => [name, 0.1]))
    const whole = await wasmNetwork(ir, {}, { seed: 3, batch: 2 })
    const resumed = await wasmNetwork(ir, {}, { seed: 4, batch: 2 })
    for (let step = 0; step < 7; step++) {
      if (step === 3) {
        resumed.load(whole.save())
        resumed.stepCount = step
      }
      whole.step(2, waves(ir, 2, step), rates)
      if (step >= 3) resumed.step(2, waves(ir, 2, step), rates)
    }
    whole.endWindow!(7, rates)
    resumed.endWindow!(7, rates)
    expect(resumed.save()).toEqual(whole.save())
  })

  it('is refused where it cannot be', () => {
    expect(errorsOf(compileText(plain, { tapeLimit: 50 }))[0]).toContain('CCN3003 The tape of')
    expect(
      first(plain.replace('sgd(rate = 1)', 'sgd(rate = 1)  measure angle(W, backprop(W = V))')),
    ).toBeDefined()
    const mixed = plain
      .replace('W { init normal(1) learn Exact', 'W { init normal(1) learn Hebb')
      .replace('population x', 'plasticity Hebb { dw = post.e * pre.e }\npopulation x')
    expect(first(mixed.replace('sgd(rate = 1)', 'sgd(rate = 1, clip = 1)'))).toContain('CCN7001')
    expect(first(mixed)).toBeUndefined()
    const silent = plain.replace('data d  present x = v, y.target = t for 7 steps', '')
    expect(first(silent.replace('input target', 'input target = 0'))).toBeDefined()
  })
})
