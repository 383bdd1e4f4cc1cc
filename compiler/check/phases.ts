/**
 * Phases: how many passes the model makes for each example. A model without `phase` items computes
 * every variable once, so that whatever it learns it learns in a single phase. With phases, those
 * count in which something learns, and those that a variable or a rule reads by name; two that would
 * compute the same count once. The first phase is also that of the answer, which costs no pass more
 * where the circuit learns. Nothing is said to be needed that is not known to be: of a protocol that
 * repeats phases it is said in which plasticity is on.
 */
import type {
  Expression,
  PhaseItem,
  ProtocolPhase,
  ProtocolStatement,
  SourceFile,
  Span,
} from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import { walk } from '../../grammar/walk.ts'
import { draws } from '../model/builtins.ts'
import { Context } from '../model/context.ts'
import { evaluate } from '../model/evaluate.ts'
import type {
  BooleanValue,
  Connection,
  Experiment,
  Model,
  NumberValue,
  Scope,
  Value,
} from '../model/model.ts'
import { observed } from '../model/watch.ts'
import { endsOf } from '../model/bind/elements.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Place } from '../model/bind/places.ts'
import { madeOf } from '../model/weights/made-of.ts'
import { copiedFrom } from './transport.ts'

/** What a model goes through for what it learns. */
export interface PhasesNeeded {
  /** Phases in which something learns, and those that are read, of equal ones the first. */
  readonly needed: readonly PhaseItem[]
  /** Those that nothing reads, and nothing learns in. */
  readonly unused: readonly PhaseItem[]
  /** Where each phase is read by its name. */
  readonly reads: ReadonlyMap<string, readonly Span[]>
  /** Of those, in which something learns. */
  readonly learning: readonly PhaseItem[]
  /** What the chosen experiment's protocol goes through again and again, where not all of it learns alike. */
  readonly turns?: Turns
  /** Weights in a second copy of the circuit that are tied to those that learn. */
  readonly copies: readonly Connection[]
}

/** Remarks how many phases a model needs; warns of phases that nothing reads and nothing learns in. */
export function remarkPhases(
  context: Context,
  model: Model,
  bound: Pick<Bound, 'instances' | 'weights'>,
  ast: SourceFile,
  experiment?: Experiment,
): void {
  const { needed, unused, turns, copies } = phasesNeeded(
    model,
    bound,
    (name) => context.used.has(name),
    experiment,
  )
  for (const { name: phase } of unused) {
    const { name, span } = phase
    const hint = `nothing learns in it, no variable reads \`${name}.\`, and the answer is that of the first phase`
    context.report('unusedDeclaration', span, { kind: 'phase', name }, { hint })
  }
  const head = ast.name?.span ?? { file: ast.path, start: 0, end: 0 }
  if (needed.length > 1) {
    const names = needed.map((phase) => phase.name.name).join(', ')
    context.report('manyPhases', head, { model: model.name, count: needed.length, phases: names })
    return
  }
  if (!learns(model)) return
  if (turns && turns.plastic.length < turns.phases.length) {
    const count = turns.phases.length
    const order = turns.phases.map(nameOfPhase).join(', ')
    const plastic = turns.plastic.map(nameOfPhase).join(', ')
    context.report('learnsInTurns', head, {
      model: model.name,
      count,
      phases: order,
      plastic,
    })
  } else if (!turns && copies.length === 0)
    context.report('singlePhase', head, { model: model.name })
}

/** What a model goes through for what it learns; `isUsed`: of a parameter, whether the circuit reads it. */
export function phasesNeeded(
  model: Model,
  { instances, weights }: Pick<Bound, 'instances' | 'weights'>,
  isUsed: (param: string) => boolean,
  experiment: Experiment | undefined,
): PhasesNeeded {
  const { phases } = model
  const expressions = instances.flatMap(expressionsAt)
  const reads = phasesRead(phases, expressions)
  const learning = learns(model) ? phases.filter((phase) => isPlastic(model, phase)) : []
  const used = phases.filter(
    (phase) =>
      reads.has(phase.name.name) ||
      (learning.length > 0 ? learning.includes(phase) : phase === phases.at(-1)),
  )
  const { draws: drawsAnew, names: named } = lookAt(expressions)
  const isRead = (name: string): boolean => named.has(name) || isUsed(name)
  const turns = experiment && learns(model) ? alternating(experiment) : undefined
  return {
    needed: drawsAnew ? used : distinct(model, used, isRead),
    unused: phases.filter((phase) => !used.includes(phase) && phase !== phases[0]),
    reads,
    learning,
    ...(turns && { turns }),
    copies: runAgain(model, weights),
  }
}

/** Phases of a protocol that come again and again. */
export interface Turns {
  readonly phases: readonly ProtocolPhase[]
  /** Those in which the circuit learns. */
  readonly plastic: readonly ProtocolPhase[]
  /** What differs between them. */
  readonly differs: 'plasticity' | 'what is frozen' | 'what is set'
}

/**
 * The phases that a protocol goes through again and again, if they differ in what learns, or in what is set
 * while it learns. Whether what they do is needed for learning, or only prepares it, no checker can know.
 */
function alternating({ statements, scope }: Experiment): Turns | undefined {
  const find = (parts: ProtocolStatement['phases']): Turns | undefined => {
    for (const part of parts) {
      if (part.kind !== 'ProtocolRepeat') continue
      // The innermost turns are those of learning; what is around them repeats them.
      const found = find(part.phases) ?? differing(scope, phasesIn(part.phases))
      if (found) return found
    }
    return undefined
  }
  const protocol = statements.find((each) => each.kind === 'Protocol')
  return protocol && find(protocol.phases)
}

