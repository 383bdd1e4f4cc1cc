/**
 * Looks at what the library's functions are called with before anything is done (`contract/calls/`). Programs in JavaScript
 * call them without types: a name that is not known, or a number that cannot be, would be passed over, or do something else
 * than was meant.
 */
import { array, string, type GenericSchema } from 'valibot'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import { misused, misusedOptions, type Misuse } from '../../contract/calls/call.ts'
import { named } from '../../contract/calls/values.ts'
import { misuse } from '../errors.ts'
import { known, type Callable } from './known.ts'

/** Throws ProjectError for the first option of a function that it does not have, or that is nothing it can be. */
export function checkOptions(name: Callable, options: unknown): void {
  refuse(misusedOptions(name, known[name], options, suggest))
}

/** Throws ProjectError for an argument that is not what the schema says. */
export function checkValue(name: string, schema: GenericSchema, value: unknown): void {
  refuse(misused(name, schema, value))
}

/** Throws ProjectError for a file, run or name that is no text. */
export function checkName(name: string, what: string, value: unknown): void {
  checkValue(name, named(what), value)
}

/** Throws ProjectError for what is no list of such. */
export function checkNames(name: string, what: string, values: unknown): void {
  checkValue(name, array(string(what), what), values)
}

function refuse(found: Misuse | undefined): void {
  if (found) throw misuse(found.message, found.hint)
}
