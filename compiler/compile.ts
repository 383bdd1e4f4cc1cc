/**
 * The map of the compiler: text -> syntax tree -> model -> tensor program -> generated code. Each
 * stage is a pure function; what it finds wrong comes back as diagnostics, and a stage runs only
 * if those before it found no error. Reading files is the host's business.
 */
import type { SourceFile } from '../grammar/ast.ts'
import type { ExperimentPlan } from '../contract/plan.ts'
import type { SweepPlan } from '../contract/sweep.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import type { IrModule } from './ir/ir.ts'
import { checkModel } from './check/index.ts'
import { certificatesOf, type Certificate } from './check/properties/index.ts'
import { requireKept } from './lower/kept-records.ts'
import { lowerModel } from './lower/module.ts'
import { warnVanishing } from './lower/vanishing.ts'
import { bindModel } from './model/bind/index.ts'
import { withoutConsequences } from './consequences.ts'
import { resolveSetting } from './model/experiment/resolve.ts'
import { buildModel } from './model/build.ts'
import { Context } from './model/context.ts'
import type { Host, ModelOptions } from './model/host.ts'
import { measuredGradients } from './model/experiment/which-gradient.ts'
import { followersOfGradient } from './model/gradient-rules.ts'
import type { Model } from './model/model.ts'
import { resolveSweeps } from './model/sweeps/resolve.ts'
import { optimise } from './passes/index.ts'

export type { Host } from './model/host.ts'

export interface CompileOptions extends ModelOptions {
  /** Stop after this stage. */
  readonly until?: 'ast' | 'model' | 'ir'
  /** Called with the name and milliseconds of every stage. */
  readonly onStage?: (stage: string, milliseconds: number) => void
  /** What it is to be run in; default what the experiment says, else f32. Numbers that are 0 in it are warned of. */
  readonly precision?: 'f32' | 'f64'
  /** Optimisation passes are run unless false. */
  readonly optimise?: boolean
  /** Guards that only a run needs, and that report nothing, are added unless false. */
  readonly guard?: boolean
  /** Values that the tape of gradients through time may have, if not as many as any array. */
  readonly tapeLimit?: number
  /** The same in bytes, of numbers of 4, in double precision of 8. */
  readonly tapeBytes?: number
}

export interface Compilation {
  readonly diagnostics: readonly Diagnostic[]
  /** The same as it was found, with what only follows from something else, which `toldOf` leaves out. */
  readonly reported: readonly Diagnostic[]
  /** Every source file that was read, by path, for rendering diagnostics. */
  readonly sources: ReadonlyMap<string, string>
  readonly ast?: SourceFile
  readonly model?: Model
  readonly ir?: IrModule
  readonly plan?: ExperimentPlan
  /** The sweeps of the file. */
  readonly sweeps?: readonly SweepPlan[]
  /** What holds of the circuit, with what shows it; there if the circuit is whole. */
  readonly certificates?: () => readonly Certificate[]
  /**
   * The program of one example, not optimised, of a circuit with a past in which several run side by side; absent
   * for others.
   */
  readonly ofOneExample?: () => IrModule | undefined
  /** Weights and biases whose rule is made of the exact gradient. */
  readonly followGradient?: () => ReadonlySet<string>
  /** Of its measures of `backprop`, by label, which gradient that is, in a circuit with a past. */
  readonly gradients?: { readonly experiment: string; readonly which: ReadonlyMap<string, string> }
}

/**
 * Compiles the file at an absolute path. Never throws for bad input: what is wrong comes back as
 * diagnostics, and the results of the stages that could not run are absent.
 */
export function compile(path: string, host: Host, options: CompileOptions = {}): Compilation {
  const context = new Context()
  if (options.tapeLimit !== undefined) context.tapeLimit = options.tapeLimit
  const timed = <T>(stage: string, run: () => T): T => {
    const start = performance.now()
    const result = run()
    options.onStage?.(stage, performance.now() - start)
    return result
  }
  const built = timed('model', () => buildModel(context, path, host, options))
  const { ast, model, experiment, sources } = built
  const done = (extra: Partial<Compilation> = {}): Compilation => ({
    diagnostics: toldOf(context.diagnostics, sources, ast),
    reported: context.diagnostics,
    sources,
    ...(ast ? { ast } : {}),
    ...extra,
  })
  if (!ast || !model || options.until === 'ast') return done()
  const sweeps = resolveSweeps(context, model, ast, built.sources, options.sweep)
  const whole = !context.hasErrors
  const bound = timed('bind', () => bindModel(context, model, experiment, ast))
  const setting = timed('resolve', () => resolveSetting(context, model, bound, experiment, sources))
  timed('check', () => checkModel(context, model, bound, setting, ast, whole, sweeps))
  if (context.hasErrors) return done({ model, sweeps })
  const isUsed = (name: string): boolean => context.used.has(name)
  const { experiment: resolved } = setting
  const known: Partial<Compilation> = {
    model,
    sweeps,
    certificates: () => certificatesOf({ model, bound, experiment, isUsed }),
    followGradient: () => followersOfGradient(bound, model),
    ...(resolved && {
      gradients: {
        experiment: resolved.experiment.item.name.name,
        which: measuredGradients(bound, resolved),
      },
    }),
  }
  if (options.until === 'model') return done(known)
  if (options.tapeBytes !== undefined) {
    const isDouble = (options.precision ?? (resolved?.isDouble ? 'f64' : 'f32')) === 'f64'
    context.tapeLimit = Math.floor(options.tapeBytes / (isDouble ? 8 : 4))
  }
  const lowered = timed('lower', () =>
    lowerModel(context, model, bound, setting, sources, options.guard),
  )
  if (!lowered) return done(known)
  const { ir, plan } = lowered
  if ((options.precision ?? plan?.precision) !== 'f64')
    warnVanishing(context, model, ir, ast, resolved)
  const finished = options.optimise === false ? ir : timed('passes', () => optimise(ir))
  if (resolved) requireKept(context, finished, resolved)
  if (context.hasErrors) return done(known)
  const { clock } = setting
  const ofOneExample = (): IrModule | undefined =>
    clock &&
    lowerModel(context, model, bound, { ...setting, clock: { ...clock, examples: 1 } }, sources)?.ir
  return done({
    ...known,
    ir: finished,
    ...(plan ? { plan } : {}),
    ...(clock && clock.examples > 1 ? { ofOneExample } : {}),
  })
}

/** What is told of all that was reported of a file, in the order of the text. */
export function toldOf(
  reported: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  ast: SourceFile | undefined,
): readonly Diagnostic[] {
  const items = ast?.items.map(({ span }) => span) ?? []
  return withoutConsequences(sortDiagnostics(withoutPraise(reported)), sources, items)
}

/** Remarks say what holds of a whole circuit: nothing, while there are errors in it. */
function withoutPraise(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error')
  return hasErrors ? diagnostics.filter(({ severity }) => severity !== 'remark') : diagnostics
}

/** Errors first where they are in the text; the main order is that of the files. */
function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map((each) => each.span.file))]
  return diagnostics.toSorted((a, b) =>
    a.span.file === b.span.file
      ? a.span.start - b.span.start
      : files.indexOf(a.span.file) - files.indexOf(b.span.file),
  )
}
