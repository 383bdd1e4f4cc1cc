/** The page of a run. */
import { html } from './html.ts'
import { plotter, type Plotter } from '../plots/plotter.ts'
import type { Page, Section } from './document.ts'
import type { Facts, Outcome } from './facts.ts'
import { answersSection, courseSection, headFigures, recordsSection } from './results.ts'
import {
  circuitSection,
  dateText,
  notesSection,
  repeatSection,
  settingsSection,
  timingSection,
  weightsSection,
} from './settings.ts'

/** Makes the page of what is known of a run. */
export async function pageOf(facts: Facts): Promise<Page> {
  const tool = await plotter()
  const { manifest, name } = facts
  const { model, experiment, invocation, versions } = manifest
  const variants = invocation.variants.length > 0 ? ` with ${invocation.variants.join(', ')}` : ''
  return {
    title: `Run ${name}`,
    lead: html`${model}${variants}, experiment ${experiment}, ${dateText(manifest.startedAt)}`,
    summary: summaryOf(facts),
    sections: sectionsOf(tool, facts),
    foot: html`Made by ccn ${versions.ccn} from ${manifest.sources[0]!.path}.`,
  }
}

function sectionsOf(tool: Plotter, facts: Facts): readonly Section[] {
  return [
    courseSection(tool, facts),
    answersSection(facts),
    recordsSection(tool, facts),
    weightsSection(tool, facts),
    circuitSection(facts),
    settingsSection(facts),
    timingSection(facts),
    repeatSection(facts),
    notesSection(facts),
  ].filter((each) => each !== undefined)
}

const moods: Readonly<Record<Outcome, string>> = {
  finished: 'good',
  'stopped early': 'good',
  failed: 'bad',
  'not finished': '',
  running: '',
}

function summaryOf(facts: Facts) {
  const { outcome, reason, state, metrics } = facts
  const figures = headFigures(facts)
  const last = metrics.epochs.at(-1) ?? metrics.phases.at(-1)
  const step = outcome === 'running' ? last?.step : state?.step
  const steps = step === undefined ? '' : `, after step ${step}`
  const said = `${outcome[0]!.toUpperCase()}${outcome.slice(1)}${outcome === 'finished' ? '' : steps}`
  return html`<p>
      <span class="outcome ${moods[outcome]}">${said}${reason !== undefined && ':'}</span> ${reason}
    </p>
    ${
      figures.length > 0 &&
      html`<dl class="figures">
        ${figures.map(
          ({ name, value, note }) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}${note !== undefined && html` <small>${note}</small>`}</dd>
            </div> `,
        )}
      </dl>`
    }`
}
