/**
 * A model whose examples are passed several times: the circuit is lowered once for each phase, all
 * into one graph, with what the phase sets in place of the parameters. What is the same in two phases
 * is computed once, since the passes merge it.
 *
 * The first phase is the one in which the circuit answers: its loss, its error and the gradients of
 * its loss are those of the model. Plain names mean the last phase.
 */
import type { PhaseItem, Span } from '../../../grammar/ast.ts'
import { evaluate } from '../../model/evaluate.ts'
import type { Param, ScalarSymbol, Value } from '../../model/model.ts'
import { describeRange, isWithin } from '../../model/params.ts'
import { describeDimension, sameDimension } from '../../model/units.ts'
import { describeEntry, symbolOf } from '../../model/values.ts'
import { CircuitLowering } from './circuit.ts'
import type { LowerContext } from '../context.ts'
import { checkFree } from '../experiment/protocol.ts'
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

/** What a phase of the model sets. */
export interface PhaseSettings {
  readonly item: PhaseItem
  readonly settings: ReadonlyMap<string, ScalarSymbol>
  readonly plasticity: boolean
}

/** The settings of every phase; what is wrong with them is reported. */
export function resolvePhases(context: LowerContext): readonly PhaseSettings[] {
  return context.model.phases.map((item) => resolvePhase(context, item))
}

function resolvePhase(context: LowerContext, item: PhaseItem): PhaseSettings {
  const { diagnostics, model } = context
  const settings = new Map<string, ScalarSymbol>()
  let plasticity = true
  for (const setting of item.settings) {
    const { name } = setting.name
    const value = evaluate(diagnostics, model.scope, setting.value)
    if (!value) continue
    if (name === 'plasticity') {
      if (value.kind === 'boolean') plasticity = value.value
      continue
    }
    const param = model.params.find((each) => each.name === name)
    checkFree(context, name, setting.span)
    if (param) assign(context, param, value, setting.value.span, settings)
  }
  return { item, settings, plasticity }
}

/** Notes what a parameter, or each number of a list, is set to. */
function assign(
  context: LowerContext,
  param: Param,
  value: Value,
  span: Span,
  settings: Map<string, ScalarSymbol>,
): void {
  const visit = (old: Value, given: Value, name: string): void => {
    if (old.kind === 'list') {
      const count = old.elements.length
      if (given.kind === 'list' && given.elements.length !== count) {
        const found = given.elements.length
        context.diagnostics.report('listLength', span, { name, found, expected: count })
        return
      }
      for (const [i, element] of old.elements.entries())
        visit(element, given.kind === 'list' ? given.elements[i]! : given, `${name}[${i}]`)
      return
    }
    if (old.kind === 'number' && given.kind === 'number') {
      if (sameDimension(old.dimension, given.dimension)) {
        checkRange(context, param, given.value, span)
        settings.set(name, symbolOf(given))
      } else {
        context.diagnostics.report('unitExpected', span, {
          what: 'This parameter',
          expected: describeDimension(old.dimension),
          found: describeDimension(given.dimension),
        })
      }
    } else if (old.kind === 'boolean' && given.kind === 'boolean')
      settings.set(name, symbolOf(given))
    else reportKind(context, span, name, given, describeEntry(old))
  }
  visit(param.value, value, param.name)
}

function reportKind(
  { diagnostics }: LowerContext,
  span: Span,
  name: string,
  given: Value,
  expected: string,
): void {
  const found = `set to ${describeEntry(given)}`
  diagnostics.report('wrongKind', span, { name, found, expected })
}

function checkRange({ diagnostics }: LowerContext, param: Param, value: number, span: Span): void {
  const { range, name } = param
  if (range && !isWithin(range, value))
    diagnostics.report('outOfRange', span, { name, found: value, range: describeRange(range) })
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
      { ...context, freedom, phase: { name, prefix, circuit } },
      read,
      observed,
    )
  })
  const [answer] = all
  const last = all.at(-1)
  if (!answer || !last) throw new Error('A model with phases has a first and a last one')
  return { answer, last, all, plastic: all.filter((_, i) => phases[i]?.plasticity) }
}
