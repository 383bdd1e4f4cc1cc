/** Sections of a page: what was set, the circuit, its weights, how long it took, how to do it again. */
import { formatCount, formatDuration, formatNumber } from '../../runtime/report/figures.ts'
import type { ParamDescription } from '../../service/describe.ts'
import { drawDistribution } from '../plots/distribution.ts'
import type { Plotter } from '../plots/plotter.ts'
import { page as theme } from '../plots/theme.ts'
import { repeatCommand } from './command.ts'
import type { Section } from './document.ts'
import type { Facts } from './facts.ts'
import { html, raw, type Html, type Part } from './html.ts'
import { figure } from './pictures.ts'
import { table } from './tables.ts'
import { isSparse, type WeightChange } from './weights.ts'

/** Weights that are drawn; tables have all. */
const MOST_DRAWN = 24
/** Texts that are shown in full. */
const MOST_TEXT = 60_000

/** What was changed from the file, and all parameters. */
export function settingsSection({ manifest, circuit }: Facts): Section {
  const { invocation, plan } = manifest
  const said = circuit?.before?.experiments.find(({ name }) => name === manifest.experiment)
  // As written in the experiment: `epochs 40`.
  const inFile = (name: string): string =>
    said?.statements.findLast((each) => each.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
  const before = new Map((circuit?.before?.params ?? []).map((each) => [each.name, each]))
  const changes: (readonly Part[])[] = [
    ...(invocation.variants.length > 0
      ? [['variant', '', invocation.variants.join(', ')] as const]
      : []),
    ...Object.entries(invocation.set).map(([name, value]) => {
      const param = before.get(name)
      return [name, param ? valueText(param) : '', value] as const
    }),
    ...(['epochs', 'steps', 'batch', 'limit', 'untilLoss', 'seed', 'precision'] as const).flatMap(
      (name) => {
        const value = invocation[name]
        return value === undefined ? [] : [[spoken[name], inFile(name), value] as const]
      },
    ),
    ...(invocation.noStop === true ? [['stop when', '', 'passed over'] as const] : []),
  ]
  const params = circuit?.description.params ?? []
  const facts: (readonly Part[])[] = [
    ['experiment', manifest.experiment],
    ...(plan.data ? [['data', plan.data.dataset.name] as const] : []),
    ...(plan.clock
      ? [
          [
            'length',
            `${formatCount(plan.clock.steps)} steps of ${formatNumber(plan.clock.step * 1000)} ms`,
          ] as const,
        ]
      : [['length', `${plan.epochs ?? 0} epochs, ${plan.batch} examples a step`] as const]),
    ...plan.optimisers.map(
      ({ name, kind, rate }) =>
        [`optimiser ${name}`, `${kind}, rate ${formatNumber(rate)}`] as const,
    ),
    ['seed', manifest.seed],
    ['precision', plan.precision ?? 'f32'],
  ]
  return {
    id: 'settings',
    title: 'Settings',
    body: html`${
        changes.length === 0
          ? html`<p>Nothing was changed from the file.</p>`
          : table('What was changed from the file', ['what', 'in the file', 'in this run'], changes)
      }
      <div class="two">
        <div>${table('The experiment', ['what', 'value'], facts)}</div>
        <div>
          ${
            params.length > 0 &&
            table(
              'Parameters',
              ['name', { name: 'value', number: true }, 'meaning'],
              params.map((each) => [
                html`<code>${each.name}</code>`,
                valueText(each),
                spokenDoc(each.doc ?? ''),
              ]),
            )
          }
        </div>
      </div>`,
  }
}

const spoken = {
  epochs: 'epochs',
  steps: 'steps',
  batch: 'examples a step',
  limit: 'training examples',
  untilLoss: 'stop once the loss is below',
  seed: 'seed',
  precision: 'precision',
} as const

/** A parameter as it is written: values with a unit are kept in SI, and said so. */
function valueText({ value, unit }: ParamDescription): string {
  const text =
    typeof value === 'number'
      ? Number.isInteger(value)
        ? String(value)
        : formatNumber(value)
      : JSON.stringify(value)
  return unit === undefined ? text : `${text} (SI, ${unit})`
}

/** What the circuit is made of. */
export function circuitSection({ described, diagram, manifest }: Facts): Section {
  const { path, text } = manifest.sources[0]!
  return {
    id: 'circuit',
    title: 'Circuit',
    body: html`${diagram !== undefined && html`<figure>${raw(diagram)}</figure>`}
      ${
        described !== undefined &&
        html`<details open>
          <summary>Its description</summary>
          ${raw(described)}
        </details>`
      }
      <details>
        <summary>The text of ${path}</summary>
        <pre><code>${text.slice(0, MOST_TEXT)}</code></pre>
        ${text.length > MOST_TEXT && html`<p class="note">The rest is in the manifest of the run.</p>`}
      </details>`,
  }
}

/** A comment of the source: what stands in backticks is code. */
function spokenDoc(text: string): readonly Part[] {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))
}

