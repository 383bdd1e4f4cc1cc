/** F and G: what experiments present, how they run, what they measure and record; data sets. */
import type {
  DatasetField,
  Expression,
  ExperimentStatement,
  RuleReference,
} from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import type { Compilation } from '../../compiler/compile.ts'
import type { Experiment, Model } from '../../compiler/model/model.ts'
import {
  code,
  inlinesOf,
  joined,
  math,
  paragraphsOf,
  strong,
  text,
  type Block,
  type Inline,
} from './document.ts'
import type { TextOf } from './connectivity.ts'
import { Notation } from './notation.ts'

/** A statement in one line, as it is written. */
export const lineOf = (statement: ExperimentStatement, textOf: TextOf): string =>
  withoutComments(textOf(statement.span))

/** A text of a file in one line, without comments. */
export function withoutComments(content: string): string {
  return content
    .replaceAll(/"[^"\n]*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
      found.startsWith('"') ? found : ' ',
    )
    .replaceAll(/\s+/g, ' ')
    .trim()
}

const call = ({ name, args }: RuleReference): string =>
  args.length === 0
    ? name.name
    : `${name.name}(${args.map((each) => `${each.name ? `${each.name.name} = ` : ''}${printExpression(each.value)}`).join(', ')})`

/** F: data sets, and what is presented to which input. */
export function inputBlocks(model: Model): readonly Block[] {
  const rows = model.experiments.flatMap((experiment) => {
    const presented = experiment.statements.flatMap((each) =>
      each.kind === 'Present' ? [each] : [],
    )
    const data = experiment.statements.flatMap((each) => (each.kind === 'Data' ? [each] : []))
    if (presented.length + data.length === 0) return []
    return [
      [
        [code(experiment.item.name.name)],
        joined(
          data.map(({ dataset, options }) => [
            code(call(dataset)),
            ...(options.length > 0
              ? [
                  text(
                    `: ${options.map(({ name, value }) => `${name.name}${value ? ` ${printExpression(value)}` : ''}`).join(', ')}`,
                  ),
                ]
              : []),
          ]),
          '; ',
        ),
        joined(
          presented.flatMap(({ bindings, duration, once, fit }) => [
            ...bindings.map(({ target, value }) => [
              code(printExpression(target)),
              text(' = '),
              code(printExpression(value)),
            ]),
            ...(duration ? [[text('for '), code(printExpression(duration))]] : []),
            ...(once ? [[text('each example once')]] : []),
            ...(fit === undefined ? [] : [[text(`rows along time ${fit}`)]]),
          ]),
          ', ',
        ),
      ],
    ]
  })
  const table: readonly Block[] =
    rows.length === 0
      ? []
      : [
          {
            kind: 'table',
            caption: 'Data and what is presented',
            head: ['Experiment', 'Data', 'Presented'],
            widths: [22, 34, 44],
            rows,
          },
        ]
  return [...table, ...datasetBlocks(model)]
}

function datasetBlocks(model: Model): readonly Block[] {
  const names = model.experiments.flatMap(({ statements }) =>
    statements.flatMap((each) => (each.kind === 'Data' ? [each.dataset.name.name] : [])),
  )
  return [...new Set(names)].flatMap((name): readonly Block[] => {
    const entry = model.scope.lookUp(name)
    if (entry?.kind !== 'dataset') return []
    const { fields, parts, doc } = entry.item
    const items: (readonly Inline[])[] = [
      ...fields.map((field) => [
        text('field '),
        code(
          `${field.name.name}${field.shape.length > 0 ? `[${field.shape.map(printExpression).join(', ')}]` : ''}`,
        ),
        ...(field.classes ? [text(` of ${printExpression(field.classes)} classes`)] : []),
        ...(field.lasts ? [text(', rows that last '), code(field.lasts.name)] : []),
        ...standardised(field),
        ...(field.doc === undefined ? [] : [text(': '), ...inlinesOf(field.doc)]),
      ]),
      ...parts.map(({ part, reader }) => [text(`${part}: `), code(call(reader))]),
    ]
    return [
      { kind: 'heading', inlines: [text('Data set '), strong(name)] },
      ...paragraphsOf(doc),
      { kind: 'items', items },
    ]
  })
}

/** Constants by which a field is standardised. */
function standardised({ mean, std }: DatasetField): readonly Inline[] {
  const said = [...(mean ? [`mean ${printExpression(mean)}`] : [])]
  if (std) said.push(`std ${printExpression(std)}`)
  return said.length > 0 ? [text(`, ${said.join(', ')}`)] : []
}

/** G: measures and records of each experiment. */
export function measurementBlocks(
  model: Model,
  textOf: TextOf,
  gradients?: Compilation['gradients'],
): readonly Block[] {
  const rows = model.experiments.flatMap((experiment) => {
    const lines = experiment.statements.flatMap((each): readonly (readonly Inline[])[][] => {
      if (each.kind === 'Measure') {
        const told = experiment.item.name.name === gradients?.experiment ? gradients : undefined
        const all = each.measures.map(({ name, value }) => {
          const label = name?.name ?? textOf(value.span).replaceAll(/\s+/g, ' ')
          const which = told?.which.get(label)
          return [
            code(`${name ? `${name.name} = ` : ''}${printExpression(value)}`),
            ...(which === undefined ? [] : [text(` (${which})`)]),
          ]
        })
        return [[[text('measured')], joined(all, ', '), every(each.every)]]
      }
      if (each.kind === 'Record')
        return [
          [
            [text('recorded')],
            joined(
              each.targets.map((target) => [code(printExpression(target))]),
              ', ',
            ),
            every(each.every),
          ],
        ]
      return []
    })
    return lines.map((line, i) => [i === 0 ? [code(experiment.item.name.name)] : [], ...line])
  })
  return rows.length === 0
    ? []
    : [
        {
          kind: 'table',
          caption: 'Measures and records',
          head: ['Experiment', '', 'What', 'Every'],
          widths: [18, 12, 54, 16],
          rows,
        },
      ]
}

const every = (value: Expression | undefined): readonly Inline[] =>
  value ? [math(new Notation(noNames, []).expression(value, noNames))] : []

const noNames = {
  file: '',
  prefix: '',
  lookUp: () => undefined,
  settled: () => undefined,
  knows: () => false,
  names: () => [],
}

/** How each experiment is run: its statements but those of F and G. */
export function experimentBlocks({ experiments }: Model, textOf: TextOf): readonly Block[] {
  return experiments.flatMap((experiment): readonly Block[] => [
    { kind: 'heading', inlines: [text('Experiment '), strong(experiment.item.name.name)] },
    ...paragraphsOf(experiment.item.doc),
    ...statementItems(experiment, textOf),
  ])
}

function statementItems({ statements }: Experiment, textOf: TextOf): readonly Block[] {
  const told = statements.filter(
    ({ kind }) => !['Present', 'Data', 'Measure', 'Record'].includes(kind),
  )
  const values = told.filter(({ kind }) => kind === 'Value' || kind === 'Setting')
  const others = told.filter(({ kind }) => kind !== 'Value' && kind !== 'Setting')
  const items: (readonly Inline[])[] = [
    ...(values.length > 0
      ? [
          joined(
            values.map((each) => [code(lineOf(each, textOf))]),
            ', ',
          ),
        ]
      : []),
    ...others.map((each) => [code(lineOf(each, textOf))]),
  ]
  return items.length === 0 ? [] : [{ kind: 'items', items }]
}
