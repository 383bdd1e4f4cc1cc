/** What is to be said of all weights together: each finding once, with the weights that it is true of. */
import { mathText } from '../typeset/text.ts'
import type { WeightStatement } from './explanation.ts'
import { causesText } from './words.ts'
import { families, type Member } from './families.ts'
import { indexOf, type Scribe } from './scribe.ts'
import type { Difference } from './statements.ts'

/** Sentences about how updates and gradients differ, and about what the first order leaves. */
export function summary(
  scribe: Scribe,
  statements: readonly WeightStatement[],
  compared: readonly (Difference | undefined)[],
): readonly string[] {
  const replacements = replacementsOf(scribe, compared)
  return [
    ...replacements.map(
      ({ mine, theirs, where }) => `${mine} stands where backprop has ${theirs}${where}.`,
    ),
    ...grouped(statements, (each) =>
      each.differences.filter(
        (text) => text.startsWith('The factor ') || !text.includes(' stands where backprop has '),
      ),
    ),
    ...conditions(scribe, statements, compared),
    ...grouped(statements, (each) => remainderSentences(each)),
  ]
}

interface Replacement {
  readonly mine: string
  readonly theirs: string
  readonly where: string
}

function replacementsOf(
  scribe: Scribe,
  compared: readonly (Difference | undefined)[],
): readonly Replacement[] {
  const all = new Map(
    compared.flatMap((each) =>
      (each?.replaced ?? []).map((pair) => [`${pair.mine.id} ${pair.theirs.id}`, pair] as const),
    ),
  )
  const members = [...all.values()]
    .map(({ mine, theirs }): Member => {
      const formulas = [scribe.write(mine), scribe.write(theirs)]
      return { ...indexOf(mathText(formulas[0]!)), formulas, words: [] }
    })
    .toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
  return families(members).map(({ formulas, range }) => ({
    mine: mathText(formulas[0]!),
    theirs: mathText(formulas[1]!),
    where: range === undefined ? '' : ` (${range})`,
  }))
}

/** When updates are gradients that are not. */
function conditions(
  scribe: Scribe,
  statements: readonly WeightStatement[],
  compared: readonly (Difference | undefined)[],
): readonly string[] {
  const isConditional = ({ equalIf, atRest }: WeightStatement): boolean =>
    equalIf.length > 0 && atRest === undefined
  const conditional = statements.filter(isConditional)
  if (conditional.length === 0) return []
  const replacements = replacementsOf(
    scribe,
    compared.filter((_, i) => isConditional(statements[i]!)),
  )
  const equations = replacements.map(({ mine, theirs, where }) => `${mine} = ${theirs}${where}`)
  const constants = new Set(
    conditional.map(({ constant }) => (constant === undefined ? 'a number' : numberText(constant))),
  )
  const [only] = constants
  const times =
    constants.size > 1
      ? `${constants.has('a number') ? 'a number' : 'a constant'} times the gradient`
      : only === '1'
        ? 'the gradient'
        : `${only} times the gradient`
  const names = namesText(conditional.map(({ name }) => name))
  return [`To first order the change of ${names} is ${times} if ${equations.join(' and ')}.`]
}

const numberText = (value: number): string => String(Number(value.toPrecision(6)))

function remainderSentences(statement: WeightStatement): readonly string[] {
  const { remainder, causes, kinks, first } = statement
  if (!first || remainder === undefined) return []
  const until =
    kinks.length === 0
      ? ''
      : `, while d is too small to reach another piece of ${kinks.join(' or of ')}`
  if (remainder === 'exact') return [`The change is exactly what the first order says${until}.`]
  if (remainder === 'drawn')
    return ['What is left of the expectation falls with the square of the noise.']
  const order = { 2: 'second', 3: 'third' }[remainder as 2 | 3] ?? 'fourth or higher'
  const why = causes.length === 0 ? '' : ` It comes from ${causesText(causes)}.`
  return [`What the first order leaves is of ${order} order in d.${why}`]
}

/** Each sentence once, after the names of the weights that it is about. */
function grouped(
  statements: readonly WeightStatement[],
  sentences: (statement: WeightStatement) => readonly string[],
): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const each of statements) {
    for (const text of sentences(each)) groups.set(text, [...(groups.get(text) ?? []), each.name])
  }
  return [...groups].map(([text, names]) =>
    names.length === statements.length && statements.length > 1
      ? text
      : `${namesText(names)}: ${text}`,
  )
}

/** `W[0], W[1], W[2], y.k` as `W[0 … 2], y.k`. */
export function namesText(names: readonly string[]): string {
  const runs: { prefix: string; suffix: string; from: number; to: number }[] = []
  const parts: (string | (typeof runs)[number])[] = []
  for (const name of names) {
    const [, prefix = '', digits, suffix = ''] = /^([^[]*)\[(\d+)\](.*)$/.exec(name) ?? []
    if (digits === undefined) {
      parts.push(name)
      continue
    }
    const index = Number(digits)
    const open = runs.find(
      (each) => each.prefix === prefix && each.suffix === suffix && each.to === index - 1,
    )
    if (open) open.to = index
    else {
      const run = { prefix, suffix, from: index, to: index }
      runs.push(run)
      parts.push(run)
    }
  }
  return parts
    .map((part) => {
      if (typeof part === 'string') return part
      const { prefix, suffix, from, to } = part
      const range = from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from} … ${to}`
      return `${prefix}[${range}]${suffix}`
    })
    .join(', ')
}
