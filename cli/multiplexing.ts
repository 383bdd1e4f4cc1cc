/** `ccn explain --multiplexing`, and the same as a part of what explain says of a file. */
import { multiplexSource, type MultiplexedFile } from '../project/multiplexing.ts'
import { sourceOnDisk } from '../project/sources.ts'
import { usualTrains, type TrainOptions } from '../service/multiplexing/index.ts'
import { multiplexingText } from '../service/multiplexing/text.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { dataFor, sayWarnings } from './diagnostics.ts'
import { usageError } from './errors.ts'
import type { Session } from './session.ts'

/** What is said of the spike trains, and of how much mixing is too much. */
export interface TrainArguments {
  readonly rates?: number[]
  readonly burstProbability?: number
  readonly mixing?: number
}

/** Solves the equations of the file's terminals. */
export function multiplexed(
  session: Session,
  file: string,
  args: ModelArguments & TrainArguments,
): MultiplexedFile {
  return multiplexSource(sourceOnDisk(session.where, file), choiceIn(args), trainsIn(args))
}

/** Prints what each type passes, and warns of those that mix. */
export function printMultiplexing(session: Session, found: MultiplexedFile): void {
  const { multiplexing, sources } = found
  if (multiplexing.types.length === 0)
    session.print('No type of short-term plasticity with dynamics is declared or used here.')
  session.write(multiplexingText(multiplexing))
  sayWarnings(session, { diagnostics: multiplexing.diagnostics, sources })
}

/** The same as data. */
export function multiplexingData(session: Session, { multiplexing, sources }: MultiplexedFile) {
  const { trains, types, diagnostics } = multiplexing
  return {
    trains,
    types,
    diagnostics: diagnostics.map((each) => dataFor(session, each, sources)),
  }
}

function trainsIn({ rates, burstProbability, mixing }: TrainArguments): TrainOptions {
  const all = {
    ...usualTrains,
    ...(rates && { rates }),
    ...(burstProbability !== undefined && { probability: burstProbability }),
    ...(mixing !== undefined && { mostMixing: mixing }),
  }
  const most = 1 / all.dead
  const fast = all.rates.find((each) => each >= most)
  if (fast !== undefined)
    throw usageError(
      `Events at ${fast} Hz leave no gap: nothing new begins within ${all.dead * 1e3} ms.`,
      `Ask for rates below ${most} Hz.`,
    )
  return all
}
