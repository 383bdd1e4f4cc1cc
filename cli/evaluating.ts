/** `ccn eval`: prints the scores of a run, or of a file. */
import { evaluate, type EvaluateOptions, type Evaluation, type Part } from '../project/evaluate.ts'
import type { EngineChoice } from '../project/experiment.ts'
import { formatCount, formatScore, headline } from '../runtime/report/figures.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { sayWarnings } from './diagnostics.ts'
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
    },
  }
  const found = await evaluate(target, options, session.where)
  print(session, found, args.json ?? false)
}

function print(session: Session, found: Evaluation, json: boolean): void {
  const { name, part, examples, scores, weights } = found
  const from = weights && session.shown(weights)
  if (json) {
    session.printJson({ name, checkpoint: from ?? null, part, examples, scores })
    return
  }
  session.print(
    `${name}: ${formatCount(examples)} ${part} examples, ${from ? `weights of ${from}` : 'untrained'}`,
  )
  const first = headline(scores)
  const names = Object.keys(scores).toSorted((a, b) => Number(b === first) - Number(a === first))
  for (const each of names) session.print(`${part} ${each}  ${formatScore(each, scores[each]!)}`)
}
