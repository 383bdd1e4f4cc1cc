/** `ccn graph`: writes the picture of a circuit, and says where it is. */
import { graph } from '../project/graph.ts'
import { pictureKind, saveSvgAs } from '../project/pictures.ts'
import type { Theme } from '../service/graph/palette.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { sayWarnings } from './diagnostics.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn graph`. */
export interface GraphArguments extends ModelArguments {
  readonly output?: string
  readonly theme?: Theme
  readonly json?: boolean
}

/** Draws the circuit of a file. */
export async function graphFile(
  session: Session,
  file: string,
  { output, theme, json = false, ...args }: GraphArguments,
): Promise<void> {
  // What cannot be written is said before anything is drawn.
  const kind = output === undefined || output === '-' ? 'svg' : pictureKind(output)
  const drawn = await graph(
    file,
    { ...choiceIn(args), theme: theme ?? (kind === 'svg' ? 'auto' : 'light') },
    session.where,
  )
  sayWarnings(session, drawn)
  if (json) session.printJson(drawn.circuit)
  if (output === '-') {
    if (!json) session.io.stdout.write(`${drawn.svg}\n`)
    return
  }
  if (output === undefined && json) return
  const path = session.path(output ?? `${drawn.name}.svg`)
  await saveSvgAs(path, `${drawn.svg}${kind === 'svg' ? '\n' : ''}`)
  if (!json) session.print(session.shown(path))
}
