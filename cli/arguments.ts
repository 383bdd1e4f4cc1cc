/**
 * Arguments that several commands share, and how their values are read.
 */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { suggest } from '../grammar/diagnostics/suggest.ts'
import type { Choice } from '../project/compile.ts'
import { boundsText, isWithinBounds } from '../contract/calls/bounds.ts'
import type { EngineName } from '../runtime/node/engine/index.ts'
import { usageError } from './errors.ts'

/** What `--variant` and `--set` and `--experiment` gave. */
export interface ModelArguments {
  readonly variant?: string[]
  readonly set?: Record<string, string>
  readonly experiment?: string
}

const ASSIGNMENT = /^[A-Za-z_][\w.]*(\[\d+\])?=/

/** The engines that `--engine` knows, besides `auto`; the command line loads none to say so. */
const engineNames: readonly EngineName[] = ['wasm', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu']

/**
 * `--set a=1 b=2 model.ccn` becomes `--set a=1 --set b=2 model.ccn`: of the words after `--set`,
 * those that are assignments belong to it.
 */
export function spreadAssignments(argv: readonly string[]): string[] {
  const result: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!
    if (word === '--') return [...result, ...argv.slice(at)]
    result.push(word)
    const next = argv[at + 1] ?? ''
    if (word !== '--set' || next === '' || next.startsWith('-')) continue
    result.push(argv[++at]!)
    while (at + 1 < argv.length && ASSIGNMENT.test(argv[at + 1]!)) {
      result.push('--set', argv[++at]!)
    }
  }
  return result
}

/** Adds `--set`. */
export function addSetOption(command: Command): Command {
  return command.addOption(
    new Option('--set <name=value>', 'parameters, e.g. --set hidden=100 layers=2').argParser(
      collectAssignment,
    ),
  )
}

/** Adds `--experiment`, `--variant` and `--set`. */
export function addModelOptions(command: Command): Command {
  return addSetOption(
    command
      .option('--experiment <name>', 'the experiment to run (default: the first of the file)')
      .addOption(
        new Option(
          '--variant <names>',
          'variants of the model, in order, with commas between',
        ).argParser(collectNames),
      ),
  )
}

/** What `--engine` of one run knows. */
export const engineChoices: readonly string[] = ['auto', ...engineNames]

/** Adds `--engine` and `--threads`. */
export function addEngineOption(command: Command): Command {
  return command
    .addOption(
      choiceOption(
        '--engine <name>',
        'what computes (default: the fastest there is)',
        engineChoices,
      ),
    )
    .option(
      '--threads <number>',
      'threads of the wasm engine (default: as many as pay for the circuit)',
      wholeNumber(1),
    )
}

/** Adds `--data-dir` and `--allow-read`; `usual` is the data folder if none is said. */
export function addReadingOptions(command: Command, usual: string): Command {
  return command
    .option('--data-dir <folder>', `where data files are (default: ${usual})`)
    .addOption(
      new Option(
        '--allow-read <folder>',
        'also read data, weights and masks from there (may be repeated)',
      ).argParser((folder: string, before: string[] = []) => [...before, folder]),
    )
}

/** `--tape 512MB`: bytes; kB, MB and GB are powers of 1000. */
export function tapeOption(): Option {
  const description =
    'most memory of a tape, by which learning through time goes back, e.g. 512MB (default: 268,435,456 values)'
  return new Option('--tape <size>', description).argParser((text) => {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kMG]?B)$/i.exec(text) ?? []
    const scale = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 }[unit.toLowerCase()]
    const bytes = Number(number) * (scale ?? Number.NaN)
    if (bytes >= 1) return Math.floor(bytes)
    throw new InvalidArgumentError('A size is written as 512MB, in B, kB, MB or GB.')
  })
}

/** What the arguments choose of a file. */
export function choiceIn({ variant, set, experiment }: ModelArguments): Choice {
  return { variants: variant, set, experiment }
}

/** An option that takes one of a few words. */
export function choiceOption(
  flags: string,
  description: string,
  choices: readonly string[],
): Option {
  return new Option(flags, `${description}; ${choices.join(', ')}`).argParser((text) => {
    if (choices.includes(text)) return text
    const guess = suggest(text, choices)
    const hint = guess === undefined ? '' : ` Did you mean ${guess}?`
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${hint}`)
  })
}

/** `--precision`, of what `owner` says. */
export function precisionOption(owner: string): Option {
  return new Option(
    '--precision <type>',
    `${owner} (default: what the experiment says, else f32)`,
  ).choices(['f32', 'f64'])
}

/** Reads a whole number of at least `least`. */
export function wholeNumber(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && isWithinBounds(value, least, most)) return value
    throw new InvalidArgumentError(`It must be ${boundsText(least, most)}.`)
  }
}

/** An option's value as a number. */
export function anyNumber(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new InvalidArgumentError('It must be a number.')
}

/** The only file of a command, or a usage error in words. */
export function requireFile(file: string | undefined, command: string): string {
  if (file === undefined) {
    throw usageError(`\`ccn ${command}\` needs a file, e.g. \`ccn ${command} model.ccn\`.`)
  }
  return file
}

function collectNames(text: string, before: string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('A name is missing between the commas.')
  return [...before, ...names]
}

function collectAssignment(
  text: string,
  before: Record<string, string> = {},
): Record<string, string> {
  const equals = text.indexOf('=')
  if (!ASSIGNMENT.test(text) || equals === text.length - 1) {
    throw new InvalidArgumentError('It must be a parameter and its value, e.g. hidden=100.')
  }
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) }
}
