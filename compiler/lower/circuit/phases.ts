/**
 * A model whose examples are passed several times: the circuit is lowered once for each phase, all
 * into one graph, with what the phase sets in place of the parameters. What is the same in two phases
 * is computed once, since the passes merge it.
 *
 * The first phase is the one in which the circuit answers: its loss, its error and the gradients of
 * its loss are those of the model. Plain names mean the last phase.
 */
import type { Span } from '../../../grammar/ast.ts'
import type { PhaseSettings } from '../../model/experiment/phases.ts'
import { CircuitLowering } from './circuit.ts'
import type { LowerContext } from '../context.ts'
import type { ReadStorage } from './weights.ts'

/** A circuit in each of its phases; in a model without phases all of them are the same. */
export interface PhasedCircuit {
  /** The phase in which the circuit answers: the first. */
  readonly answer: CircuitLowering
  /** The phase that plain names mean: the last. */
  readonly last: CircuitLowering
  /** All phases, in order. */
  readonly all: readonly CircuitLowering[]
  /** The phases in which the circuit learns. */
  readonly plastic: readonly CircuitLowering[]
}

/**
 * Lowers nothing yet: the circuit of each phase, to be asked for its variables. With `observed` they
 * become outputs, those of all phases but the last as `predict.h.p`.
 */
export function phasedCircuit(
  context: LowerContext,
  phases: readonly PhaseSettings[],
  read: ReadStorage,
  observed: boolean,
): PhasedCircuit {
  const [first] = phases
  if (!first) {
    const only = new CircuitLowering(context, read, observed)
    return { answer: only, last: only, all: [only], plastic: [only] }
  }
  const names = phases.map(({ item }) => item.name.name)
  const all = phases.map(({ settings }, i): CircuitLowering => {
    const circuit = (name: string, span: Span): CircuitLowering | undefined => {
      const index = names.indexOf(name)
      if (index <= i) return all[index]
      return context.diagnostics.report('laterPhase', span, { later: name, phase: names[i] ?? '' })
    }
    const name = names[i] ?? ''
    const prefix = i === phases.length - 1 ? '' : `${name}.`
    const freedom = { ...context.freedom, settings }
    return new CircuitLowering(
      { ...context, freedom, phase: { name, prefix, circuit, answer: () => all[0] } },
      read,
      observed,
    )
  })
  const [answer] = all
  const last = all.at(-1)
  if (!answer || !last) throw new Error('A model with phases has a first and a last one')
  return { answer, last, all, plastic: all.filter((_, i) => phases[i]?.plasticity) }
}
