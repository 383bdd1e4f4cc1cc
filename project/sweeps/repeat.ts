/** The command that does one point of a sweep alone. */
import { quoted } from '../report/command.ts'
import type { DefinedPoint, SweepFile } from './sweep-file.ts'

/** For a POSIX shell. */
export function pointCommand(
  { common, file }: Pick<SweepFile, 'common' | 'file'>,
  { variants, set, settings, seed }: DefinedPoint,
): string {
  return [
    'ccn train',
    quoted(file.replace(/^-/, './-')),
    ...(common.experiment === undefined ? [] : [`--experiment ${common.experiment}`]),
    ...(variants.length > 0 ? [`--variant ${variants.join(',')}`] : []),
    ...Object.entries(set).map(([name, text]) => `--set ${quoted(`${name}=${text}`)}`),
    ...Object.entries(settings).map(([name, text]) => `--${name} ${text}`),
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(common.precision ? [`--precision ${common.precision}`] : []),
    ...(common.dataDir === undefined ? [] : [`--data-dir ${quoted(common.dataDir)}`]),
  ].join(' ')
}
