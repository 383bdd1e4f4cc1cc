/** D: the cells: what they are made of, their equations, detections, resets, and the values that they have. */
import { indexName } from '../../compiler/model/builtins.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import type { Expression } from '../../grammar/ast.ts'
import type { CellInstance, Model, Population } from '../../compiler/model/model.ts'
import {
  apply,
  derivative,
  equation,
  minus,
  nameSymbol,
  number,
  relation,
  sum,
  withScripts,
  words,
  type Mathematics,
} from '../typeset/index.ts'
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
import { populationsText } from './fold.ts'
import { Notation, equationsOf, statesOf } from './notation.ts'
import { functionBlocks, valuesBlock } from './definitions.ts'

/** Cells that are alike, with the populations that are made of them. */
export interface CellGroup {
  readonly cell: CellInstance
  readonly populations: readonly Population[]
}

/** Cells by their type and the values of their parameters. */
export function cellGroups({ populations }: Model): readonly CellGroup[] {
  const groups = new Map<string, { cell: CellInstance; populations: Population[] }>()
  for (const population of populations) {
    const key = cellKey(population.cell)
    const group = groups.get(key)
    if (group) group.populations.push(population)
    else groups.set(key, { cell: population.cell, populations: [population] })
  }
  return [...groups.values()]
}

/** What a cell says, and the values in it, as one text. */
function cellKey(cell: CellInstance): string {
  const notation = Notation.ofCell(cell)
  const said = linesOf(cell, notation)
  const branches = cell.compartments.map(({ name, branches: count }) => [name, count])
  return JSON.stringify([cell.name, said, branches, ...valuesBlock(notation)])
}

/** Each group of cells under a heading. */
export function cellBlocks(model: Model): readonly Block[] {
  return cellGroups(model).flatMap(({ cell, populations }): readonly Block[] => {
    const notation = Notation.ofCell(cell)
    const equations = linesOf(cell, notation)
    const heading: Block = {
      kind: 'heading',
      inlines: [strong(cell.name), text(', of '), code(populationsText(populations))],
    }
    return [
      heading,
      ...docOf(model, cell.name),
      ...receives(cell),
      ...(equations.length > 0 ? [{ kind: 'equations', equations } as const] : []),
      ...where(cell),
      ...valuesBlock(notation),
      ...functionBlocks(notation),
    ]
  })
}

function docOf({ scope }: Model, name: string): readonly Block[] {
  const entry = scope.lookUp(name)
  return entry?.kind === 'cell' ? paragraphsOf(entry.item.doc) : []
}

/** What reaches the cell from outside. */
function receives({ compartments, inputs, biases }: CellInstance): readonly Block[] {
  const parts: (readonly Inline[])[] = [
    ...compartments.map(({ name, branches }) => [
      text('compartment '),
      math(nameSymbol(name)),
      ...(branches > 1 ? [text(` of ${branches} branches`)] : []),
    ]),
    ...inputs.map(({ name, scalar, value }) => [
      text('input '),
      math(nameSymbol(name)),
      ...(scalar ? [text(', one number for all units')] : []),
      ...(value
        ? [text(', unless connected '), math(new Notation(noScope, []).expression(value, noScope))]
        : []),
    ]),
    ...biases.map(({ name, perChannel, rule, initial, tied, given }) => [
      text(
        isNumber(initial)
          ? 'number of each unit, from 0, '
          : given
            ? 'value of each unit '
            : perChannel
              ? 'bias of each channel '
              : 'bias of each unit ',
      ),
      math(nameSymbol(name)),
      ...(initial && !tied && !isNumber(initial)
        ? [text(given ? ', ' : ', at first '), code(printExpression(initial.value))]
        : []),
      ...(tied ? [text(', always '), code(printExpression(tied.value))] : []),
      ...(rule ? [text(', learned by '), code(rule.item.name.name)] : []),
    ]),
  ]
  if (parts.length === 0) return []
  return [{ kind: 'paragraph', inlines: [text('Has: '), ...joined(parts, '; '), text('.')] }]
}

/** Whether it is the number of each unit in its population, which cells read as `index`. */
const isNumber = (initial: CellInstance['biases'][number]['initial']): boolean =>
  initial?.value.kind === 'Name' && initial.value.name === indexName

const noScope = {
  file: '',
  prefix: '',
  lookUp: () => undefined,
  settled: () => undefined,
  knows: () => false,
  names: () => [],
}