const phasesIn = (parts: ProtocolStatement['phases']): readonly ProtocolPhase[] =>
  parts.flatMap((part) => (part.kind === 'ProtocolPhase' ? [part] : phasesIn(part.phases)))

function differing(scope: Scope, phases: readonly ProtocolPhase[]): Turns | undefined {
  const plastic = phases.filter(({ settings }) => isOn(scope, settings))
  if (plastic.length === 0) return undefined
  const kinds = (of: (phase: ProtocolPhase) => readonly string[]): number =>
    new Set(phases.map((each) => of(each).toSorted().join('; '))).size
  const found = (differs: Turns['differs']): Turns => ({ phases, plastic, differs })
  if (plastic.length < phases.length) return found('plasticity')
  if (kinds(frozenIn) > 1) return found('what is frozen')
  return kinds(setIn) > 1 ? found('what is set') : undefined
}

const frozenIn = ({ settings }: ProtocolPhase): readonly string[] =>
  settings.flatMap((each) =>
    each.kind === 'ProtocolAction' && each.action === 'freeze'
      ? each.targets.map(printExpression)
      : [],
  )

const setIn = ({ settings }: ProtocolPhase): readonly string[] =>
  settings.flatMap((each) =>
    each.kind === 'Setting' ? [`${each.name.name} = ${printExpression(each.value)}`] : [],
  )

const nameOfPhase = ({ name }: ProtocolPhase): string => name.name

/**
 * Weights of a second copy of the circuit, in which those that learn are run again: a weight between other
 * populations is tied to one of them.
 */
function runAgain(model: Model, weights: Bound['weights']): readonly Connection[] {
  return model.connections.filter((connection) => {
    const ends = new Set(endsOf(connection))
    // A pathway back, through interneurons too, is no second circuit.
    if (copiedFrom(model, weights, connection)) return false
    return madeOf(weights, connection).some(
      (other) => other.rule && !endsOf(other).every((end) => ends.has(end)),
    )
  })
}

/** Whether plasticity is on under these settings. */
function isOn(scope: Scope, settings: ProtocolPhase['settings'] | PhaseItem['settings']): boolean {
  const setting = settings
    .flatMap((each) => (each.kind === 'ProtocolAction' ? [] : [each]))
    .findLast((each) => each.name.name === 'plasticity')
  const value = setting && evaluate(new Context(), scope, setting.value)
  return value?.kind !== 'boolean' || value.value
}

/** Whether an expression draws, and the names in it. */
function lookAt(expressions: readonly Expression[]): {
  readonly draws: boolean
  readonly names: ReadonlySet<string>
} {
  const names = new Set<string>()
  for (const expression of expressions)
    walk(expression, (node) => {
      if (node.kind === 'Name') names.add(node.name)
    })
  return { draws: [...names].some((name) => draws.has(name)), names }
}

function isPlastic(model: Model, phase: PhaseItem): boolean {
  return isOn(model.scope, phase.settings)
}

/** Phases that set other values than those before; every one draws anew, so it must not draw. */
function distinct(
  model: Model,
  phases: readonly PhaseItem[],
  isRead: (param: string) => boolean,
): readonly PhaseItem[] {
  const read = model.params.filter((param) => isRead(param.name))
  const values = phases.map((phase) =>
    read.map((param) => {
      const setting = phase.settings.findLast((each) => each.name.name === param.name)
      const value = setting ? evaluate(new Context(), model.scope, setting.value) : param.value
      return value && numbersIn(value)
    }),
  )
  const all = values.flatMap((each) => each.flatMap((numbers) => numbers ?? []))
  const same = observed(all, () => {
    const keys = values.map((each) =>
      JSON.stringify(each.map((numbers) => numbers?.map(({ value }) => Number(value)))),
    )
    return keys.map((key) => keys.indexOf(key)).join(' ')
  })
  const firsts = same.split(' ').map(Number)
  return phases.filter((_, i) => firsts[i] === i)
}

function numbersIn(value: Value): readonly (NumberValue | BooleanValue)[] {
  if (value.kind === 'list') return value.elements.flatMap(numbersIn)
  return value.kind === 'number' || value.kind === 'boolean' ? [value] : []
}

/** Whether any weight or bias has a rule. */
export function learns(model: Model): boolean {
  return (
    model.connections.some((each) => each.rule && !each.tied) ||
    model.populations.some((each) => each.cell.biases.some((bias) => bias.rule && !bias.tied))
  )
}

function phasesRead(
  phases: readonly PhaseItem[],
  expressions: readonly Expression[],
): ReadonlyMap<string, readonly Span[]> {
  const names = new Set(phases.map((phase) => phase.name.name))
  const read = new Map<string, Span[]>()
  for (const expression of expressions) {
    walk(expression, (node) => {
      if (node.kind !== 'Member' || node.object.kind !== 'Name') return
      const { name } = node.object
      if (!names.has(name)) return
      const places = read.get(name) ?? []
      read.set(name, places)
      const { file, start } = node.span
      if (!places.some((each) => each.file === file && each.start === start)) places.push(node.span)
    })
  }
  return read
}

/** The expressions that stand at a place. */
export function expressionsAt(place: Place): readonly Expression[] {
  switch (place.kind) {
    case 'value':
    case 'delay':
      return [place.expression]
    case 'refractory':
      return [place.clause.time]
    case 'derivative': {
      const { factor, value } = place.state.derivative
      return factor ? [factor, value] : [value]
    }
    case 'assignment':
      return [place.assignment.value]
  }
}
