/**
 * What nothing reaches: compartments without a connection, inputs that neither a wire nor the
 * experiment fills, and connections whose weights nothing ever sets.
 *
 * Populations that a library's motif makes are left alone: which of their compartments are used is
 * the motif's business.
 */
import type { Context } from '../model/context.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import { inputName } from '../model/inputs.ts'
import type { Connection, Model, Population } from '../model/model.ts'
import { wholeOf } from '../model/slices.ts'

/** Warns of compartments and weights that stay 0; reports inputs that are never presented. */
export function checkUnconnected(
  context: Context,
  model: Model,
  experiment: ResolvedExperiment | undefined,
): void {
  const reached = new Set<string>()
  for (const { target } of model.connections) {
    reached.add(`${wholeOf(target.population).name}.${target.compartment}`)
  }
  warnCompartments(context, model, reached)
  if (experiment?.data && experiment.presentsAll) reportInputs(context, model, experiment, reached)
  // A program without data may fill inputs itself, but it does not run by itself.
  if (experiment?.clock && !experiment.data && !context.hasErrors && !context.isPartial)
    warnUnfilled(context, model, experiment, reached)
  for (const connection of model.connections) warnNeverSet(context, connection)
}

function warnCompartments(context: Context, model: Model, reached: ReadonlySet<string>): void {
  const families = new Map<string, { readonly all: Population[]; readonly bare: Population[] }>()
  for (const population of model.populations) {
    if (population.span.file !== model.path) continue
    for (const { name, states } of population.cell.compartments) {
      const key = `${population.family}.${name}`
      const found = families.get(key) ?? { all: [], bare: [] }
      families.set(key, found)
      found.all.push(population)
      // With dynamics of its own it is something without being reached.
      if (states.length === 0 && !reached.has(`${population.name}.${name}`))
        found.bare.push(population)
    }
  }
  for (const [key, { all, bare }] of families) {
    const [first] = bare
    if (!first) continue
    const compartment = key.slice(first.family.length + 1)
    const names = bare.length === all.length ? [first.family] : bare.map((each) => each.name)
    for (const name of names) {
      context.report('unconnected', first.span, { name: `${name}.${compartment}` })
    }
  }
}

/** Inputs that have no value of their own, and that no connection reaches. */
function unfilled(model: Model, reached: ReadonlySet<string>) {
  return model.populations.flatMap((population) =>
    population.cell.inputs
      .filter(({ name, value }) => !value && !reached.has(`${population.name}.${name}`))
      .map((input) => ({ population, input, name: inputName(population, input) })),
  )
}

function reportInputs(
  context: Context,
  model: Model,
  { present }: ResolvedExperiment,
  reached: ReadonlySet<string>,
): void {
  const presented = new Set(present.map((each) => each.input))
  for (const { input, name } of unfilled(model, reached)) {
    if (presented.has(name)) continue
    const hint = `add \`present ${name} = ...\` to the experiment, or wire it`
    context.report('notPresented', input.span, { input: name }, { hint })
  }
}

function warnUnfilled(
  context: Context,
  model: Model,
  { experiment }: ResolvedExperiment,
  reached: ReadonlySet<string>,
): void {
  // Of an array of populations the first stands for all.
  const told = new Set<string>()
  for (const { population, input, name } of unfilled(model, reached)) {
    const key = `${population.family} ${input.name}`
    if (told.has(key)) continue
    told.add(key)
    const parameters = { input: name, experiment: experiment.item.name.name }
    const hint = `wire it, let the experiment present data, or say in the cell what it is: \`input ${input.name} = 0\``
    context.report('nothingFills', population.span, parameters, { hint })
  }
}

function warnNeverSet(context: Context, connection: Connection): void {
  const { wire, init, tied, rule, name, family, span } = connection
  if (wire || init || tied || rule) return
  context.report(
    'neverSet',
    span,
    { weight: family ?? name },
    {
      hint: 'write how it begins, as in `{ init xavier_normal() }`',
    },
  )
}
