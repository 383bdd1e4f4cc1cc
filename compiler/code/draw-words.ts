/** Words of a stream as draws of counts use them (`runtime/support/poisson.ts`): by element, and in eights. */
import { difference, product, sum } from './doubles.ts'
import type { FunctionBuilder } from './function.ts'
import { Threefry } from './random.ts'
import { add, f64, get, int, onLane, op, select, shuffle32, type Code, type Local } from './tree.ts'

/** Where the words of an element come from. */
export interface Source {
  readonly element: Code
  readonly key0: Code
  readonly key1: Code
  readonly step: Code
}

/** The words of elements 2 block .. 2 block + 7, as doubles, two in each of four locals. */
export function setEightWords(
  fn: FunctionBuilder,
  blocks: Threefry,
  block: Code,
  words: readonly Local[],
): void {
  const [x0, x1] = blocks.words(block)
  words.forEach((local, i) => {
    const pair = shuffle32(x0, x1, [i, i + 4, i, i + 4])
    fn.set(local, op('f64s.ofLowUnsignedInts', pair))
  })
}

/** The uniform number of 53 bits of an element whose upper word is `word`: the lower bits have a key of their own. */
export function uniformOf(
  fn: FunctionBuilder,
  { element, key0, key1, step }: Source,
  word: Code,
): Code {
  const blocks = new Threefry(fn, key0, add(key1, int(1)), step)
  const [x0, x1] = blocks.words(op('int.shr', element, int(1)))
  const lower = (words: Code): Code =>
    onLane('f64s.lane', 0, op('f64s.ofLowUnsignedInts', op('ints.shr', words, int(11))))
  const low = select(lower(x1), lower(x0), op('int.and', element, int(1)))
  return sum(product(word, f64(2 ** -32)), product(low, f64(2 ** -53)))
}

/** Attempts at transformed rejection: more than any draw needs. */
const ATTEMPTS = 256

/**
 * Attempts at transformed rejection (Hörmann, 1993), each with words of its own: u from -1/2 to 1/2, v from 0 to 1, and
 * us = 1/2 - |u|.
 */
export function countAttempts(
  fn: FunctionBuilder,
  { element, key0, key1, step }: Source,
  tried: (u: Code, v: Code, us: Code) => void,
): void {
  const attempt = fn.local('int', 'attempt')
  const [u, v, us] = ['u', 'v', 'us'].map((each) => fn.local('f64', each)) as [Local, Local, Local]
  fn.count(attempt, int(0), int(ATTEMPTS), 1, () => {
    const blocks = new Threefry(fn, key0, add(key1, add(get(attempt), int(2))), step)
    const [x0, x1] = blocks.words(element)
    const share = (words: Code): Code => {
      const word = onLane('f64s.lane', 0, op('f64s.ofLowUnsignedInts', words))
      return product(sum(word, f64(0.5)), f64(2 ** -32))
    }
    fn.set(u, difference(share(x0), f64(0.5)))
    fn.set(v, share(x1))
    fn.set(us, difference(f64(0.5), op('f64.abs', get(u))))
    tried(get(u), get(v), get(us))
  })
}
