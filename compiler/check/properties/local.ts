/**
 * Locality, shown: what each rule reads, from which side of the synapse, and where that comes from, down to
 * the signals that arrive at the cell. What a rule may read is said where names are bound; a rule that is
 * declared `nonlocal` may take statistics over a population, which is what breaks the property.
 */
import type { Expression, PlasticityItem, Span } from '../../../grammar/ast.ts'
import { printExpression } from '../../../grammar/print/expression.ts'
import { walk } from '../../../grammar/walk.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { Bound } from '../../model/bind/index.ts'
import type { CellVariable, GivenName, LocalVariable } from '../../model/bind/reference.ts'
import type { Connection, Instance, Model, Population } from '../../model/model.ts'
import { wholeOf } from '../../model/slices.ts'
import { withoutRepeats, type Certificate, type Fact } from './certificate.ts'
import { expressionsIn, originsOf, readBy } from './paths.ts'

/** A rule, and whose it is. */
interface Learner {
  readonly name: string
  readonly rule: Instance<PlasticityItem>
  readonly pre?: Population
  readonly post: Population
  readonly connection?: Connection
}

/** The certificate of `local`. */
export function certifyLocal(model: Model, bound: Bound): Certificate {
  const learners = learnersOf(model)
  const facts = withoutRepeats(learners.map((each) => ruleFact(model, bound, each)))
  const breaking = facts.filter((each) => each.facts?.some(({ breaks }) => breaks))
  const rules = new Set(learners.map(({ rule }) => rule.item.name.name))
  const names = [...rules].map((each) => `\`${each}\``).join(', ')
  return {
    property: 'local',
    holds: breaking.length === 0,
    summary:
      learners.length === 0
        ? 'nothing learns, so nothing is read'
        : breaking.length === 0
          ? `every rule (${names}) reads its own synapse and the two cells that it joins`
          : 'a rule reads what its synapse cannot sense',
    facts,
  }
}

/** Rules in use, of a family between the same two families once. */
function learnersOf(model: Model): readonly Learner[] {
  const seen = new Set<string>()
  const fresh = (...parts: readonly (string | number)[]): boolean => {
    const key = parts.join(' ')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  }
  const ofWeights = model.connections.flatMap((connection): readonly Learner[] => {
    const { rule, tied, family, name, source, target } = connection
    if (!rule || tied) return []
    const { population: pre } = source
    const { population: post } = target
    const place = `${rule.item.span.file}:${rule.item.span.start}`
    if (!fresh(family ?? name, pre.family, post.family, target.compartment, place)) return []
    return [{ name: family ?? name, rule, pre, post, connection }]
  })
  const ofBiases = model.populations.flatMap((post) =>
    post.cell.biases.flatMap(({ name, rule, tied }): readonly Learner[] => {
      if (!rule || tied || !fresh('bias', post.family, name)) return []
      return [{ name: `${post.family}.${name}`, rule, post }]
    }),
  )
  return [...ofWeights, ...ofBiases]
}

function ruleFact(model: Model, bound: Bound, learner: Learner): Fact {
  const { name, rule, pre, post } = learner
  const between = pre ? `, from \`${pre.family}\` to \`${post.family}\`` : ''
  const reads = readsOf(model, bound, learner)
  const nonlocal = rule.item.nonlocal && !reads.some(({ breaks }) => breaks)
  const facts = nonlocal
    ? [
        ...reads,
        {
          text: `\`${rule.item.name.name}\` is declared nonlocal, but reads nothing that its synapse does not sense`,
          span: rule.item.name.span,
        },
      ]
    : reads
  return {
    text: `\`${name}\` learns by \`${rule.item.name.name}\`${between}`,
    span: rule.item.name.span,
    facts,
  }
}

