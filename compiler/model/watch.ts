/**
 * Which numbers of a text a compilation looked at, so that another number in their place is known to change nothing.
 *
 * Numbers that are written as defaults of parameters can be watched: then `value` of what is computed of them is
 * found when it is asked for, and the watch knows that it was. Most of a compilation works with parameters by their
 * names and never asks. What asks for no more than a fact, such as whether a number lies in its range, says so by
 * `observed`: the question is kept with its answer, and can be asked again of other numbers.
 *
 * Where nothing is watched, all of this is as if it were not there.
 */
import type { NumberLiteral } from '../../grammar/ast.ts'
import type { Dimension } from './units.ts'
import type { BooleanValue, NumberValue, ScalarSymbol } from './entries.ts'

/** A fact about numbers: equal answers make no difference to a compilation. */
type Fact = string | number | boolean

interface Question {
  readonly ask: () => Fact
  readonly answer: Fact
  /** Of which numbers. */
  readonly of: ReadonlySet<number>
}

/** What a compilation has looked at; numbers by their places among those that are watched. */
export interface Looks {
  readonly at: ReadonlySet<number>
  readonly questions: readonly Question[]
}

/** Numbers that are written in one text. */
export class Watch {
  #written: readonly NumberLiteral[]
  #at = new Set<number>()
  #questions: Question[] = []
  /** The numbers of the questions that are being asked, or undefined. */
  #asked: Set<number> | undefined

  constructor(written: readonly NumberLiteral[]) {
    this.#written = written
  }

  /** A literal that says what the one in its place among the written ones says, and is known to be asked. */
  literal(place: number): NumberLiteral {
    const { span, unit } = this.#written[place]!
    const read = (): NumberLiteral => {
      ;(this.#asked ?? this.#at).add(place)
      return this.#written[place]!
    }
    const literal: NumberLiteral = {
      kind: 'NumberLiteral',
      get value() {
        return read().value
      },
      get text() {
        return read().text
      },
      ...(unit && { unit }),
      span,
    }
    watches.set(literal, this)
    return literal
  }

  /** What is looked at while something is done. */
  during<T>(work: () => T): { readonly result: T; readonly looks: Looks } {
    const before = { at: this.#at, questions: this.#questions }
    this.#at = new Set()
    this.#questions = []
    try {
      const result = work()
      return { result, looks: { at: this.#at, questions: this.#questions } }
    } finally {
      this.#at = before.at
      this.#questions = before.questions
    }
  }

  /** The answer to a question, which is kept with it. */
  ask<T extends Fact>(ask: () => T): T {
    // What a question is made of is one with it.
    if (this.#asked) return ask()
    this.#asked = new Set()
    try {
      const answer = ask()
      if (this.#asked.size > 0) this.#questions.push({ ask, answer, of: this.#asked })
      return answer
    } finally {
      this.#asked = undefined
    }
  }

  /** Whether a compilation that looked so finds the same of other numbers; which from then on stand in the places of the old ones. */
  wouldFind(looks: Looks, changed: readonly number[], written: readonly NumberLiteral[]): boolean {
    this.#written = written
    if (changed.some((place) => looks.at.has(place))) return false
    return looks.questions.every(({ ask, answer, of }) => {
      if (!changed.some((place) => of.has(place))) return true
      this.#asked = new Set()
      try {
        return Object.is(ask(), answer)
      } finally {
        this.#asked = undefined
      }
    })
  }
}

const watches = new WeakMap<NumberLiteral, Watch>()

/** How a number is watched, if it is. */
export interface Watched {
  readonly by: Watch
  /** How many numbers it is computed of. */
  readonly size: number
}

/** What is computed of more numbers is computed at once. */
const largest = 1000

/** How a literal is watched. */
export function watchOf(literal: NumberLiteral): Watched | undefined {
  const by = watches.get(literal)
  return by && { by, size: 1 }
}

type Scalar = NumberValue | BooleanValue

/** What may be watched. */
interface Watchable {
  readonly watched?: Watched | undefined
}

/** What watches some of numbers. */
export function watchIn(numbers: readonly (Watchable | undefined)[]): Watch | undefined {
  for (const each of numbers) if (each?.watched) return each.watched.by
  return undefined
}

/** How what is computed of numbers is watched. */
export function watchOfAll(numbers: readonly Watchable[]): Watched | undefined {
  let by: Watch | undefined
  let size = 1
  for (const { watched } of numbers) {
    if (!watched) continue
    by = watched.by
    size += watched.size
  }
  return by && size <= largest ? { by, size } : undefined
}

/** A number that is found when it is asked for. */
export function watchedNumber(
  watched: Watched,
  find: () => number,
  dimension: Dimension,
  symbol: ScalarSymbol | undefined,
): NumberValue {
  return {
    kind: 'number',
    get value() {
      return find()
    },
    dimension,
    ...(symbol && { symbol }),
    watched,
  }
}

/** A fact about numbers, which `ask` finds from their values alone, and without doing anything else. */
export function observed<T extends Fact>(
  numbers: readonly (Watchable | undefined)[],
  ask: () => T,
): T {
  const watch = watchIn(numbers)
  return watch ? watch.ask(ask) : ask()
}

/** An object of which one property is a number's value, looked at when it is asked for. */
export function holding<K extends string, O extends Readonly<Record<K, number>>>(
  object: O,
  key: K,
  number: Scalar,
): O {
  if (!number.watched) return { ...object, [key]: Number(number.value) }
  return Object.defineProperty({ ...object }, key, { enumerable: true, get: () => number.value })
}
