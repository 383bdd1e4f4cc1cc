/** C: what is connected to what, by which pattern, with which weights and delays. */
import type { ConnectivityProperty, StpItem } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import type { Connection, Instance, Model, WeightExpression } from '../../compiler/model/model.ts'
import {
  fenced,
  mathText,
  nameSymbol,
  relation,
  words,
  type Mathematics,
} from '../typeset/index.ts'
import { pairedPulse } from '../multiplexing/pairs.ts'
import { code, joined, math, text, type Block, type Inline } from './document.ts'
import { endsText, fold, foldedText } from './fold.ts'
import { Notation } from './notation.ts'
import { quantity } from './quantities.ts'

/** Text of a place in a file. */
export type TextOf = (span: {
  readonly file: string
  readonly start: number
  readonly end: number
}) => string

/** The table of connections that have weights, and that of wires. */
export function connectivityBlocks(model: Model, textOf: TextOf): readonly Block[] {
  const weighted = model.connections.filter(({ wire }) => !wire)
  const wires = model.connections.filter(({ wire }) => wire)
  const groups = connectionGroups(weighted, textOf)
  return [
    ...(groups.length > 0
      ? [
          {
            kind: 'table',
            caption: 'Connections',
            head: ['Name', 'Source', 'Target', 'Pattern', 'Weights', 'Synapse'],
            widths: [9, 14, 14, 18, 27, 18],
            rows: groups.map((group) => rowOf(group)),
          } as const,
        ]
      : []),
    ...(wires.length > 0
      ? [
          {
            kind: 'table',
            caption: 'Wires, which have no weights',
            head: ['Source', 'Target'],
            widths: [50, 50],
            rows: fold(
              wires,
              ({ source, target }) =>
                JSON.stringify([
                  source.population.family,
                  source.signal,
                  target.population.family,
                  target.compartment,
                ]),
              () => '',
            ).map(({ elements }) => {
              const [first] = elements
              const [from, to] = endsText(elements)
              return [
                [code(from), text(', '), math(nameSymbol(first?.source.signal ?? ''))],
                [code(to), text(', '), math(nameSymbol(first?.target.compartment ?? ''))],
              ]
            }),
          } as const,
        ]
      : []),
  ]
}

/** Connections of a family that differ in nothing but their number. */
export function connectionGroups(
  connections: readonly Connection[],
  textOf: TextOf,
): readonly { readonly family: string; readonly elements: readonly Connection[] }[] {
  return fold(
    connections,
    ({ family, name }) => family ?? name,
    (each) =>
      JSON.stringify([
        each.source.signal,
        each.target.compartment,
        each.synapse?.item.name.name,
        each.stp?.item.name.name,
        each.rule?.item.name.name,
        each.sign,
        each.connectivity,
        ...[
          each.connectivityProperty,
          each.init?.value,
          each.tied?.value,
          each.copied?.value.value,
        ].map((at) => (at ? textOf(at.span) : '')),
      ]),
  )
}

function rowOf({
  family,
  elements,
}: {
  readonly family: string
  readonly elements: readonly Connection[]
}): readonly (readonly Inline[])[] {
  const [first] = elements
  if (!first) return []
  const [from, to] = endsText(elements)
  const name =
    first.index === undefined
      ? first.name
      : foldedText(
          family,
          elements.map(({ index }) => index),
        )
  return [
    [code(name)],
    [code(from), text(', '), math(nameSymbol(first.source.signal))],
    [code(to), text(', '), math(nameSymbol(first.target.compartment))],
    patternInlines(first),
    weightInlines(first),
    synapseInlines(first),
  ]
}

const patternNames: Readonly<Record<string, string>> = {
  all_to_all: 'all to all',
  one_to_one: 'one to one',
  mask: 'of a mask',
  conv: 'convolution',
  conv_transpose: 'transposed convolution',
  // Listed pair by pair, for what is said of each, but all of them.
  pattern: 'all to all',
  pairs: 'of a list',
  random: 'random',
}

const options: Readonly<Record<string, string>> = {
  probability: 'with probability ',
  in_degree: 'with in-degree ',
  out_degree: 'with out-degree ',
  synapses: 'synapses: ',
}

