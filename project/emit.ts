/**
 * What becomes of a file, stage by stage: one text, or the files of a program.
 */
import { suggest } from '../grammar/diagnostics/suggest.ts'
import {
  emitTypeScript,
  emitWasm,
  keptTexts,
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
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { artifactJson, artifactNames } from '../runtime/engine/wasm/artifact-files.ts'
import { requireAddresses } from '../runtime/engine/wasm/memory.ts'
import { choiceOf, compileSource, tapeLimit, type Choice } from './compile.ts'
import { misuse } from './errors.ts'
import type { Source } from './sources.ts'

/** A stage of the compiler that can be looked at. */
export type Stage = 'ast' | 'model' | 'ir' | 'plan' | 'ts' | 'wat' | 'wasm'
/** What can be compiled for. */
export type Target = 'tfjs' | 'wasm'

/** Stages that are of one target only. */
const targetOf: Readonly<Partial<Record<Stage, Target>>> = {
  ts: 'tfjs',
  plan: 'wasm',
  wat: 'wasm',
  wasm: 'wasm',
}

/** What to emit of a file. */
export interface EmitOptions extends Choice {
  /** Default tfjs. */
  readonly target?: Target | undefined
  /** Default `ts`, or `wat` for the target wasm. */
  readonly emit?: Stage | undefined
  /** Of the target wasm. */
  readonly precision?: 'f32' | 'f64' | undefined
  /** Most bytes of a tape, by which learning through time goes back. */
  readonly tape?: number | undefined
  /** Called with every graph after this pass, and whether the pass changed it. */
  readonly after?:
    { readonly pass: string; readonly show: (graph: string, changed: boolean) => void } | undefined
  /** Called with the name and milliseconds of every stage. */
  readonly onStage?: ((stage: string, milliseconds: number) => void) | undefined
}

/** A file of a stage. */
export interface EmittedFile {
  readonly name: string
  readonly content: string | Uint8Array
}

/** What was made of a file. */
export interface Emitted {
  readonly files: readonly EmittedFile[]
  /** Warnings and remarks, and the texts that they are about. */
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
}

/** Emits a stage of what `find` finds. Throws CompileError or ProjectError. */
export async function emitStage(find: () => Source, options: EmitOptions): Promise<Emitted> {
  const emit = stageOf(options)
  requireFitting(emit, options)
  const { after, onStage } = options
  if (after !== undefined) requirePass(after.pass)
  const source = find()
  const compileOptions: CompileOptions = {
    ...choiceOf(options),
    ...tapeLimit(options),
    ...((emit === 'ast' || emit === 'model') && { until: emit }),
    ...(after !== undefined && { optimise: false }),
    ...(onStage && { onStage }),
  }
  const compilation = compileSource(source, compileOptions)
  const began = performance.now()
  const { diagnostics, sources } = compilation
  const files = await filesOf(compilation, { ...options, emit }, baseName(source.main))
  onStage?.(`emit ${emit}`, performance.now() - began)
  return { files, diagnostics, sources }
}

/** The stage that is meant. */
export function stageOf({ emit, target }: Pick<EmitOptions, 'emit' | 'target'>): Stage {
  return emit ?? (target === 'wasm' ? 'wat' : 'ts')
}

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '').replace(/\.ccn$/, '')

/** Throws a usage error where arguments do not go together. */
function requireFitting(emit: Stage, { target, precision }: EmitOptions): void {
  const needed = targetOf[emit]
  if (target !== undefined && needed !== undefined && needed !== target) {
    throw misuse(`--emit ${emit} is of the target ${needed}, not of ${target}.`)
  }
  if (precision === 'f64' && (target ?? needed) !== 'wasm') {
    throw misuse(
      needed === 'tfjs'
        ? 'TensorFlow.js computes in f32 only; f64 needs --target wasm.'
        : `--precision says nothing about --emit ${emit}, which all targets share.`,
    )
  }
}

/** What is written for a stage: one text, or the files of a program. */
async function filesOf(
  { ast, model, ir, plan, sources }: Compilation,
  { emit, after, precision }: EmitOptions & { readonly emit: Stage },
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
  const module = (): IrModule => passed(need(ir), after)
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
      return text(printPlan(module(), { ...options, notes: keptTexts(need(model)) }))
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
function passed(ir: IrModule, after: EmitOptions['after']): IrModule {
  if (after === undefined) return ir
  const { pass, show } = after
  return optimise(ir, {
    printAfter: [pass],
    onPass: (_, graph, changed) => show(printIr(graph), changed),
  })
}

function requirePass(name: string): void {
  if (passNames.includes(name)) return
  const guess = suggest(name, passNames)
  throw misuse(
    `There is no pass ${name}; there are ${passNames.join(', ')}.`,
    guess === undefined ? undefined : `Did you mean ${guess}?`,
  )
}
