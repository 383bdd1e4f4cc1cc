/**
 * Figures of test examples: for each example a value that the runtime puts together over examples and steps,
 * so that examples that only fill a batch, and steps that a mask leaves out, count for nothing.
 */
import { evaluatedName, type EvaluatedPlan } from '../../../contract/plan.ts'
import type { ValueId } from '../../ir/ir.ts'
import { answering } from '../../model/experiment/answers.ts'
import type { BoundEvaluated, BoundEvaluation } from '../../model/experiment/evaluation.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import { lowerReduction } from '../circuit/builtins.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { examplesOf } from '../context.ts'
import { reportNoAnswers, wrongAnswers } from './answers.ts'
import { FigureUnits, type FigureUnit } from './figure-units.ts'
import { exampleLoss } from './loss.ts'
import { observedValue } from './observed.ts'

type Parts = Pick<EvaluatedPlan, 'combine' | 'factor'> & Partial<FigureUnit>

/** Makes the values; gives what the runtime makes of them. Mistakes are reported. */
export function lowerEvaluated(
  circuit: CircuitLowering,
  answer: CircuitLowering,
  experiment: ResolvedExperiment,
  { measures }: Pick<BoundEvaluation, 'measures'>,
): readonly EvaluatedPlan[] {
  const lowering = new EvaluatedLowering(circuit, answer, experiment)
  // Without any, what is said to be measured of test examples are error and loss.
  if (measures.length > 0) return measures.flatMap((each) => lowering.lower(each))
  return [...lowering.error('error', undefined, 1), ...lowering.loss('loss', undefined, 1)]
}

class EvaluatedLowering {
  readonly #circuit: CircuitLowering
  readonly #answer: CircuitLowering
  readonly #experiment: ResolvedExperiment
  readonly #units: FigureUnits
  readonly #weights = new Map<string, string>()

  constructor(circuit: CircuitLowering, answer: CircuitLowering, experiment: ResolvedExperiment) {
    this.#circuit = circuit
    this.#answer = answer
    this.#experiment = experiment
    this.#units = new FigureUnits(circuit.context)
  }

