/**
 * The protocol of an experiment: its phases in order, with what each sets, freezes and perturbs. A rate
 * belongs to an optimiser, so an optimiser some of whose weights are frozen when others are not becomes
 * several, each of which stands still as a whole. Repetitions are not written out.
 */
import type { ProtocolPhase, ProtocolStatement, Span } from '../../../grammar/ast.ts'
import type { PerturbPlan, PhasePlan, ProtocolPart } from '../../../contract/plan.ts'
import { writtenPhases } from '../../../contract/timeline.ts'
import { didYouMean, evaluate, evaluateInteger } from '../../model/evaluate.ts'
import type { Scope } from '../../model/model.ts'
import type { LowerContext } from '../context.ts'
import { resolveDuration } from './durations.ts'
import type { Optimiser } from './experiment.ts'
import { findLearnables, type Learnable } from '../plasticity/learnables.ts'
import { resolvePerturb } from './perturb.ts'

interface Phase {
  readonly plan: Omit<PhasePlan, 'frozen'>
  /** Storages that stand still. */
  readonly frozen: ReadonlySet<string>
}

interface Protocol {
  readonly optimisers: readonly Optimiser[]
  readonly phases: readonly ProtocolPart[]
  /** Storages that some phase freezes. */
  readonly frozen: ReadonlySet<string>
}

/** The switch of what a weight's reactions change, where some phase freezes the weight. */
export const freezeSwitch = (storage: string): string => `plasticity(${storage})`

/**
 * The phases of a protocol, and the optimisers that they freeze; without a protocol no phases. `step`
 * is how long a step is, in seconds, where a clock runs.
 */
export function resolveProtocol(
  context: LowerContext,
  scope: Scope,
  optimisers: readonly Optimiser[],
  protocol: ProtocolStatement | undefined,
  step: number | undefined,
): Protocol {
  if (!protocol) return { optimisers, phases: [], frozen: new Set() }
  const resolved = new Map<PhasePlan, Phase>()
  const resolve = (parts: ProtocolStatement['phases']): readonly ProtocolPart[] =>
    parts.flatMap((part): readonly ProtocolPart[] => {
      if (part.kind === 'ProtocolPhase') {
        const phase = resolvePhase(context, scope, part, step)
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
  return { optimisers: split, phases: parts.map(withFrozen), frozen }
}

function resolvePhase(
  context: LowerContext,
  scope: Scope,
  phase: ProtocolPhase,
  step: number | undefined,
): Phase {
  const { diagnostics } = context
  // Entries, since a parameter may have any name: `__proto__` too.
  const settings: [name: string, value: number][] = []
  let plasticity = true
  const frozen = new Set<string>()
  const perturb: PerturbPlan[] = []
  for (const setting of phase.settings) {
    if (setting.kind === 'ProtocolAction') {
      if (setting.action === 'perturb') {
        perturb.push(...resolvePerturb(context, scope, setting))
        continue
      }
      for (const target of setting.targets) {
        for (const { storage } of findLearnables(context, scope, target) ?? []) frozen.add(storage)
      }
      continue
    }
    const value = evaluate(diagnostics, scope, setting.value)
    if (value?.kind !== 'number' && value?.kind !== 'boolean') continue
    if (setting.name.name === 'plasticity') plasticity = Boolean(value.value)
    else {
      checkFree(context, setting.name.name, setting.span)
      warnIfSetByPhases(context, setting.name.name, setting.span)
      settings.push([setting.name.name, Number(value.value)])
    }
  }
  const plan = {
    kind: 'phase',
    name: phase.name.name,
    lasts: durationOf(context, scope, phase, step),
    settings: Object.fromEntries(settings),
    plasticity,
    ...(perturb.length > 0 ? { perturb } : {}),
  } as const
  return { plan, frozen }
}

/** An epoch, or in a run by a clock a step, after a report. */
function durationOf(
  { diagnostics }: LowerContext,
  scope: Scope,
  { duration, name }: ProtocolPhase,
  step: number | undefined,
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
function warnIfSetByPhases({ diagnostics, model }: LowerContext, name: string, span: Span): void {
  const isSetBy = (phase: (typeof model.phases)[number]): boolean =>
    phase.settings.some((each) => each.name.name === name)
  if (model.phases.length === 0 || !model.phases.every(isSetBy)) return
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

/** Reports a setting of something that cannot change while the compiled program runs. */
export function checkFree(context: LowerContext, name: string, span: Span): void {
  if ([name, `${name}[0]`].some(context.freedom.isFree)) return
  const known = context.model.params.filter((param) => !param.structural).map((param) => param.name)
  if (context.model.params.some((param) => param.name === name)) {
    context.diagnostics.report('badValue', span, {
      what: `\`${name}\``,
      expected: 'a parameter that can change during a run',
      found: 'one that decides the structure of the model',
    })
  } else if (!context.model.scope.knows(name)) {
    context.diagnostics.report(
      'unknownName',
      span,
      { kind: 'parameter', name },
      { hint: didYouMean(name, known) },
    )
  }
}
