/**
 * Biases that are tied to weights: what each cell is told of them. Of the weights that arrive at it a cell may know.
 * A bias that a cell has of those that it sends, or that reaches it, or all synapses by a modulator, from elsewhere,
 * carries what other cells hold.
 */
import { printExpression } from '../../../grammar/print/expression.ts'
import type { Bound } from '../../model/bind/index.ts'
import type { CellVariable, VariablePath } from '../../model/bind/reference.ts'
import { rulesInUse } from '../../model/gradient-rules.ts'
import type { Bias, Connection, Model, Modulator, Population } from '../../model/model.ts'
import { derivationsFrom } from '../../model/weights/made-of.ts'
import { isRelay, meet } from '../transport.ts'
import type { Fact } from './certificate.ts'
import { expressionsIn, originsOf, readBy } from './paths.ts'

/** One fact for each bias that is tied. */
export function biasFacts(model: Model, bound: Bound): readonly Fact[] {
  return model.populations.flatMap((population) =>
    population.cell.biases.flatMap((bias) =>
      bias.tied ? [biasFact(model, bound, population, bias, bias.tied)] : [],
    ),
  )
}

function biasFact(
  model: Model,
  bound: Bound,
  population: Population,
  { name, storage }: Bias,
  tied: NonNullable<Bias['tied']>,
): Fact {
  const { family } = population
  const head = `the bias \`${family}.${name}\` equals \`${printExpression(tied.value)}\` at all times`
  const learning = derivationsFrom(bound.weights, tied, storage).filter(
    ({ connection: { rule, target } }) => rule && !meet(target.population, population),
  )
  for (const { connection, steps } of learning) {
    const { source, target } = connection
    const way = wayOf(model, bound, { from: population, storage }, source.population)
    if (!way) continue
    return {
      text: `${head}, and its values are carried to ${way.to}`,
      span: tied.value.span,
      breaks: true,
      facts: [
        ...steps.map((each) => ({
          text: `\`${each.family}\` is \`${printExpression(each.value)}\``,
          span: each.value.span,
        })),
        {
          text: `\`${connection.family ?? connection.name}\` (from \`${source.population.family}\` to \`${target.population.family}\`) learns by \`${connection.rule!.item.name.name}\``,
          span: connection.span,
        },
        ...way.facts,
      ],
    }
  }
  const leads = model.connections.some((each) => meet(each.source.population, population))
  return {
    text: `${head}, ${leads ? 'and carries no weights back that learn' : 'and leads nowhere'}`,
    span: tied.value.span,
  }
}

/** How what a population is told comes to the cells that send the weights, or to all synapses. */
function wayOf(
  model: Model,
  bound: Bound,
  { from, storage }: { readonly from: Population; readonly storage: string },
  goal: Population,
): { readonly to: string; readonly facts: readonly Fact[] } | undefined {
  const to = `\`${goal.family}\`, which sends them`
  if (meet(from, goal)) return { to, facts: [] }
  const modulator = model.modulators.find(
    (each) => isRead(model, bound, each) && isMadeOf(bound, each, from, storage),
  )
  if (modulator) {
    const { name, value, span } = modulator
    const text = `the modulator \`${name}\` is \`${printExpression(value)}\``
    return { to: 'every synapse, by a modulator', facts: [{ text, span }] }
  }
  const pending: { at: Population; passed: readonly Connection[]; hops: number }[] = [
    { at: from, passed: [], hops: 0 },
  ]
  const seen = new Set<string>()
  for (let next = pending.shift(); next; next = pending.shift()) {
    const { at, passed, hops } = next
    if (meet(at, goal)) {
      const facts = passed.map(({ family, name, wire, source, target, span }) => ({
        text: `${wire ? 'a wire' : `\`${family ?? name}\``} leads from \`${source.population.family}\` to \`${target.population.family}\``,
        span,
      }))
      return { to, facts }
    }
    const key = `${at.name} ${hops}`
    if (seen.has(key)) continue
    seen.add(key)
    for (const edge of model.connections) {
      if (!meet(at, edge.source.population)) continue
      const further = edge.wire || isRelay(edge) ? hops : hops + 1
      if (further <= 1)
        pending.push({ at: edge.target.population, passed: [...passed, edge], hops: further })
    }
  }
  return undefined
}

/** Whether a rule in use, or a cell, reads a modulator. */
function isRead(model: Model, bound: Bound, { name }: Modulator): boolean {
  const inCells = model.populations.some((population) =>
    [...bound.environments.variables(population.cell).values()].some((variable) =>
      originsOf(bound, population, variable).modulators.some(
        ({ modulator }) => modulator.name === name,
      ),
    ),
  )
  if (inCells) return true
  return rulesInUse(model).some(({ rule, pre, post }) => {
    const environment = bound.environments.rule(rule, pre, post)
    return expressionsIn(rule.item).some((each) =>
      readBy(bound, each, environment).found.some(
        ({ reference }) =>
          reference.kind === 'local' &&
          reference.variable.kind === 'modulator' &&
          reference.variable.name === name,
      ),
    )
  })
}

/** Whether a modulator is made of what a bias of a population decides. */
const isMadeOf = (
  bound: Bound,
  { value, scope }: Modulator,
  from: Population,
  storage: string,
): boolean =>
  readBy(bound, value, bound.environments.modulator(scope)).found.some(
    ({ reference }) =>
      reference.kind === 'path' &&
      reference.path.elements.some(
        ({ population, of }) =>
          isOfCell(of) &&
          meet(population, from) &&
          originsOf(bound, population, of).origins.some(
            ({ variable }) => variable.kind === 'bias' && variable.bias.storage === storage,
          ),
      ),
  )

const isOfCell = (of: VariablePath['elements'][number]['of']): of is CellVariable =>
  of.kind !== 'number' && of.kind !== 'boolean'
