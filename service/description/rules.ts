/** D and E: synapses with what they pass, and rules of plasticity, with their equations. */
import type { StpItem, SynapseItem } from '../../grammar/ast.ts'
import type { Connection, Instance, Model } from '../../compiler/model/model.ts'
import { modulatorsHeardBy } from '../../compiler/model/modulators.ts'
import {
  apply,
  equation,
  nameSymbol,
  number,
  product,
  symbol,
  type Mathematics,
  type RelationOperator,
} from '../typeset/index.ts'
import { functionBlocks, valuesBlock } from './definitions.ts'
import { boundsMath } from './connectivity.ts'
import {
  code,
  joined,
  math,
  paragraphsOf,
  strong,
  text,
  type Block,
  type Inline,
} from './document.ts'
import { fold, foldedText } from './fold.ts'
import { Notation } from './notation.ts'

/** What has a rule: a connection, or a bias. */
interface Learner {
  readonly name: string
  readonly index?: number
  readonly family: string
  /** Of a bias: its name in the cell. */
  readonly member?: string
}

/** Each type of synapse, and of short-term plasticity, under a heading. */
export function synapseBlocks({ connections }: Model): readonly Block[] {
  const synapses = unique(connections.map(({ synapse }) => synapse))
  const stps = unique(connections.map(({ stp }) => stp))
  return [
    ...synapses.flatMap((each) => synapseBlock(each, connections)),
    ...stps.flatMap((each) => stpBlock(each)),
  ]
}

function synapseBlock(
  { item, scope }: Instance<SynapseItem>,
  connections: readonly Connection[],
): readonly Block[] {
  const own = item.parameters.map((each) => each.name.name)
  const notation = new Notation(scope, ['signal'])
  const equations = item.members.flatMap((member) =>
    member.kind === 'TransmitProperty'
      ? [
          equation(
            apply('transmitted', nameSymbol('signal')),
            notation.expression(member.value, scope),
          ),
        ]
      : [],
  )
  const users = connections.filter(({ synapse }) => synapse?.item === item)
  return [
    {
      kind: 'heading',
      inlines: [
        strong(`Synapse ${item.name.name}`),
        text(' of '),
        code(learnersText(users.map(asLearner))),
      ],
    },
    ...paragraphsOf(item.doc),
    ...(equations.length > 0 ? [{ kind: 'equations', equations } as const] : []),
    ...(own.length > 0 ? valuesBlock(notation) : []),
  ]
}

function stpBlock({ item, scope }: Instance<StpItem>): readonly Block[] {
  const names = item.members.flatMap((each) =>
    each.kind === 'State' || each.kind === 'Equation' ? [each.name.name] : [],
  )
  const notation = new Notation(scope, [
    ...names,
    item.passes.name,
    'signal',
    'spike',
    'event',
    'burst',
  ])
  const passed = nameSymbol(item.passes.name)
  const equations: readonly Mathematics[] = [
    ...item.members.flatMap((member): readonly Mathematics[] => {
      if (member.kind === 'State') {
        const start = member.initial && [
          equation(
            apply(nameSymbol(member.name.name), number(0)),
            notation.expression(member.initial, scope),
          ),
        ]
        return [notation.derivative(member, scope), ...(start ?? [])]
      }
      if (member.kind === 'Equation')
        return [equation(nameSymbol(member.name.name), notation.expression(member.value, scope))]
      if (member.kind !== 'Reaction') return []
      return member.assignments.map((assignment) => ({
        kind: 'guarded',
        words: 'at each',
        trigger: notation.expression(member.trigger, scope),
        of: notation.assignment(assignment, scope),
      }))
    }),
    ...(item.amplitude
      ? [
          equation(
            { ...passed, accent: 'tilde' },
            product([notation.expression(item.amplitude, scope), passed]),
          ),
        ]
      : []),
  ]
  return [
    {
      kind: 'heading',
      inlines: [strong(`Short-term plasticity ${item.name.name}`)],
    },
    ...paragraphsOf(item.doc),
    {
      kind: 'paragraph',
      inlines: [
        text('Passes '),
        math(passed),
        text(
          item.amplitude
            ? ' in proportion to its amplitude, as it is before the reactions:'
            : ' as it is.',
        ),
      ],
    },
    ...(equations.length > 0 ? [{ kind: 'equations', equations } as const] : []),
    ...valuesBlock(notation),
    ...functionBlocks(notation),
  ]
}

