/**
 * Flags for Slurm's `sbatch` in one text, as `--partition=gpu --time=2:00:00`: taken apart as a shell would,
 * and held to what leaves the array job a sweep's own. They go to sbatch as arguments; no shell reads them.
 */
import { isPlain } from '../../../contract/escape.ts'
import { misuse } from '../../errors.ts'

/** What was given. */
export interface SlurmFlags {
  readonly words: readonly string[]
  /** What `--time` says, in seconds, if it does. */
  readonly seconds?: number
}

/** Flags that would make it another job, and why not; sbatch takes a long one by its beginning, too. */
const reserved: readonly (readonly [long: string, short: string, why: string])[] = [
  ['array', 'a', 'the tasks of a sweep are counted by --jobs'],
  ['wrap', '', 'a sweep has a script of its own'],
  ['wait', 'W', 'a sweep is submitted and left alone'],
  ['test-only', '', 'it submits nothing'],
  ['help', 'h', 'it submits nothing'],
  ['usage', '', 'it submits nothing'],
  ['version', 'V', 'it submits nothing'],
]
/** Flags without a value, or with one only behind `=`. */
const valueless = new Set(
  (
    'contiguous exclusive get-user-env hold ignore-pbs nice no-kill no-requeue overcommit oversubscribe ' +
    'parsable propagate quiet reboot requeue share spread-job use-min-nodes verbose'
  ).split(' '),
)
const valuelessShort = 'HkOsQv'
const LONGEST = 1024

/** Takes flags apart. Throws ProjectError. */
export function slurmFlags(text: string): SlurmFlags {
  if (!isPlain(text)) throw misuse('--slurm must be one line, without control characters.')
  const words = wordsOf(text)
  let seconds: number | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word.length > LONGEST)
      throw misuse(`A flag of --slurm is longer than ${LONGEST} characters.`)
    const { name, value } = flagOf(word)
    const takesNext = value === undefined
    // A value that begins with a hyphen is behind `=`.
    if (takesNext && words[i + 1]?.startsWith('-') === false) i++
    const given = takesNext ? words[i] : value
    if (name === 'time' || name === 't') seconds = secondsOf(given ?? '')
  }
  return { words, ...(seconds !== undefined && { seconds }) }
}

/** A flag and its value; undefined if that is the next word. */
function flagOf(word: string): { readonly name: string; readonly value: string | undefined } {
  const long = /^--([a-z][\w-]*)(?:=([^]*))?$/.exec(word)
  if (long) {
    const [, name = '', value] = long
    const found = reserved.find(([each]) => name.length > 1 && each.startsWith(name))
    if (found) throw notAllowed(word, found[2])
    return { name, value: value ?? (valueless.has(name) ? '' : undefined) }
  }
  if (!/^-[A-Za-z]/.test(word)) {
    throw misuse(
      `--slurm takes flags of sbatch, e.g. --slurm "--partition=gpu --time=2:00:00"; \`${word}\` is none.`,
    )
  }
  // `-Ht5`: flags without a value, then one whose value is the rest.
  for (let at = 1; at < word.length; at++) {
    const name = word[at]!
    const found = reserved.find(([, short]) => short === name)
    if (found) throw notAllowed(word, found[2])
    if (!valuelessShort.includes(name)) {
      const rest = word.slice(at + 1)
      return { name, value: rest === '' ? undefined : rest }
    }
  }
  return { name: word.slice(1), value: '' }
}

function notAllowed(word: string, why: string): Error {
  return misuse(`--slurm cannot have \`${word}\`: ${why}.`)
}

/** Words as a shell has them: quotes and backslashes, but nothing is put in. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)/y
  let word: string | undefined
  while (piece.lastIndex < text.length) {
    const found = piece.exec(text)
    if (!found) throw misuse('--slurm has a quote that is not closed, or ends in a backslash.')
    const [, single, double, escaped, plain, space] = found
    if (space === undefined) {
      word = `${word ?? ''}${single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? ''}`
    } else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  return word === undefined ? words : [...words, word]
}

/** Slurm's times: minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S; undefined for others, which sbatch judges. */
export function secondsOf(text: string): number | undefined {
  const found = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text)
  if (!found) return undefined
  const [days, a, b, c] = found
    .slice(1)
    .map((each) => (each === undefined ? undefined : Number(each)))
  if (days !== undefined) return ((days * 24 + a!) * 60 + (b ?? 0)) * 60 + (c ?? 0)
  if (c !== undefined) return (a! * 60 + b!) * 60 + c
  return a! * 60 + (b ?? 0)
}
