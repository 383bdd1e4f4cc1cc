/** A list of pairs from a file as a pattern, and what is wrong with one. */
import type { PatternPlan } from '../../contract/pattern.ts'
import { byPre, type Csr } from './csr.ts'
import { PatternError } from './errors.ts'

/** Pairs in the order of their file, by cell from 0. */
export interface PairList {
  /** As messages call it. */
  readonly path: string
  readonly pre: ArrayLike<number>
  readonly post: ArrayLike<number>
}

/** The list in the order of patterns; equal pairs stay in the order of the file. */
export function patternOfList(
  plan: PatternPlan,
  list: PairList,
): Csr & { readonly rows: Int32Array } {
  const count = list.pre.length
  if (list.post.length !== count) {
    throw new PatternError(
      `${list.path} has ${count} pre cells and ${list.post.length} post cells: a pair has one of each.`,
    )
  }
  if (count > plan.capacity) {
    throw new PatternError(
      `${list.path} has ${count} pairs, more than the ${plan.capacity} that were there when the model was compiled.`,
    )
  }
  const sources = checked(list.pre, plan.pre, 'pre', list.path)
  const targets = checked(list.post, plan.post, 'post', list.path)
  // By post and then by pre, both keeping the order of what is equal.
  const first = byPre(targets, sources, count, plan.post)
  const posts = new Int32Array(count)
  for (let i = 0; i < plan.post; i++) posts.fill(i, first.starts[i], first.starts[i + 1])
  const second = byPre(first.targets, posts, count, plan.pre)
  return {
    starts: second.starts,
    targets: second.targets,
    rows: second.order.map((at) => first.order[at]!),
  }
}

function checked(values: ArrayLike<number>, cells: number, side: string, path: string): Int32Array {
  const found = new Int32Array(values.length)
  for (let k = 0; k < found.length; k++) {
    const cell = values[k]!
    if (!(Number.isInteger(cell) && cell >= 0 && cell < cells)) {
      throw new PatternError(
        `${path}: pair ${k} has the ${side} cell ${cell}, but there are ${cells} ${side} cells, counted from 0.`,
      )
    }
    found[k] = cell
  }
  return found
}
