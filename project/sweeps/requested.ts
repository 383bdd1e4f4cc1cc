/**
 * What is asked for beside a sweep, held against what the sweep says itself. A number of all points counts in place of
 * the sweep's own; what varies cannot be one number as well: either would do nothing, so that is said, not done.
 */
import type { SweepPlan } from '../../contract/sweep.ts'
import { misuse } from '../errors.ts'
import type { SweepRequest } from './define.ts'

/** Whether a name is a setting of the experiment, and no parameter. */
type IsSetting = (name: string) => boolean

/**
 * The sweep `base` with what is `given` on the command line: what that varies counts in place of what the sweep says
 * of it. Throws ProjectError where only some of the names that vary together would be left, or a search without names.
 */
export function withGiven(base: SweepPlan, given: SweepPlan, isSetting: IsSetting): SweepPlan {
  const replaced = new Set(given.axes.flatMap(({ names }) => names))
  if (given.seeds && isSetting('seed')) replaced.add('seed')
  for (const { names } of base.axes) {
    const left = names.filter((name) => !replaced.has(name))
    if (left.length === 0 || left.length === names.length) continue
    throw misuse(
      `In the sweep ${base.name}, ${names.join(' and ')} vary together, and ${left.join(' and ')} would not vary any more.`,
      `Say what ${left.join(' and ')} ${left.length === 1 ? 'is' : 'are'}, too: --vary ${left[0]}=...`,
    )
  }
  const draws = base.draws?.draws.filter(({ name }) => !replaced.has(name))
  if (draws?.length === 0 && base.draws?.goal)
    throw misuse(
      `The sweep ${base.name} searches by what is drawn, and nothing is left to draw.`,
      `Leave out the --vary of ${base.draws.draws.map(({ name }) => name).join(' or ')}.`,
    )
  const { draws: drawn, seeds, ...rest } = base
  const counted = given.seeds ?? (isSetting('seed') && replaced.has('seed') ? undefined : seeds)
  return {
    ...rest,
    axes: [
      ...base.axes.filter(({ names }) => !names.some((name) => replaced.has(name))),
      ...given.axes,
    ],
    ...(drawn && draws && draws.length > 0 && { draws: { ...drawn, draws } }),
    ...(counted && { seeds: counted }),
    figures: given.figures.length > 0 ? given.figures : base.figures,
  }
}

/** Throws ProjectError for a value of all points that is of what varies. */
export function requireFixed(
  plan: SweepPlan,
  request: Pick<SweepRequest, 'set' | 'epochs' | 'steps' | 'batch' | 'limit'>,
  isSetting: IsSetting,
): void {
  const varies = new Set([
    ...plan.axes.flatMap(({ names }) => names),
    ...(plan.draws?.draws ?? []).map(({ name }) => name),
  ])
  const refuse = (name: string, option: string, value: string): never => {
    throw misuse(
      `${name} varies in the sweep ${plan.name}, so ${option} would do nothing.`,
      `Leave one of them out, or say --vary ${name}=${value} in place of what the sweep says.`,
    )
  }
  for (const [name, value] of Object.entries(request.set ?? {}))
    // An element of a list counts with its list.
    if (varies.has(name.replace(/\[.*$/s, '')) && !isSetting(name))
      refuse(name.replace(/\[.*$/s, ''), `--set ${name}=${value}`, value)
  const { epochs, steps, batch, limit } = request
  for (const [name, value] of Object.entries({ epochs, steps, batch, limit }))
    if (value !== undefined && varies.has(name) && isSetting(name))
      refuse(name, `--${name} ${value}`, `${value}`)
  if (plan.seeds && varies.has('seed') && isSetting('seed'))
    throw misuse(
      `The sweep ${plan.name} says its seeds twice: by \`seeds\`, and by what varies.`,
      'Leave one of them out.',
    )
}

/** What a sweep that is gone on with has as it was defined. */
const defining = [
  'vary',
  'seeds',
  'report',
  'experiment',
  'set',
  'epochs',
  'steps',
  'batch',
  'limit',
  'precision',
  'dataDir',
  'allowRead',
  'weights',
  'network',
  'called',
  'host',
] as const

/** Throws ProjectError for an option that does nothing, since the sweep is as it was defined before. */
export function requireAsDefined(
  options: SweepRequest & { readonly network?: unknown },
  does: string,
): void {
  for (const name of defining) {
    const value = options[name]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    const flag = `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    throw misuse(
      `--${does} takes a sweep as it was defined, so --${flag} would do nothing.`,
      'Leave it out, or define the sweep anew, from its file.',
    )
  }
}
