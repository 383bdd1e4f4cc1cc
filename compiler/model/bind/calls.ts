/**
 * Calls: how many arguments a function of the language takes, and which functions written in .ccn
 * call which. A function stands for its body, so that none may call itself, and few lines can stand for
 * more than any machine holds.
 */
import type { FunctionItem, Span } from '../../../grammar/ast.ts'
import { draws, elementwise, reductions } from '../builtins.ts'
import type { Context } from '../context.ts'
import { counted } from '../values.ts'

/** Least and greatest number of arguments of a function of the language. */
export function arityOf(name: string): readonly [number, number] {
  const map = elementwise.get(name)
  if (map) return [map.arity, map.arity]
  if (reductions.has(name) || name === 'stop') return [1, 1]
  if (name === 'clip' || name === 'pullback') return [3, 3]
  if (name === 'normal' || name === 'uniform') return [0, 0]
  if (name === 'binomial') return [2, 2]
  if (draws.has(name) || name === 'since') return [1, 1]
  if (name === 'prev' || name === 'total') return [1, 2]
  if (name === 'batch_mean') return [1, 1]
  if (name === 'batch_variance') return [1, 2]
  if (name === 'batch_count') return [0, 1]
  if (name === 'running') return [3, 3]
  return name === 'count' ? [2, 3] : [1, 2]
}

/** Calls by the function whose body makes them. */
export type Calls = ReadonlyMap<
  FunctionItem,
  readonly { readonly to: FunctionItem; readonly span: Span }[]
>

/** Reports functions that never end, or that stand for too much. */
export function checkCalls(context: Context, calls: Calls): void {
  if (!reportRecursion(context, calls)) reportExpansion(context, calls)
}

/** Functions that call themselves, directly or through others: no function ends that does. */
function reportRecursion(context: Context, calls: Calls): boolean {
  let found = false
  const done = new Set<FunctionItem>()
  for (const start of calls.keys()) {
    const path: { readonly at: FunctionItem; next: number }[] = [{ at: start, next: 0 }]
    while (path.length > 0) {
      const top = path.at(-1)
      if (!top) break
      const call = calls.get(top.at)?.[top.next++]
      if (!call) {
        done.add(top.at)
        path.pop()
        continue
      }
      const from = path.findIndex((each) => each.at === call.to)
      if (from >= 0) {
        const cycle = [...path.slice(from).map((each) => each.at), call.to]
        const names = cycle.map((each) => `\`${each.name.name}\``)
        found = true
        context.report('definitionCycle', call.span, { cycle: names.join(' -> ') })
      } else if (!done.has(call.to)) path.push({ at: call.to, next: 0 })
    }
  }
  return found
}

/** How deep functions may call one another, and how many calls one may stand for. */
const [deepestCall, mostCalls] = [60, 10_000]

function reportExpansion(context: Context, calls: Calls): void {
  const sizes = new Map<FunctionItem, { readonly count: number; readonly depth: number }>()
  for (const start of calls.keys()) {
    const pending = [start]
    for (let at = pending.at(-1); at; at = pending.at(-1)) {
      const called = calls.get(at) ?? []
      const open = called.filter(({ to }) => !sizes.has(to))
      if (open.length > 0) {
        for (const { to } of open) pending.push(to)
        continue
      }
      pending.pop()
      if (sizes.has(at)) continue
      let [count, depth] = [1, 0]
      for (const { to } of called) {
        const inner = sizes.get(to) ?? { count: 1, depth: 0 }
        count += inner.count
        depth = Math.max(depth, inner.depth + 1)
      }
      const name = `\`${at.name.name}\``
      if (count > mostCalls) {
        context.reportOnce('tooLarge', at.name.span, {
          what: name,
          count: `more than ${counted(mostCalls, 'call')} in it`,
          limit: mostCalls.toLocaleString('en-US'),
        })
      } else if (depth > deepestCall) {
        context.reportOnce('tooDeep', at.name.span, { limit: deepestCall })
      }
      // Said of the first, not of those that call it.
      sizes.set(
        at,
        count > mostCalls || depth > deepestCall ? { count: 1, depth: 0 } : { count, depth },
      )
    }
  }
}
