/**
 * The protocol of an experiment: its phases in order, with what each sets, freezes and perturbs. A rate
 * belongs to an optimiser, so an optimiser some of whose weights are frozen when others are not becomes
 * several, each of which stands still as a whole. Repetitions are not written out.
 */
import type {
  Identifier,
  ProtocolPhase,
  ProtocolStatement,
  Setting,
  SourceFile,
  Span,
} from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import type { PerturbPlan, PhasePlan, ProtocolPart } from '../../../contract/plan.ts'
import { writtenPhases } from '../../../contract/timeline.ts'
import { didYouMean, evaluate, evaluateInteger } from '../evaluate.ts'
import type { Experiment, Scope, Value } from '../model.ts'
import { booleanValue, numberValue, paramsOf } from '../values.ts'
import { assign } from './assigned.ts'
import type { Resolving } from './context.ts'
import { resolveDuration } from './durations.ts'
import type { Optimiser } from './optimisers.ts'
import { findLearnables, type Learnable } from './learnables.ts'
import { resolvePerturb, type Spread } from './perturb.ts'

interface Phase {
  readonly plan: Omit<PhasePlan, 'frozen'>
  /** Storages that stand still. */
  readonly frozen: ReadonlySet<string>
  readonly spreads: readonly Spread[]
}

interface Protocol {
  readonly optimisers: readonly Optimiser[]
  readonly phases: readonly ProtocolPart[]
  /** Storages that some phase freezes. */
  readonly frozen: ReadonlySet<string>
  /** Noise that phases add. */
  readonly spreads: readonly Spread[]
}

/** The switch of what a weight's reactions change, where some phase freezes the weight. */
export const freezeSwitch = (storage: string): string => `plasticity(${storage})`

/**
 * The phases of a protocol, and the optimisers that they freeze; without a protocol no phases.
 */
export function resolveProtocol(
  context: Resolving,
  scope: Scope,
  optimisers: readonly Optimiser[],
  protocol: ProtocolStatement | undefined,
): Protocol {
  if (!protocol) return { optimisers, phases: [], frozen: new Set(), spreads: [] }
  const resolved = new Map<PhasePlan, Phase>()
  const resolve = (parts: ProtocolStatement['phases']): readonly ProtocolPart[] =>
    parts.flatMap((part): readonly ProtocolPart[] => {
      if (part.kind === 'ProtocolPhase') {
        const phase = resolvePhase(context, scope, part)
        const plan: PhasePlan = { ...phase.plan, frozen: [] }
        resolved.set(plan, phase)
        return [plan]
      }
      const times = evaluateInteger(context.diagnostics, scope, part.count)
      const phases = resolve(part.phases)
      if (times === undefined) return []
      if (times < 1 || times > Number.MAX_SAFE_INTEGER) {
        context.diagnostics.report('badValue', part.count.span, {
          what: 'The number of repetitions',
          expected: times < 1 ? 'at least 1' : 'at most 9,007,199,254,740,991',
          found: times,
        })
      }
      return phases.length > 0 ? [{ kind: 'repeat', times, phases }] : []
    })
  const parts = resolve(protocol.phases)
  const kinds = writtenPhases(parts).flatMap((plan) => resolved.get(plan) ?? [])
  const holds = ({ plan, frozen }: Phase, { targets }: Optimiser): boolean =>
    !plan.plasticity || targets.some((each) => frozen.has(each.storage))
  const split = optimisers
    .flatMap((optimiser) => splitByFreezing(optimiser, kinds))
    .map((each) =>
      kinds.some((kind) => holds(kind, each)) ? { ...each, pauses: true as const } : each,
    )
  const withFrozen = (part: ProtocolPart): ProtocolPart => {
    if (part.kind === 'repeat') return { ...part, phases: part.phases.map(withFrozen) }
    const storages = resolved.get(part)?.frozen ?? new Set<string>()
    const isFrozen = ({ targets }: Optimiser): boolean =>
      targets.some((each) => storages.has(each.storage))
    const switches = [...storages].map((storage) => [freezeSwitch(storage), 0] as const)
    return {
      ...part,
      settings: { ...part.settings, ...Object.fromEntries(switches) },
      frozen: split.filter(isFrozen).map(({ name }) => name),
    }
  }
  const frozen = new Set(kinds.flatMap((kind) => [...kind.frozen]))
  const spreads = kinds.flatMap((kind) => kind.spreads)
  return { optimisers: split, phases: parts.map(withFrozen), frozen, spreads }
}

/** A phase, with what it freezes. */
export function resolvePhase(context: Resolving, scope: Scope, phase: ProtocolPhase): Phase {
  const { diagnostics } = context
  // Entries, since a parameter may have any name: `__proto__` too.
  const settings: [name: string, value: number][] = []
  let plasticity = true
  const frozen = new Set<string>()
  const perturb: PerturbPlan[] = []
  const spreads: Spread[] = []
  for (const setting of phase.settings) {
    if (setting.kind === 'ProtocolAction') {
      if (setting.action === 'perturb') {
        perturb.push(...resolvePerturb(context, scope, setting, spreads))
        continue
      }
      for (const target of setting.targets) {
        for (const { storage } of findLearnables(context, scope, target) ?? []) frozen.add(storage)
      }
      continue
    }
    const { name } = setting.name
    if (name !== 'plasticity') checkFree(context, name, setting)
    const value = evaluate(diagnostics, scope, setting.value)
    checkApart(context, phase, setting, value)
    if (!value) continue
    if (name === 'plasticity') {
      if (value.kind === 'boolean') plasticity = value.value
      else if (value.kind === 'number') plasticity = value.value !== 0
      continue
    }
    const param = context.model.params.find((each) => each.name === name)
    if (!param) continue
    warnIfSetByPhases(context, name, setting.span)
    assign(diagnostics, param, asKindOf(param.value, value), setting.value, (each, given) =>
      settings.push([each, Number(given.value)]),
    )
  }
  const plan = {
    kind: 'phase',
    name: phase.name.name,
    lasts: durationOf(context, scope, phase),
    settings: Object.fromEntries(settings),
    plasticity,
    ...(perturb.length > 0 ? { perturb } : {}),
  } as const
  return { plan, frozen, spreads }
}

