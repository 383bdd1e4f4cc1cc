/**
 * `ccn compile`: prints one stage of a file, or writes it to a folder; tells how long the stages
 * took and what a pass made of the graphs.
 */
import { basename, join } from 'node:path'
import { suggest } from '../grammar/diagnostics/suggest.ts'
import {
  emitTypeScript,
  emitWasm,
  optimise,
  passNames,
  printAst,
  printIr,
  printModel,
  printPlan,
  printWasm,
  type Compilation,
  type CompileOptions,
  type IrModule,
} from '../compiler/index.ts'
import { artifactJson, artifactNames } from '../runtime/engine/wasm/artifact-files.ts'
import { requireAddresses } from '../runtime/engine/wasm/memory.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import type { ModelArguments } from '../cli/arguments.ts'
import { compileOrStop } from './compiling.ts'
import { usageError } from '../cli/errors.ts'
import type { Session } from '../cli/session.ts'
import { sourceOnDisk } from './sources.ts'

/** A stage of the compiler that can be looked at. */
export type Stage = 'ast' | 'model' | 'ir' | 'plan' | 'ts' | 'wat' | 'wasm'
type Target = 'tfjs' | 'wasm'

/** Stages that are of one target only. */
const targetOf: Readonly<Partial<Record<Stage, Target>>> = {
  ts: 'tfjs',
  plan: 'wasm',
  wat: 'wasm',
  wasm: 'wasm',
}

/** Arguments of `ccn compile`. */
export interface EmitArguments extends ModelArguments {
  readonly target?: Target
  readonly emit?: Stage
  readonly precision?: 'f32' | 'f64'
  readonly out?: string
  readonly timings?: boolean
  readonly printAfter?: string
}

/** Emits a stage of `file`. */
export async function emitStage(session: Session, file: string, args: EmitArguments) {
  const { out, printAfter } = args
  const emit = args.emit ?? (args.target === 'wasm' ? 'wat' : 'ts')
  requireFitting(emit, args)
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
  const name = basename(source.main).replace(/\.ccn$/, '')
  const files = await filesOf(session, compilation, { ...args, emit }, name)
  timings.push([`emit ${emit}`, performance.now() - began])

  const [text] = files.map(({ content }) => content)
  if (out === undefined && typeof text === 'string') {
    session.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  } else {
    for (const { name: fileName, content } of files) {
      const path = join(session.path(out ?? '.'), fileName)
      await writeFileAtomic(path, content)
      session.print(`wrote ${session.shown(path)}`)
    }
  }
  if (args.timings) printTimings(session, timings)
}

/** Throws a usage error where arguments do not go together. */
function requireFitting(emit: Stage, { target, precision, out }: EmitArguments): void {
  const needed = targetOf[emit]
  if (target !== undefined && needed !== undefined && needed !== target) {
    throw usageError(`--emit ${emit} is of the target ${needed}, not of ${target}.`)
  }
  if (precision === 'f64' && (target ?? needed) !== 'wasm') {
    throw usageError(
      needed === 'tfjs'
        ? 'TensorFlow.js computes in f32 only; f64 needs --target wasm.'
        : `--precision says nothing about --emit ${emit}, which all targets share.`,
    )
  }
  if (emit === 'wasm' && out === undefined) {
    throw usageError(
      '--emit wasm gives binary files, which need a folder: add --out FOLDER.',
      'To read the program, use --emit wat.',
    )
  }
}

interface EmittedFile {
  readonly name: string
  readonly content: string | Uint8Array
}

/** What is written for a stage: one text, or the files of a program. */
async function filesOf(
  session: Session,
  { ast, model, ir, plan, sources }: Compilation,
  { emit, printAfter, precision }: EmitArguments & { readonly emit: Stage },
  name: string,
): Promise<readonly EmittedFile[]> {
  const need = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error(`the compiler gave no ${emit}, but no error either`)
    return value
  }
  const text = (content: string): readonly EmittedFile[] => {
    const named = emit === 'ts' || emit === 'wat' ? `${name}.${emit}` : `${name}.${emit}.txt`
    return [{ name: named, content }]
  }
  const module = (): IrModule => passed(session, need(ir), printAfter)
  const options = { precision: precision ?? plan?.precision ?? 'f32' } as const
  switch (emit) {
    case 'ast':
      return text(printAst(need(ast)))
    case 'model':
      return text(printModel(need(model)))
    case 'ir':
      return text(printIr(module()))
    case 'ts':
      return text(await emitTypeScript(module(), sources))
    case 'plan':
      return text(printPlan(module(), options))
    case 'wat':
      requireAddresses(emitWasm(module(), options), plan?.batch ?? 1, 1)
      return text(printWasm(module(), options))
    case 'wasm': {
      const artifact = emitWasm(module(), options)
      requireAddresses(artifact, plan?.batch ?? 1, 1)
      const names = artifactNames(name)
      return [
        { name: names.data, content: artifactJson(artifact) },
        { name: names.fused, content: artifact.fused },
        { name: names.plain, content: artifact.plain },
      ]
    }
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