/** Distributions at the start and at the end. */
export function weightsSection(plotter: Plotter, { weights }: Facts): Section | undefined {
  if (weights.length === 0) return undefined
  // Those that learn first; what is one number everywhere is no distribution.
  const spread = weights.filter(
    ({ start, end }) => end.low < end.high || (start && start.low < start.high),
  )
  const drawn = spread
    .toSorted((a, b) => Number(isFixed(a)) - Number(isFixed(b)))
    .slice(0, MOST_DRAWN)
  const hasUnits = weights.some(({ unit }) => unit !== undefined)
  const known = drawn.some(({ start }) => start !== undefined)
  return {
    id: 'weights',
    title: 'Weights',
    body: html`${
        drawn.length > 0 &&
        html`<p>
          Distributions at the end
          (filled)${known && ' and at the start (line)'}${drawn.length < spread.length && `; of ${drawn.length} of ${spread.length}`}.
        </p>`
      }
      <div class="three">
        ${drawn.map((each) => figure(drawDistribution(plotter, each, theme), `Distribution of ${each.name}: ${inWords(each)}`))}
      </div>
      ${table(
        'Weights at the start and at the end. Moved: the length of the change over that of the start.',
        [
          'name',
          { name: 'shape', number: true },
          ...(hasUnits ? ['unit'] : []),
          { name: 'mean', number: true },
          { name: 'std', number: true },
          { name: 'from', number: true },
          { name: 'to', number: true },
          { name: 'moved', number: true },
        ],
        weights.map((each) => rowOf(each, hasUnits)),
      )}`,
  }
}

function rowOf(
  { name, shape, unit = '', start, end, moved }: WeightChange,
  hasUnits: boolean,
): readonly Part[] {
  const both = (of: 'mean' | 'std' | 'low' | 'high'): string =>
    start && start[of] !== end[of]
      ? `${formatNumber(start[of])} → ${formatNumber(end[of])}`
      : formatNumber(end[of])
  const size = shape.length === 0 ? '1' : shape.join(' × ')
  return [
    html`<code>${name}</code>`,
    isSparse(end) ? `${size}, ${formatNumber((100 * end.zeros) / end.count)} % are 0` : size,
    ...(hasUnits ? [unit] : []),
    both('mean'),
    both('std'),
    both('low'),
    both('high'),
    movedText(moved),
  ]
}

const isFixed = ({ moved }: WeightChange): boolean => moved === 0

/** What was 0 everywhere has no length that a change could be told by. */
function movedText(moved: number | undefined): string {
  if (moved === undefined || Number.isNaN(moved)) return ''
  if (moved === 0) return 'fixed'
  return Number.isFinite(moved) ? formatNumber(moved) : 'from 0'
}

