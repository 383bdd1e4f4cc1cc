/** What is tried in the browser. Nothing here needs Node.js. */
import type { Outcome } from './training.ts'

export interface Case {
  readonly circuit: string
  readonly threads: number
  /** As the engine's option; undefined: the browser decides. */
  readonly fused?: boolean
  /** In a worker, not on the page's own thread. */
  readonly inWorker: boolean
}

export type Answer = { readonly outcome: Outcome } | { readonly error: string }

/** What a page says. */
export interface Report {
  readonly isolated: boolean
  readonly description: string
  readonly answers: readonly Answer[]
}

/** Examples in a step, by circuit. */
export const circuits: Readonly<Record<string, number>> = { xor: 4, burstccn: 32 }

export const cases: readonly Case[] = Object.keys(circuits).flatMap((circuit) =>
  [true, false].flatMap((fused) =>
    [1, 2].flatMap((threads) =>
      [false, true].map((inWorker): Case => ({ circuit, threads, fused, inWorker })),
    ),
  ),
)

/** A case in words. */
export function described({ circuit, threads, fused, inWorker }: Case): string {
  const multiply = fused ? 'fused' : 'plain'
  return `${circuit}, ${multiply}, ${threads} thread${threads > 1 ? 's' : ''}, ${inWorker ? 'worker' : 'page'}`
}
