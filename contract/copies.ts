/**
 * Copies of a circuit that differ in their seed, or in values of parameters, `replicate 8 seeds with g = [1, 2]`: each
 * is what a run by itself with that seed and these values is, to the bit.
 */
import type { ExperimentPlan } from './plan.ts'

/** The most seeds of copies of a circuit: each has a folder of its own. */
export const mostCopies = 10_000

/** One of several copies. */
export interface Copy {
  /** What its folder is called: `seed-5`, `g-1`, `g-1_seed-5`. */
  readonly name: string
  readonly seed: number
  /** Parameters that it sets, as `--set` would; absent where copies differ in their seed alone. */
  readonly set?: Readonly<Record<string, string>>
}

/** The seeds of so many copies: that of the experiment, and those after it. */
export function seedsOfCopies(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

/** The copies of an experiment, those of one value after those of the one before; none where it is run once. */
export function copiesOf({ seed, replicate = 1, varied }: ExperimentPlan): readonly Copy[] {
  const seeds = seedsOfCopies(seed, replicate)
  if (!varied)
    return replicate > 1 ? seeds.map((each) => ({ name: seedName(each), seed: each })) : []
  const taken = new Map<string, number>()
  return varied.flatMap((set) => {
    const values = Object.entries(set).map(([name, value]) => `${name}-${plain(value)}`)
    const own = values.join('_')
    // What differs in marks alone is told apart by a number.
    const before = taken.get(own) ?? 0
    taken.set(own, before + 1)
    const first = before === 0 ? own : `${own}.${before + 1}`
    return seeds.map((each) => ({
      name: replicate > 1 ? `${first}_${seedName(each)}` : first,
      seed: each,
      set,
    }))
  })
}

const seedName = (seed: number): string => `seed-${seed}`

/** A value as the name of a run can hold it. */
const plain = (text: string): string => text.replaceAll(/[^\w.-]/g, '').slice(0, 40)

/** Whether a folder may be that of a copy. */
export const isCopyName = (name: string): boolean => /^[A-Za-z]\w*-[\w.-]*$/.test(name)

/** Which copy it is, in words: `seed 5`, `g = 1, seed 5`. */
export function copyLabel({ name, seed, set }: Copy): string {
  const values = Object.entries(set ?? {}).map(([each, value]) => `${each} = ${value}`)
  const hasSeed = name.endsWith(seedName(seed))
  return [...values, ...(hasSeed ? [`seed ${seed}`] : [])].join(', ')
}

/** The plan of one copy: that of a run by itself. */
export function planOfCopy(plan: ExperimentPlan, seed: number): ExperimentPlan {
  const { replicate: _, varied: __, ...alone } = plan
  return { ...alone, seed }
}
