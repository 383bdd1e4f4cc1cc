/** What a compiled file says, taken apart into facts that can be compared one by one. */
import type { Expression } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import type { Compilation } from '../../compiler/compile.ts'
import type { CellInstance, Connection, Model, Scope } from '../../compiler/model/model.ts'
import { valueMath } from '../description/quantities.ts'
import { equationsOf, statesOf } from '../description/notation.ts'
import { withoutComments } from '../description/experiments.ts'
import { mathText } from '../typeset/index.ts'
import { gradientFact, refractoryFact } from './detections.ts'
import { canonical, canonicalNode, valueText } from './canonical.ts'
import { readsOf, type Fact, type Read } from './reads.ts'
import { statedThings } from './stated.ts'
import { thing, type Facts, type Thing } from './thing.ts'

/** All things of a circuit and its experiments. */
export function thingsOf(compilation: Compilation): readonly Thing[] {
  const { model, sources } = compilation
  if (!model) return []
  const textOf = (span: { readonly file: string; readonly start: number; readonly end: number }) =>
    withoutComments(sources.get(span.file)?.slice(span.start, span.end) ?? '')
  return [
    ...model.params.map(({ name, value, unit, range }) =>
      thing('parameter', name, name, [
        [
          'value',
          { meaning: valueText(plainValue(value)), shown: mathText(valueMath(value, unit)) },
        ],
        [
          'range',
          {
            meaning: JSON.stringify(range ?? null),
            shown: range ? `${range.from ?? ''} .. ${range.to ?? ''}` : 'any',
          },
        ],
      ]),
    ),
    ...model.populations.map((population) =>
      thing('population', population.name, population.family, [
        ['units', same(population.shape.join(' x '))],
        ...(population.positions
          ? [
              [
                'positions',
                {
                  meaning: canonicalNode(population.positions.plan),
                  shown: textOf(population.positions.span),
                },
              ] as const,
            ]
          : []),
        ...cellFacts(population.cell),
      ]),
    ),
    ...model.connections.map((each) =>
      thing(
        'connection',
        each.name,
        each.family ?? each.name,
        connectionFacts(model, each, textOf),
      ),
    ),
    ...model.matrices.map(({ name, family, rows, columns, init, tied }) =>
      thing('matrix', name, family, [
        ['rows', same(rows.name)],
        ['columns', same(columns.name)],
        [tied ? 'tied' : 'init', fact(init.value, init.scope)],
      ]),
    ),
    ...model.modulators.map(({ name, value, scope }) =>
      thing('modulator', name, name, [['value', fact(value, scope)]]),
    ),
    ...model.phases.map((phase) =>
      thing(
        'phase',
        phase.name.name,
        phase.name.name,
        phase.settings.map((each) => [
          each.name.name,
          { meaning: canonicalNode(each.value), shown: printExpression(each.value) },
        ]),
      ),
    ),
    ...model.experiments.map(({ item, statements }) =>
      thing(
        'experiment',
        item.name.name,
        item.name.name,
        statements.map((each) => {
          const meaning = canonicalNode(each)
          const shown = textOf(each.span)
          if (each.kind === 'Value' || each.kind === 'Setting')
            return [each.name.name, { meaning, shown }]
          if (each.kind === 'Optimise')
            return [`optimise ${each.targets.map(printExpression).join(', ')}`, { meaning, shown }]
          return [
            each.kind === 'Data' || each.kind === 'Protocol' ? each.kind.toLowerCase() : meaning,
            { meaning, shown },
          ]
        }),
      ),
    ),
    ...statedThings(compilation, textOf),
  ]
}

const same = (text: string): Fact => ({ meaning: text, shown: text })

/** A parameter's own value is compared as a number. */
const plainValue = <V extends { readonly kind: string }>(value: V): V =>
  value.kind === 'number' || value.kind === 'boolean' ? { ...value, symbol: undefined } : value

const none: ReadonlySet<string> = new Set()

const fact = (value: Expression, scope: Scope, own = none): Fact => ({
  meaning: canonical(value, scope, own),
  shown: printExpression(value),
  reads: readsOf(value, scope, own),
})

const readsIn = (...facts: readonly (Fact | undefined)[]): readonly Read[] =>
  facts.flatMap((each) => each?.reads ?? [])

