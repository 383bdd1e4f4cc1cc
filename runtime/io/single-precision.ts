/**
 * What single precision, in which a run computes unless it says otherwise, does not hold of numbers that a file or a
 * data set gives in double precision: what becomes infinite, what becomes 0, and whole numbers that it rounds, as
 * of cells, labels and counts, which mean something else then. All else is rounded as ever.
 */

export interface Lost {
  readonly kind: 'infinite' | 'vanishes' | 'rounded'
  /** The first one, how many there are, and where the first stands. */
  readonly value: number
  readonly count: number
  readonly at: number
}

/** Beyond it not every whole number is one of single precision. */
const everyWhole = 2 ** 24

/** What is lost first of all: infinite before 0 before rounded. Whole numbers count where all of the values are such. */
export function lostInSingle(values: ArrayLike<number>): Lost | undefined {
  if (values instanceof Float32Array) return undefined
  const found = { infinite: new Found(), vanishes: new Found(), rounded: new Found() }
  let areWhole = true
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    const held = Math.fround(value)
    if (held === value) {
      if (areWhole && !Number.isInteger(value)) areWhole = false
    } else if (held === 0) found.vanishes.add(at)
    else if (Number.isFinite(value) && !Number.isFinite(held)) found.infinite.add(at)
    else if (areWhole && Number.isInteger(value) && Math.abs(value) > everyWhole)
      found.rounded.add(at)
    else areWhole = false
  }
  const kinds = ['infinite', 'vanishes', ...(areWhole ? (['rounded'] as const) : [])] as const
  for (const kind of kinds) {
    const { count, at } = found[kind]
    if (count > 0) return { kind, value: values[at]!, count, at }
  }
  return undefined
}

class Found {
  count = 0
  at = -1

  add(at: number): void {
    if (this.count++ === 0) this.at = at
  }
}

/** What becomes of it, and what to do: `1e-50 (and 3 others) is 0 in single precision ...`; `where` is the place of the first. */
export function lostText({ kind, value, count }: Lost, where: string): string {
  const others = count === 1 ? '' : `, and ${count - 1} more,`
  const verb = count === 1 ? 'is' : 'are'
  const what = {
    infinite: `${verb} infinite in single precision, whose largest number is 3.4e38`,
    vanishes: `${verb} 0 in single precision, whose smallest number is 1.4e-45`,
    rounded: `${verb} rounded in single precision, which holds whole numbers up to 16777216`,
  }[kind]
  return `${value} ${where}${others} ${what}: say \`precision f64\` in the experiment, or train with --precision f64`
}
