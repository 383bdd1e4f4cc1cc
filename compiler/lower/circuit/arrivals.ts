/**
 * What arrives at the compartments and inputs of a population: the sum of what its connections deliver,
 * or what an experiment presents.
 */
import { inputName } from '../../model/inputs.ts'
import type { Span } from '../../../grammar/ast.ts'
import type { Late } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'
import { sizeMismatch } from '../../model/connection-form.ts'
import type { CellInput, Compartment, Connection, Population } from '../../model/model.ts'
import { startOf, wholeOf } from '../../model/slices.ts'
import { examplesOf, type LowerContext } from '../context.ts'
import { convolve } from './convolution.ts'
import { isSparse, synapsesOf } from './weight-values.ts'
import type { Weights } from './weights.ts'

/** Consecutive groups of presynaptic units, one for each branch: [start, size]. */
export function branchGroups(
  units: number,
  branches: number,
): readonly (readonly [number, number])[] {
  const count = Math.min(units, branches)
  const groups: (readonly [number, number])[] = []
  for (let k = 0, start = 0; k < count; k++) {
    const size = Math.floor(units / count) + (k < units % count ? 1 : 0)
    groups.push([start, size])
    start += size
  }
  return groups
}

/** What arrivals need of the circuit around them. */
interface Around {
  readonly context: LowerContext
  readonly weights: Weights
  /** What arrives at a connection's synapses. */
  readonly sent: (connection: Connection) => ValueId | undefined
  /** What was sent to synapses with delays of their own, and how late each of them is. */
  readonly late: (
    connection: Connection,
  ) => { readonly sent: ValueId; readonly late: Late } | undefined
  readonly at: <T>(span: Span, make: () => T) => T
  /** The value of an input that nothing feeds. */
  readonly standard: (population: Population, input: CellInput) => ValueId | undefined
  /** What arrives at one branch, a variable of its own. */
  readonly branch: (
    population: Population,
    compartment: Compartment,
    k: number,
  ) => ValueId | undefined
}

export class Arrivals {
  readonly #around: Around

  constructor(around: Around) {
    this.#around = around
  }

