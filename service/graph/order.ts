/**
 * The order of boxes along the flow of signals: from what nothing reaches to what is furthest from it. Lines
 * that lead the other way are feedback. Interneurons stand between those that they hear and those they reach.
 */

/** A population, or several that are drawn as one. */
export interface Stop {
  readonly id: string
  /** Names of its populations. */
  readonly members: readonly string[]
  readonly inhibitory: boolean
}

/** A connection between two populations. */
export interface Way {
  readonly from: string
  readonly to: string
  /** Whether it has no weight: it counts only where a population has no other that reaches it. */
  readonly wire: boolean
}

/** Identifiers of the stops in order. */
export function flowOrder(stops: readonly Stop[], ways: readonly Way[]): readonly string[] {
  const home = new Map(stops.flatMap(({ id, members }) => members.map((name) => [name, id])))
  const between = ways.filter(({ from, to }) => home.get(from) !== home.get(to))
  const heard = new Set(between.filter(({ wire }) => !wire).map(({ to }) => home.get(to)))
  const counted = ways.filter(({ to, wire }) => !wire || !heard.has(home.get(to)))
  const depths = depthsOf(stops, counted, home)
  const placed = betweenNeighbours(stops, ways, depths)
  const place = ({ members }: Stop): number =>
    Math.min(...members.map((name) => placed.get(name) ?? 0))
  const byPlace = stops.toSorted((a, b) => place(a) - place(b))
  return withinTies(byPlace, place, between, home).map(({ id }) => id)
}

/** Steps of each population from the nearest that nothing reaches. */
function depthsOf(
  stops: readonly Stop[],
  ways: readonly Way[],
  home: ReadonlyMap<string, string | undefined>,
): ReadonlyMap<string, number> {
  const reached = new Set(
    ways.filter(({ from, to }) => home.get(from) !== home.get(to)).map(({ to }) => home.get(to)),
  )
  const sources = stops.filter(({ id }) => !reached.has(id))
  const first = sources.length > 0 ? sources : stops.slice(0, 1)
  const next = new Map<string, string[]>()
  for (const { from, to } of ways) {
    const known = next.get(from)
    if (known) known.push(to)
    else next.set(from, [to])
  }
  const depths = new Map<string, number>()
  const visit = (names: readonly string[]): void => {
    const pending = names.map((name): readonly [string, number] => [name, 0])
    for (const [name, depth] of pending) {
      if (depths.has(name)) continue
      depths.set(name, depth)
      for (const other of next.get(name) ?? []) pending.push([other, depth + 1])
    }
  }
  visit(first.flatMap(({ members }) => members))
  // What no source leads to: a circle of its own begins with the population that is declared first.
  for (const { members } of stops) if (members.some((name) => !depths.has(name))) visit(members)
  return depths
}

/** Depths, those of interneurons replaced by the middle of what they are joined to. */
function betweenNeighbours(
  stops: readonly Stop[],
  ways: readonly Way[],
  depths: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const inhibitory = new Set(stops.flatMap((each) => (each.inhibitory ? each.members : [])))
  let placed = new Map(depths)
  for (let round = 0; round < 4; round++) {
    const moved = new Map(placed)
    for (const name of inhibitory) {
      const before = ways.filter(({ to }) => to === name).map(({ from }) => from)
      const after = ways.filter(({ from }) => from === name).map(({ to }) => to)
      if (before.length === 0 || after.length === 0) continue
      moved.set(name, (mean(before, placed) + mean(after, placed)) / 2)
    }
    placed = moved
  }
  return placed
}

const mean = (names: readonly string[], places: ReadonlyMap<string, number>): number =>
  names.reduce((sum, name) => sum + (places.get(name) ?? 0), 0) / names.length

/** Among stops of the same place, those first that lead to others and are not led back to. */
function withinTies(
  stops: readonly Stop[],
  place: (stop: Stop) => number,
  ways: readonly Way[],
  home: ReadonlyMap<string, string | undefined>,
): readonly Stop[] {
  const leads = new Set(ways.map(({ from, to }) => `${home.get(from)}\n${home.get(to)}`))
  const before = (a: Stop, b: Stop): boolean =>
    leads.has(`${a.id}\n${b.id}`) && !leads.has(`${b.id}\n${a.id}`)
  const rest = [...stops]
  const order: Stop[] = []
  while (rest.length > 0) {
    const least = place(rest[0]!)
    const tied = rest.filter((each) => Math.abs(place(each) - least) < 1e-9)
    const next = tied.find((each) => !tied.some((other) => before(other, each))) ?? tied[0]!
    order.push(next)
    rest.splice(rest.indexOf(next), 1)
  }
  return order
}
