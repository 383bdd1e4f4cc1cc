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
  plan: Pick<PatternPlan, 'pre' | 'post' | 'capacity'>,
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

/** Synapses as two lists of cells, and between how many cells of each side, [post, pre]. */
interface Synapses {
  readonly shape: readonly [number, number]
  readonly pre: ArrayLike<number>
  readonly post: ArrayLike<number>
}

/**
 * The value of each synapse, from a list that says of which pair each of its values is. Of pairs that come several
 * times the values stay in the order of the list. Throws PatternError for a pair that the list lacks, or has
 * another number of times.
 */
export function valuesAt(
  { shape, pre, post }: Synapses,
  list: PairList & { readonly values: ArrayLike<number> },
): Float64Array {
  const [targets, sources] = shape
  const name = list.path
  const plan = { pre: sources, post: targets, capacity: Infinity }
  const wanted = patternOfList(plan, { path: name, pre, post })
  const found = patternOfList(plan, list)
  const values = new Float64Array(pre.length)
  for (let j = 0; j < sources; j++) {
    let k = found.starts[j]!
    const end = found.starts[j + 1]!
    for (let s = wanted.starts[j]!; s < wanted.starts[j + 1]!; s++) {
      const i = wanted.targets[s]!
      const isNext = s > wanted.starts[j]! && wanted.targets[s - 1] === i
      // What is there of other pairs, or was for the pair before, is passed over.
      while (k < end && found.targets[k]! < i) k++
      const isLast = s + 1 === wanted.starts[j + 1] || wanted.targets[s + 1] !== i
      const hasMore = isLast && k + 1 < end && found.targets[k + 1] === i
      if (k >= end || found.targets[k] !== i || hasMore) {
        const reason = hasMore || isNext ? 'another number of values' : 'no value'
        throw new PatternError(
          `${name} has ${reason} for the pair of pre cell ${j} and post cell ${i}.`,
        )
      }
      values[wanted.rows[s]!] = list.values[found.rows[k]!]!
      k++
    }
  }
  return values
}
