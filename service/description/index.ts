/**
 * The description of a circuit in the form of the field: Nordlie, Gewaltig and Plesser, "Towards reproducible
 * descriptions of neuronal network models", PLoS Computational Biology 5 (2009): a summary (A), then populations
 * (B), connectivity (C), cells and synapses (D), plasticity (E), input (F), measurements (G), and parameters.
 */
import type { VariantItem } from '../../grammar/ast.ts'
import type { Compilation } from '../../compiler/compile.ts'
import type { Model } from '../../compiler/model/model.ts'
import { withDistinctSymbols } from '../typeset/index.ts'
import { arrivalEquations } from './arrivals.ts'
import { cellBlocks, cellGroups } from './cells.ts'
import { connectivityBlocks, patternKinds, type TextOf } from './connectivity.ts'
import {
  code,
  joined,
  paragraphsOf,
  strong,
  text,
  type Block,
  type DescriptionDocument,
  type Inline,
  type Section,
} from './document.ts'
import { experimentBlocks, inputBlocks, measurementBlocks, withoutComments } from './experiments.ts'
import { namedBlocks } from './named.ts'
import { notationSection } from './legend.ts'
import { parameterBlocks } from './parameters.ts'
import { populationBlocks, populationsInOne } from './populations.ts'
import { phaseBlocks, statedBlocks, sweepBlocks } from './stated.ts'
import { ruleBlocks, synapseBlocks } from './rules.ts'

/** What was chosen of a file, for the head of a description. */
export interface Chosen {
  readonly variants?: readonly string[] | undefined
  readonly set?: Readonly<Record<string, string>> | undefined
}

/** Describes what was compiled; undefined if the circuit could not be known. */
export function documentOf(
  { model, sources, ast, gradients }: Compilation,
  chosen: Chosen = {},
): DescriptionDocument | undefined {
  if (!model) return undefined
  const textOf: TextOf = (span) => sources.get(span.file)?.slice(span.start, span.end) ?? ''
  const variants = ast?.items.filter((each) => each.kind === 'Variant') ?? []
  const sections: readonly Section[] = [
    { letter: 'A', title: 'Model summary', blocks: summaryBlocks(model) },
    { letter: 'B', title: 'Populations', blocks: populationBlocks(model) },
    {
      letter: 'C',
      title: 'Connectivity',
      blocks: [
        ...connectivityBlocks(model, textOf),
        ...namedBlocks(model, textOf),
        ...arrivalBlocks(model),
      ],
    },
    {
      letter: 'D',
      title: 'Cells and synapses',
      blocks: [...cellBlocks(model), ...synapseBlocks(model)],
    },
    { letter: 'E', title: 'Plasticity', blocks: ruleBlocks(model) },
    { letter: 'F', title: 'Input', blocks: inputBlocks(model) },
    { letter: 'G', title: 'Measurements', blocks: measurementBlocks(model, textOf, gradients) },
    { title: 'Phases', blocks: phaseBlocks(model, textOf) },
    { title: 'Parameters', blocks: parameterBlocks(model.params) },
    { title: 'Stated properties and limits', blocks: statedBlocks(model, ast, textOf) },
    { title: 'Variants', blocks: variants.flatMap((each) => variantBlocks(each, textOf)) },
    { title: 'Experiments', blocks: experimentBlocks(model, textOf) },
    { title: 'Sweeps', blocks: sweepBlocks(ast, textOf) },
  ]
  const told = sections.filter(({ blocks }) => blocks.length > 0)
  return withDistinctSymbols({
    title: model.name,
    introduction: [...paragraphsOf(model.doc), ...chosenBlocks(chosen)],
    sections: [...told, ...notationSection(told)],
  })
}

/** What makes it another model than the file says. */
function chosenBlocks({ variants = [], set = {} }: Chosen): readonly Block[] {
  const parts: readonly (readonly Inline[])[] = [
    ...variants.map((name) => [text('variant '), code(name)]),
    ...Object.entries(set).map(([name, value]) => [code(`${name} = ${value}`)]),
  ]
  return parts.length === 0
    ? []
    : [
        {
          kind: 'paragraph',
          inlines: [text('As described here: '), ...joined(parts, ', '), text('.')],
        },
      ]
}

function summaryBlocks(model: Model): readonly Block[] {
  const { populations, connections, phases, experiments } = model
  const weighted = connections.filter(({ wire }) => !wire)
  const names = (all: readonly (string | undefined)[]): readonly Inline[] =>
    joined(
      [...new Set(all.filter((each) => each !== undefined))].map((each) => [code(each)]),
      ', ',
    )
  const rules = [
    ...connections.map(({ rule }) => rule?.item.name.name),
    ...populations.flatMap(({ cell }) => cell.biases.map(({ rule }) => rule?.item.name.name)),
  ]
  const datasets = experiments.flatMap(({ statements }) =>
    statements.flatMap((each) => (each.kind === 'Data' ? [each.dataset.name.name] : [])),
  )
  const measures = experiments.flatMap(({ statements }) =>
    statements.flatMap((each) => (each.kind === 'Measure' || each.kind === 'Record' ? [each] : [])),
  )
  const none: readonly Inline[] = [text('none')]
  const topology = populations.some(({ positions }) => positions)
    ? [text('units of some populations have positions (see B)')]
    : none
  const rows: readonly (readonly [string, readonly Inline[]])[] = [
    ['Populations', populationsInOne(populations)],
    ['Topology', topology],
    [
      'Connectivity',
      weighted.length === 0
        ? none
        : [
            text(
              `${weighted.length} ${weighted.length === 1 ? 'connection' : 'connections'}: ${patternKinds(connections).join(', ')}`,
            ),
          ],
    ],
    ['Cells', names(cellGroups(model).map(({ cell }) => cell.name))],
    [
      'Synapses',
      or(
        names(
          // What a synapse type passes is told with it, in its own part.
          weighted.map(({ synapse, stp }) => synapse?.item.name.name ?? stp?.item.name.name),
        ),
        none,
      ),
    ],
    ['Plasticity', or(names(rules), none)],
    ...(phases.length > 0 ? [['Phases', names(phases.map(({ name }) => name.name))] as const] : []),
    ['Input', or(names(datasets), none)],
    ['Measurements', measures.length === 0 ? none : [text('see G')]],
  ]
  return [
    {
      kind: 'table',
      caption: 'Summary',
      head: ['Aspect', 'Description'],
      widths: [22, 78],
      rows: rows.map(([name, inlines]) => [[strong(name)], inlines]),
    },
  ]
}

const or = (some: readonly Inline[], other: readonly Inline[]): readonly Inline[] =>
  some.length > 0 ? some : other

/** What arrives at each compartment and input. */
function arrivalBlocks(model: Model): readonly Block[] {
  const equations = arrivalEquations(model)
  if (equations.length === 0) return []
  return [
    { kind: 'paragraph', inlines: [text('What arrives at compartments and inputs:')] },
    { kind: 'equations', equations },
  ]
}

/** A variant as what it changes. */
function variantBlocks(variant: VariantItem, textOf: TextOf): readonly Block[] {
  return [
    {
      kind: 'heading',
      inlines: [
        text('Variant '),
        strong(variant.name.name),
        ...(variant.base ? [text(', upon '), code(variant.base.name)] : []),
      ],
    },
    ...paragraphsOf(variant.doc),
    {
      kind: 'items',
      items: variant.changes.map((change) => [code(withoutComments(textOf(change.span)))]),
    },
  ]
}
