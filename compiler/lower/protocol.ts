/**
 * The protocol of an experiment: its phases in order, `repeat` written out, with what each sets and
 * freezes. A rate belongs to an optimiser, so an optimiser some of whose weights are frozen when
 * others are not becomes several, each of which stands still as a whole.
 */
import type { ProtocolPhase, ProtocolStatement, Span } from '../../grammar/ast.ts'
import type { PhasePlan } from '../../runtime/train/plan.ts'
import { didYouMean, evaluate, evaluateInteger, evaluateNumber } from '../model/evaluate.ts'
import type { Scope } from '../model/model.ts'
import type { LowerContext } from './context.ts'
import type { Optimiser } from './experiment.ts'
import { findLearnables, type Learnable } from './learnables.ts'

/** How many phases a protocol may have, once its repetitions are written out. */
const phaseLimit = 100_000

interface Phase {
  readonly plan: Omit<PhasePlan, 'frozen'>
  /** Storages that stand still. */
  readonly frozen: ReadonlySet<string>
}

/** The phases of a protocol, and the optimisers that they freeze; without a protocol no phases. */
export function resolveProtocol(
  context: LowerContext,
  scope: Scope,
  optimisers: readonly Optimiser[],
  protocol: ProtocolStatement | undefined,
): { readonly optimisers: readonly Optimiser[]; readonly phases: readonly PhasePlan[] } {
  if (!protocol) return { optimisers, phases: [] }
  const resolved = new Map<ProtocolPhase, Phase>()
  const phases = writtenOut(context, scope, protocol.phases).map((phase) => {
    const known = resolved.get(phase) ?? resolvePhase(context, scope, phase)
    resolved.set(phase, known)
    return known
  })
  const kinds = [...new Set(phases)]
  const split = optimisers.flatMap((optimiser) => splitByFreezing(optimiser, kinds))
  const isFrozen = (optimiser: Optimiser, { frozen }: Phase): boolean =>
    optimiser.targets.some((each) => frozen.has(each.storage))
  return {
    optimisers: split,
    phases: phases.map((phase) => ({
      ...phase.plan,
      frozen: split.filter((each) => isFrozen(each, phase)).map((each) => each.name),
    })),
  }
}

/** Phases in the order in which they are gone through. */
function writtenOut(
  context: LowerContext,
  scope: Scope,
  parts: ProtocolStatement['phases'],
): readonly ProtocolPhase[] {
  const phases: ProtocolPhase[] = []
  for (const part of parts) {
    if (part.kind === 'ProtocolPhase') {
      phases.push(part)
      continue
    }
    const count = evaluateInteger(context.diagnostics, scope, part.count)
    const inner = writtenOut(context, scope, part.phases)
    if (count === undefined) continue
    if (count < 1 || phases.length + count * inner.length > phaseLimit) {
      context.diagnostics.report('badValue', part.count.span, {
        what: 'The number of repetitions',
        expected: `at least 1, with at most ${phaseLimit} phases in all`,
        found: count,
      })
      continue
    }
    for (let i = 0; i < count; i++) phases.push(...inner)
  }
  return phases
}

function resolvePhase(context: LowerContext, scope: Scope, phase: ProtocolPhase): Phase {
  const { diagnostics } = context
  const settings: Record<string, number> = {}
  let plasticity = true
  const frozen = new Set<string>()
  for (const setting of phase.settings) {
    if (setting.kind === 'ProtocolAction') {
      if (setting.action === 'perturb') {
        diagnostics.report('noLowering', setting.span, { construct: '`perturb`' })
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
      settings[setting.name.name] = Number(value.value)
    }
  }
  const duration = phase.duration && evaluateNumber(diagnostics, scope, phase.duration)
  const isEpochs =
    duration && (duration.dimension['epoch'] === 1 || Object.keys(duration.dimension).length === 0)
  if (duration && !isEpochs) {
    diagnostics.report('noLowering', phase.duration?.span ?? phase.span, {
      construct: 'A phase that lasts a time or a number of steps, batches or examples',
    })
  }
  if (isEpochs && !(Number.isInteger(duration.value) && duration.value >= 1)) {
    diagnostics.report('badValue', phase.duration?.span ?? phase.span, {
      what: 'The duration of a phase',
      expected: 'a whole number of epochs',
      found: duration.value,
    })
  }
  const epochs = isEpochs ? duration.value : 1
  return { plan: { name: phase.name.name, epochs, settings, plasticity }, frozen }
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

function checkFree(context: LowerContext, name: string, span: Span): void {
  if (context.freedom.isFree(name)) return
  const known = context.model.params.filter((param) => !param.structural).map((param) => param.name)
  if (context.model.params.some((param) => param.name === name)) {
    context.diagnostics.report('badValue', span, {
      what: `\`${name}\``,
      expected: 'a parameter that can change during a run',
      found: 'one that decides the structure of the model',
    })
  } else {
    context.diagnostics.report(
      'unknownName',
      span,
      { kind: 'parameter', name },
      { hint: didYouMean(name, known) },
    )
  }
}
