/** What is said about differences, in words: the same words for the same finding, whatever the circuit. */
import type { Cause } from '../../compiler/analysis/series.ts'
import type { Expression } from '../../compiler/analysis/expressions.ts'
import { numberOf, visitAtoms } from '../../compiler/analysis/expressions.ts'
import type { Difference } from './statements.ts'

/** What bends an update: `tanh in lift, odd about its rest`. */
export function causeWords({ fn, where, power }: Cause): string {
  const place = where === undefined ? '' : ` in ${where}`
  if (fn === 'product') return `a product of two that depend on the teacher${place}`
  if (fn === 'reciprocal') return `a division by what depends on the teacher${place}`
  return power > 2 ? `${fn}${place}, which is odd about its rest` : `${fn}${place}`
}

/** Causes by the variable that they are in: `log and sigmoid in r, a product of two that depend on the teacher in dw`. */
export function causesText(causes: readonly string[]): string {
  const places = new Map<string, string[]>()
  for (const cause of causes) {
    const [, what = cause, place = ''] = /^(.*?)( in [^ ]+)$/.exec(cause) ?? []
    places.set(place, [...(places.get(place) ?? []), what])
  }
  return [...places].map(([place, all]) => `${listText(all)}${place}`).join(', and from ')
}

const listText = (all: readonly string[]): string =>
  all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)!}`

/** Kinks and steps by the variable that they are in: `` `min` and `max` in p ``. */
export function kinkWords(kinks: readonly Cause[]): readonly string[] {
  const places = new Map<string, string[]>()
  for (const { fn, where } of kinks) {
    const place = where === undefined ? '' : ` in ${where}`
    places.set(place, [...(places.get(place) ?? []), `\`${fn}\``])
  }
  return [...places].map(([place, functions]) => `${functions.join(' and ')}${place}`)
}

export interface Differing {
  /** Whether there is a change without a teacher. */
  readonly resting: boolean
  /** Undefined where the teacher changes nothing to first order. */
  readonly compared: Difference | undefined
  readonly constant: number | undefined
  readonly write: (expression: Expression) => string
}

export function differenceWords({ resting, compared, constant, write }: Differing): string[] {
  const said: string[] = []
  if (resting) said.push('Without a teacher the change is not 0: an error of order 0.')
  if (!compared) return [...said, 'To first order the teacher changes nothing.']
  const times = constantWords(compared.ratio, constant, write)
  if (compared.equal) return [...said, `To first order the change is ${times}the gradient.`]
  for (const { mine, theirs } of compared.replaced) {
    said.push(`${write(mine)} stands where backprop has ${write(theirs)}.`)
  }
  for (const { mine, theirs } of compared.gated) {
    const [own, other] = [numberOf(mine), numberOf(theirs)]
    if (own === 1) said.push(`The factor ${write(theirs)} of backprop is missing.`)
    else if (other === 1) said.push(`The factor ${write(mine)} is not in backprop.`)
    else said.push(`The factor ${write(mine)} stands where backprop has ${write(theirs)}.`)
  }
  for (const { mine, theirs } of compared.unpaired) {
    if (mine) said.push(`The term ${write(mine)} is not in backprop.`)
    if (theirs) said.push(`The term ${write(theirs)} of backprop is missing.`)
  }
  if (!compared.complete) said.push('What else differs is of another form: see both formulas.')
  else if (times !== '') said.push(`To first order it is, but for that, ${times}the gradient.`)
  return said
}

/** Whether a ratio is another number for every example, or for other weights. */
export function dependsOnState(ratio: Expression): boolean {
  let depends = false
  visitAtoms(ratio, (atom) => {
    if (atom.kind === 'symbol' && atom.role !== 'parameter' && atom.role !== 'rate') depends = true
  })
  return depends
}

/** `p0 / 2 = 0.25 times `, or nothing for 1. */
function constantWords(
  ratio: Expression,
  constant: number | undefined,
  write: (expression: Expression) => string,
): string {
  const number = numberOf(ratio)
  if (number !== undefined && Math.abs(number - 1) < 1e-9) return ''
  const text = write(ratio)
  if (number !== undefined || constant === undefined || dependsOnState(ratio))
    return `${text} times `
  return `${text} = ${Number(constant.toPrecision(6))} times `
}