  #arriving(population: Population, compartment: { readonly name: string }): readonly Connection[] {
    return this.#around.context.index.arriving.get(`${population.name}.${compartment.name}`) ?? []
  }

  /** What arrives at a compartment; 0 where nothing leads to it. */
  compartment(population: Population, compartment: Compartment): ValueId | undefined {
    const arriving = this.#arriving(population, compartment)
    if (arriving.length === 0) return this.#around.context.builder.constant(0)
    if (compartment.branches > 1) {
      const units = Math.min(...arriving.map((each) => each.source.population.size))
      const parts = branchGroups(units, compartment.branches).map((_, k) =>
        this.#around.branch(population, compartment, k),
      )
      return this.#sum(parts)
    }
    // Single currents are no variables: the passes may merge them (a pathway tied to another).
    const parts = arriving.map((each) =>
      this.#around.at(each.span, () => this.#contribution(each, 1, 0)),
    )
    return this.#around.at(arriving[0]?.span ?? compartment.span, () => this.#sum(parts))
  }

  /** What arrives at one branch of a compartment. */
  onBranch(population: Population, compartment: Compartment, k: number): ValueId | undefined {
    const arriving = this.#arriving(population, compartment)
    return this.#sum(arriving.map((each) => this.#contribution(each, compartment.branches, k)))
  }

  #sum(parts: readonly (ValueId | undefined)[]): ValueId | undefined {
    let total: ValueId | undefined
    for (const part of parts) {
      if (part === undefined) return undefined
      total = total === undefined ? part : this.#around.context.builder.map('add', total, part)
    }
    return total
  }

  /** What one connection adds to its target, through the synapses of one branch; 0 beside a slice. */
  #contribution(connection: Connection, branches: number, k: number): ValueId | undefined {
    const value = this.#delivered(connection, branches, k)
    const { population } = connection.target
    return value === undefined || !population.slice ? value : this.#padded(value, population)
  }

  /** What arrives at some units of a population, with 0 for the others. */
  #padded(value: ValueId, part: Population): ValueId {
    const { builder } = this.#around.context
    const whole = builder.broadcast(value, [examplesOf(this.#around.context), part.size])
    return this.#among(whole, wholeOf(part).size, startOf(part), part.size)
  }

  /** Values of some of so many units, 0 for the others. */
  #among(value: ValueId, units: number, start: number, size: number): ValueId {
    const { builder } = this.#around.context
    const examples = builder.shapeOf(value)[0] ?? 1
    const parts = [value]
    if (start > 0) parts.unshift(builder.filled(0, [examples, start]))
    if (start + size < units) parts.push(builder.filled(0, [examples, units - start - size]))
    return builder.concat(parts, 1)
  }

  /** What one connection delivers to its own target. */
  #delivered(connection: Connection, branches: number, k: number): ValueId | undefined {
    const { builder } = this.#around.context
    if (connection.delays) return this.#deliveredLate(connection, branches, k)
    const came = this.#around.sent(connection)
    if (came === undefined) return undefined
    const sent = this.#crossing(connection, came)
    if (connection.wire) return this.#wired(connection, sent)
    const weight = this.#around.weights.connection(connection)
    if (weight === undefined) return undefined
    const units = connection.source.population.size
    const activity = builder.broadcast(sent, [examplesOf(this.#around.context), units])
    let value: ValueId
    switch (connection.connectivity) {
      case 'one_to_one':
        value = builder.map('mul', activity, weight)
        break
      case 'pattern':
      case 'all_to_all':
      case 'mask': {
        if (isSparse(connection)) {
          value = this.#overSynapses(connection, activity, weight, branches, k)
          break
        }
        const [start, size] = branchGroups(units, branches)[k] ?? [0, units]
        value =
          branches === 1
            ? builder.matmul(activity, weight, { transposeRight: true })
            : builder.matmul(
                builder.slice(activity, 1, start, size),
                builder.slice(weight, 1, start, size),
                {
                  transposeRight: true,
                },
              )
        break
      }
      case 'conv':
      case 'conv_transpose': {
        const { convolution } = connection
        // What does not fit has no convolution; that was reported.
        if (!convolution) return undefined
        value = convolve(builder, convolution, activity, weight)
        break
      }
    }
    return this.#signed(connection, value)
  }

  /** What comes from another population is constant for losses that are local to the one where it arrives. */
  #crossing({ source, target }: Connection, sent: ValueId): ValueId {
    const [from, to] = [wholeOf(source.population), wholeOf(target.population)]
    const isEnd = from !== to && to.cell.equations.some(({ local }) => local)
    return isEnd ? this.#around.context.builder.stop(sent, to.name) : sent
  }

  #signed({ sign }: Connection, value: ValueId): ValueId {
    return sign === 'inhibitory' ? this.#around.context.builder.map('neg', value) : value
  }

  /** What the synapses of a pattern deliver; onto a branch, those of its own presynaptic units. */
  #overSynapses(
    connection: Connection,
    activity: ValueId,
    weight: ValueId,
    branches: number,
    k: number,
  ): ValueId {
    const { builder } = this.#around.context
    const synapses = synapsesOf(connection)
    if (!synapses) throw new Error(`${connection.name} has no pattern`)
    const units = connection.source.population.size
    const [start, size] = branchGroups(units, branches)[k] ?? [0, units]
    const sent =
      branches === 1
        ? activity
        : this.#among(builder.slice(activity, 1, start, size), units, start, size)
    return builder.deliver(sent, weight, synapses.sides, { transpose: synapses.turned })
  }

  /** What arrives over synapses with delays of their own: what was sent so long ago to each. */
  #deliveredLate(connection: Connection, branches: number, k: number): ValueId | undefined {
    const { builder } = this.#around.context
    const found = this.#around.late(connection)
    const weight = this.#around.weights.connection(connection)
    const synapses = synapsesOf(connection)
    if (!found || !synapses || weight === undefined) return undefined
    const { sides } = synapses
    const units = connection.source.population.size
    const [start, size] = branchGroups(units, branches)[k] ?? [0, units]
    const own = (): ValueId => {
      const isOfBranch = this.#among(builder.filled(1, [1, size]), units, start, size)
      const here = builder.toSynapses(builder.reshape(isOfBranch, [units]), sides, 'pre')
      return builder.map('mul', weight, here)
    }
    const { sent, late } = found
    return this.#signed(
      connection,
      builder.deliver(this.#crossing(connection, sent), branches === 1 ? weight : own(), sides, {
        late,
      }),
    )
  }

  /** What a wire delivers: one number for all units, or unit to unit. */
  #wired(connection: Connection, sent: ValueId): ValueId | undefined {
    const { source, target, span } = connection
    const width = this.#around.context.builder.shapeOf(sent)[1]
    const { size } = target.population
    const takesOne = target.population.cell.inputs.some(
      (each) => each.scalar && each.name === target.compartment,
    )
    // What is too much for an input of one number is said by the input.
    if (width === undefined || width === 1 || width === size || takesOne) return sent
    return sizeMismatch(
      this.#around.context.diagnostics,
      span,
      source.population,
      target.population,
    )
  }

  /** What an input receives: by wire, from an experiment, or its own value. */
  input(population: Population, input: CellInput): ValueId | undefined {
    const { builder, diagnostics } = this.#around.context
    const name = inputName(population, input)
    const arriving = this.#arriving(population, input)
    if (arriving.length > 0) {
      const value = this.#sum(arriving.map((each) => this.#contribution(each, 1, 0)))
      if (value !== undefined && input.scalar && (builder.shapeOf(value).at(-1) ?? 1) !== 1) {
        return diagnostics.report('scalarExpected', arriving[0]?.span ?? input.span, {
          name,
          source: arriving
            .map((each) => `${each.source.population.name}.${each.source.signal}`)
            .join(', '),
        })
      }
      return value
    }
    const { presented } = this.#around.context
    const given = presented ? presented.has(name) : input.value === undefined
    if (given)
      return builder.input(name, [
        examplesOf(this.#around.context),
        input.scalar ? 1 : population.size,
      ])
    if (input.value === undefined) throw new Error(`\`${name}\` is not given, which is checked`)
    return this.#around.standard(population, input)
  }
}
