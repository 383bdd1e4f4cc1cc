/** `explain`: what a circuit learns by, beside the gradient of its loss; derived, and checked on numbers. */
import { isZero } from '../../compiler/analysis/expressions.ts'
import type { Compilation } from '../../compiler/compile.ts'
import * as set from '../typeset/build.ts'
import { verbatim } from '../typeset/symbols.ts'
import { probes } from './checks.ts'
import { Derivation, type Derived } from './derive.ts'
import type { Explanation, Formulation, TeacherStatement, WeightStatement } from './explanation.ts'
import { families, type Member } from './families.ts'
import { explainedGraph } from './graph.ts'
import { formulation, indexOf, Scribe } from './scribe.ts'
import { statementOf, targetOf, type Around } from './statement.ts'
import { differenceOf, signalsOf, slopesIn, type Difference } from './statements.ts'
import { substitution } from './substitute.ts'
import { summary } from './summary.ts'
import { Trial } from './trial.ts'

/** The seeds of the networks that statements are tried on; the first is that of the checks. */
const seeds: readonly number[] = [1, 2]

/** Explains a compilation without optimisation; undefined if there is no program. */
export function explain(
  compilation: Compilation,
  variants: readonly string[] = [],
): Explanation | undefined {
  const { ir, model, plan } = compilation
  if (!ir || !model) return undefined
  const explained = explainedGraph(ir, model, 'declared')
  const trials = seeds.map((seed) => new Trial(ir, explained, seed))
  const derivation = new Derivation(ir, explained, trials, plan)
  const all = explained.learning.map(({ name }) => derivation.derive(name))
  const signals = signalsOf(derivation, all, (weight) => targetOf(model, weight)?.population)
  const coefficients = all.flatMap(({ update, descent }) => [
    ...(update?.coefficients.slice(0, 2) ?? []),
    ...(descent?.coefficients.slice(0, 2) ?? []),
  ])
  const scribe = new Scribe(derivation, signals, slopesIn(derivation.algebra, coefficients))
  const closed = all.some((each) => each.update !== undefined)
  const [trial] = trials
  const runs = closed ? probes(trial!, derivation.deviations) : []
  const differences = all.map((each) => comparisonOf(derivation, each))
  const replaced = differences.flatMap((each) => each?.replaced ?? [])
  const substituted = closed ? substitution(trial!, derivation, replaced) : undefined
  const around: Around = { derivation, model, scribe, runs, ...(substituted && { substituted }) }
  const statements = all.map((each, i) => statementOf(around, each, differences[i]))
  const chosen = { model: model.name, variants, ...(plan && { experiment: plan.name }) }
  return assembled(chosen, derivation, scribe, statements, differences)
}

/** How the first order of the change differs from that of the gradient; undefined where one of them is none. */
function comparisonOf(
  derivation: Derivation,
  { update, descent: other }: Derived,
): Difference | undefined {
  const first = update?.coefficients[1]
  const slope = other?.coefficients[1]
  return first && slope && !isZero(first) && !isZero(slope)
    ? differenceOf(derivation, first, slope)
    : undefined
}

function assembled(
  chosen: Pick<Explanation, 'model' | 'experiment' | 'variants'>,
  derivation: Derivation,
  scribe: Scribe,
  statements: readonly WeightStatement[],
  compared: readonly (Difference | undefined)[],
): Explanation {
  const all = (
    pick: (statement: WeightStatement) => Formulation | undefined,
    words?: (statement: WeightStatement) => string,
  ) =>
    families(
      statements.flatMap((each): Member[] => {
        const found = pick(each)
        return found
          ? [
              {
                ...indexOf(each.name),
                formulas: [found.formula],
                words: words ? [words(each)] : [],
              },
            ]
          : []
      }),
    ).map(({ formulas, words: said, range }) =>
      formulation(formulas[0]!, range, said[0] || undefined),
    )
  const teachers = derivation.deviations.map(({ teacher, symbol }): TeacherStatement => ({
    name: teacher.name,
    deviation: formulation(
      set.equation(
        verbatim(symbol.name),
        set.sum(verbatim(teacher.name), set.minus(verbatim(teacher.answer))),
      ),
    ),
  }))
  const signals = scribe.definitions()
  const changes = all(
    (each) => each.change,
    (each) => each.rule,
  )
  const updates = all((each) => each.first, remainderWords)
  const gradients = all((each) => each.gradient)
  const facts = families(
    derivation.facts.map(({ variable, value, weights, parameters }): Member => ({
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
          : `for the parameters as they are (${parameters.join(', ')})`,
      ],
    })),
  ).map(({ formulas, words, range }) => formulation(formulas[0]!, range, words[0]))
  const differences = summary(scribe, statements, compared)
  const notDone = [...new Set(statements.flatMap((each) => each.notDone))]
  return {
    ...chosen,
    teachers,
    facts,
    names: scribe.names(),
    signals,
    changes,
    updates,
    gradients,
    differences,
    weights: statements,
    checks: [],
    notDone,
    holds: statements.every((each) => each.checks.every(({ holds }) => holds)),
  }
}

function remainderWords({ remainder }: WeightStatement): string {
  if (remainder === 'exact') return 'exact'
  return remainder === 'higher' ? '+ O(d⁴)' : `+ O(d${remainder === 2 ? '²' : '³'})`
}
