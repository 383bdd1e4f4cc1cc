/**
 * The words of the IR's text form: how names are written, and a reader of tokens. `;` starts a
 * comment that ends with its line; line ends and other white space only separate.
 */

import { synapseDim } from '../../contract/pattern.ts'
import type { Dim, Shape, StorageShape } from './ir.ts'

/** What an attribute may be. */
export type Attribute = number | string | number[] | string[]
export type Attributes = Readonly<Partial<Record<string, Attribute>>>

const bareName = /^[A-Za-z_]\w*(?:\.\w+|\[\d+\])*$/
const tokenPattern =
  /\s+|;[^\n]*|("(?:[^"\\]|\\.)*"|%[A-Za-z_]\w*(?:\.\w+|\[\d+\])*|[%$]\d+|-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)|[A-Za-z_]\w*(?:\.\w+|\[\d+\])*|\^T|[()[\],:=])/y

/** Words that are quoted where they are names, so that a line shows what it is by its first word. */
const reserved = new Set(
  'graph end output store push do with NaN Infinity circuit update backprop measure score'.split(
    ' ',
  ),
)

/** Whether a name is written without quotes. */
export function isBare(name: string): boolean {
  return bareName.test(name) && !reserved.has(name)
}

/** A name as it is written: bare, or as a JSON string. */
export function writeName(name: string): string {
  return isBare(name) ? name : JSON.stringify(name)
}

/** A number that reads back exactly. */
export function writeNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Reads a text token by token; throws Error with the line where the text is not as expected. */
export class TextReader {
  readonly #tokens: { readonly text: string; readonly line: number }[] = []
  #next = 0

  constructor(text: string) {
    tokenPattern.lastIndex = 0
    let line = 1
    while (tokenPattern.lastIndex < text.length) {
      const start = tokenPattern.lastIndex
      const match = tokenPattern.exec(text)
      if (!match) throw new Error(`Line ${line}: ${JSON.stringify(text.slice(start, start + 20))}`)
      if (match[1] !== undefined) this.#tokens.push({ text: match[1], line })
      line += match[0].split('\n').length - 1
    }
  }

  /** The token `ahead` places on, '' past the end. */
  peek(ahead = 0): string {
    return this.#tokens[this.#next + ahead]?.text ?? ''
  }

  take(): string {
    const token = this.peek()
    if (token === '') this.fail('the text ends here')
    this.#next++
    return token
  }

  /** Takes the token if it is next. */
  accept(token: string): boolean {
    if (this.peek() !== token) return false
    this.#next++
    return true
  }

  expect(token: string): void {
    if (!this.accept(token)) this.fail(`expected ${token}, found ${this.peek()}`)
  }

  /** A bare or quoted name. */
  name(): string {
    const token = this.take()
    if (token.startsWith('"')) return String(JSON.parse(token))
    return bareName.test(token) ? token : this.fail(`expected a name, found ${token}`)
  }

  number(): number {
    const token = this.take()
    const value = Number(token)
    if (Number.isNaN(value) && token !== 'NaN') this.fail(`expected a number, found ${token}`)
    return value
  }

  /** `[a, b]`, its elements read by `element`. */
  list<T>(element: () => T): T[] {
    const elements: T[] = []
    this.expect('[')
    while (!this.accept(']')) {
      if (elements.length > 0) this.expect(',')
      elements.push(element())
    }
    return elements
  }

  /** `: [batch, 500]`. */
  shape(): Shape {
    this.expect(':')
    return this.list((): Dim => {
      if (this.accept('batch')) return 'batch'
      return this.accept('synapses') ? synapseDim(this.name()) : this.number()
    })
  }

  /** A shape without the batch. */
  storageShape(): StorageShape {
    return this.shape().map((dim) => (dim === 'batch' ? this.fail('a batch is not kept') : dim))
  }

  /** `name=value` as often as it comes and the names are among `known`. */
  attributes(known: readonly string[]): Attributes {
    const attributes: Record<string, Attribute> = {}
    while (known.includes(this.peek()) && this.peek(1) === '=') {
      const name = this.take()
      this.expect('=')
      attributes[name] = this.#attribute()
    }
    return attributes
  }

  #attribute(): Attribute {
    const token = this.peek()
    if (token === '[') {
      return this.peek(1).startsWith('"')
        ? this.list(() => this.name())
        : this.list(() => this.number())
    }
    return /^[-\d]|^Infinity$/.test(token) ? this.number() : this.name()
  }

  fail(reason: string): never {
    const line = (this.#tokens[this.#next] ?? this.#tokens.at(-1))?.line ?? 1
    throw new Error(`Line ${line}: ${reason}`)
  }
}
