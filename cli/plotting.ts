/** `ccn plot`: prints where the picture is. */
import { plots, type PlotOptions } from '../project/plot.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn plot`. */
export type PlotArguments = Pick<PlotOptions, 'output' | 'from' | 'to' | 'out'>

/** Draws a run's series, all of them unless some are named. */
export async function plotRun(
  session: Session,
  target: string,
  names: readonly string[],
  args: PlotArguments,
): Promise<void> {
  for (const path of await plots(target, { ...args, names }, session.where))
    session.print(session.shown(path))
}
