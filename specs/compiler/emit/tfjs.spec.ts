import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import { emit, run, strictErrors } from './emitted.ts'
import { burst } from './networks/burst.ts'
import { empty } from './networks/empty.ts'
import { everything } from './networks/everything.ts'
import { twoLayers } from './networks/two-layers.ts'

describe('the generated text', () => {
  it.each([twoLayers(), burst()])('of $name is the golden one', async (module) => {
    await expect(await emit(module)).toMatchFileSnapshot(`golden/${module.name}.ts`)
  })

  it('is the same when it is generated again', async () => {
    expect(await emit(burst())).toBe(await emit(burst()))
  })

  it('passes strict TypeScript and gives a Network', async () => {
    const user = `
      import * as tf from '@tensorflow/tfjs-core'
      import type { NamedArray, Network } from '../runtime/engine/network.ts'
      import * as tiny from './tiny.ts'
      import * as burst from './burst.ts'
      import * as everything from './everything.ts'
      import * as empty from './empty.ts'
      const network = burst.create(tf, { seed: 1, parameters: { p0: 0.4 } })
      export const all: Network[] = [
        tiny.create(tf), network, everything.create(tf), empty.create(tf),
      ]
      const x = new Float32Array(6)
      export const rate: Float32Array = network.infer(1, { x })['y.e'].data
      export const tensors = tf.tidy(() => network.forward({ batch: 1, x: tf.zeros([1, 6]) }).h0_e)
      // As the runtime's readWeights: in whatever precision the weights were kept.
      declare function readWeights(path: string): Promise<Record<string, NamedArray>>
      export const load = async (path: string) => network.load(await readWeights(path))
      // @ts-expect-error The target is missing.
      network.step(1, { x })
      // @ts-expect-error There is no such variable.
      network.observe(1, { x, 'y.target': x }, ['h[0].q'])
      // @ts-expect-error There is no such parameter.
      burst.create(tf, { parameters: { p1: 0 } })
    `
    const modules = [twoLayers(), burst(), everything(), empty()]
    const texts = await Promise.all(
      modules.map(async (module) => [module.name, await emit(module)] as const),
    )
    expect(strictErrors({ ...Object.fromEntries(texts), user })).toEqual([])
  })

  it('carries only the support functions it needs', async () => {
    const text = await emit(burst())
    expect(text).toContain('function normalValues(')
    expect(text).not.toContain('function uniformValues(')
    expect(text).not.toContain('function svdFactors(')
    expect(await emit(twoLayers())).not.toContain('function streamKey(')
  })

  it('writes the shared equations once', async () => {
    const text = await emit(burst())
    expect(text.match(/const h0_e = /g)).toHaveLength(1)
  })

  it('writes the equations of both graphs if the passes made them different', async () => {
    const module = twoLayers()
    const infer = new GraphBuilder('infer')
    const x = infer.input('x', ['batch', 2])
    const soma = infer.matmul(x, infer.transpose(infer.load('W', [2, 2])))
    const e = infer.map('sigmoid', infer.map('add', soma, infer.load('y.k', [2])))
    infer.name(e, 'y.e')
    infer.output('y.e', e)
    const text = await emit({ ...module, graphs: { ...module.graphs, infer: infer.build() } })
    expect(text.match(/const y_e = /g)).toHaveLength(2)
    expect(strictErrors({ apart: text })).toEqual([])
  })

  it('refuses a gradient that was not differentiated', async () => {
    const g = new GraphBuilder('infer')
    const x = g.input('x', ['batch', 2])
    const pullback = new GraphBuilder('pullback')
    pullback.output('result', pullback.input('g', ['batch', 2]))
    g.output('y', g.custom(g.map('neg', x), x, pullback.build()))
    const module = twoLayers()
    await expect(
      emit({ ...module, graphs: { ...module.graphs, infer: g.build() } }),
    ).rejects.toThrow('custom gradient')
  })

  it('stores in every step what only a measure reads besides', async () => {
    const init = new GraphBuilder('init')
    init.store('sum', init.filled(0, [1]))
    const step = new GraphBuilder('step')
    step.section = 'measure'
    const sum = step.map('add', step.load('sum', [1]), step.constant(1))
    step.store('sum', sum)
    step.output('total', step.reshape(step.map('mul', sum, step.constant(2)), []))
    const module = empty()
    const network = await run({
      ...module,
      storages: [{ name: 'sum', shape: [1], role: 'state' }],
      graphs: { ...module.graphs, init: init.build(), step: step.build() },
    })
    network.step(1, {})
    expect(network.measuredStep(1, {})).toEqual({ total: 4 })
    expect([...network.save()['sum']!.data]).toEqual([2])
    network.dispose()
  })

  it('runs even if it says nothing', async () => {
    const network = await run(empty())
    network.step(1, {})
    expect([network.infer(1, {}), network.score(1, {}), network.save()]).toEqual([{}, {}, {}])
    expect(network.stepCount).toBe(1)
  })
})
