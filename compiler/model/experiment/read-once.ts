/**
 * What an experiment says of a run is read once, when it is compiled: how long things last, rates and their
 * schedules, options of the data, thresholds. A parameter that a phase sets would stand there with the value
 * that it has without the phase, so that it may not stand there.
 */
import type { Argument, Expression, ExperimentStatement } from '../../../grammar/ast.ts'
import { walk, type AnyNode } from '../../../grammar/walk.ts'
import { Context } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { Experiment, Value } from '../model.ts'
import { paramsOf } from '../values.ts'
import type { Resolving } from './context.ts'
import { parametersSet } from './protocol.ts'

/** Something that is read once, as messages name it. */
interface Once {
  readonly what: string
  readonly node: AnyNode
  readonly hint?: string
}

/** Reports what is read once, but is made of a parameter that a phase sets. */
export function checkReadOnce({ diagnostics, model }: Resolving, experiment: Experiment): void {
  const set = new Set([
    ...parametersSet(experiment),
    ...model.phases.flatMap(({ settings }) => settings.map(({ name }) => name.name)),
  ])
  if (set.size === 0) return
  const { scope, statements } = experiment
  for (const { what, node, hint } of statements.flatMap(readOnce)) {
    walk(node, (each, parent) => {
      if (each.kind !== 'Name' || (parent?.kind === 'Call' && parent.callee === each)) return
      const value = evaluate(new Context(), scope, each)
      const name = value && namesIn(value).find((param) => set.has(param))
      if (name === undefined) return
      diagnostics.report(
        'badValue',
        each.span,
        {
          what,
          expected: 'the same in all phases',
          found: `made of \`${name}\`, which a phase sets`,
        },
        { hint: hint ?? `it is read once: write a number, or a parameter that no phase sets` },
      )
    })
  }
}

/** The parameters that a value follows from, those of lists without the place in the list. */
function namesIn(value: Value): readonly string[] {
  if (value.kind === 'list') return value.elements.flatMap(namesIn)
  if (value.kind !== 'number' && value.kind !== 'boolean') return []
  return paramsOf(value.symbol).map((name) => name.replace(/\[.*$/, ''))
}

const lasting = (node: Expression | undefined, what: string): readonly Once[] =>
  node ? [{ what, node }] : []

/** What of a statement is read once. What is measured, recorded or optimised is read in every step. */
function readOnce(statement: ExperimentStatement): readonly Once[] {
  switch (statement.kind) {
    case 'Value':
      return [{ what: `\`${statement.name.name}\``, node: statement.value }]
    case 'Data':
      return [
        ...argumentsOf(statement.dataset.args),
        ...statement.options.flatMap(({ name, value }) => lasting(value, `\`${name.name}\``)),
      ]
    case 'Augment':
      return statement.steps.flatMap(({ args, name }) => argumentsOf(args, `\`${name.name}\``))
    case 'Present':
      return lasting(statement.duration, 'How long an example is presented')
    case 'Optimise':
      return statement.optimiser.args.flatMap(rateOf)
    case 'Measure':
    case 'Record':
      return lasting(statement.every, '`every`')
    case 'Stop':
      return [
        ...(statement.condition.kind === 'Binary'
          ? [statement.condition.left, statement.condition.right]
              .filter(({ kind }) => kind === 'Name')
              .map((node) => ({ what: 'What a measure is compared with', node }))
          : []),
        ...lasting(statement.lasts, 'How long a run goes on'),
      ]
    case 'Evaluate':
      return [
        ...lasting(statement.every, '`every`'),
        ...statement.members.flatMap((member): readonly Once[] => {
          if (member.kind === 'EvaluateMeasures') return lasting(member.over, '`over last`')
          return member.kind === 'ProtocolPhase' ? ofPhase(member) : []
        }),
      ]
    case 'Protocol':
      return ofProtocol(statement.phases)
    default:
      return []
  }
}

type Phases = Extract<ExperimentStatement, { readonly kind: 'Protocol' }>['phases']

const ofProtocol = (phases: Phases): readonly Once[] =>
  phases.flatMap((part): readonly Once[] =>
    part.kind === 'ProtocolPhase'
      ? ofPhase(part)
      : [{ what: 'The number of repetitions', node: part.count }, ...ofProtocol(part.phases)],
  )

const ofPhase = ({
  duration,
  settings,
}: Extract<Phases[number], { readonly kind: 'ProtocolPhase' }>): readonly Once[] => [
  ...lasting(duration, 'The duration of a phase'),
  ...settings.flatMap((each) =>
    each.kind === 'ProtocolAction' && each.by ? argumentsOf(each.by.args, '`perturb`') : [],
  ),
]

const argumentsOf = (args: readonly Argument[], what?: string): readonly Once[] =>
  args.map(({ name, value }, i) => ({
    what: name ? `\`${name.name}\`` : (what ?? `Argument ${i + 1} of the data`),
    node: value,
  }))

/** A rate and its schedule; the other options are numbers of the program, which follow their parameters. */
function rateOf({ name, value }: Argument, index: number): readonly Once[] {
  const key = name?.name ?? (index === 0 ? 'rate' : '')
  const hint =
    'a phase in which nothing is to change says `freeze` and what stands still, or `plasticity off`; for other changes put a factor that the phase sets into the rule'
  return key === 'rate' || key === 'schedule' ? [{ what: `\`${key}\``, node: value, hint }] : []
}
