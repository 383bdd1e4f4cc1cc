/** Parameters that can be changed without compiling again: those that some graph reads. */
import type { ClockPlan } from '../../contract/plan.ts'
import type { Graph, IrModule, ParamInfo } from '../ir/ir.ts'
import { flatten } from '../model/freedom.ts'
import type { Param } from '../model/model.ts'
import { holding } from '../model/watch.ts'
import { evaluatingSwitch } from './circuit/evaluating.ts'
import { holdName } from './circuit/presented.ts'
import { originName } from './circuit/step-counts.ts'
import { isPlasticitySwitch, plasticitySwitch } from './plasticity/updates.ts'

/** Free parameters that some graph reads. */
export function paramInfos(
  params: readonly Param[],
  graphs: IrModule['graphs'],
  clock: ClockPlan | undefined,
): readonly ParamInfo[] {
  const read = new Set<string>()
  const visit = (graph: Graph): void => {
    for (const node of graph.nodes) {
      if (node.op === 'scalar' && node.source === 'param') read.add(node.name)
      if (node.op === 'custom') visit(node.pullback)
    }
  }
  for (const graph of Object.values(graphs)) visit(graph)
  const declaredNames = new Set(params.map((each) => each.name))
  const reacting = [...read]
    .filter((name) => isPlasticitySwitch(name) && !declaredNames.has(name))
    .map((name): ParamInfo => ({
      name,
      value: 1,
      kind: 'switch',
      doc:
        name === plasticitySwitch
          ? 'whether reactions change weights (set by `plasticity on`, `plasticity off`)'
          : 'whether reactions change this weight (set by `freeze`)',
    }))
  const declared = params.flatMap((param) =>
    flatten(param)
      .filter(([name]) => read.has(name))
      .map(([name, value]) =>
        holding<'value', ParamInfo>(
          {
            name,
            value: 0,
            kind: param.value.kind === 'boolean' ? 'switch' : 'number',
            ...(param.doc === undefined ? {} : { doc: param.doc }),
            ...(param.unit === undefined ? {} : { unit: param.unit }),
            ...(param.range?.from === undefined ? {} : { minimum: param.range.from }),
            ...(param.range?.to === undefined ? {} : { maximum: param.range.to }),
          },
          'value',
          value,
        ),
      ),
  )
  const presented: readonly ParamInfo[] = read.has(holdName)
    ? [
        {
          name: holdName,
          value: clock?.hold ?? 1,
          kind: 'number',
          doc: 'steps for which an example is presented',
          minimum: 1,
        },
      ]
    : []
  const origin: readonly ParamInfo[] = read.has(originName)
    ? [
        {
          name: originName,
          value: 0,
          kind: 'number',
          doc: 'the step that time is counted from',
          minimum: 0,
        },
      ]
    : []
  const evaluating: readonly ParamInfo[] = read.has(evaluatingSwitch)
    ? [
        {
          name: evaluatingSwitch,
          value: 0,
          kind: 'switch',
          doc: 'whether test examples pass through the circuit',
        },
      ]
    : []
  return [...declared, ...reacting, ...presented, ...origin, ...evaluating]
}
