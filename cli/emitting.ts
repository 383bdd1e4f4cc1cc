/**
 * `ccn compile`: prints one stage of a file, or writes it to a folder; tells how long the stages
 * took and what a pass made of the graphs.
 */
import { join } from 'node:path'
import { emitStage as emit, stageOf, type Stage, type Target } from '../project/emit.ts'
import { sourceOnDisk } from '../project/sources.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { sayWarnings } from './diagnostics.ts'
import { usageError } from './errors.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn compile`. */
export interface EmitArguments extends ModelArguments {
  readonly target?: Target
  readonly emit?: Stage
  readonly precision?: 'f32' | 'f64'
  readonly tape?: number
  readonly out?: string
  readonly timings?: boolean
  readonly printAfter?: string
}

/** Emits a stage of `file`. */
export async function emitStage(session: Session, file: string, args: EmitArguments) {
  const { out, printAfter } = args
  const timings: [string, number][] = []
  const find = () => {
    if (stageOf(args) === 'wasm' && out === undefined) {
      throw usageError(
        '--emit wasm gives binary files, which need a folder: add --out FOLDER.',
        'To read the program, use --emit wat.',
      )
    }
    return sourceOnDisk(session.where, file)
  }
  const emitted = await emit(find, {
    ...args,
    ...choiceIn(args),
    ...(printAfter !== undefined && { after: { pass: printAfter, show } }),
    onStage: (stage, milliseconds) => timings.push([stage, milliseconds]),
  })
  sayWarnings(session, emitted)

  const { files } = emitted
  const [text] = files.map(({ content }) => content)
  if (out === undefined && typeof text === 'string') {
    session.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  } else {
    for (const { name, content } of files) {
      const path = join(session.path(out ?? '.'), name)
      await writeFileAtomic(path, content)
      session.print(`wrote ${session.shown(path)}`)
    }
  }
  if (args.timings) printTimings(session, timings)

  function show(graph: string, changed: boolean): void {
    session.say(`// after ${printAfter}${changed ? '' : ', which changed nothing'}`)
    session.say(graph)
  }
}

function printTimings(session: Session, timings: readonly (readonly [string, number])[]): void {
  const total = timings.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  for (const [stage, milliseconds] of [...timings, ['total', total] as const]) {
    session.say(`${stage.padEnd(12)} ${milliseconds.toFixed(1).padStart(8)} ms`)
  }
}
