/** Wrong answers, which `error` counts (`model/experiment/answers.ts` says of whom). */
import type { ValueId } from '../../ir/ir.ts'
import { eventOf, type Answering } from '../../model/experiment/answers.ts'
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
