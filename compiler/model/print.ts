/** The model as text: what became of motifs, loops, variants and parameters. One line a thing. */
import { keptTexts } from './patterns/kept.ts'
import { describeDimension } from './units.ts'
import type { Connection, Instance, Model, Population, Value } from './model.ts'

export function printModel(model: Model): string {
  const lines: string[] = [`model ${model.name}`]
  const section = (title: string, rows: readonly string[]): void => {
    if (rows.length > 0) lines.push('', title, ...rows.map((row) => `  ${row}`))
  }
  section(
    'parameters',
    model.params.map((param) => {
      const marks = [param.structural ? 'structural' : '', param.unit ?? ''].filter(
        (each) => each !== '',
      )
      return `${param.name} = ${printValue(param.value)}${marks.length > 0 ? `   (${marks.join(', ')})` : ''}`
    }),
  )
  section('populations', model.populations.flatMap(printPopulation))
  section('connections', model.connections.map(printConnection))
  section('patterns and masks', keptTexts(model))
  section(
    'matrices',
    model.matrices.map(
      (matrix) =>
        `${matrix.name} [${matrix.rows.name}, ${matrix.columns.name}] = [${matrix.rows.size}, ${matrix.columns.size}]`,
    ),
  )
  section(
    'weight expressions',
    model.lets.map((each) => each.name),
  )
  section(
    'phases',
    model.phases.map((each) => each.name.name),
  )
  section(
    'variants',
    model.variants.map((each) => each.name),
  )
  section(
    'experiments',
    model.experiments.map((each) => each.item.name.name),
  )
  return `${lines.join('\n')}\n`
}

export function printValue(value: Value): string {
  switch (value.kind) {
    case 'number': {
      const unit = describeDimension(value.dimension)
      return unit === 'no unit' ? String(value.value) : `${value.value} (SI, ${unit})`
    }
    case 'boolean':
      return value.value ? 'on' : 'off'
    case 'string':
      return JSON.stringify(value.value)
    case 'list':
      return `[${value.elements.map(printValue).join(', ')}]`
    case 'function':
      return value.definition.name.name
    case 'builtin':
      return value.name
    case 'population':
      return value.population.name
    case 'populations':
      return `${value.family}[0..${value.elements.length - 1}]`
    case 'instance':
    case 'instances':
      return value.name
  }
}

function printPopulation(population: Population): readonly string[] {
  const { cell } = population
  const parts = [
    ...cell.compartments.map(
      (each) => `compartment ${each.name}${each.branches > 1 ? `[${each.branches}]` : ''}`,
    ),
    ...cell.inputs.map((each) => `input ${each.name}${each.scalar ? ' : scalar' : ''}`),
    ...cell.biases.map((each) => `bias ${each.name}${learning(each.rule)}`),
    ...cell.states.map((each) => `state ${each.member.name.name}`),
    ...cell.equations.map(
      (each) =>
        `${each.role ? `${each.role} ` : ''}${each.name}${each.detected ? ' (detected)' : ''}`,
    ),
  ]
  return [
    `${population.name}[${population.shape.join(', ')}] : ${cell.name}`,
    `  ${parts.join(', ')}`,
  ]
}

const learning = (
  rule: Instance<{ readonly name: { readonly name: string } }> | undefined,
): string => (rule ? ` learns ${rule.item.name.name}` : '')

function printConnection(connection: Connection): string {
  const { source, target } = connection
  const from = `${source.population.name}.${source.signal}`
  const to = `${target.population.name}.${target.compartment}`
  if (connection.wire) return `${from} -> ${to}   wire`
  const notes = [
    connection.connectivity === 'all_to_all' ? '' : connection.connectivity,
    connection.sign === 'unsigned' ? '' : connection.sign,
    connection.tied
      ? 'tied'
      : connection.copied
        ? 'tied at times'
        : connection.rule
          ? learning(connection.rule).trim()
          : 'fixed',
    connection.delay || connection.delays ? 'delayed' : '',
  ].filter((each) => each !== '')
  const type = connection.synapse ? ` : ${connection.synapse.item.name.name}` : ''
  return `${connection.name} [${connection.shape.join(', ')}]${type}   ${from} -> ${to}   ${notes.join(', ')}`
}
