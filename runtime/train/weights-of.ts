/** Reads weights by their names. */
import type { NamedArray, Network } from '../engine/network.ts'

/** The named weights as they are, stored or tied. */
export function weightsOf(network: Network, names: readonly string[]): Record<string, NamedArray> {
  if (names.length === 0) return {}
  const stored = network.save()
  const derived = names.every((name) => stored[name]) ? {} : network.derived()
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = stored[name] ?? derived[name]
      return value ? [[name, value] as const] : []
    }),
  )
}
