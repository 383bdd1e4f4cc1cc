/** `ccn describe`: prints a description, or says where it was written. */
import { describe } from '../project/describe.ts'
import type { DescriptionFormat } from '../service/description/render.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn describe`. */
export interface DescribeArguments extends ModelArguments {
  readonly format?: DescriptionFormat
  readonly output?: string
}

/** Describes `file`. */
export async function describeFile(
  session: Session,
  file: string,
  args: DescribeArguments,
): Promise<void> {
  const { format, output } = args
  const { content, path } = await describe(
    file,
    { ...choiceIn(args), format, output },
    session.where,
  )
  if (path === undefined) session.print(content.trimEnd())
  else session.print(`wrote ${session.shown(path)}`)
}