/** What cells compute: equations, states, detections, reactions, inputs and biases. */
function cellFacts(cell: CellInstance): Facts {
  const states = statesOf(cell)
  const equations = equationsOf(cell)
  const own = new Set([
    ...cell.compartments.map(({ name }) => name),
    ...cell.inputs.map(({ name }) => name),
    ...cell.biases.map(({ name }) => name),
    ...states.map(({ member }) => member.name.name),
    ...equations.map(({ equation }) => equation.name),
    'input',
  ])
  const assigned = (
    each: {
      readonly target: { readonly name: string }
      readonly operator: string
      readonly value: Expression
    },
    scope: Scope,
  ): Fact => ({
    meaning: `${each.target.name}${each.operator}${canonical(each.value, scope, own)}`,
    shown: `${each.target.name} ${each.operator} ${printExpression(each.value)}`,
    reads: readsOf(each.value, scope, own),
  })
  const together = (facts: readonly Fact[]): Fact => ({
    meaning: facts.map(({ meaning }) => meaning).join(';'),
    shown: facts.map(({ shown }) => shown).join('; '),
    reads: readsIn(...facts),
  })
  return [
    ...cell.compartments.map(
      ({ name, branches }) =>
        [`compartment ${name}`, same(branches === 1 ? 'one' : `${branches} branches`)] as const,
    ),
    ...cell.inputs.map(({ name, scalar, value, scope }) => {
      const begins = value && fact(value, scope)
      return [
        `input ${name}`,
        {
          meaning: `${scalar}${begins?.meaning ?? ''}`,
          shown: `${scalar ? 'one number' : 'one for each unit'}${begins ? `, ${begins.shown}` : ''}`,
        },
      ] as const
    }),
    ...cell.biases.flatMap(({ name, initial, tied, perChannel, rule }) => [
      [
        `bias ${name}`,
        initial
          ? fact(initial.value, initial.scope)
          : same(perChannel ? '0 for each channel' : '0'),
      ] as const,
      ...(tied ? [[`tie of ${name}`, fact(tied.value, tied.scope)] as const] : []),
      ...(rule ? [[`rule of ${name}`, ruleFact(rule)] as const] : []),
    ]),
    ...states.flatMap(({ member, scope, within }) => {
      const { factor, value } = member.derivative
      const [left, right] = [factor && fact(factor, scope, own), fact(value, scope, own)]
      const name = member.name.name
      return [
        [
          `d${name}/dt`,
          {
            meaning: `${within ?? ''}|${left?.meaning ?? ''}|${right.meaning}`,
            shown: `${left ? `${left.shown} * ` : ''}d${name}/dt = ${right.shown}`,
            reads: readsIn(left, right),
          },
        ] as const,
        [
          `${name} at first`,
          member.initial ? fact(member.initial, scope, own) : same('0'),
        ] as const,
        ...(member.perExample
          ? [[`${name} goes on`, same('where each example left it')] as const]
          : []),
      ]
    }),
    ...equations.flatMap(({ equation }) => {
      const { name, role, local, value, detected, pullback, refractory, resets, scope } = equation
      const said = fact(value, scope, own)
      const head = `${role ? `${role} ` : ''}${name} ${local ? 'local ' : ''}${detected ? 'when' : '='} `
      return [
        [
          name,
          {
            meaning: `${role ?? ''}|${local ? 'local|' : ''}${detected}|${said.meaning}`,
            shown: head + said.shown,
            reads: readsIn(said),
          },
        ] as const,
        ...gradientFact(name, pullback, (each) => canonical(each, scope, own)),
        ...refractoryFact(name, refractory, (each) => canonical(each, scope, own)),
        ...(resets.length > 0
          ? [[`changes at ${name}`, together(resets.map((each) => assigned(each, scope)))] as const]
          : []),
      ]
    }),
    ...(cell.reactions.length > 0
      ? [
          [
            'reactions',
            together(
              cell.reactions.map(({ member, scope }) => {
                const trigger = fact(member.trigger, scope, own)
                const all = together(member.assignments.map((each) => assigned(each, scope)))
                return {
                  meaning: `${trigger.meaning}{${all.meaning}}`,
                  shown: `on ${trigger.shown} { ${all.shown} }`,
                  reads: readsIn(trigger, all),
                }
              }),
            ),
          ] as const,
        ]
      : []),
  ]
}

