/** Deep circuits: what a variable is made of is computed first, the innermost first, so that no stack holds it all. */
import type { Bound } from '../../model/bind/index.ts'

/** So many variables may wait for one another before what they wait for is computed in order. */
export const deepest = 64

type Nodes = Bound['circuit']
type Node = NonNullable<ReturnType<Nodes['get']>>

/** Computes what the variable `key` depends on, and is not there, each after what it depends on itself. */
export function computeFirst(
  circuit: Nodes,
  key: string,
  isThere: (key: string) => boolean,
  compute: (node: Node) => void,
): void {
  const path: { readonly key: string; readonly on: readonly string[]; next: number }[] = []
  const seen = new Set<string>()
  const enter = (each: string): void => {
    seen.add(each)
    if (isThere(each)) return
    const node = circuit.get(each)
    path.push({ key: each, on: node?.dependencies().map(({ on }) => on) ?? [], next: 0 })
  }
  enter(key)
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const on = top.on[top.next++]
    if (on === undefined) {
      path.pop()
      const node = circuit.get(top.key)
      if (node && top.key !== key) compute(node)
    } else if (!seen.has(on)) enter(on)
  }
}
