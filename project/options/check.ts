/**
 * Looks at the options of the library's functions before anything is done. Programs in JavaScript call them without types:
 * a name that is not known, or a number that cannot be, would be passed over, or do something else than was meant.
 */
import * as v from 'valibot'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import { oneLine } from '../../contract/escape.ts'
import { misuse } from '../errors.ts'
import { known, type Callable } from './known.ts'

/** Throws ProjectError for the first option of a function that it does not have, or that is nothing it can be. */
export function checkOptions(name: Callable, options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw misuse(`The options of ${name} are an object, not ${shown(options)}.`)
  const schemas: Readonly<Record<string, v.GenericSchema>> = known[name]
  for (const [option, value] of Object.entries(options as Record<string, unknown>)) {
    const schema = Object.hasOwn(schemas, option) ? schemas[option] : undefined
    if (!schema) {
      const guess = suggest(option, Object.keys(schemas))
      throw misuse(
        `${name} has no option ${oneLine(option)}.`,
        guess === undefined
          ? `It has ${Object.keys(schemas).join(', ')}.`
          : `Did you mean ${guess}?`,
      )
    }
    if (value === undefined) continue
    const { issues } = v.safeParse(schema, value, { abortEarly: true })
    if (!issues) continue
    const [{ path, message, input }] = issues
    const inner = (path ?? []).map(({ key }) => `.${String(key)}`).join('')
    throw misuse(
      `The option ${oneLine(`${option}${inner}`)} of ${name} is ${message}, not ${shown(input)}.`,
    )
  }
}

/** A value as it may stand in a sentence. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return oneLine(`'${value.slice(0, 60)}'`)
  if (value === null || ['number', 'boolean', 'bigint', 'undefined'].includes(typeof value))
    return String(value)
  return Array.isArray(value) ? 'a list' : typeof value === 'function' ? 'a function' : 'an object'
}

/** Throws ProjectError for a file, run or name that is no text. */
export function checkName(name: string, what: string, value: unknown): void {
  if (typeof value !== 'string')
    throw misuse(`${name} is called with ${what}, not ${shown(value)}.`)
}

/** Throws ProjectError for what is no list of such. */
export function checkNames(name: Callable, what: string, values: unknown): void {
  if (!Array.isArray(values)) throw misuse(`${name} is called with ${what}, not ${shown(values)}.`)
  for (const value of values as readonly unknown[]) checkName(name, what, value)
}