/** What the members of a rule read, each once. */
function readsOf(model: Model, bound: Bound, learner: Learner): readonly Fact[] {
  const { rule, pre, post } = learner
  const environment = bound.environments.rule(rule, pre, post)
  const facts: Fact[] = []
  for (const expression of expressionsIn(rule.item)) {
    const { found, statistics } = readBy(bound, expression, environment)
    for (const { name, node, over } of statistics) {
      // Of a rule: its change, averaged over the examples.
      if (over === 'examples') continue
      facts.push({
        text: `\`${printExpression(node)}\` is a ${name} over all cells of a population, of which a synapse senses one`,
        span: node.span,
        breaks: true,
      })
    }
    for (const node of totalsIn(bound, expression, environment))
      facts.push({
        text: `reads \`${printExpression(node)}\`: a sum over the synapses of one of its cells, which that cell has itself`,
        span: node.span,
      })
    for (const { node, reference } of found) {
      if (reference.kind === 'local') {
        const said = ofLocal(bound, learner, reference.variable)
        const breaks = isGradient(reference.variable) && { breaks: true as const }
        const made = madeOfCells(model, bound, reference.variable)
        if (said !== undefined)
          facts.push({
            text: said,
            span: node.span,
            ...breaks,
            ...(made.length > 0 && { facts: made }),
          })
      }
      if (reference.kind === 'cell') {
        const side = reference.of === 'pre' ? 'pre' : 'post'
        const population = side === 'pre' && pre ? pre : post
        const phase =
          reference.phase === undefined
            ? ''
            : `, as it was in the phase \`${reference.phase}\`: the cell, or the synapse, must keep it`
        const own = comesFrom(model, bound, population, reference.variable)
        facts.push({
          text: `reads \`${printExpression(node)}\`: ${ofVariable(reference.variable)} of the ${side === 'pre' ? 'presynaptic' : 'postsynaptic'} cell (\`${population.family}\`)${phase}`,
          span: node.span,
          facts: own,
          ...(own.some(({ breaks }) => breaks) && { breaks: true as const }),
        })
      }
      if (reference.kind === 'time')
        facts.push({ text: 'reads `t`, the time of the run', span: node.span })
      if (reference.kind === 'presented')
        facts.push({ text: 'reads `presented`, when an example begins', span: node.span })
    }
  }
  const seen = new Set<string>()
  return facts.filter(({ text, breaks }) => {
    const isNew = breaks === true || !seen.has(text)
    seen.add(text)
    return isNew
  })
}

/** Calls of `total` in an expression. */
function totalsIn(
  { references }: Bound,
  expression: Expression,
  environment: Environment,
): readonly Expression[] {
  const found: Expression[] = []
  walk(expression, (node) => {
    if (node.kind !== 'Call' || !references.has(environment, node.callee)) return
    const reference = references.of(environment, node.callee)
    if (reference.kind !== 'function' || reference.fn.kind !== 'builtin') return
    if (reference.fn.name === 'total') found.push(node)
  })
  return found
}

const ofGiven: Readonly<Partial<Record<GivenName, string>>> = {
  w: 'reads `w`, its own weight',
  sign: 'reads `sign`, whether its synapse excites or inhibits',
  inputs: 'reads `inputs`, the number of synapses on the compartment',
  branch_inputs: 'reads `branch_inputs`, the number of synapses on its branch',
  batch_size: 'reads `batch_size`, a number',
  backprop:
    'reads `backprop`, the exact gradient of the loss, which is made of all that lies between the synapse and the loss',
}

const isGradient = (variable: LocalVariable): boolean =>
  variable.kind === 'given' && variable.given === 'backprop'

/** What a name of the rule itself is; undefined where it only stands for what it is computed from. */
function ofLocal(
  bound: Bound,
  { connection }: Learner,
  variable: LocalVariable,
): string | undefined {
  if (variable.kind === 'modulator')
    return `reads \`${variable.name}\`, a modulator that reaches every synapse: \`${printExpression(variable.modulator.value)}\``
  if (variable.kind === 'trace') return `reads \`${variable.name}\`, a trace that the synapse keeps`
  if (variable.kind !== 'given') return undefined
  if (variable.given === 'sent') return connection ? ofTerminal(bound, connection) : undefined
  return ofGiven[variable.given]
}

/** What a modulator is made of, down to what arrives at those cells. */
function madeOfCells(model: Model, bound: Bound, variable: LocalVariable): readonly Fact[] {
  if (variable.kind !== 'modulator') return []
  const { value, scope } = variable.modulator
  const { found } = readBy(bound, value, bound.environments.modulator(scope))
  return withoutRepeats(
    found.flatMap(({ node, reference }) =>
      reference.kind === 'path'
        ? reference.path.elements.flatMap(({ population, of }) =>
            of.kind === 'number' || of.kind === 'boolean'
              ? []
              : [
                  {
                    text: `\`${printExpression(node)}\`: ${ofVariable(of)} of \`${population.family}\``,
                    span: node.span,
                    facts: comesFrom(model, bound, population, of),
                  },
                ],
          )
        : [],
    ),
  )
}

