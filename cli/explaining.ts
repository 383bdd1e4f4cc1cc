/** `ccn explain`: prints what was derived; the exit code is 1 if a check of it fails. */
import { explainSource } from '../project/explain.ts'
import { sourceOnDisk } from '../project/sources.ts'
import { explanationData } from '../service/explain/data.ts'
import { explanationLatex } from '../service/explain/latex.ts'
import { explanationText } from '../service/explain/text.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { sayWarnings } from './diagnostics.ts'
import { exitCodes, usageError } from './errors.ts'
import {
  multiplexed,
  multiplexingData,
  printMultiplexing,
  type TrainArguments,
} from './multiplexing.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn explain`. */
export interface ExplainArguments extends ModelArguments, TrainArguments {
  readonly multiplexing?: boolean
  readonly json?: boolean
  readonly latex?: boolean
}

/** Explains `file`. */
export function explainFile(session: Session, file: string, args: ExplainArguments): void {
  if (args.json && args.latex) {
    throw usageError('--json and --latex are two forms of the same.', 'Ask for one of them.')
  }
  if (args.multiplexing) {
    const found = multiplexed(session, file, args)
    if (args.json) session.printJson(multiplexingData(session, found))
    else printMultiplexing(session, found)
    return
  }
  const explained = explainSource(sourceOnDisk(session.where, file), choiceIn(args))
  sayWarnings(session, explained)
  const { explanation } = explained
  const passed = multiplexed(session, file, args)
  const hasDynamics = passed.multiplexing.types.length > 0
  if (args.json)
    session.printJson({
      ...(explanationData(explanation) as Record<string, unknown>),
      ...(hasDynamics && { multiplexing: multiplexingData(session, passed) }),
    })
  else {
    const text = args.latex ? explanationLatex(explanation) : explanationText(explanation)
    session.io.stdout.write(text)
    if (hasDynamics && !args.latex) {
      session.print()
      printMultiplexing(session, passed)
    }
  }
  if (!explanation.holds) session.exitCode = exitCodes.failed
}
