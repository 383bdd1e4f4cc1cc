/** What is 0 at rest, and why: compartments and variables in which the teacher alone leaves a trace. */
import { isZero, type Expression } from '../../compiler/analysis/expressions.ts'
import { Algebra } from '../../compiler/analysis/algebra.ts'
import { GraphReader } from '../../compiler/analysis/from-graph.ts'
import { NotClosed } from '../../compiler/analysis/expressions.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { Model, Population } from '../../compiler/model/model.ts'
import * as set from '../typeset/build.ts'
import type { Mathematics } from '../typeset/mathematics.ts'
import { mathText } from '../typeset/text.ts'
import { verbatim } from '../typeset/symbols.ts'
import type { Derivation } from './derive.ts'
import type { Formulation } from './explanation.ts'
import { families, type Member } from './families.ts'
import { Formula } from './formula.ts'
import { formulation, indexOf, type Scribe } from './scribe.ts'

/** What rests at 0 by the equations and ties, then what does for the weights or parameters of the file alone. */
export function restStatements(
  derivation: Derivation,
  scribe: Scribe,
  model: Model,
  ir: IrModule,
): readonly Formulation[] {
  const facts = new Set(derivation.facts.map(({ variable }) => variable))
  const silent = model.populations.flatMap((population): Member[] =>
    population.cell.compartments.flatMap(({ name }): Member[] => {
      const variable = `${population.name}.${name}`
      const rest = derivation.restOf(variable)
      if (!rest || !isZero(rest) || facts.has(variable)) return []
      const ties = hears(derivation, model, population, name)
        ? tiesInto(model, ir, population, name)
        : []
      return [
        {
          ...indexOf(variable),
          formulas: [set.equation(verbatim(variable), set.number(0)), ...ties],
          words: [],
        },
      ]
    }),
  )
  const byEquation = families(silent).map(({ formulas: [first, ...ties], range }) =>
    formulation(
      first!,
      range,
      ties.length === 0 ? undefined : `since ${ties.map((each) => mathText(each)).join(', ')}`,
    ),
  )
  return [...byEquation, ...factStatements(derivation, scribe)]
}

function factStatements(derivation: Derivation, scribe: Scribe): readonly Formulation[] {
  const members = derivation.facts.map(({ variable, value, weights, parameters }): Member => ({
    ...indexOf(variable),
    formulas: [
      {
        kind: 'relation',
        sides: [verbatim(variable), scribe.write(value), set.number(0)],
        operators: ['=', '='],
      },
    ],
    words: [
      weights.length > 0
        ? 'for the weights as they begin'
        : parameters.length === 0
          ? 'in the state that it begins in'
          : `as ${parameters.map((name) => `${name} = ${derivation.parameter(name)}`).join(', ')}`,
    ],
  }))
  const ordered = members.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
  return families(ordered).map(({ formulas, words, range }) =>
    formulation(formulas[0]!, range, words[0]),
  )
}

/** Whether something that is not 0 at rest leads into a compartment, so that it is the weights that cancel it. */
const hears = (
  derivation: Derivation,
  model: Model,
  population: Population,
  compartment: string,
): boolean =>
  model.connections.some(({ source, target }) => {
    if (target.population !== population || target.compartment !== compartment) return false
    const rest = derivation.restOf(`${source.population.name}.${source.signal}`)
    return !rest || !isZero(rest)
  })

/** The ties of weights that lead into a compartment, as equations. */
function tiesInto(
  model: Model,
  ir: IrModule,
  population: Population,
  compartment: string,
): readonly Mathematics[] {
  const { derived } = ir.graphs
  const weights = new Set(ir.storages.map(({ name }) => name))
  const algebra = new Algebra()
  const reader = new GraphReader(algebra, derived, { weights })
  return model.connections.flatMap(({ name, target, tied }) => {
    if (!tied || target.population !== population || target.compartment !== compartment) return []
    const output = derived.outputs.find((each) => each.name === name)
    if (!output) return []
    const value = attempt(() => reader.read(output.value).series.coefficients[0]!)
    return value ? [set.equation(verbatim(name), new Formula().write(value))] : []
  })
}

function attempt(read: () => Expression): Expression | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof NotClosed) return undefined
    throw error
  }
}
