/**
 * What a public function is called with, looked at before anything is done. Programs in JavaScript call without types:
 * what makes no sense ends in one sentence, not in a TypeError from inside. Values are described by schemas whose
 * message is what is wanted; what is only passed on is not looked into further than it takes to tell it from another thing.
 */
import * as v from 'valibot'
import { oneLine } from '../escape.ts'
import { shown } from './shown.ts'

/** A function was called with what it cannot take. */
export class CallError extends Error {
  override readonly name = 'CallError'
}

/** Schemas by name, of an argument that is an object of options; those not said are left out. */
export interface OptionsOf {
  readonly table: Readonly<Record<string, v.GenericSchema>>
}

/** What an argument may be. */
export type Argument = v.GenericSchema | OptionsOf

/** What is wrong with a call, and perhaps what to do about it. */
export interface Misuse {
  readonly message: string
  readonly hint?: string
}

type Guess = (name: string, names: readonly string[]) => string | undefined

/** A function that looks at what it is called with. It throws CallError, and then does nothing. */
export function called<F extends (...given: never[]) => unknown>(
  name: string,
  wanted: readonly Argument[],
  run: F,
): F {
  const checking = (...given: Parameters<F>): unknown => {
    checkCall(name, wanted, given)
    return run(...given)
  }
  return checking as F
}

/** The same of one that promises, and so rejects. */
export function calledLater<F extends (...given: never[]) => Promise<unknown>>(
  name: string,
  wanted: readonly Argument[],
  run: F,
): F {
  const checking = async (...given: Parameters<F>): Promise<unknown> => {
    checkCall(name, wanted, given)
    return run(...given)
  }
  return checking as unknown as F
}

/** Throws CallError for the first argument that a function cannot take. */
export function checkCall(
  name: string,
  wanted: readonly Argument[],
  given: readonly unknown[],
): void {
  for (const [i, argument] of wanted.entries()) {
    const misuse =
      'table' in argument
        ? given[i] === undefined
          ? undefined
          : misusedOptions(name, argument.table, given[i])
        : misused(name, argument, given[i])
    if (misuse) throw new CallError([misuse.message, misuse.hint ?? []].flat().join(' '))
  }
}

/** What is wrong with an argument. */
export function misused(name: string, schema: v.GenericSchema, value: unknown): Misuse | undefined {
  return readable(`What ${name} is called with`, () => {
    const issue = issueOf(schema, value)
    if (!issue) return undefined
    const at = issue.path === '' ? '' : ` at ${oneLine(issue.path.replace(/^\./, ''))}`
    return { message: `${name} is called with ${issue.wanted}, not ${shown(issue.value)}${at}.` }
  })
}

/** What is wrong with options: a name that is not known, or a value that cannot be. */
export function misusedOptions(
  name: string,
  table: OptionsOf['table'],
  options: unknown,
  guess: Guess = () => undefined,
): Misuse | undefined {
  return readable(`The options of ${name}`, () => {
    if (typeof options !== 'object' || options === null || Array.isArray(options))
      return { message: `The options of ${name} are an object, not ${shown(options)}.` }
    for (const [option, value] of Object.entries(options as Record<string, unknown>)) {
      const schema = Object.hasOwn(table, option) ? table[option] : undefined
      if (!schema) return unknownOption(name, option, Object.keys(table), guess)
      const issue = value === undefined ? undefined : issueOf(schema, value)
      if (!issue) continue
      const { path, wanted } = issue
      return {
        message: `The option ${oneLine(option + path)} of ${name} is ${wanted}, not ${shown(issue.value)}.`,
      }
    }
    return undefined
  })
}

function unknownOption(name: string, option: string, names: readonly string[], guess: Guess) {
  const guessed = guess(option, names)
  return {
    message: `${name} has no option ${oneLine(option)}.`,
    hint: guessed === undefined ? `It has ${names.join(', ')}.` : `Did you mean ${guessed}?`,
  }
}

/** Objects may throw when they are looked at. */
function readable(what: string, look: () => Misuse | undefined): Misuse | undefined {
  try {
    return look()
  } catch {
    return { message: `${what} cannot be read.` }
  }
}

function issueOf(schema: v.GenericSchema, value: unknown) {
  const { issues } = v.safeParse(schema, value, { abortEarly: true })
  if (!issues) return undefined
  const [{ path = [], message, input }] = issues
  return {
    path: path
      .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join(''),
    wanted: message,
    value: input,
  }
}
