/**
 * What terminals and rules remember and an experiment records must be among what the program stores: a trace that no
 * change of a weight is made of is not computed, and would be missing from the records without a word.
 */
import type { IrModule } from '../ir/ir.ts'
import type { Context } from '../model/context.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'

const hint =
  'a rule keeps what the changes of a weight that learns are made of; towards a compartment with branches ' +
  'each branch keeps its own, and none is recorded'

/** Reports what is recorded of terminals and rules and not stored. */
export function requireKept(
  context: Context,
  { storages }: IrModule,
  { records }: Pick<ResolvedExperiment, 'records'>,
): void {
  const stored = new Set(storages.map(({ name }) => name))
  for (const { targets } of records)
    for (const target of targets) {
      if (target.kind !== 'terminals') continue
      const missing = target.names.find((name) => !stored.has(name))
      if (missing !== undefined)
        context.report('unkeptRecord', target.span, { name: missing }, { hint })
    }
}