/** All equations of a cell: of states, of variables, and what happens at detections. */
export function linesOf(cell: CellInstance, notation: Notation): readonly Mathematics[] {
  const states = statesOf(cell)
  const equations = equationsOf(cell)
  const starts = states.flatMap(({ member, scope }) => {
    if (!member.initial) return []
    const start = apply(nameSymbol(member.name.name), number(0))
    return [equation(start, notation.expression(member.initial, scope))]
  })
  return [
    ...states.map(({ member, scope, within }) => notation.derivative(member, scope, within)),
    ...starts,
    ...equations
      .filter(({ equation: { detected } }) => !detected)
      .map(({ equation: { name, value, scope }, within }) =>
        equation(nameSymbol(name), notation.expression(value, scope, within)),
      ),
    ...equations
      .filter(({ equation: { detected } }) => detected)
      .flatMap(({ equation: { name, value, scope, pullback, refractory, resets }, within }) => {
        const signal = nameSymbol(name)
        // Since the last one, and how long that has to be.
        const since = sum(
          nameSymbol('t'),
          minus(withScripts(nameSymbol('t'), [signal], [words('last')])),
        )
        const pause = refractory && notation.expression(refractory.time, scope, within)
        const condition = notation.expression(value, scope, within)
        const when: Mathematics = pause
          ? { kind: 'logic', operator: 'and', operands: [condition, relation(since, '≥', pause)] }
          : condition
        const detection = equation(signal, {
          kind: 'cases',
          cases: [{ value: number(1), when }, { value: number(0) }],
        })
        const held = pause
          ? (refractory.holding.map((each) => ({
              kind: 'guarded',
              words: 'while',
              trigger: relation(since, '<', pause),
              of: equation(derivative(nameSymbol(each.name), nameSymbol('t')), number(0)),
            })) satisfies readonly Mathematics[])
          : []
        const slope = pullback
          ? [
              {
                kind: 'guarded',
                words: 'slope of',
                trigger: signal,
                of: {
                  kind: 'relation',
                  sides: [
                    nameSymbol(pullback.gradient.name),
                    notation.expression(pullback.result, scope, within),
                  ],
                  operators: ['↦'],
                },
              } satisfies Mathematics,
            ]
          : []
        return [
          detection,
          ...slope,
          ...held,
          ...resets.map((reset): Mathematics => ({
            kind: 'guarded',
            words: 'at each',
            trigger: signal,
            of: notation.assignment(reset, scope),
          })),
        ]
      }),
    ...cell.reactions.flatMap(({ member, scope }) =>
      member.assignments.map((assignment): Mathematics => ({
        kind: 'guarded',
        // `on true` is every step.
        ...(member.trigger.kind === 'BooleanLiteral' && member.trigger.value
          ? { words: 'in', trigger: words('each step') }
          : { words: 'at each', trigger: notation.expression(member.trigger, scope) }),
        of: notation.assignment(assignment, scope),
      })),
    ),
  ]
}

const roles = {
  event: 'emitted as events',
  burst: 'emitted as bursts',
  spike: 'emitted as spikes',
  signal: 'emitted',
  loss: 'the loss, summed over the units',
  local:
    'a loss local to the population, summed over the units: by it learn the weights onto the population and its biases alone, what arrives from other populations taken as given',
} as const

/** What the symbols mean, from comments and roles. */
function where(cell: CellInstance): readonly Block[] {
  const items = [
    ...statesOf(cell).map(({ member }) => ({
      name: member.name.name,
      doc: member.doc,
      said: member.perExample && 'goes on where each example of the data set left it',
    })),
    ...equationsOf(cell).map(({ equation: { name, doc, role, local, value } }) => ({
      name,
      doc,
      said: local
        ? roles.local
        : role
          ? roles[role]
          : isAverage(value)
            ? 'a running average of training'
            : undefined,
    })),
  ].flatMap(({ name, doc, said }): readonly (readonly Inline[])[] => {
    if (doc === undefined && said === undefined) return []
    return [
      [
        math(nameSymbol(name)),
        text(': '),
        ...(doc === undefined ? [] : inlinesOf(withoutStop(doc))),
        ...(said === undefined ? [] : [text(doc === undefined ? said : ` (${said})`)]),
      ],
    ]
  })
  return items.length === 0 ? [] : [{ kind: 'items', items }]
}

const isAverage = (value: Expression): boolean =>
  value.kind === 'Call' && value.callee.kind === 'Name' && value.callee.name === 'running'

const withoutStop = (doc: string): string => doc.trim().replace(/\.$/, '')
