/**
 * Phases, shown: which passes a model makes for what it learns, and what makes each necessary; which phases
 * of the chosen experiment's protocol learning waits for; and copies of the circuit that run beside it.
 */
import type { ProtocolPhase } from '../../../grammar/ast.ts'
import type { Bound } from '../../model/bind/index.ts'
import type { Experiment, Model } from '../../model/model.ts'
import { learns, phasesNeeded, type PhasesNeeded, type Turns } from '../phases.ts'
import type { Certificate, Fact } from './certificate.ts'

/** The certificate of `single_phase`. */
export function certifySinglePhase(
  model: Model,
  bound: Bound,
  isUsed: (param: string) => boolean,
  experiment: Experiment | undefined,
): Certificate {
  const found = phasesNeeded(model, bound, isUsed, experiment)
  const { needed, turns, copies } = found
  const facts: readonly Fact[] = [
    ...phaseFacts(model, found),
    ...(turns ? [turnsFact(turns, experiment)] : []),
    ...copyFacts(copies),
  ]
  const property = 'single_phase'
  if (!learns(model))
    return { property, holds: true, summary: 'nothing learns, so nothing waits', facts }
  if (needed.length > 1)
    return {
      property,
      holds: false,
      summary: `${needed.length} passes are made for each example`,
      facts,
    }
  if (turns)
    return {
      property,
      holds: false,
      summary: 'the protocol goes through phases again and again',
      facts,
    }
  if (copies.length > 0)
    return { property, holds: false, summary: 'the circuit is run a second time, in a copy', facts }
  return {
    property,
    holds: true,
    summary: 'no variable is computed twice, and no weight waits for a phase',
    facts: facts.length > 0 ? facts : [{ text: whole }],
  }
}

const whole =
  'the model declares no phase, and no protocol repeats phases that learn differently, or not all'

function phaseFacts({ phases }: Model, { needed, reads, learning }: PhasesNeeded): readonly Fact[] {
  return phases.map((phase) => {
    const { name, span } = phase.name
    if (!needed.includes(phase))
      return { text: `the phase \`${name}\` makes no pass that another does not`, span }
    const why = [
      ...(learning.includes(phase) ? [{ text: 'something learns in it', span }] : []),
      ...(reads.get(name) ?? []).map((place) => ({ text: `\`${name}.\` is read`, span: place })),
    ]
    return {
      text: `the phase \`${name}\` is necessary`,
      span,
      ...(needed.length > 1 && { breaks: true as const }),
      ...(needed.length > 1 && why.length > 0 && { facts: why }),
    }
  })
}

function turnsFact({ phases, plastic, differs }: Turns, experiment: Experiment | undefined): Fact {
  const [first] = phases
  const { name = '' } = experiment?.item.name ?? {}
  return {
    text: `the protocol of \`${name}\` repeats ${phases.length} phases, which differ in ${differs}`,
    ...(first && { span: first.name.span }),
    breaks: true,
    facts: phases.map((each) => ({ text: sayPhase(each, plastic), span: each.name.span })),
  }
}

function sayPhase(phase: ProtocolPhase, plastic: readonly ProtocolPhase[]): string {
  return `\`${phase.name.name}\`: plasticity is ${plastic.includes(phase) ? 'on' : 'off'}`
}

function copyFacts(copies: PhasesNeeded['copies']): readonly Fact[] {
  const families = new Map(copies.map((each) => [each.family ?? each.name, each]))
  return [...families].map(([family, { source, target, span }]) => ({
    text: `\`${family}\`, from \`${source.population.family}\` to \`${target.population.family}\`, runs weights that learn a second time`,
    span,
    breaks: true,
  }))
}
