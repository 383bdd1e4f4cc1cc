/**
 * `ccn compile`: prints one stage of a file, or writes it to a folder; tells how long the stages
 * took and what a pass made of the graphs.
 */
import { basename, join } from 'node:path'
import { suggest } from '../compiler/diagnostics/suggest.ts'
import {
  emitTypeScript,
  optimise,
  passNames,
  printAst,
  printIr,
  printModel,
  type Compilation,
  type CompileOptions,
  type IrModule,
} from '../compiler/index.ts'
import { writeFileAtomic } from '../runtime/io/atomic.ts'
import type { ModelArguments } from './arguments.ts'
import { compileOrStop } from './compiling.ts'
import { usageError } from './errors.ts'
import type { Session } from './session.ts'
import { sourceOnDisk } from './sources.ts'

/** What `--emit` knows. */
export const stages = ['ast', 'model', 'ir', 'ts'] as const
/** A stage of the compiler that can be looked at. */
export type Stage = (typeof stages)[number]

/** Arguments of `ccn compile`. */
export interface EmitArguments extends ModelArguments {
  readonly emit: Stage
  readonly out?: string
  readonly timings?: boolean
  readonly printAfter?: string
}

/** Emits a stage of `file`. */
export async function emitStage(session: Session, file: string, args: EmitArguments) {
  const { emit, out, printAfter } = args
  if (printAfter !== undefined) requirePass(printAfter)
  const source = sourceOnDisk(session, file)
  const timings: [string, number][] = []
  const options: CompileOptions = {
    ...(args.variant && { variants: args.variant }),
    ...(args.set && { set: args.set }),
    ...(args.experiment !== undefined && { experiment: args.experiment }),
    ...((emit === 'ast' || emit === 'model') && { until: emit }),
    ...(printAfter !== undefined && { optimise: false }),
    onStage: (stage, milliseconds) => timings.push([stage, milliseconds]),
  }
  const compilation = compileOrStop(session, source, options)
  const began = performance.now()
  const text = await textOf(session, compilation, emit, printAfter)
  timings.push([`emit ${emit}`, performance.now() - began])

  if (out === undefined) session.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  else {
    const name = basename(source.main).replace(/\.ccn$/, '')
    const path = join(session.path(out), emit === 'ts' ? `${name}.ts` : `${name}.${emit}.txt`)
    await writeFileAtomic(path, text)
    session.print(`wrote ${session.shown(path)}`)
  }
  if (args.timings) printTimings(session, timings)
}

async function textOf(
  session: Session,
  { ast, model, ir, sources }: Compilation,
  emit: Stage,
  printAfter: string | undefined,
): Promise<string> {
  const need = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error(`the compiler gave no ${emit}, but no error either`)
    return value
  }
  switch (emit) {
    case 'ast':
      return printAst(need(ast))
    case 'model':
      return printModel(need(model))
    case 'ir':
      return printIr(passed(session, need(ir), printAfter))
    case 'ts':
      return emitTypeScript(passed(session, need(ir), printAfter), sources)
  }
}

/** The module after the passes, each graph printed after the pass asked for. */
function passed(session: Session, ir: IrModule, printAfter: string | undefined): IrModule {
  if (printAfter === undefined) return ir
  return optimise(ir, {
    fuse: printAfter === 'fuse',
    printAfter: [printAfter],
    onPass: (pass, graph, changed) => {
      session.say(`// after ${pass}${changed ? '' : ', which changed nothing'}`)
      session.say(printIr(graph))
    },
  })
}

function requirePass(name: string): void {
  if (passNames.includes(name)) return
  const guess = suggest(name, passNames)
  throw usageError(
    `There is no pass ${name}; there are ${passNames.join(', ')}.`,
    guess && `Did you mean ${guess}?`,
  )
}

function printTimings(session: Session, timings: readonly (readonly [string, number])[]): void {
  const total = timings.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  for (const [stage, milliseconds] of [...timings, ['total', total] as const]) {
    session.say(`${stage.padEnd(12)} ${milliseconds.toFixed(1).padStart(8)} ms`)
  }
}
