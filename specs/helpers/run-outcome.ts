/** Runs a compiled text as an experiment, in memory, and tells how it ended and what was written. */
import { expect } from 'vitest'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { Network } from '../../runtime/engine/network.ts'
import type { RunOptions } from '../../runtime/train/options.ts'
import { silentReporter } from '../../runtime/train/reporter.ts'
import { runExperiment } from '../../runtime/train/run.ts'
import { compileText, errorsOf } from './compile-text.ts'
import { MemoryStore } from './memory-store.ts'

export interface Made {
  readonly plan: ExperimentPlan
  readonly ir: IrModule
}

/** A text that has no errors, compiled. */
export function made(text: string): Made {
  const compilation = compileText(text)
  expect(errorsOf(compilation)).toEqual([])
  return { plan: compilation.plan!, ir: compilation.ir! }
}

/** What a run without data threw, if anything, and what it stored. */
export async function outcome({ plan, ir }: Made, network: Network, options: RunOptions = {}) {
  const store = new MemoryStore()
  const { step } = ir.graphs
  const variables = step.outputs
    .filter(({ value }) => step.nodes[value]?.section === 'circuit')
    .map(({ name }) => name)
    .filter((name) => !plan.measures.some(({ outputs }) => outputs.includes(name)))
  const states = ir.storages.filter(({ role }) => role === 'state').map(({ name }) => name)
  const parameters = Object.fromEntries(ir.params.map(({ name, value }) => [name, value]))
  const all = { store, variables, states, parameters, ...options }
  const error: unknown = await runExperiment(plan, network, undefined, all, silentReporter).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { error, store }
}
