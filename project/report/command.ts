/** The command that does a run once more. */
import type { Manifest } from '../../runtime/node/train/manifest.ts'

/** For a POSIX shell. */
export function repeatCommand({
  sources,
  invocation,
  experiment,
  seed,
  engine,
  plan,
}: Manifest): string {
  const { variants, set, epochs, steps, batch, limit, untilLoss, noStop, precision, tape } =
    invocation
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, String(value)]
  const words = [
    'ccn',
    'train',
    sources[0]!.path.replace(/^-/, './-'),
    ...option('experiment', experiment),
    ...(variants.length > 0 ? ['--variant', variants.join(',')] : []),
    ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...option('epochs', epochs),
    ...option('steps', steps),
    ...option('batch', batch),
    ...option('limit', limit),
    ...option('until-loss', untilLoss),
    ...(noStop === true ? ['--no-stop'] : []),
    ...option('tape', tape === undefined ? undefined : `${tape}B`),
    ...option('seed', seed),
    ...option('engine', engine),
    ...option('precision', precision ?? plan.precision),
  ]
  return words.map(quoted).join(' ')
}

/** A word as a POSIX shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
