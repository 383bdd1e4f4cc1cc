import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import { hostScalarSteps } from '../../../compiler/plan/host-scalars.ts'
import { hostScalars } from '../../../runtime/engine/wasm/scalars.ts'
import { bernoulliValues, streamKey, uniformValues } from '../../../runtime/support/random.ts'

/** The slots of a graph's parameter `p`: its value, and the threshold of draws with that chance. */
function slotsFor(p: number): readonly number[] {
  const b = new GraphBuilder('scalars')
  b.output('p', b.scalar('param', 'p'))
  const graph = b.build()
  const node = graph.outputs[0]!.value
  const info = hostScalarSteps(graph, [
    { node, as: 'value' },
    { node, as: 'threshold' },
  ])
  const program = { scalars: info.steps, slots: info.slots }
  return hostScalars(program, { params: new Map([['p', p]]), rates: {}, batch: 1, step: 0 })
}

describe('the threshold of Bernoulli draws', () => {
  it.each([0, 1, 0.5, 0.7, 0.1, 1 / 3, 2 ** -24, 2 ** -25, 1e-300, 1 - 2 ** -53, -1, 2])(
    'at p = %d: what lies below it are the draws of the runtime',
    (p) => {
      const [value, threshold] = slotsFor(p) as [number, number]
      expect(value).toBe(p)
      expect(Math.fround(threshold)).toBe(threshold)
      const key = streamKey(5, 'bernoulli')
      const drawn = uniformValues(key, 0, 4000).map((uniform) => (uniform < threshold ? 1 : 0))
      expect(drawn).toEqual(bernoulliValues(key, 0, p, 4000))
    },
  )

  it('is made in double precision: 0.7 rounded to f32 has another', () => {
    expect(slotsFor(Math.fround(0.7))[1]).not.toBe(slotsFor(0.7)[1])
  })

  it('of NaN lets nothing through', () => {
    expect(0 < (slotsFor(Number.NaN)[1] ?? 0)).toBe(false)
  })
})
