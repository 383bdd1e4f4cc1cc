/**
 * A description as JSON: what `describe` tells, with values in the unit as written, sources of values, equations as
 * text and LaTeX, and no places in files. Its schema stands in docs/describe.md.
 */
import type { Compilation } from '../../compiler/compile.ts'
import type { Model } from '../../compiler/model/model.ts'
import type { Description, Plain } from '../describe.ts'
import { mathLatex, mathText, withDistinctSymbols, type Mathematics } from '../typeset/index.ts'
import { arrivalEquations } from './arrivals.ts'
import type { TextOf } from './connectivity.ts'
import { cellGroups, linesOf } from './cells.ts'
import type { Chosen } from './index.ts'
import { Notation } from './notation.ts'
import { datasetsOf, refinementsOf, sweepsOf } from './json-stated.ts'
import { inUnit, unitFor, withSource } from './quantities.ts'
import { ruleLines } from './rules.ts'

const equationsOf = (all: readonly Mathematics[]) =>
  withDistinctSymbols(all).map((each) => ({ text: mathText(each), latex: mathLatex(each) }))

/** See the module's head. */
export function descriptionData(
  { model, ast, sources }: Compilation,
  description: Description,
  { variants = [], set = {} }: Chosen,
): unknown {
  if (!model) return undefined
  const textOf: TextOf = ({ file, start, end }) => sources.get(file)?.slice(start, end) ?? ''
  const withoutSpan = (of: { readonly span: unknown }) => ({ ...of, span: undefined })
  return {
    format: 'ccn-description',
    version: 1,
    ...description,
    chosen: { variants, set },
    params: description.params.map(({ doc, ...rest }, i) => ({
      ...rest,
      ...valueOf(model, i, rest.value),
      ...withSource(doc),
    })),
    populations: description.populations.map(withoutSpan),
    connections: description.connections.map(withoutSpan),
    cells: cellGroups(model).map(({ cell, populations }) => ({
      name: cell.name,
      populations: populations.map(({ name }) => name),
      equations: equationsOf(linesOf(cell, Notation.ofCell(cell))),
    })),
    arrivals: equationsOf(arrivalEquations(model)),
    rules: ruleLines(model).map(({ name, learners, equations }) => ({
      ...description.rules.find((each) => each.name === name),
      name,
      learners,
      equations: equationsOf(equations),
    })),
    properties: model.claims.map(({ property }) => property),
    refinements: refinementsOf(ast, textOf),
    datasets: datasetsOf(model, textOf),
    experiments: description.experiments.map(withoutSpan),
    sweeps: sweepsOf(ast, textOf),
  }
}

/** A parameter's value and limits in the unit as written. */
function valueOf(model: Model, i: number, value: Plain) {
  const param = model.params[i]
  if (param?.value.kind !== 'number') return {}
  const { dimension } = param.value
  const unit = param.unit ?? unitFor(param.value.value, dimension)
  const { from, to } = param.range ?? {}
  return {
    value: typeof value === 'number' ? inUnit(value, unit) : value,
    ...(unit !== undefined && { unit }),
    ...(from !== undefined && { from: inUnit(from, unit) }),
    ...(to !== undefined && { to: inUnit(to, unit) }),
  }
}
