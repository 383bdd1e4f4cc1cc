/** A statistic may be recorded and measured, and recorded twice: each has a name of its own, and its numbers. */
import { expect, it } from 'vitest'
import { made, outcome } from '../../helpers/run-outcome.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

it('records what is measured under a name of its own, at its own interval', async () => {
  const { plan, ir } = made(`model m
cell N { state v = 0 : 10 ms * dv/dt = -v + 1 }
population b[3] : N
experiment e {
  step 1 ms  duration 20 ms
  measure mean(b.v) every 5 ms
  record mean(b.v), std(b.v) every 1 ms
  record std(b.v) every 4 ms
}
`)
  const names = plan.records.map(({ variables }) => variables)
  expect(names).toEqual([['record mean(b.v)', 'std(b.v)'], ['std(b.v)']])
  expect(plan.measures.map(({ outputs }) => outputs)).toEqual([['mean(b.v)']])
  const { error, store } = await outcome({ plan, ir }, await wasmNetwork(ir))
  expect(error).toBeUndefined()
  const recorded = [...store.parts.values()].flatMap((part) => [
    ...(part.get('record mean(b.v)')?.data ?? []),
  ])
  const measured = store.steps.map(({ measures }) => measures['mean(b.v)'])
  expect(recorded).toHaveLength(20)
  expect(measured).toHaveLength(5)
  expect(measured).toEqual([0, 5, 10, 15, 19].map((i) => recorded[i]))
})
