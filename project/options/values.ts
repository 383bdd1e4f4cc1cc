/** What an option of the library's functions may be; each schema's message is what is wanted. */
import * as v from 'valibot'
import { boundsText, isWithinBounds } from './bounds.ts'

/** A whole number from `least` to `most`. */
export const whole = (least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER) =>
  v.custom<number>(
    (value) => typeof value === 'number' && isWithinBounds(value, least, most),
    boundsText(least, most),
  )

export const finite = v.pipe(v.number('a number'), v.finite('a number'))
export const text = v.string('a text')
export const flag = v.boolean('true or false')
export const texts = v.array(v.string('a text'), 'a list of texts')
export const call = v.function('a function')
/** Parameters from outside, as they would be written. */
export const settings = v.record(
  v.string(),
  v.string("a text, as in { hidden: '100' }"),
  "names with texts, as in { hidden: '100' }",
)

/** Variables of the environment, which may be absent. */
export const environment = v.record(
  v.string(),
  v.optional(v.string('a text')),
  'an object of texts',
)

export const oneOf = (...choices: readonly string[]) =>
  v.picklist(choices, `one of ${choices.map((each) => `'${each}'`).join(', ')}`)

/** Something that is not looked into, but for having such a member. */
export const having = (member: string, wanted: string) =>
  v.custom<unknown>(
    (value) => typeof value === 'object' && value !== null && member in value,
    wanted,
  )
