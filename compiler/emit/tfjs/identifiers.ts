/**
 * Names of the source as names of the generated code: `h[0].e` becomes `h0_e`, `update(W[0])`
 * becomes `update_W0`. Short, readable, valid and unique; a name that is taken gets a number.
 */
import { isIdentifier, propertyKey, stringLiteral } from '../../../contract/escape.ts'
import { sparseFunctions } from './sparse.ts'

/** Words that TypeScript keeps for itself, and names that every generated method relies on. */
const reserved = [
  ...'break case catch class const continue debugger default delete do else enum export'.split(' '),
  ...'extends false finally for function if import in instanceof new null return super'.split(' '),
  ...'switch this throw true try typeof var void while with implements interface let'.split(' '),
  ...'package private protected public static yield await async of type arguments eval'.split(' '),
  ...'undefined NaN Infinity Math Object Array Map WeakMap Number String Float32Array'.split(' '),
  ...'Error RangeError Record Readonly Partial Pick ReturnType TF tf p batch rates variable'.split(
    ' ',
  ),
  ...'forward circuit updates gradients count inputs names Network create meta'.split(' '),
  ...'convolve convolveBack correlate exprel timesTransposed unlessBroken'.split(' '),
  ...sparseFunctions,
]

/** The identifier that a name of the source suggests; it may be reserved or taken. */
export function identifierOf(sourceName: string): string {
  const words = sourceName
    .replace(/(\d)\[/g, '$1_')
    .replace(/\]\[/g, '_')
    .replace(/\b([\p{L}_][\p{L}_]*)\[(\d+)\]/gu, '$1$2')
    .replace(/->/g, ' to ')
    .replace(/[^\p{ID_Continue}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
  if (words === '') return 'value'
  return /^[\p{ID_Start}_]/u.test(words) ? words : `_${words}`
}

/** `p.p0`, or `p['g[0]']` where the name is no identifier. */
export function member(object: string, name: string): string {
  return isIdentifier(name) ? `${object}.${name}` : `${object}[${stringLiteral(name)}]`
}

/** A field of an object literal. */
export function field(name: string, value: string): string {
  return name === value && isIdentifier(name) ? name : `${propertyKey(name)}: ${value}`
}

/** The names in use in one scope. */
export class Identifiers {
  readonly #taken: Set<string>

  constructor(taken: Iterable<string> = reserved) {
    this.#taken = new Set(taken)
  }

  /** Takes `wanted`, or else `wanted_2`, `wanted_3`, ... */
  take(wanted: string): string {
    let name = wanted
    for (let n = 2; this.#taken.has(name); n++) name = `${wanted}_${n}`
    this.#taken.add(name)
    return name
  }

  /** A scope inside this one: the names here stay taken there, and not the other way round. */
  inner(): Identifiers {
    return new Identifiers(this.#taken)
  }
}