/** What a definition computes, whatever it is called. */
function ruleFact({ item, scope }: NonNullable<Connection['rule'] | Connection['stp']>): Fact {
  const names = item.members.flatMap((each) =>
    each.kind === 'State' || each.kind === 'Equation' ? [each.name.name] : [],
  )
  const own = new Set([
    ...names,
    'w',
    'sent',
    'sign',
    'inputs',
    'branch_inputs',
    'batch_size',
    'signal',
    'spike',
    'event',
    'burst',
  ])
  const at = (value: Expression | undefined): string => (value ? canonical(value, scope, own) : '')
  const parts = item.members.map((each) => {
    switch (each.kind) {
      case 'Equation':
        return [
          `${each.name.name}=${at(each.value)}`,
          `${each.name.name} = ${printExpression(each.value)}`,
        ]
      case 'State':
        return [
          `${at(each.derivative.factor)}d${each.name.name}=${at(each.derivative.value)}|${at(each.initial)}`,
          `d${each.name.name}/dt = ${printExpression(each.derivative.value)}`,
        ]
      case 'Reaction':
        return [
          `${at(each.trigger)}{${each.assignments.map((one) => `${one.target.name}${one.operator}${at(one.value)}`).join(';')}}`,
          `on ${printExpression(each.trigger)} { ${each.assignments.map((one) => `${one.target.name} ${one.operator} ${printExpression(one.value)}`).join('; ')} }`,
        ]
      case 'BoundsProperty':
        return [`bounds ${at(each.range)}`, `bounds ${printExpression(each.range)}`]
      default:
        return [canonicalNode(each), each.kind]
    }
  })
  const passes =
    item.kind === 'Stp'
      ? `passes ${item.passes.name}${item.amplitude ? ` as ${printExpression(item.amplitude)}` : ''}`
      : ''
  const amplitude = item.kind === 'Stp' ? `${item.passes.name}|${at(item.amplitude)}` : ''
  return {
    meaning: `${parts
      .map(([meaning]) => meaning)
      .toSorted()
      .join(';')}|${amplitude}`,
    shown: [...parts.map(([, shown]) => shown), ...(passes === '' ? [] : [passes])].join('; '),
  }
}

function connectionFacts(
  { patterns }: Model,
  {
    source,
    target,
    wire,
    sign,
    connectivity,
    connectivityProperty,
    pattern,
    init,
    tied,
    copied,
    rule,
    stp,
    transmit,
    delay,
    delays,
    bounds,
    transposed,
  }: Connection,
  textOf: (span: Connection['span']) => string,
): Facts {
  const late = delay ?? delays
  const declared = patterns.find(({ name }) => name === pattern?.name)
  return [
    ['from', same(`${source.population.name}.${source.signal}`)],
    ['to', same(`${target.population.name}.${target.compartment}`)],
    ...(wire
      ? []
      : [
          [
            'pattern',
            {
              meaning: declared
                ? canonicalNode({
                    rule: declared.plan.rule,
                    transposed,
                  })
                : `${connectivity}${connectivityProperty ? canonicalNode(connectivityProperty) : ''}`,
              shown: connectivityProperty ? textOf(connectivityProperty.span) : connectivity,
            },
          ] as const,
          ['sign', same(sign)] as const,
          [
            'weights',
            tied
              ? named('tied = ', fact(tied.value, tied.scope))
              : init
                ? named('init ', fact(init.value, init.scope))
                : same('0'),
          ] as const,
          ['learns', rule ? ruleFact(rule) : same('no')] as const,
          ['passes', stp ? ruleFact(stp) : same('all')] as const,
        ]),
    ...(copied
      ? [
          ['copied', named('', fact(copied.value.value, copied.value.scope))] as const,
          ['copied when', fact(copied.when.value, copied.when.scope)] as const,
        ]
      : []),
    ...(transmit
      ? [['transmits', fact(transmit.value, transmit.scope, new Set(['signal']))] as const]
      : []),
    ...(late ? [['delay', fact(late.value, late.scope)] as const] : []),
    ...(bounds
      ? [['bounds', same(`${bounds.from?.value ?? ''}..${bounds.to?.value ?? ''}`)] as const]
      : []),
  ]
}

const named = (head: string, { meaning, shown, reads = [] }: Fact): Fact => ({
  meaning: head + meaning,
  shown: head + shown,
  reads,
})
