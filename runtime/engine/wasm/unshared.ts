/**
 * The same program for a memory of its own: where threads cannot share memory, as in a page that is
 * not isolated, a program must not ask for shared memory. That is one bit in the limits of the memory
 * that it imports. Its atomic instructions work on any memory, except waiting, which one thread
 * never does.
 */

const IMPORTS = 2
const MEMORY = 2
const SHARED = 2

/** The module with its memory declared as not shared. Throws if it imports no memory first of all. */
export function unshared(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = program.slice()
  let at = 8
  const number = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = copy[at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  const skipName = (): void => {
    const length = number()
    at += length
  }
  while (at < copy.length) {
    const section = copy[at++]
    const size = number()
    if (section !== IMPORTS) {
      at += size
      continue
    }
    number() // how many imports there are: the memory is the first
    skipName()
    skipName()
    if (copy[at] !== MEMORY) break
    copy[at + 1]! &= ~SHARED
    return copy
  }
  throw new Error('the program does not import its memory first of all')
}
