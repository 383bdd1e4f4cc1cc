/**
 * Paths of an experiment: which variable of which populations `h.e`, `predict.h[0].soma.v` and
 * `[...h, y].e` name. Populations are found by value, as everywhere in a circuit; a phase may stand in
 * front, a compartment between.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { Context } from '../context.ts'
import { didYouMean, evaluate } from '../evaluate.ts'
import type { BooleanValue, Model, NumberValue, Population, Scope, Value } from '../model.ts'
import { reportUnit } from '../families.ts'
import { expectUnits } from '../slices.ts'
import { splitPhase } from '../phase-names.ts'
import { describeEntry } from '../values.ts'
import type { Environments } from './environment.ts'
import type { CellVariable, VariablePath } from './reference.ts'

type Member = Expression & { readonly kind: 'Member' }

export class Paths {
  readonly #context: Context
  readonly #model: Model
  readonly #environments: Environments
  /** Populations as they came out in the end: what `init` gives a bias is known of these alone. */
  readonly #current: ReadonlyMap<string, Population>

  constructor(context: Context, model: Model, environments: Environments) {
    this.#context = context
    this.#model = model
    this.#environments = environments
    this.#current = new Map(model.populations.map((each) => [each.name, each]))
  }

  /** The variable that a path names; undefined after a report. */
  variable(expression: Member, scope: Scope): VariablePath | undefined {
    const inPhase = splitPhase(expression.object, this.#model.phases)
    const { owner, compartment } = this.#split(inPhase?.rest ?? expression.object, scope)
    const found = this.populations(owner, scope)
    if (!found) return undefined
    const elements: VariablePath['elements'][number][] = []
    for (const population of found.populations) {
      const of = this.#of(population, compartment, expression)
      if (!of) return undefined
      elements.push({ population, of })
    }
    const { isArray } = found
    return { isArray, elements, ...(inPhase ? { phase: inPhase.phase } : {}) }
  }

  /** The populations that an expression means; undefined after a report. */
  populations(
    expression: Expression,
    scope: Scope,
  ): { readonly populations: readonly Population[]; readonly isArray: boolean } | undefined {
    const sliced = this.#slice(expression, scope)
    if (sliced !== 'none') return sliced && { populations: [sliced], isArray: false }
    const value = evaluate(this.#context, scope, expression)
    if (!value) return undefined
    const populations = populationsIn(value)?.map((each) => this.#current.get(each.name) ?? each)
    if (populations && populations.length > 0)
      return { populations, isArray: value.kind !== 'population' }
    if (reportUnit(this.#context, scope, expression, value)) return undefined
    return this.#context.report('expectedNumber', expression.span, {
      expected: 'population',
      found: value.kind === 'list' ? 'a list of something else' : describeEntry(value),
    })
  }

  /** Some units of a single population, `e[0..799]`; undefined after a report. */
  #slice(expression: Expression, scope: Scope): Population | undefined | 'none' {
    if (expression.kind !== 'Index') return 'none'
    const object = evaluate(new Context(), scope, expression.object)
    if (object?.kind !== 'population') return 'none'
    const found = expectUnits(this.#context, scope, expression)
    const of = found?.slice && this.#current.get(found.slice.of.name)
    return found?.slice && of
      ? { ...found, cell: of.cell, slice: { ...found.slice, of } }
      : found && (this.#current.get(found.name) ?? found)
  }

  /** `soma` of `E.soma.v`, where E is a population. */
  #split(
    object: Expression,
    scope: Scope,
  ): { readonly owner: Expression; readonly compartment?: Member['member'] } {
    if (object.kind !== 'Member') return { owner: object }
    const outer = evaluate(new Context(), scope, object.object)
    return outer && populationsIn(outer)
      ? { owner: object.object, compartment: object.member }
      : { owner: object }
  }

  #of(
    population: Population,
    compartment: Member['member'] | undefined,
    { member, span }: Member,
  ): CellVariable | NumberValue | BooleanValue | undefined {
    const { name, cell } = population
    const owner = `\`${name}\` (cell ${cell.name})`
    const variables = this.#environments.variables(cell)
    if (compartment) {
      const within = variables.get(compartment.name)
      const members =
        within?.kind === 'compartment' ? within.members : new Map<string, CellVariable>()
      const found = members.get(member.name)
      if (found) return found
      const [of, kind, what] =
        within?.kind === 'compartment'
          ? [`\`${name}.${compartment.name}\``, 'variable', member]
          : [owner, 'compartment', compartment]
      const known = [...(within ? members : variables).keys()]
      const hint = didYouMean(what.name, known)
      return this.#context.report(
        'unknownMember',
        what.span,
        { owner: of, kind, name: what.name },
        { hint },
      )
    }
    const variable = variables.get(member.name)
    if (variable) return variable
    const entry = cell.scope.lookUp(member.name)
    if (entry?.kind === 'number' || entry?.kind === 'boolean') return entry
    if (!entry && cell.scope.knows(member.name)) return undefined
    const hint = didYouMean(member.name, [...variables.keys()])
    return this.#context.report(
      'unknownMember',
      span,
      { owner, kind: 'variable', name: member.name },
      { hint },
    )
  }
}

/** The populations of an array, or of a list such as `[...h, y]`; undefined if it holds others. */
function populationsIn(value: Value): readonly Population[] | undefined {
  if (value.kind === 'population') return [value.population]
  if (value.kind === 'populations') return value.elements
  if (value.kind !== 'list') return undefined
  const parts = value.elements.map(populationsIn)
  const known = parts.filter((each) => each !== undefined)
  return known.length === parts.length ? known.flat() : undefined
}
