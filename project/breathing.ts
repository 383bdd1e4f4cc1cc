/** Pauses of long work in a loop, in which the process hears what it is told. */
import { turn } from '../runtime/train/turn.ts'

/** Milliseconds of work between two of them. */
const BETWEEN = 50

/** Something to await between pieces of work; it never ends the work. */
export function breathing(): () => false | Promise<false> {
  let last = performance.now()
  return () => {
    if (performance.now() - last < BETWEEN) return false
    return turn().then(() => {
      last = performance.now()
      return false
    })
  }
}
