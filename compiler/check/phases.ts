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
} from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { draws } from '../model/builtins.ts'
import { Context } from '../model/context.ts'
import { evaluate } from '../model/evaluate.ts'
import type { Experiment, Model, Scope, Value } from '../model/model.ts'
import { hasPast } from '../model/past.ts'
import { endsOf } from '../model/bind/elements.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Place } from '../model/bind/places.ts'
import { madeOf } from '../model/weights/made-of.ts'

/** Remarks how many phases a model needs; warns of phases that nothing reads and nothing learns in. */
export function remarkPhases(
  context: Context,
  model: Model,
  { instances, weights }: Pick<Bound, 'instances' | 'weights'>,
  ast: SourceFile,
  experiment?: Experiment,
): void {
  const { phases } = model
  const expressions = instances.flatMap(expressionsAt)
  const read = phasesRead(phases, expressions)
  const learning = learns(model) ? phases.filter((phase) => isPlastic(model, phase)) : []
  const used = phases.filter(
    (phase) =>
      read.has(phase.name.name) ||
      (learning.length > 0 ? learning.includes(phase) : phase === phases.at(-1)),
  )
  for (const phase of phases) {
    if (used.includes(phase) || phase === phases[0]) continue
    const { name, span } = phase.name
    const hint = `nothing learns in it, no variable reads \`${name}.\`, and the answer is that of the first phase`
    context.report('unusedDeclaration', span, { kind: 'phase', name }, { hint })
  }
  const { draws: drawsAnew, names: named } = lookAt(expressions)
  const isRead = (name: string): boolean => named.has(name) || context.used.has(name)
  const needed = drawsAnew ? used : distinct(model, used, isRead)
  const head = ast.name?.span ?? { file: ast.path, start: 0, end: 0 }
  if (needed.length > 1) {
    const names = needed.map((phase) => phase.name.name).join(', ')
    context.report('manyPhases', head, { model: model.name, count: needed.length, phases: names })
    return
  }
  if (!learns(model)) return
  const turns = experiment && hasPast(model) ? alternating(experiment) : undefined
  if (turns) {
    const count = turns.phases.length
    const order = turns.phases.join(', ')
    const plastic = turns.plastic.join(', ')
    context.report('learnsInTurns', head, {
      model: model.name,
      count,
      phases: order,
      plastic,
    })
  } else if (!runsAgain(model, weights)) context.report('singlePhase', head, { model: model.name })
}

interface Turns {
  readonly phases: readonly string[]
  /** Those in which the circuit learns. */
  readonly plastic: readonly string[]
}

/**
 * The phases that a protocol goes through again and again, if plasticity waits in some of them. Whether
 * what the others do is needed for learning, or only prepares it, no checker can know.
 */
function alternating({ statements, scope }: Experiment): Turns | undefined {
  const find = (parts: ProtocolStatement['phases']): Turns | undefined => {
    for (const part of parts) {
      if (part.kind !== 'ProtocolRepeat') continue
      const phases = part.phases.filter((each) => each.kind === 'ProtocolPhase')
      const plastic = phases.filter(({ settings }) => isOn(scope, settings))
      if (plastic.length > 0 && plastic.length < phases.length)
        return { phases: phases.map(nameOfPhase), plastic: plastic.map(nameOfPhase) }
      const inner = find(part.phases)
      if (inner) return inner
    }
    return undefined
  }
  const protocol = statements.find((each) => each.kind === 'Protocol')
  return protocol && find(protocol.phases)
}

const nameOfPhase = ({ name }: ProtocolPhase): string => name.name

/**
 * Whether weights that learn are run a second time, in a copy of the circuit: a weight between other
 * populations is tied to one of them.
 */
function runsAgain(model: Model, weights: Bound['weights']): boolean {
  return model.connections.some((connection) => {
    const ends = new Set(endsOf(connection))
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
  const seen = new Set<string>()
  return phases.filter((phase) => {
    const values = model.params
      .filter((param) => isRead(param.name))
      .map((param) => {
        const setting = phase.settings.findLast((each) => each.name.name === param.name)
        return setting ? evaluate(new Context(), model.scope, setting.value) : param.value
      })
    const key = JSON.stringify(values.map((value) => value && numbersIn(value)))
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function numbersIn(value: Value): readonly number[] {
  if (value.kind === 'list') return value.elements.flatMap(numbersIn)
  return value.kind === 'number' || value.kind === 'boolean' ? [Number(value.value)] : []
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
): ReadonlySet<string> {
  const names = new Set(phases.map((phase) => phase.name.name))
  const read = new Set<string>()
  for (const expression of expressions) {
    walk(expression, (node) => {
      if (node.kind === 'Member' && node.object.kind === 'Name' && names.has(node.object.name))
        read.add(node.object.name)
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
