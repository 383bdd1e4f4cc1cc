/**
 * Differences of combinations of a sweep from one of them, over the seeds that both have: the seed's part in both
 * falls out, so that a small difference is seen where the seeds themselves differ by much.
 */
import { estimate, type Estimate, type Group } from '../summary.ts'

/**
 * For each figure the mean of (group - reference) over common seeds, with its error and interval, in SI; `values` are
 * in the order of the group's points. Nothing where the two were run for different numbers of epochs, as in rounds of
 * a search: these are not to be compared.
 */
export function differencesFrom(
  reference: Group,
  group: Group,
  labels: readonly string[],
): Readonly<Record<string, Estimate>> {
  if (epochsOf(reference) !== epochsOf(group)) return {}
  const places = new Map(reference.points.map(({ seed }, i) => [seed, i]))
  return Object.fromEntries(
    labels.map((label) => {
      const [own, other] = [group.figures[label]?.values, reference.figures[label]?.values]
      const values = group.points.map(({ seed }, i) => {
        const place = places.get(seed)
        const [a, b] = [own?.[i], place === undefined ? undefined : other?.[place]]
        return a === undefined || b === undefined ? undefined : a - b
      })
      return [label, estimate(values)]
    }),
  )
}

/** How long points of a search's round are run; what the sweep itself varies is no matter of rounds. */
export function epochsOf({ points, values }: Group): string | undefined {
  return 'epochs' in values ? undefined : points[0]?.settings['epochs']
}
