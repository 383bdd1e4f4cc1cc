/**
 * Expectations over normal draws, without drawing: the mean over the points ± √n along each of the n axes has all
 * moments of the normal distribution up to the third.
 */
import { Evaluator } from '../../compiler/analysis/evaluate.ts'
import type { Tensor } from '../../compiler/ir/evaluate.ts'
import type { Probe } from './checks.ts'
import type { ExplainedGraph } from './graph.ts'
import type { Trial } from './trial.ts'

/** By how much draws are made smaller; the last is where rounding alone is left. */
const sizes: readonly number[] = [1, 0.3, 0.1, 0.03, 1e-5]

/** More points than this are not worth the time. */
const mostDraws = 600

/** Runs in expectation, divided by the square of the draws' size; none where there are too many draws. */
export function expectations(
  trial: Trial,
  { graph, learning }: ExplainedGraph,
  streams: readonly string[],
): readonly Probe[] {
  const counts = streams.map((stream) => {
    const node = graph.nodes.find((each) => each.op === 'random' && each.stream === stream)
    return (node?.shape ?? []).slice(1).reduce<number>((all, size) => all * Number(size), 1)
  })
  const draws = counts.reduce((sum, count) => sum + count, 0)
  if (draws > mostDraws) return []
  const still = trial.run()
  return sizes.map((size): Probe => {
    const sums = new Map<string, Float64Array>()
    streams.forEach((stream, s) => {
      for (let i = 0; i < counts[s]!; i++) {
        for (const sign of [-1, 1]) {
          const values = new Float64Array(counts[s]!)
          values[i] = sign * size * Math.sqrt(draws)
          const outputs = trial.changes({ draws: { [stream]: values } })
          for (const { name } of learning) {
            const { data } = outputs[`update ${name}`]!
            const sum = sums.get(name) ?? new Float64Array(data.length)
            for (let at = 0; at < data.length; at++) sum[at]! += data[at]!
            sums.set(name, sum)
          }
        }
      }
    })
    const means = [...sums].map(([name, sum]): [string, Tensor] => {
      const share = 1 / (2 * draws * size ** 2)
      const { shape } = still[`update ${name}`]!
      return [`update ${name}`, { shape, data: sum.map((value) => value * share) }]
    })
    const outputs = { ...still, ...Object.fromEntries(means) }
    return { scale: size, outputs, inputs: {}, evaluator: new Evaluator(trial.values()) }
  })
}
