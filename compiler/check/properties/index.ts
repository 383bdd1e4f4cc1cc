/**
 * The properties that a model can state of itself, each with its certificate: derived from the bound model,
 * for the form and the experiment that were compiled.
 */
import type { Bound } from '../../model/bind/index.ts'
import type { PropertyName } from '../../model/claims.ts'
import type { Context } from '../../model/context.ts'
import type { Experiment, Model } from '../../model/model.ts'
import { breaksOf, type Certificate } from './certificate.ts'
import { certifyDale } from './dale.ts'
import { certifyLocal } from './local.ts'
import { certifySinglePhase } from './single-phase.ts'
import { certifyTransport } from './transport.ts'

export type { Certificate, Fact } from './certificate.ts'

/** What certificates are made from. */
export interface Certifiable {
  readonly model: Model
  readonly bound: Bound
  readonly experiment: Experiment | undefined
  /** Whether the circuit reads a parameter. */
  readonly isUsed: (param: string) => boolean
}

/** A certificate of every property, in a fixed order. */
export function certificatesOf(found: Certifiable): readonly Certificate[] {
  return (Object.keys(certifiers) as PropertyName[]).map((name) => certificateOf(found, name))
}

const certifiers: Readonly<Record<PropertyName, (found: Certifiable) => Certificate>> = {
  local: ({ model, bound }) => certifyLocal(model, bound),
  single_phase: ({ model, bound, isUsed, experiment }) =>
    certifySinglePhase(model, bound, isUsed, experiment),
  no_weight_transport: ({ model, bound }) => certifyTransport(model, bound),
  dale: ({ model, bound, experiment }) => certifyDale(model, bound, experiment),
}

function certificateOf(found: Certifiable, property: PropertyName): Certificate {
  const stated = found.model.claims.find((each) => each.property === property)?.span
  return { ...certifiers[property](found), ...(stated && { stated }) }
}

/** Warns of every property that is stated and does not hold, with what breaks it. */
export function checkClaims(context: Context, found: Certifiable): void {
  for (const { property, span } of found.model.claims) {
    const { holds, summary, facts } = certificateOf(found, property)
    if (holds) continue
    const breaks = breaksOf(facts)
    const related = breaks.flatMap(({ text, span: place }) =>
      place ? [{ span: place, message: `${text[0]!.toUpperCase()}${text.slice(1)}.` }] : [],
    )
    context.report(
      'claimFails',
      span,
      { model: found.model.name, property, reason: summary },
      { related: related.slice(0, mostRelated) },
    )
  }
}

/** How many places are shown; the rest is in the certificate. */
const mostRelated = 5