  lower(bound: BoundEvaluated): readonly EvaluatedPlan[] {
    const { label, body, expression, over } = bound
    const weight = this.#weightOf(bound)
    switch (body.kind) {
      case 'error': {
        const names = body.populations?.map(({ name }) => name)
        const found = this.error(label, weight, over, names)
        if (found.length > 0) return found
        reportNoAnswers(this.#circuit, this.#experiment, label, expression, names)
        return []
      }
      case 'loss':
        return this.loss(label, weight, over)
      case 'rate': {
        const { clock } = this.#circuit.context
        const parts: Parts = {
          combine: 'mean',
          factor: 1 / (clock?.step ?? 1),
          unit: 'Hz',
          scale: 1,
        }
        return this.#statistic(bound, 'mean', body.argument, parts, weight)
      }
      case 'statistic': {
        const unit = this.#units.of(
          body.argument,
          this.#experiment.experiment.scope,
          body.name === 'variance' ? 2 : 1,
        )
        return this.#statistic(
          bound,
          body.name,
          body.argument,
          { combine: combining[body.name] ?? 'mean', factor: 1, ...unit },
          weight,
        )
      }
      case 'cv':
        return this.#intervals(bound, body.argument)
      // No figures of single examples.
      case 'angle':
      case 'ratio':
      case 'norm':
      case 'synapses':
        return []
    }
  }

  error(
    label: string,
    weight: string | undefined,
    over: number,
    names?: readonly string[],
  ): readonly EvaluatedPlan[] {
    const all = answering(this.#experiment)
    const chosen = names ? all.filter(({ population }) => names.includes(population.name)) : all
    const wrong = wrongAnswers(this.#answer, chosen)
    if (wrong === undefined) return []
    const value = this.#output(label, wrong)
    return [
      {
        label,
        output: label,
        value,
        combine: 'mean',
        factor: 100,
        unit: '%',
        over,
        ...(weight !== undefined && { weight }),
      },
    ]
  }

  loss(label: string, weight: string | undefined, over: number): readonly EvaluatedPlan[] {
    const loss = exampleLoss(this.#answer)
    if (loss === undefined) return []
    const value = this.#output(label, loss)
    return [
      {
        label,
        output: label,
        value,
        combine: 'mean',
        factor: 1,
        over,
        ...(weight !== undefined && { weight }),
      },
    ]
  }

  /** A statistic of variables: of each element of an array, and of all. */
  #statistic(
    { label, over }: BoundEvaluated,
    name: string,
    argument: BoundEvaluated['expression'],
    parts: Parts,
    weight: string | undefined,
  ): readonly EvaluatedPlan[] {
    const { builder } = this.#circuit.context
    return this.#ofElements(label, argument, (output, matrix) => {
      const isSpread = name === 'variance' || name === 'std'
      const reduced = lowerReduction(builder, isSpread ? 'mean' : name, matrix)
      const spread = isSpread
        ? this.#output(`${output}, spread`, lowerReduction(builder, 'variance', matrix))
        : undefined
      return {
        label,
        output,
        value: this.#output(output, reduced),
        ...(spread !== undefined && { spread }),
        ...(weight !== undefined && { weight }),
        ...parts,
        over,
      }
    })
  }

  /** What is emitted, [examples, units], of each element of an array and of all, in steps in which it is looked at. */
  #intervals(
    { label, over }: BoundEvaluated,
    argument: BoundEvaluated['expression'],
  ): readonly EvaluatedPlan[] {
    return this.#ofElements(label, argument, (output, emitted) => {
      const value = evaluatedName(output)
      this.#circuit.context.builder.output(value, emitted)
      return { label, output, value, combine: 'cv', factor: 1, over }
    })
  }

  /** What is planned of each element of an array, [examples, units], and of all of them, where it is one. */
  #ofElements(
    label: string,
    argument: BoundEvaluated['expression'],
    plan: (output: string, matrix: ValueId) => EvaluatedPlan,
  ): readonly EvaluatedPlan[] {
    const { context } = this.#circuit
    const { scope } = this.#experiment.experiment
    const count = observedValue.count(context, scope, argument)
    const values: ValueId[] = []
    const plans: EvaluatedPlan[] = []
    for (let i = 0; i < (count ?? 1); i++) {
      const found = observedValue.lower(this.#circuit, scope, argument, i)
      if (found === undefined) return []
      values.push(this.#asMatrix(found))
      plans.push(plan(count === undefined ? label : `${label}[${i}]`, values[i]!))
    }
    if (count === undefined) return plans
    // Overall, every unit of every element counts alike.
    const all = values.length > 1 ? context.builder.concat(values, 1) : values[0]!
    return [...plans, plan(label, all)]
  }

  /** The variable of `where y.mask`: what each example counts for. */
  #weightOf({ where }: BoundEvaluated): string | undefined {
    if (!where) return undefined
    const { context } = this.#circuit
    const { start, end } = where.span
    const key = `where ${start} to ${end}`
    const known = this.#weights.get(key)
    if (known !== undefined) return known
    const { scope } = this.#experiment.experiment
    const found = observedValue.lower(this.#circuit, scope, where, 0)
    if (found === undefined) return undefined
    const name = this.#output(key, lowerReduction(context.builder, 'mean', this.#asMatrix(found)))
    this.#weights.set(key, name)
    return name
  }

  /** A value of one number, or of each example or unit, as [examples, units]. */
  #asMatrix(value: ValueId): ValueId {
    const { context } = this.#circuit
    const shape = context.builder.shapeOf(value)
    const units = shape.length > 0 ? (shape.at(-1) ?? 1) : 1
    return context.builder.broadcast(value, [examplesOf(context), units])
  }

  /** An output with a number for each example; gives its name. */
  #output(label: string, value: ValueId): string {
    const { builder } = this.#circuit.context
    const examples = examplesOf(this.#circuit.context)
    const name = evaluatedName(label)
    builder.output(
      name,
      builder.reshape(builder.broadcast(value, columnOf(builder.shapeOf(value), examples)), [
        examples,
      ]),
    )
    return name
  }
}

/** [examples] or [examples, 1], as it is. */
const columnOf = (shape: readonly unknown[], examples: ReturnType<typeof examplesOf>) =>
  shape.length === 1 ? [examples] : [examples, 1]

const combining: Readonly<Record<string, EvaluatedPlan['combine']>> = {
  mean: 'mean',
  sum: 'sum',
  max_of: 'max',
  min_of: 'min',
  variance: 'variance',
  std: 'std',
}