/** What arrives along the axon, and what the terminal makes of it. */
function ofTerminal(bound: Bound, { source, transmit, stp }: Connection): string {
  const signal = `\`${source.population.family}.${source.signal}\``
  const steps = [
    ...(transmit ? [`transmits \`${printExpression(transmit.value)}\``] : []),
    ...(stp?.item.amplitude
      ? [`scales by \`${printExpression(stp.item.amplitude)}\`, states of its own`]
      : []),
  ]
  const drawn = transmit
    ? readBy(bound, transmit.value, bound.environments.transmit(transmit, source.population)).draws
    : []
  const own = drawn.length > 0 ? ', its own noise in it' : ''
  return steps.length === 0
    ? `reads \`sent\`: the presynaptic signal ${signal}`
    : `reads \`sent\`: of the presynaptic signal ${signal} the terminal ${steps.join(' and ')}${own}`
}

function ofVariable(variable: CellVariable): string {
  switch (variable.kind) {
    case 'equation': {
      const { role, detected } = variable.equation
      if (role === undefined || role === 'signal') return 'a variable'
      return detected ? `the detected ${role}` : `the ${role} signal`
    }
    case 'state':
      return 'a state'
    case 'compartment':
      return 'what arrives at a compartment'
    case 'input':
      return 'an input'
    case 'bias':
      return 'a bias'
  }
}

/** The ways from a variable down to what arrives at its cell. */
function comesFrom(
  model: Model,
  bound: Bound,
  population: Population,
  variable: CellVariable,
): readonly Fact[] {
  const { origins, modulators, statistics } = originsOf(bound, population, variable)
  const facts = origins.flatMap(({ path, variable: at }): readonly Fact[] => {
    const way = path.map((name) => `\`${name}\``).join(' <- ')
    if (at.kind === 'bias') {
      const tied = at.bias.tied
      const equals = tied ? `, which equals \`${printExpression(tied.value)}\` at all times` : ''
      return [
        { text: `${way}, a bias of the cell${equals}`, span: tied?.value.span ?? at.bias.span },
      ]
    }
    const arriving = arrivalsAt(model, population, at.name)
    if (arriving.length > 0)
      return arriving.map(({ text, span }) => ({ text: `${way} <- ${text}`, span }))
    if (at.kind !== 'input') return [{ text: `${way}, where nothing arrives`, ...placeOf(at) }]
    const from = at.input.value
      ? 'has its default, or is presented'
      : 'is presented by the experiment'
    return [{ text: `${way}, which ${from}`, span: at.input.span }]
  })
  const over = statistics.map(({ path, name, node, over: what }): Fact => {
    const way = `${path.map((each) => `\`${each}\``).join(' <- ')} takes`
    const call = `\`${printExpression(node)}\``
    return what === 'cells'
      ? {
          text: `${way} a ${name} over all cells of \`${population.family}\` (${call}): the cell must be told it`,
          span: node.span,
        }
      : {
          text: `${way} ${call}, over all examples of a batch, of which a synapse senses one`,
          span: node.span,
          breaks: true,
        }
  })
  const told = modulators.map(({ path, modulator: { name, value } }): Fact => {
    const way = path.map((each) => `\`${each}\``).join(' <- ')
    const text = `${way} <- \`${name}\`, a modulator that reaches every cell: \`${printExpression(value)}\``
    return { text, span: value.span }
  })
  return withoutRepeats([...facts, ...told, ...over])
}

const placeOf = ({ span }: CellVariable) => (span ? { span } : {})

/** What arrives at a compartment or input of a population, by the family of the connections. */
function arrivalsAt(
  model: Model,
  population: Population,
  name: string,
): readonly { readonly text: string; readonly span: Span }[] {
  const families = new Map<string, { through: string; span: Span; signals: Set<string> }>()
  for (const { family, name: own, wire, source, target, span } of model.connections) {
    if (target.compartment !== name) continue
    if (wholeOf(target.population).family !== wholeOf(population).family) continue
    const through = wire ? 'a wire' : `\`${family ?? own}\``
    const key = `${through} ${span.file} ${span.start}`
    const known = families.get(key) ?? { through, span, signals: new Set<string>() }
    families.set(key, known)
    known.signals.add(`\`${source.population.family}.${source.signal}\``)
  }
  return [...families.values()].map(({ through, span, signals }) => ({
    text: `${through} <- ${[...signals].join(', ')}`,
    span,
  }))
}
