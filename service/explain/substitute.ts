/**
 * "Equal if", tried: weights of the circuit set to what backprop has in their place, all at once, and the program
 * run again.
 */
import type { Replaced } from '../../compiler/analysis/compare.ts'
import { Evaluator } from '../../compiler/analysis/evaluate.ts'
import { atomOf, type Expression } from '../../compiler/analysis/expressions.ts'
import type { Tensor } from '../../compiler/ir/evaluate.ts'
import { probes, type Probe } from './checks.ts'
import type { Derivation } from './derive.ts'
import type { Trial } from './trial.ts'

/** Runs with weights replaced. */
export interface Substituted {
  readonly runs: readonly Probe[]
  /** The weights that were set. */
  readonly names: ReadonlySet<string>
}

/**
 * Runs with every replacement made that is of a single weight. Of a weight that would have to be two things at
 * once the first counts: statements that need the other are not tried.
 */
export function substitution(
  trial: Trial,
  derivation: Derivation,
  replaced: readonly Replaced[],
): Substituted | undefined {
  const storages: Record<string, Tensor> = {}
  const evaluator = new Evaluator(trial.values((symbol) => storages[symbol.name]))
  for (const { mine, theirs } of replaced) {
    const single = singleWeight(mine)
    if (!single || storages[single.name]) continue
    const value = evaluator.value(theirs)
    storages[single.name] = single.turned ? turned(value) : value
  }
  const names = new Set(Object.keys(storages))
  if (names.size === 0) return undefined
  const following = trial.following(new Map(Object.entries(storages)))
  return { runs: probes(trial, derivation.deviations, { storages: following }), names }
}

/** The weight that a matrix is, perhaps transposed. */
export function singleWeight(
  expression: Expression,
): { readonly name: string; readonly turned: boolean } | undefined {
  const atom = atomOf(expression)
  if (atom?.kind === 'symbol' && atom.role === 'weight') return { name: atom.name, turned: false }
  if (atom?.kind !== 'structure' || atom.form.op !== 'transpose') return undefined
  const inner = singleWeight(atom.args[0]!)
  return inner && { ...inner, turned: !inner.turned }
}

function turned({ shape, data }: Tensor): Tensor {
  const [rows = 1, columns = 1] = shape
  const result = new Float64Array(data.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j]!
  }
  return { shape: [columns, rows], data: result }
}
