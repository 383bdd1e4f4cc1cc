/** Wrong answers, which `error` counts (`model/experiment/answers.ts` says of whom). */
import type { Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import { answering, eventOf, type Answering } from '../../model/experiment/answers.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { examplesOf } from '../context.ts'

/** 1 for every example that one of them answers wrongly, [batch]; undefined if there are none. */
export function wrongAnswers(
  circuit: CircuitLowering,
  answers: readonly Answering[],
): ValueId | undefined {
  const { builder } = circuit.context
  let wrong: ValueId | undefined
  for (const { population, input } of answers) {
    const event = eventOf(population)
    const answer = event && circuit.variable(population, event.name)
    const target = circuit.variable(population, input.name)
    if (answer === undefined || target === undefined) continue
    // What is the same for all units is one number until it is compared.
    const shape = [examplesOf(circuit.context), population.size]
    const largest = builder.argmax(builder.broadcast(answer, shape))
    const differs = builder.map('ne', largest, builder.argmax(target))
    wrong = wrong === undefined ? differs : builder.map('max', wrong, differs)
  }
  return wrong
}

/**
 * Reports that there is nothing to count: no population is presented with a label, or none of those that are
 * says what it answers with. `names`: of these populations alone.
 */
export function reportNoAnswers(
  { context: { diagnostics } }: CircuitLowering,
  experiment: ResolvedExperiment,
  label: string,
  { span }: Expression,
  names: readonly string[] | undefined,
): undefined {
  const told = experiment.labels.map(({ population }) => population)
  const silent = told.find(
    (each) => eventOf(each) === undefined && (names?.includes(each.name) ?? true),
  )
  if (silent) {
    const { name, cell } = silent
    const gaps = { label, population: name, cell: cell.name }
    const hint = 'mark the variable that it answers with, as in `event answer = y`'
    return diagnostics.report('noAnswer', span, gaps, { hint })
  }
  const all = answering(experiment).map(({ population }) => `\`error(${population.name})\``)
  return diagnostics.report(
    'badValue',
    span,
    {
      what: `\`${label}\``,
      expected: 'of a population with a loss that reads the label it is presented with',
      found: 'measured without one',
    },
    {
      hint:
        all.length > 0
          ? `there is ${all.join(', ')}`
          : 'present one, as in `present y.target = one_hot(label)`',
    },
  )
}
