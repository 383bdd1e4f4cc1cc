/** Compiles an experiment: what `experiment.ts` does when the cache has nothing. */
import { emitProgram } from '../compiler/emitted.ts'
import { printModel } from '../compiler/model/print.ts'
import type { IrModule } from '../compiler/ir/ir.ts'
import { tooLargeForSingle } from '../compiler/ir/representable.ts'
import type { PairValues, PatternPlan } from '../contract/pattern.ts'
import type { ExperimentPlan } from '../contract/plan.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import type { Engine, WasmArtifact } from '../runtime/node/engine/index.ts'
import type { UnsizedFile } from '../runtime/node/patterns/read.ts'
import type { Invocation } from '../runtime/node/train/manifest.ts'
import { choiceOf, compileSource, tapeLimit } from './compile.ts'
import { misuse, ProjectError } from './errors.ts'
import type { Source } from './sources.ts'

/** All that the compiler makes of an experiment. Plain data, so that it can be cached. */
export interface Compiled {
  readonly model: string
  readonly plan: ExperimentPlan
  /** What the engine runs. */
  readonly program: string | WasmArtifact
  /** Names of all variables, in the order of computation. */
  readonly variables: readonly string[]
  /** Storages that are the circuit's past. */
  readonly states: readonly string[]
  /** Storages that are weights and biases, whether they learn or not. */
  readonly weights: readonly string[]
  /** What the model reads from files. */
  readonly files: readonly UnsizedFile[]
  /** The patterns of its synapses, and what is asked of their pairs. */
  readonly patterns: readonly PatternPlan[]
  readonly pairValues: readonly PairValues[]
  readonly parameters: Readonly<Record<string, number>>
  /** The model as text. */
  readonly resolved: string
}

/** Makes the program of a module by `make`, or gives one that was made of an equal module. */
export type Emitter = (
  ir: IrModule,
  make: () => Promise<string | WasmArtifact>,
) => Promise<string | WasmArtifact>

export interface CompiledWithSources {
  readonly compiled: Compiled
  readonly sources: ReadonlyMap<string, string>
  /** Warnings and remarks. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Compiles. Throws CompileError if there are errors. `shown` is the file's path for messages.
 */
export async function compileFor(
  source: Source,
  shown: string,
  invocation: Pick<Invocation, 'experiment' | 'variants' | 'set' | 'precision' | 'tape'>,
  { target }: Pick<Engine, 'target'>,
  emit: Emitter = (_, make) => make(),
): Promise<CompiledWithSources> {
  const { precision } = invocation
  const compilation = compileSource(source, {
    ...choiceOf(invocation),
    ...(precision && { precision }),
    ...tapeLimit(invocation),
  })
  const { model, ir, plan, sources, diagnostics } = compilation
  if (!model || !ir) throw new Error('the compiler gave no program, but no error either')
  if (!plan) {
    const [first] = model.experiments
    if (first) {
      const name = invocation.experiment ?? first.item.name.name
      throw new ProjectError(
        `The experiment ${name} of ${shown} has no data, and does not say how it goes on in time.`,
        { hint: 'Say `data` and `present`, or `step 0.1 ms  duration 1 s`.' },
      )
    }
    throw new ProjectError(`${shown} has no experiment to run.`, {
      hint: 'Add one, e.g. `experiment NAME { data digits  present x = image  ... }`.',
    })
  }
  const [unfilled] = plan.data ? [] : ir.inputs
  if (unfilled) {
    throw new ProjectError(
      `Nothing fills the input ${unfilled.name} in the experiment ${plan.name} of ${shown}.`,
      {
        hint: 'Wire it, let the experiment present data, or say in the cell what it is: `input x = 0`.',
      },
    )
  }
  const wanted = precision ?? plan.precision ?? 'f32'
  if (wanted === 'f64' && target === 'tfjs') {
    throw misuse('TensorFlow.js computes in f32 only; f64 needs --engine wasm.')
  }
  const tooLarge = wanted === 'f32' ? tooLargeForSingle(ir) : undefined
  if (tooLarge !== undefined) {
    throw new ProjectError(
      `In single precision ${tooLarge} is infinite: its largest number is 3.4e38.`,
      {
        hint: 'Say `precision f64` in the experiment, or train with --precision f64, or take another unit.',
      },
    )
  }
  const { step } = ir.graphs
  // A measure may be the same value as a variable, but cannot be observed.
  const measured = new Set(plan.measures.flatMap(({ outputs }) => outputs))
  return {
    sources,
    diagnostics,
    compiled: {
      model: ir.name,
      plan,
      program: await emit(ir, () => emitProgram(target, ir, sources, { precision: wanted })),
      variables: step.outputs
        .filter(
          ({ name, value }) => step.nodes[value]?.section === 'circuit' && !measured.has(name),
        )
        .map(({ name }) => name),
      weights: ir.storages.filter(({ role }) => role === 'weight').map(({ name }) => name),
      states: ir.storages.filter(({ role }) => role === 'state').map(({ name }) => name),
      files: ir.files ?? [],
      patterns: ir.patterns ?? [],
      pairValues: ir.pairValues ?? [],
      parameters: Object.fromEntries(ir.params.map(({ name, value }) => [name, value])),
      resolved: printModel(model),
    },
  }
}
