/** `ccn explain`: prints what was derived; the exit code is 1 if a check of it fails. */
import { certifySource } from '../project/certify.ts'
import { explainSource } from '../project/explain.ts'
import { sourceOnDisk } from '../project/sources.ts'
import { explanationData } from '../service/explain/data.ts'
import { explanationLatex } from '../service/explain/latex.ts'
import { explanationText } from '../service/explain/text.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { certificatesData, printVerdicts } from './certifying.ts'
import { sayWarnings } from './diagnostics.ts'
import { exitCodes, usageError } from './errors.ts'
import {
  multiplexed,
  multiplexingData,
  printMultiplexing,
  type TrainArguments,
} from './multiplexing.ts'
import { printRefinements, refined } from './refining.ts'
import type { Session } from './session.ts'
import { turn } from '../runtime/train/turn.ts'

/** Arguments of `ccn explain`. */
export interface ExplainArguments extends ModelArguments, TrainArguments {
  readonly multiplexing?: boolean
  readonly refines?: boolean
  readonly json?: boolean
  readonly latex?: boolean
}

/** Explains `file`. */
export async function explainFile(
  session: Session,
  file: string,
  args: ExplainArguments,
): Promise<void> {
  if (args.json && args.latex) {
    throw usageError('--json and --latex are two forms of the same.', 'Ask for one of them.')
  }
  if (args.multiplexing) {
    const found = multiplexed(session, file, args)
    if (args.json) session.printJson(multiplexingData(session, found))
    else printMultiplexing(session, found)
    return
  }
  if (args.refines) {
    const limits = await refined(session, file)
    if (args.json) session.printJson(limits)
    else printRefinements(session, limits)
    return
  }
  const explained = explainSource(sourceOnDisk(session.where, file), choiceIn(args))
  sayWarnings(session, explained)
  const { explanation } = explained
  await turn()
  const passed = multiplexed(session, file, args)
  await turn()
  const { certificates } = certifySource(sourceOnDisk(session.where, file), choiceIn(args))
  await turn()
  const limits = args.latex ? [] : await refined(session, file)
  const hasDynamics = passed.multiplexing.types.length > 0
  if (args.json)
    session.printJson({
      ...(explanationData(explanation) as Record<string, unknown>),
      certificates: certificatesData(session, certificates),
      ...(hasDynamics && { multiplexing: multiplexingData(session, passed) }),
      ...(limits.length > 0 && { refinements: limits }),
    })
  else {
    const text = args.latex ? explanationLatex(explanation) : explanationText(explanation)
    session.write(text)
    if (!args.latex) {
      session.print()
      printVerdicts(session, certificates)
    }
    if (hasDynamics && !args.latex) {
      session.print()
      printMultiplexing(session, passed)
    }
    if (limits.length > 0) {
      session.print()
      printRefinements(session, limits)
    }
  }
  if (!explanation.holds) session.exitCode = exitCodes.failed
}