/** Of a protocol, 0 and 1 stand for off and on, and the other way round, as they always did. */
function asKindOf(old: Value, given: Value): Value {
  if (old.kind === 'boolean' && given.kind === 'number' && [0, 1].includes(given.value))
    return booleanValue(given.value === 1, given.symbol)
  return old.kind === 'number' && given.kind === 'boolean'
    ? { ...numberValue(Number(given.value)), ...(given.symbol && { symbol: given.symbol }) }
    : given
}

/** An epoch, or in a run by a clock a step, after a report. */
function durationOf(
  { diagnostics, step }: Resolving,
  scope: Scope,
  { duration, name }: ProtocolPhase,
): PhasePlan['lasts'] {
  if (duration) {
    const found = resolveDuration({ diagnostics, scope, step }, duration)
    if (found) return found
  } else if (step !== undefined) {
    diagnostics.report(
      'badValue',
      name.span,
      {
        what: 'The duration of a phase',
        expected: 'a time or a number of steps',
        found: 'not said',
      },
      { hint: `write how long it lasts, as in \`phase ${name.name} 10 s\`` },
    )
  }
  return { unit: step === undefined ? 'epochs' : 'steps', count: 1 }
}

/** A parameter that every phase of the model sets is never what a protocol makes it. */
function warnIfSetByPhases({ diagnostics, model }: Resolving, name: string, span: Span): void {
  const isSetBy = (phase: (typeof model.phases)[number]): boolean =>
    phase.settings.some((each) => each.name.name === name)
  if (diagnostics.hasErrors || model.phases.length === 0 || !model.phases.every(isSetBy)) return
  diagnostics.report('noEffect', span, {
    statement: name,
    reason: 'the phases of the model set it for every example',
  })
}

/** Optimisers that move the same weights, each all or none of which every phase freezes. */
function splitByFreezing(optimiser: Optimiser, phases: readonly Phase[]): readonly Optimiser[] {
  const groups = new Map<string, Learnable[]>()
  for (const target of optimiser.targets) {
    const key = phases.map(({ frozen }) => (frozen.has(target.storage) ? '1' : '0')).join('')
    const group = groups.get(key)
    if (group) group.push(target)
    else groups.set(key, [target])
  }
  if (groups.size < 2) return [optimiser]
  return [...groups.values()].map((targets) => ({
    ...optimiser,
    name: targets.map((each) => each.storage).join(', '),
    targets,
  }))
}

/**
 * Reports a setting that is made of a parameter which the same phase sets: what it has outside of the phase and what
 * it has there are both likely to be meant.
 */
export function checkApart(
  { diagnostics }: Pick<Resolving, 'diagnostics'>,
  phase: {
    readonly name: Identifier
    readonly settings: readonly (Setting | { readonly kind: 'ProtocolAction' })[]
  },
  { name: { name }, value: { span } }: Setting,
  value: Value | undefined,
): void {
  const set = new Set(
    phase.settings.flatMap((each) => (each.kind === 'Setting' ? [each.name.name] : [])),
  )
  const read = (each: Value): readonly string[] => {
    if (each.kind === 'list') return each.elements.flatMap(read)
    return each.kind === 'number' || each.kind === 'boolean' ? paramsOf(each.symbol) : []
  }
  const other = (value ? read(value) : []).find((each) => {
    const whole = each.replace(/\[.*$/, '')
    return whole !== name && set.has(whole)
  })
  if (other === undefined) return
  const hint = `write the number itself, or \`${other}\` into the circuit where \`${name}\` is read`
  diagnostics.report('setTogether', span, { phase: phase.name.name, name, other }, { hint })
}

/** Reports a setting of something that cannot change while the compiled program runs. */
export function checkFree(context: Resolving, name: string, setting: Setting): void {
  const { model, freedom, diagnostics } = context
  if ([name, `${name}[0]`].some(freedom.isFree)) return
  if (model.params.some((param) => param.name === name)) {
    diagnostics.report('badValue', setting.span, {
      what: `\`${name}\``,
      expected: 'a parameter that can change during a run',
      found: 'one that decides the structure of the model',
    })
  } else if (!model.scope.knows(name)) {
    const hint = didYouMean(
      name,
      model.params.map((param) => param.name),
    )
    diagnostics.report('unknownName', setting.name.span, { kind: 'parameter', name }, { hint })
  }
}

/** The parameters that some phase of a file sets, in whichever experiment. */
export function setByPhases({ items }: SourceFile): ReadonlySet<string> {
  const ofModel = items.flatMap((item) =>
    item.kind === 'Phase' ? item.settings.map((each) => each.name.name) : [],
  )
  const experiments = items.filter((item) => item.kind === 'Experiment')
  return new Set([...ofModel, ...experiments.flatMap((each) => [...parametersSet(each)])])
}

/** The parameters that phases of the experiment set. */
export function parametersSet(
  experiment: Pick<Experiment, 'statements'> | undefined,
): ReadonlySet<string> {
  const names = new Set<string>()
  for (const statement of experiment?.statements ?? []) {
    if (statement.kind !== 'Protocol' && statement.kind !== 'Evaluate') continue
    walk(statement, (node) => {
      if (node.kind === 'Setting') names.add(node.name.name)
    })
  }
  return names
}