/** A rule, with what learns by it. */
interface RuleGroup {
  readonly rule: Rule
  readonly learners: readonly Learner[]
  readonly bounded: readonly { readonly bounds: Connection['bounds']; readonly learner: Learner }[]
}

/** Rules by name and the values of their parameters. */
function ruleGroups(model: Model): readonly RuleGroup[] {
  const all = [
    ...model.connections.map((each) => ({
      rule: each.rule,
      bounds: each.bounds,
      learner: asLearner(each),
    })),
    ...model.populations.flatMap(({ name: owner, family, index, cell }) =>
      cell.biases.map(({ name, rule }) => ({
        rule,
        bounds: undefined,
        learner: {
          name: `${owner}.${name}`,
          family,
          member: name,
          ...(index !== undefined && { index }),
        },
      })),
    ),
  ]
  const groups = new Map<string, RuleGroup>()
  for (const { rule, learner, bounds } of all) {
    if (!rule) continue
    const notation = notationOf(rule)
    const key = JSON.stringify([
      rule.item.name.name,
      linesOf(rule, notation),
      valuesBlock(notation),
    ])
    const { learners = [], bounded = [] } = groups.get(key) ?? {}
    groups.set(key, {
      rule: groups.get(key)?.rule ?? rule,
      learners: [...learners, learner],
      bounded: bounds ? [...bounded, { bounds, learner }] : bounded,
    })
  }
  return [...groups.values()]
}

/** Rules, by what learns by them, with their equations. */
export function ruleLines(model: Model) {
  return ruleGroups(model).map(({ rule, learners }) => ({
    name: rule.item.name.name,
    learners: learners.map(({ name }) => name),
    equations: linesOf(rule, notationOf(rule)),
  }))
}

/** E: each rule under a heading, with what learns by it. */
export function ruleBlocks(model: Model): readonly Block[] {
  const blocks = ruleGroups(model).flatMap(({ rule, learners, bounded }): readonly Block[] => {
    const { item } = rule
    const notation = notationOf(rule)
    const equations = linesOf(rule, notation)
    return [
      {
        kind: 'heading',
        inlines: [
          strong(item.name.name),
          text(`${item.nonlocal ? ', nonlocal' : ''}, of `),
          code(learnersText(learners)),
        ],
      } as const,
      ...paragraphsOf(item.doc),
      { kind: 'equations', equations } as const,
      ...givenBlock(equations),
      ...boundsBlock(bounded),
      ...valuesBlock(notation),
      ...functionBlocks(notation),
    ]
  })
  return [...modulatorBlocks(model), ...blocks]
}

/** Signals of the whole circuit that rules read. */
function modulatorBlocks(model: Model): readonly Block[] {
  const { modulators } = model
  if (modulators.length === 0) return []
  const equations = modulators.map(({ name, value, scope }) =>
    equation(nameSymbol(name), new Notation(scope, []).expression(value, scope)),
  )
  const what = modulators.length === 1 ? 'A modulator, a number' : 'Modulators, numbers'
  const heard = model.populations.some(({ cell }) => modulatorsHeardBy(model, cell).length > 0)
  const whom = heard ? 'every synapse and every cell' : 'every synapse'
  return [
    { kind: 'paragraph', inlines: [text(`${what} of each example that reaches ${whom}:`)] },
    { kind: 'equations', equations },
  ]
}

type Rule = NonNullable<Connection['rule']>

