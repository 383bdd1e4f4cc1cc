/** A module without anything: no parameters, inputs, weights, equations. */
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import type { IrModule } from '../../../../compiler/ir/ir.ts'

/** The module. */
export function empty(): IrModule {
  const graph = new GraphBuilder('empty').build()
  return {
    name: 'empty',
    source: 'empty.ccn',
    params: [],
    storages: [],
    inputs: [],
    rates: [],
    graphs: { init: graph, infer: graph, step: graph, derived: graph },
  }
}
