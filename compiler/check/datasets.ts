/** Data sets that a file declares are right where they stand, whether or not an experiment uses them. */
import type { SourceFile } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import { resolveDataset } from '../model/datasets.ts'
import type { Model } from '../model/model.ts'

/** Reports what is wrong with the data sets of the main file. */
export function checkDatasets(context: Context, { scope }: Model, ast: SourceFile): void {
  for (const item of ast.items) {
    if (item.kind === 'Dataset') resolveDataset(context, scope, item)
  }
}