const notationOf = ({ item, scope }: Rule): Notation => {
  const own = item.members.flatMap((each) =>
    each.kind === 'State' || each.kind === 'Equation' ? [each.name.name] : [],
  )
  return new Notation(scope, [
    ...own,
    'w',
    'sent',
    'sign',
    'pre',
    'post',
    'inputs',
    'branch_inputs',
    'batch_size',
    'backprop',
  ])
}

function linesOf({ item, scope }: Rule, notation: Notation): readonly Mathematics[] {
  return item.members.flatMap((member): readonly Mathematics[] => {
    switch (member.kind) {
      case 'State':
        return [notation.derivative(member, scope)]
      case 'Equation': {
        const name = member.name.name === 'dw' ? symbol('Δw') : nameSymbol(member.name.name)
        return [equation(name, notation.expression(member.value, scope))]
      }
      case 'Reaction':
        return member.assignments.map((assignment) => ({
          kind: 'guarded',
          words: 'at each',
          trigger: notation.expression(member.trigger, scope),
          of: notation.assignment(assignment, scope),
        }))
      case 'BoundsProperty': {
        const { from, to, fromOpen, toOpen } = member.range
        const w = nameSymbol('w')
        const sides = [
          ...(from ? [notation.expression(from, scope)] : []),
          w,
          ...(to ? [notation.expression(to, scope)] : []),
        ]
        const operator = (open: boolean): RelationOperator => (open ? '<' : '≤')
        const operators = [...(from ? [operator(fromOpen)] : []), ...(to ? [operator(toOpen)] : [])]
        return [{ kind: 'relation', sides, operators }]
      }
    }
  })
}

const given: Readonly<Record<string, string>> = {
  sent: 'what the terminal released, as it arrives',
  sign: '1, or −1 of an inhibitory synapse',
  inputs: 'the number of presynaptic units',
  branch_inputs: 'that of the synapse’s own branch',
  batch_size: 'the number of examples side by side',
  backprop: 'the change of exact gradient descent, −∂L/∂w of the loss L of the circuit',
}

/** What names mean that every rule is given. */
function givenBlock(equations: readonly Mathematics[]): readonly Block[] {
  const text0 = JSON.stringify(equations)
  const items = Object.entries(given).flatMap(([name, meaning]): readonly (readonly Inline[])[] =>
    text0.includes(`"name":"${name}"`) ? [[math(symbol(name)), text(`: ${meaning}`)]] : [],
  )
  return items.length === 0 ? [] : [{ kind: 'items', items }]
}

function boundsBlock(bounded: RuleGroup['bounded']): readonly Block[] {
  const groups = fold(
    bounded,
    ({ learner }) => learner.family,
    ({ bounds }) => JSON.stringify(bounds),
  )
  const parts = groups.map(({ elements }) => [
    code(learnersText(elements.map(({ learner }) => learner))),
    text(' in '),
    math(boundsMath(elements[0]?.bounds ?? {})),
  ])
  return parts.length === 0
    ? []
    : [{ kind: 'paragraph', inlines: [text('Bounded: '), ...joined(parts, '; '), text('.')] }]
}

const asLearner = ({ name, family, index }: Connection): Learner => ({
  name,
  family: family ?? name,
  ...(index !== undefined && { index }),
})

/** `W[0..3], k`. */
export function learnersText(learners: readonly Learner[]): string {
  return fold(
    learners,
    ({ family }) => family,
    ({ member = '' }) => member,
  )
    .map(({ family, elements }) => {
      const of = foldedText(
        family,
        elements.map(({ index }) => index),
      )
      const member = elements[0]?.member
      return member === undefined ? of : `${of}.${member}`
    })
    .join(', ')
}

function unique<Item>(
  instances: readonly (Instance<Item> | undefined)[],
): readonly Instance<Item>[] {
  const found = new Map<Item, Instance<Item>>()
  for (const each of instances) if (each && !found.has(each.item)) found.set(each.item, each)
  return [...found.values()]
}