/** Which units are joined. */
export function patternInlines(connection: Connection): readonly Inline[] {
  const { connectivityProperty: property, connectivity, pattern, convolution } = connection
  if (!property) return [text(patternNames[connectivity] ?? connectivity)]
  const { scope } = anyScope(connection)
  const parts: (readonly Inline[])[] = [
    property.connectivity === 'pattern' && pattern
      ? [
          text('pattern '),
          code(pattern.name),
          text(connection.transposed ? ', the other way round' : ''),
        ]
      : [text(kindText(property, convolution))],
    ...property.options.map(({ name, value }) => [
      text(options[name.name] ?? `${name.name} `),
      math(new Notation(scope, []).expression(value, scope)),
    ]),
    ...property.flags.map(({ name }) => [
      text(name === 'no_self' ? 'none to itself' : 'pairs may repeat'),
    ]),
    ...(property.when
      ? [[text('where '), math(new Notation(scope, []).expression(property.when, scope))]]
      : []),
    ...(property.file ? [[text('from '), code(property.file.value)]] : []),
  ]
  return joined(parts, ', ')
}

function kindText(
  { connectivity }: ConnectivityProperty,
  convolution: Connection['convolution'],
): string {
  const said = patternNames[connectivity] ?? connectivity
  if (!convolution) return said
  const [, , height, width] = convolution.kernel
  return `${said} ${height} × ${width}`
}

/** A scope for what a connection says; names in it are only written, so that any will do. */
function anyScope(connection: Connection) {
  return connection.init ?? connection.tied ?? connection.source.population.cell
}

/** How a weight begins, what it is tied to, in which bounds it stays. */
function weightInlines(connection: Connection): readonly Inline[] {
  const { init, tied, copied, rule, bounds, sign } = connection
  const written = (at: WeightExpression): Inline => {
    const told = new Notation(at.scope, []).expression(at.value, at.scope)
    // What is longer than a cell of a table is code, which breaks into lines.
    return mathText(told).length > 24 ? code(printExpression(at.value)) : math(told)
  }
  const parts: (readonly Inline[])[] = [
    ...(tied ? [[text('always '), written(tied)]] : []),
    ...(init && !tied ? [[text('at first '), written(init)]] : []),
    ...(copied
      ? [[text('set to '), written(copied.value), text(' when '), written(copied.when)]]
      : []),
    ...(rule
      ? [[text('learns by '), code(rule.item.name.name)]]
      : tied || copied
        ? []
        : [[text('fixed')]]),
    ...(sign === 'unsigned' ? [] : [[text(sign)]]),
    ...(bounds ? [[text('in '), math(boundsMath(bounds))]] : []),
  ]
  return joined(parts, '; ')
}

export function boundsMath({ from, to }: NonNullable<Connection['bounds']>): Mathematics {
  if (from && to)
    return fenced('square', quantity(from.value, from.dimension), quantity(to.value, to.dimension))
  if (from) return relation(nameSymbol('w'), '≥', quantity(from.value, from.dimension))
  if (to) return relation(nameSymbol('w'), '≤', quantity(to.value, to.dimension))
  return words('any')
}

/** Its type, what it passes, and the delay. */
function synapseInlines({ synapse, stp, delay, delays }: Connection): readonly Inline[] {
  const late = delay ?? delays
  const parts: (readonly Inline[])[] = [
    ...(synapse ? [[code(synapse.item.name.name)]] : []),
    ...(stp ? [[text('passes by '), code(stp.item.name.name), ...pairOf(stp)]] : []),
    ...(late
      ? [[text('delay '), math(new Notation(late.scope, []).expression(late.value, late.scope))]]
      : []),
  ]
  return joined(parts, ', ')
}

/** What its equations come to, where there are any. */
function pairOf(stp: Instance<StpItem>): readonly Inline[] {
  const pair = pairedPulse(stp)
  return pair === undefined ? [] : [text(` (${pair})`)]
}

/** For the summary: how each kind of pattern is named. */
export function patternKinds(connections: readonly Connection[]): readonly string[] {
  const kinds = connections
    .filter(({ wire }) => !wire)
    .map(({ connectivity, connectivityProperty: said }) =>
      said?.connectivity === 'pattern'
        ? 'declared pattern'
        : (patternNames[said?.connectivity ?? connectivity] ?? connectivity),
    )
  return [...new Set(kinds)]
}
