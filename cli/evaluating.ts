/** `ccn eval`: prints the scores of a run, or of a file. */
import {
  evaluateAll,
  type EvaluateOptions,
  type Evaluation,
  type Part,
} from '../project/evaluate.ts'
import type { EngineChoice } from '../project/experiment.ts'
import { formatCount, formatScore, headline, scaled, scoreUnit } from '../runtime/report/figures.ts'
import { meanOf, spreadText } from '../runtime/report/spread.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { sayWarnings } from './diagnostics.ts'
import { CliError } from './errors.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn eval`. */
export interface EvalArguments extends ModelArguments {
  readonly checkpoint?: string
  readonly part: Part
  readonly engine?: EngineChoice
  readonly threads?: number
  readonly dataDir?: string
  readonly allowRead?: readonly string[]
  readonly out: string
  readonly json?: boolean
}

/** Evaluates a run, by name or folder, or a `.ccn` file. */
export async function evaluateTarget(session: Session, target: string, args: EvalArguments) {
  const options: EvaluateOptions = {
    ...args,
    ...choiceIn(args),
    on: (event) => {
      if (event.kind === 'compiled') sayWarnings(session, event)
      if (event.kind === 'noted') session.say(`warning: ${event.text}`)
    },
  }
  const found = await evaluateAll(target, options, session.where)
  const [first] = found
  if (found.length > 1) printCopies(session, target, found, args.json ?? false)
  else if (first) print(session, first, args.json ?? false)
  else throw new CliError(`No copy of ${target} has a checkpoint yet.`)
}

/** Means over copies; as JSON each of them, too. */
function printCopies(
  session: Session,
  name: string,
  found: readonly Evaluation[],
  json: boolean,
): void {
  const [{ part, examples, plan }] = found as readonly [Evaluation]
  const names = ordered([...new Set(found.flatMap(({ scores }) => Object.keys(scores)))])
  const means = names.map((each) => {
    const { unit, scale } = scoreUnit(each, plan)
    const values = found.flatMap(({ scores }) => {
      const value = scores[each]
      return value === undefined ? [] : [scaled(value, scale)]
    })
    return { name: `${part} ${each}`, ...(unit !== undefined && { unit }), ...meanOf(values) }
  })
  // Copies that set values of their own have no mean.
  const isVaried = new Set(found.map(({ set }) => JSON.stringify(set))).size > 1
  if (json) {
    const copies = found.map((each) => ({
      name: each.name,
      ...(isVaried && { set: each.set }),
      checkpoint: each.weights === undefined ? null : session.shown(each.weights),
      scores: each.scores,
    }))
    session.printJson({ name, part, examples, copies, ...(!isVaried && { figures: means }) })
    return
  }
  if (isVaried) {
    for (const each of found) print(session, each, false)
    return
  }
  session.print(
    `${name}: ${formatCount(examples)} ${part} examples, ${found.length} copies: mean ± standard error`,
  )
  for (const each of means) session.print(`${each.name}  ${spreadText(each, each.unit)}`)
}

function print(session: Session, found: Evaluation, json: boolean): void {
  const { name, plan, part, examples, scores, weights } = found
  const from = weights === undefined ? undefined : session.shown(weights)
  if (json) {
    session.printJson({ name, checkpoint: from ?? null, part, examples, scores })
    return
  }
  session.print(
    `${name}: ${formatCount(examples)} ${part} examples, ${from === undefined ? 'untrained' : `weights of ${from}`}`,
  )
  for (const each of ordered(Object.keys(scores)))
    session.print(`${part} ${each}  ${formatScore(each, scores[each]!, plan)}`)
}

/** The score that people look at first stands first. */
function ordered(names: readonly string[]): readonly string[] {
  const first = headline(Object.fromEntries(names.map((name) => [name, 0])))
  return names.toSorted((a, b) => Number(b === first) - Number(a === first))
}