function inWords({ unit, start, end }: WeightChange): string {
  const its = unit === undefined ? '' : ` ${unit}`
  const said = ({ mean, std }: { readonly mean: number; readonly std: number }): string =>
    `mean ${formatNumber(mean)}${its}, standard deviation ${formatNumber(std)}${its}`
  return start ? `${said(start)} at the start, ${said(end)} at the end` : said(end)
}

/** How long it took. */
export function timingSection({ metrics, manifest }: Facts): Section | undefined {
  const { timing } = metrics
  if (timing.length === 0) return undefined
  const sum = (of: 'steps' | 'trainSeconds' | 'evaluateSeconds'): number =>
    timing.reduce((total, each) => total + each[of], 0)
  const [steps, training, evaluating] = [sum('steps'), sum('trainSeconds'), sum('evaluateSeconds')]
  const rows: (readonly Part[])[] = [
    ['training', lasted(training)],
    ...(evaluating > 0 ? [['evaluation', lasted(evaluating)] as const] : []),
    ['steps', formatCount(steps)],
    ...(training > 0 && steps > 0
      ? [
          ['steps a second', formatNumber(steps / training)] as const,
          ...(manifest.plan.clock
            ? [
                [
                  'computed time a second',
                  `${formatNumber((steps / training) * manifest.plan.clock.step)} s`,
                ] as const,
              ]
            : []),
        ]
      : []),
    ['engine', manifest.engine],
    ['started', dateText(manifest.startedAt)],
    ...(manifest.finishedAt === undefined
      ? []
      : [['finished', dateText(manifest.finishedAt)] as const]),
  ]
  return {
    id: 'timing',
    title: 'Timing',
    body: table('How long it took', ['what', { name: 'value', number: true }], rows),
  }
}

const lasted = (seconds: number): string =>
  seconds < 60 ? `${formatNumber(seconds)} s` : formatDuration(seconds)

/** `2026-11-26 07:28 UTC`. */
export const dateText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`

/** The command, versions and hashes. */
export function repeatSection(facts: Facts): Section {
  const { manifest, identity } = facts
  const { versions, sources, files = [], patterns = [] } = manifest
  return {
    id: 'repeat',
    title: 'Repeat',
    body: html`<pre class="wrap"><code>${repeatCommand(manifest)}</code></pre>
      <p>
        The same texts, seed and engine give the same numbers. The texts of all files are in the
        run's <code>manifest.json</code>.
      </p>
      ${table(
        'Versions',
        ['what', 'version'],
        [
          ['ccn', versions.ccn],
          ['Node.js', versions.node],
          ['TensorFlow.js', versions.tfjs],
        ],
      )}
      <details>
        <summary>Hashes</summary>
        ${hashes(
          'Sources',
          sources.map(({ root, path, sha256 }) => [
            root === 'library' ? `library ${path}` : path,
            sha256,
          ]),
        )}
        ${
          files.length > 0 &&
          hashes(
            'Files that were read',
            files.map(({ name, path, sha256 }) => [`${path} for ${name}`, sha256]),
          )
        }
        ${
          patterns.length > 0 &&
          hashes(
            'Patterns of synapses',
            patterns.map(({ name, count, hash }) => [
              `${name}, ${formatCount(count)} synapses`,
              hash,
            ]),
          )
        }
        ${hashes('What the numbers follow from', [['all of it together', identity]])}
      </details>`,
  }
}

function hashes(caption: string, rows: readonly (readonly [string, string])[]): Html {
  return table(
    caption,
    ['what', 'SHA-256'],
    rows.map(([name, hash]) => [name, html`<code>${hash}</code>`]),
  )
}

/** What could not be had. */
export function notesSection({ notes }: Facts): Section | undefined {
  if (notes.length === 0) return undefined
  return {
    id: 'notes',
    title: 'Left out',
    body: html`<ul>
      ${notes.map((note) => html`<li>${note}</li>`)}
    </ul>`,
  }
}
