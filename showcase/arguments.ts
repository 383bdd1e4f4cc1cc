/** Arguments of `ccn train`, or of a sweep, as the tables have them for readers, as options of the library. */
import { parseArgs } from 'node:util'
import type { TrainOptions } from '../project/index.ts'

/** What a run is of, and how it goes. Throws for an argument that no table needs. */
export interface Asked {
  readonly file: string
  readonly options: TrainOptions
  /** The sweep of the file that is run instead of an experiment. */
  readonly sweep?: string
}

/** Reads `examples/xor.ccn --variant a,b --set n=3 --epochs 2`, `examples/xor.ccn --sweep NAME`. */
export function askedBy(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      variant: { type: 'string' },
      sweep: { type: 'string' },
      experiment: { type: 'string' },
      set: { type: 'string' },
      epochs: { type: 'string' },
      seed: { type: 'string' },
      steps: { type: 'string' },
      precision: { type: 'string' },
      threads: { type: 'string' },
      'data-dir': { type: 'string' },
    },
  })
  // `--set` takes all the settings that follow it.
  const settings = [values.set, ...positionals].filter((word) => word?.includes('='))
  const [file, ...others] = positionals.filter((word) => !word.includes('='))
  if (file === undefined || others.length > 0)
    throw new Error(`Not a run of one file: ${args.join(' ')}`)
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text)
  return {
    file,
    ...(values.sweep !== undefined && { sweep: values.sweep }),
    options: {
      experiment: values.experiment,
      variants: values.variant?.split(','),
      set: Object.fromEntries(settings.map((each) => splitSetting(each ?? ''))),
      epochs: number(values.epochs),
      seed: number(values.seed),
      steps: number(values.steps),
      precision: precisionOf(values.precision),
      threads: number(values.threads),
      dataDir: values['data-dir'],
    },
  }
}

function precisionOf(text: string | undefined): 'f32' | 'f64' | undefined {
  if (text === undefined || text === 'f32' || text === 'f64') return text
  throw new Error(`There is no precision ${text}.`)
}

function splitSetting(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=')
  return [text.slice(0, at), text.slice(at + 1)]
}
