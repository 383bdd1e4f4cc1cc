/** What arguments and options of public functions may be; each schema's message is what is wanted. */
import * as v from 'valibot'
import { boundsText, isWithinBounds } from './bounds.ts'

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const memberOf = (value: unknown, name: string): unknown => (value as Record<string, unknown>)[name]
const isText = (value: object, name: string): boolean => typeof memberOf(value, name) === 'string'

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

/** A text of that meaning. */
export const named = (wanted: string) => v.string(wanted)

/** What may be left out. */
export const optional = (schema: v.GenericSchema) => v.optional(schema)

/** Something that is not looked into, but for having such members. */
export const having = (members: string | readonly string[], wanted: string) =>
  v.custom<unknown>(
    (value) =>
      isObject(value) && [members].flat().every((each) => memberOf(value, each) !== undefined),
    wanted,
  )

/** An object whose methods of these names are functions. */
export const able = (methods: readonly string[], wanted: string) =>
  v.custom<unknown>(
    (value) =>
      isObject(value) && methods.every((each) => typeof memberOf(value, each) === 'function'),
    wanted,
  )

/** Whether a value is an object with a list under each of these names. */
export const isListed = (value: unknown, members: readonly string[]): boolean =>
  isObject(value) && members.every((each) => Array.isArray(memberOf(value, each)))

/** Something with a list under each of these names. */
export const lists = (members: readonly string[], wanted: string) =>
  v.custom<unknown>((value) => isListed(value, members), wanted)

/** An instance of a class. */
export const instance = (kind: abstract new (...given: never[]) => unknown, wanted: string) =>
  v.custom<unknown>((value) => value instanceof kind, wanted)

/** What reads source files. */
export const host = v.custom<unknown>(
  (value) =>
    isObject(value) &&
    'read' in value &&
    typeof value.read === 'function' &&
    ['projectRoot', 'libraryRoot'].every((each) => typeof memberOf(value, each) === 'string'),
  'a host: an object with read(path), projectRoot and libraryRoot, such as memoryHost(files) makes',
)

/** Source texts by path. */
export const sources = v.map(v.string(), v.string('a text'), 'source texts by path, a Map')

/** Source texts for what shows places in them. */
export const placesIn = v.custom<unknown>(
  (value) => typeof value === 'string' || typeof value === 'function' || isObject(value),
  'the sources that `check` returns',
)

/** What the compiler finds, as it is. */
export const finding = v.custom<unknown>(
  (value) =>
    isObject(value) &&
    ['message', 'severity', 'code'].every((each) => isText(value, each)) &&
    'span' in value &&
    isObject(value.span) &&
    isText(value.span, 'file') &&
    ['start', 'end'].every((each) => Number.isInteger(memberOf(value.span, each))),
  'a finding, which a finding of `check` has as `diagnostic`',
)

/** Texts by name. */
export const textsByName = v.record(v.string(), v.string('texts by name'), 'texts by name')
