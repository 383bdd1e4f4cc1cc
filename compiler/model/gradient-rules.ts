/**
 * Rules that follow the exact gradient: whose change is made of `backprop`. What they may read beside it, and
 * which weights and biases learn so.
 */
import type { Expression, PlasticityItem, Span } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import { walk } from '../../grammar/walk.ts'
import type { Bound } from './bind/index.ts'
import type { GivenName, Reference } from './bind/reference.ts'
import type { Instance, Model, Population } from './model.ts'
import { wholeOf } from './slices.ts'

type Rule = Instance<PlasticityItem>

/** A rule, and the cells of the synapse that it is of; of a bias there is no `pre`. */
export interface RuleInUse {
  readonly storage: string
  readonly rule: Rule
  readonly pre?: Population
  readonly post: Population
}

/** Every rule of weights and biases that are not tied. */
export function rulesInUse({ connections, populations }: Model): readonly RuleInUse[] {
  return [
    ...connections.flatMap(({ name, rule, tied, source, target }) =>
      rule && !tied
        ? [{ storage: name, rule, pre: source.population, post: target.population }]
        : [],
    ),
    ...populations.flatMap((post) =>
      post.cell.biases.flatMap(({ storage, rule, tied }) =>
        rule && !tied ? [{ storage, rule, post }] : [],
      ),
    ),
  ]
}

/** Whether a rule reads `backprop`, where its learner stands. */
export const followsGradient = (bound: Bound, each: RuleInUse): boolean =>
  readsOf(bound, each).some(({ reference }) => isGradient(reference))

/** The weights and biases whose rules read `backprop`. */
export const followersOfGradient = (bound: Bound, model: Model): ReadonlySet<string> =>
  new Set(
    rulesInUse(model)
      .filter((each) => followsGradient(bound, each))
      .map(({ storage }) => storage),
  )

/** What a rule that follows the gradient reads or does that it may not, and where; undefined if nothing. */
export function besideGradient(
  bound: Bound,
  each: RuleInUse,
): { readonly what: string; readonly span: Span } | undefined {
  for (const member of each.rule.item.members) {
    const { span } = member
    if (member.kind === 'State')
      return { what: `keeps the trace \`${member.name.name}\``, span: member.name.span }
    if (member.kind === 'Reaction')
      return { what: `reacts to \`${printExpression(member.trigger)}\``, span }
  }
  for (const { node, reference } of readsOf(bound, each)) {
    if (mayStandBeside(reference)) continue
    return { what: `reads \`${printExpression(node)}\``, span: node.span }
  }
  return undefined
}

/** What is the same for all examples. */
const beside: ReadonlySet<GivenName> = new Set(['w', 'sign', 'inputs', 'batch_size', 'backprop'])

function mayStandBeside(reference: Reference): boolean {
  switch (reference.kind) {
    case 'local': {
      const { variable } = reference
      return variable.kind === 'given' ? beside.has(variable.given) : variable.kind === 'binding'
    }
    case 'value':
    case 'function':
    case 'unknown':
      return true
    case 'cell':
    case 'path':
    case 'time':
    case 'presented':
    case 'evaluating':
    case 'noise':
      return false
  }
}

const isGradient = (reference: Reference): boolean =>
  reference.kind === 'local' &&
  reference.variable.kind === 'given' &&
  reference.variable.given === 'backprop'

interface Read {
  readonly node: Expression
  readonly reference: Reference
}

/** Whatever the members of a rule name. */
function readsOf(
  { environments, references }: Bound,
  { rule, pre, post }: RuleInUse,
): readonly Read[] {
  const environment = environments.rule(rule, pre, post)
  const found: Read[] = []
  for (const member of rule.item.members) {
    if (member.kind !== 'Equation') continue
    walk(member.value, (node) => {
      if (node.kind !== 'Name' && node.kind !== 'Member' && node.kind !== 'Index') return
      if (!references.has(environment, node)) return
      found.push({ node, reference: references.of(environment, node) })
      // Of `post.e` the whole is read, not `post`.
      return node.kind === 'Member' ? false : undefined
    })
  }
  return found
}

/** The weights of the connections onto a population, and its biases: what learns by losses local to it. */
export const parametersOf = (
  { connections, populations }: Model,
  name: string,
): ReadonlySet<string> =>
  new Set([
    ...connections.flatMap((each) =>
      wholeOf(each.target.population).name === name ? [each.name] : [],
    ),
    ...populations.flatMap((each) =>
      each.name === name ? each.cell.biases.map(({ storage }) => storage) : [],
    ),
  ])

/**
 * Whether the gradient of what arrives at a population passes no weights: all losses are local, and none of its
 * connections leads back to itself.
 */
export function staysWithin({ connections, populations }: Model, post: Population): boolean {
  const whole = wholeOf(post)
  const losses = populations.flatMap(({ cell }) =>
    cell.equations.filter(({ role }) => role === 'loss'),
  )
  const isRecurrent = connections.some(
    ({ wire, source, target }) =>
      !wire && wholeOf(source.population) === whole && wholeOf(target.population) === whole,
  )
  return losses.every(({ local }) => local) && !isRecurrent
}
