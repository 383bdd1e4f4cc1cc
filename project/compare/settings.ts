/** What a run was set to, as short texts by name, so that runs can be told apart by them. */
import { createHash } from 'node:crypto'
import { formatTime } from '../../runtime/report/figures.ts'
import type { Manifest } from '../../runtime/node/train/manifest.ts'
import type { Plain } from '../../service/describe.ts'
import { circuitOf } from '../report/circuit.ts'

/** Texts by name, in the order in which they are told. */
export type Settings = ReadonlyMap<string, string>

/** The seed, which runs of one group differ in. */
export const SEED = 'seed'

/** All settings of a run. */
export function settingsOf(manifest: Manifest): Settings {
  const { invocation, plan, sources, experiment, model, engine, seed, versions } = manifest
  const { clock, data } = plan
  return new Map([
    ['model', model],
    ['text', textHash(manifest)],
    ['file', sources[0]!.path],
    ['experiment', experiment],
    ['variant', invocation.variants.join(', ') || 'none'],
    ...parametersOf(manifest),
    ...(data
      ? ([
          ['data', data.dataset.name],
          ['training examples', data.limit === undefined ? 'all' : String(data.limit)],
          ['validation', String(data.validation)],
          ['smoothing', String(data.smoothing)],
        ] as const)
      : []),
    ...(clock
      ? ([
          ['length', formatTime(clock.steps * clock.step)],
          ['step', formatTime(clock.step)],
        ] as const)
      : ([['epochs', String(plan.epochs ?? 0)]] as const)),
    ['batch', String(plan.batch)],
    ...plan.optimisers.flatMap(
      ({ name, kind, rate, schedule }) =>
        [
          [
            `optimiser of ${name}`,
            schedule.kind === 'constant' ? kind : `${kind}, ${schedule.kind}`,
          ],
          [`rate of ${name}`, String(rate)],
        ] as const,
    ),
    ['stop when', (plan.stops ?? []).map(({ text }) => text).join('; ') || 'never'],
    ['precision', plan.precision ?? 'f32'],
    ['engine', engine],
    ['ccn', versions.ccn],
    [SEED, String(seed)],
  ])
}

/** Values of parameters; those that decide shapes are known only once the text is read again. */
function parametersOf(manifest: Manifest): (readonly [string, string])[] {
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(manifest.parameters)) values.set(name, String(value))
  for (const [name, value] of Object.entries(manifest.invocation.set)) values.set(name, value)
  try {
    for (const { name, value } of circuitOf(manifest).description.params) {
      values.set(name, plainText(value))
    }
  } catch {
    // Of another version: what the manifest has must do.
  }
  return [...values]
}

function plainText(value: Plain): string {
  return typeof value === 'object' ? `[${value.map(plainText).join(', ')}]` : String(value)
}

/** Eight digits of a hash over all texts of the project: the library's follow from the version. */
function textHash({ sources }: Manifest): string {
  const hash = createHash('sha256')
  for (const { root, sha256 } of sources) if (root === 'project') hash.update(sha256)
  return hash.digest('hex').slice(0, 8)
}

/** Names of settings that are not the same in all runs. */
export function differing(all: readonly Settings[]): readonly string[] {
  const names = [...new Set(all.flatMap((each) => [...each.keys()]))]
  const differ = names.filter((name) => new Set(all.map((each) => each.get(name))).size > 1)
  // The same model in another file, or with another text, is told once.
  return differ.includes('file') && differ.includes('text') && differ.includes('model')
    ? differ.filter((name) => name !== 'text' && name !== 'model')
    : differ
}
