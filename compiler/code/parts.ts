/** How columns or rows are shared among threads. */
import { add, int, mul, op, type Code } from './tree.ts'

/** Where the part of a thread begins, of so many columns or rows that are taken in units; it ends where the next begins. */
export function partStart(unit: number, size: Code, thread: Code, threads: Code): Code {
  const units = op('int.div', add(size, int(unit - 1)), int(unit))
  return mul(op('int.div', mul(units, thread), threads), int(unit))
}
