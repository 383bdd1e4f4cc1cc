/**
 * Equations as they are before a step's changes: lowered anew with the states as a condition or a block reads them
 * (`model/bind/before-changes.ts` says which). What they draw is what they draw anyway.
 */
import type { ValueId } from '../../ir/ir.ts'
import type { EquationVariable } from '../../model/bind/before.ts'
import type { Equation, Population } from '../../model/model.ts'
import type { CircuitLowering } from './circuit.ts'
import type { InBlock, ReadState } from './dynamics.ts'
import { lowerExpression } from './expressions.ts'

/** The equations that one block reads so; a set that holds what one of them reads, too. */
export class Early {
  readonly #circuit: CircuitLowering
  readonly #population: Population
  readonly #read: ReadState
  readonly #inBlock: InBlock
  readonly #values = new Map<Equation, ValueId | undefined>()

  constructor(circuit: CircuitLowering, population: Population, read: ReadState, inBlock: InBlock) {
    this.#circuit = circuit
    this.#population = population
    this.#read = read
    this.#inBlock = inBlock
  }

  /** Its value, once; undefined after a report. */
  value({ equation, within }: EquationVariable): ValueId | undefined {
    if (this.#values.has(equation)) return this.#values.get(equation)
    const circuit = this.#circuit
    const population = this.#population
    const before = circuit.context.bound.before(population.cell).changing()
    const value = circuit.at(equation.span, () => {
      const inBlock: InBlock = { ...this.#inBlock, before, early: this }
      const place = circuit.place(population, equation.scope, this.#read, within, inBlock)
      const stream = circuit.streamsOf(population, equation).from(place.stream)
      return lowerExpression(circuit.context, { ...place, stream }, equation.value)
    })
    this.#values.set(equation, value)
    return value
  }
}
