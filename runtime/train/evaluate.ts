/**
 * Scores of a network on a part of the data: sums over batches of `evaluationBatch` examples (the
 * last one may be smaller) divided by the number of examples. Nothing is learned.
 */
import type { EvaluationPlan, ExperimentPlan } from '../../contract/plan.ts'
import type { Network } from '../engine/network.ts'
import type { DataPart } from '../data/types.ts'
import { EvaluatedFigures } from './evaluated.ts'
import { findInArrays, findInInputs, findInScores, type NonFinite } from './finite.ts'
import type { RunOptions } from './options.ts'
import type { Presenter } from './present.ts'

/** Means over examples by score name: `loss`; `error`, in %. */
export type Scores = Readonly<Record<string, number>>

/**
 * The mean scores on `part`; `pause` is awaited between batches and stops the evaluation, which
 * then is undefined, by giving true.
 */
export async function evaluate(
  network: Network,
  presenter: Presenter,
  part: DataPart,
  batchSize: number,
  pause: () => boolean | Promise<boolean> = () => false,
  evaluation?: Pick<EvaluationPlan, 'measures' | 'compared' | 'ofWeights' | 'evaluating'>,
): Promise<Scores | undefined> {
  const means: Record<string, number> = {}
  const figures = new EvaluatedFigures(evaluation ?? { measures: [] })
  const names = figures.variables(0)
  for (let start = 0; start < part.count; start += batchSize) {
    if (await pause()) return undefined
    const end = Math.min(start + batchSize, part.count)
    const batch = presenter.present(part, { start, end }, false)
    for (const [name, sum] of Object.entries(network.score(batch.count, batch.inputs))) {
      means[name] = (means[name] ?? 0) + sum
    }
    if (names.length > 0) figures.add(tested(network, evaluation, batch, names), batch.count, 0)
  }
  for (const name of Object.keys(means)) means[name] = meanOf(name, means[name]!, part.count)
  return { ...means, ...figures.figures(() => network.derived()) }
}

/** Variables of test examples, with the circuit's switch for them on. */
function tested(
  network: Network,
  { evaluating }: Pick<EvaluationPlan, 'evaluating'> = {},
  { count, inputs }: ReturnType<Presenter['present']>,
  names: readonly string[],
): ReturnType<Network['observe']> {
  if (evaluating !== undefined) network.set(evaluating, 1)
  const found = network.observe(count, inputs, names)
  if (evaluating !== undefined) network.set(evaluating, 0)
  return found
}

/** Whether a score counts wrong answers: its mean is told in %. */
export function isErrorRate(name: string): boolean {
  return name === 'error' || name.endsWith('_error')
}

const meanOf = (name: string, sum: number, count: number): number =>
  ((isErrorRate(name) ? 100 : 1) * sum) / count

/**
 * Where a score of `part` that is not finite comes from: what is presented, or the first of the variables
 * that is not finite for the first batch whose score is not; otherwise the score itself.
 */
export function traceScore(
  score: NonFinite,
  network: Network,
  presenter: Presenter,
  part: DataPart,
  { evaluationBatch, infinite }: Pick<ExperimentPlan, 'evaluationBatch' | 'infinite'>,
  { variables = [] }: Pick<RunOptions, 'variables'>,
): NonFinite {
  for (let start = 0; start < part.count; start += evaluationBatch) {
    const end = Math.min(start + evaluationBatch, part.count)
    const { count, inputs } = presenter.present(part, { start, end }, false)
    if (!findInScores(network.score(count, inputs))) continue
    const values = variables.length > 0 ? network.observe(count, inputs, variables) : {}
    const inOrder = Object.fromEntries(
      variables.flatMap((name) => (values[name] ? [[name, values[name]]] : [])),
    )
    return findInInputs(inputs) ?? findInArrays(inOrder, 'variable', new Set(infinite)) ?? score
  }
  return score
}

/** Scores of a batch as means over its examples. */
export function batchScores(
  network: Network,
  count: number,
  inputs: Parameters<Network['score']>[1],
) {
  const sums = network.score(count, inputs)
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, meanOf(name, sum, count)]),
  )
}
