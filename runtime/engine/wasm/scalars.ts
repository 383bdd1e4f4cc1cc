/** Computes the host scalars of a program: numbers that depend on parameters, rates and batch alone. */
import { evaluateElementary } from '../../../contract/elementary.ts'
import type { ProgramInfo } from '../../../contract/artifact.ts'

export interface ScalarEnvironment {
  readonly params: ReadonlyMap<string, number>
  readonly rates: Readonly<Record<string, number>>
  readonly batch: number
  /** How many synapses the pattern of a name has. */
  readonly synapses?: (pattern: string) => number
  /** Steps done before. */
  readonly step: number
}

/** Whether the host scalars of a program change from step to step by themselves. */
export function countsSteps({ scalars }: Pick<ProgramInfo, 'scalars'>): boolean {
  return scalars.some(({ kind }) => kind === 'step')
}

/** The value of every slot. */
export function hostScalars(
  { scalars, slots }: Pick<ProgramInfo, 'scalars' | 'slots'>,
  { params, rates, batch, step: stepCount, synapses }: ScalarEnvironment,
): number[] {
  const values: number[] = []
  for (const step of scalars) {
    switch (step.kind) {
      case 'const':
        values.push(step.value)
        break
      case 'param':
        values.push(params.get(step.name) ?? Number.NaN)
        break
      case 'rate':
        values.push(rates[step.name] ?? Number.NaN)
        break
      case 'synapses':
        values.push(synapses?.(step.name) ?? Number.NaN)
        break
      case 'batch':
        values.push(batch)
        break
      case 'step':
        values.push(stepCount)
        break
      case 'apply':
        values.push(
          evaluateElementary(
            step.fn,
            step.args.map((arg) => values[arg] ?? Number.NaN),
          ),
        )
        break
    }
  }
  return slots.map((slot) => values[slot] ?? Number.NaN)
}
