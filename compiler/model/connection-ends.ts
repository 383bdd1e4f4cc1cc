/** The two ends of a connection: what its source emits, and what its target takes. */
import type { ConnectItem, Expression, StpItem } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { didYouMean } from './evaluate.ts'
import type { Equation, Instance, Population, Scope } from './model.ts'
import { expectUnits } from './slices.ts'

/** The members that a connection can name: signals first, then every other variable. */
export function findSignal(population: Population, name: string): Equation | undefined {
  const { equations } = population.cell
  return (
    equations.find((each) => each.role === name) ?? equations.find((each) => each.name === name)
  )
}

/** Where a connection arrives. */
export interface Endpoint {
  readonly population: Population
  readonly name: string
  readonly kind: 'compartment' | 'input'
}

/** What a connection carries: a signal of some units; undefined after a report. */
export function resolveSource(
  context: Context,
  scope: Scope,
  expression: Expression,
):
  | { readonly population: Population; readonly signal: string; readonly equation: Equation }
  | undefined {
  if (expression.kind !== 'Member') {
    const population = expectUnits(context, scope, expression)
    if (!population) return undefined
    const emitted = population.cell.equations.filter((each) => each.role && each.role !== 'loss')
    const [only] = emitted
    if (only && emitted.length === 1) return { population, signal: only.name, equation: only }
    return context.report(
      'missingArgument',
      expression.span,
      { owner: 'This connection', name: 'signal' },
      {
        hint: `write which signal it carries, as in \`${population.name}.${only?.name ?? 'event'}\``,
      },
    )
  }
  const population = expectUnits(context, scope, expression.object)
  if (!population) return undefined
  const equation = findSignal(population, expression.member.name)
  if (equation) return { population, signal: equation.name, equation }
  const names = population.cell.equations.flatMap((each) => [
    each.name,
    ...(each.role ? [each.role] : []),
  ])
  return context.report(
    'unknownMember',
    expression.member.span,
    {
      owner: `\`${population.name}\` (cell ${population.cell.name})`,
      kind: 'signal',
      name: expression.member.name,
    },
    { hint: didYouMean(expression.member.name, names) },
  )
}

/** Where a connection arrives; undefined after a report. */
export function resolveTarget(
  context: Context,
  scope: Scope,
  expression: Expression,
): Endpoint | undefined {
  const member = expression.kind === 'Member' ? expression.member : undefined
  const population = expectUnits(
    context,
    scope,
    expression.kind === 'Member' ? expression.object : expression,
  )
  if (!population) return undefined
  const compartments = population.cell.compartments.map((each) => each.name)
  const inputs = population.cell.inputs.map((each) => each.name)
  if (!member) {
    const [only] = compartments
    if (only !== undefined && compartments.length === 1)
      return { population, name: only, kind: 'compartment' }
    return context.report(
      'missingArgument',
      expression.span,
      { owner: 'This connection', name: 'compartment' },
      {
        hint: `write where it arrives, as in \`${population.name}.${only ?? inputs[0] ?? 'soma'}\``,
      },
    )
  }
  if (compartments.includes(member.name))
    return { population, name: member.name, kind: 'compartment' }
  if (inputs.includes(member.name)) return { population, name: member.name, kind: 'input' }
  return context.report(
    'unknownMember',
    member.span,
    {
      owner: `\`${population.name}\` (cell ${population.cell.name})`,
      kind: 'compartment or input',
      name: member.name,
    },
    { hint: didYouMean(member.name, [...compartments, ...inputs]) },
  )
}

/** Says of short-term plasticity that passes other signals than this one. */
export function checkSignal(
  context: Context,
  item: ConnectItem,
  source: { readonly equation: Equation; readonly population: Population },
  stp: Instance<StpItem> | undefined,
): void {
  if (!stp) return
  const passes = stp.item.passes.name
  const { role } = source.equation
  if (role === passes || passes === 'signal') return
  const other = source.population.cell.equations.find((each) => each.role === passes)
  context.report(
    'signalMismatch',
    item.source.span,
    {
      stp: stp.item.name.name,
      passes,
      source: `${source.population.name}.${source.equation.name}`,
      found:
        role && role !== 'signal' && role !== 'loss'
          ? `a${role === 'event' ? 'n' : ''} ${role} signal`
          : 'neither an event nor a burst nor a spike signal',
    },
    {
      hint: other ? `did you mean \`${source.population.name}.${passes}\`?` : undefined,
      related: [
        {
          span: stp.item.passes.span,
          message: `It is declared to pass ${passes} signals here.`,
        },
      ],
    },
  )
}
