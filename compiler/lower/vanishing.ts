/**
 * Numbers that a circuit was given and that single precision, in which it runs unless it says otherwise, holds as 0:
 * a rate of 1e-50 would silently be none. Looked for in the program, where units and factors are known.
 */
import type { SourceFile } from '../../grammar/ast.ts'
import type { IrModule } from '../ir/ir.ts'
import { vanishingInSingle, type Vanishing } from '../ir/representable.ts'
import type { Context } from '../model/context.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import type { Model } from '../model/model.ts'
import { watchingKinds } from './known-facts.ts'

/** Warns of every such number, where it stands. */
export function warnVanishing(
  context: Context,
  model: Model,
  ir: IrModule,
  ast: SourceFile,
  experiment: ResolvedExperiment | undefined,
): void {
  const hint =
    'say `precision f64` in the experiment, or train with --precision f64, or take another unit'
  const { params, rates } = ir
  const program = { graphs: Object.values(ir.graphs), params, rates, settings: [] }
  watchingKinds(context, model, program, (numbers) => {
    for (const each of vanishingInSingle({ ...ir, ...numbers })) {
      const span = spanOf(each, ast) ?? experiment?.experiment.item.name.span ?? ast.span
      context.report('vanishes', span, { what: inWords(each) }, { hint })
    }
  })
}

function spanOf(each: Vanishing, { items }: SourceFile): SourceFile['span'] | undefined {
  if ('origin' in each) return each.origin?.span
  if (each.kind === 'rate') return undefined
  const declared = items.find((item) => item.kind === 'Param' && item.name.name === each.name)
  return declared?.kind === 'Param' ? declared.value.span : undefined
}

function inWords(each: Vanishing): string {
  switch (each.kind) {
    case 'parameter':
      return `The parameter \`${each.name}\`, ${each.value},`
    case 'rate':
      return `The learning rate of \`${each.name}\`, ${each.value},`
    case 'product':
      return `A product of parameters and numbers, ${Number(each.value.toPrecision(6))},`
    case 'number':
      return `The number ${each.value}`
  }
}
