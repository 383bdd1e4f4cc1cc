/** Checks what was read from a file against a schema; what is wrong is one sentence. */
import * as v from 'valibot'
import { isPlain, oneLine } from '../../../contract/escape.ts'

/** Nothing that ccn writes is nested so deep. */
const DEEPEST = 64

/** A number; JSON has null for one that is not finite. */
export const figure = v.nullable(v.number())
/** A whole number, not negative. */
export const whole = v.pipe(v.number(), v.safeInteger('whole number'), v.minValue(0, 'at least 0'))
/** A name or another short text, which may be printed. */
export const word = v.pipe(
  v.string(),
  v.maxLength(1024, 'at most 1024 characters'),
  v.check(isPlain, 'text without control characters'),
)
export const words = v.array(word)
/** A path to anywhere. */
export const place = v.pipe(
  v.string(),
  v.maxLength(4096, 'at most 4096 characters'),
  v.check(isPlain, 'a path without control characters'),
)
/** 64 hexadecimal digits. */
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 checksum'))
/** A path below a folder, with `/` between its parts, none of which leads up or nowhere. */
export const pathBelow = v.pipe(
  v.string(),
  v.maxLength(4096, 'at most 4096 characters'),
  v.check(isPlain, 'a path without control characters'),
  v.check(
    (path) => path.split(/[/\\]/).every((part) => !['', '.', '..'].includes(part)),
    'a path below its folder',
  ),
)

/**
 * The value, if it is as the schema says; else `fail` is called with the reason. `what` is what the value
 * is of, e.g. `its state`.
 */
export function checked<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
  fail: (reason: string) => never,
): v.InferOutput<Schema> {
  if (depthOf(value) > DEEPEST)
    return fail(`${what} is nested deeper than anything that ccn writes`)
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const inside = v.getDotPath(issue)
  const where = inside === null ? what : `${inside} of ${what}`
  if (issue.received === 'undefined') return fail(`${where} is missing`)
  const expected = issue.kind === 'schema' ? (issue.expected ?? 'something else') : issue.message
  return fail(`${short(where)} is ${short(String(issue.received))}, not ${short(expected)}`)
}

/** Deep enough to be sure; looks at no more than it must. */
function depthOf(value: unknown): number {
  let depth = 0
  for (let level = [value]; level.length > 0 && depth <= DEEPEST; depth++) {
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? Object.values(each) : [],
    )
  }
  return depth
}

function short(text: string): string {
  const line = oneLine(text)
  return line.length > 100 ? `${line.slice(0, 97)}...` : line
}
