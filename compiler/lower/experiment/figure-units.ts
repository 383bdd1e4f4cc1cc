/**
 * The unit that a figure is told in: of what it is measured or recorded of, as its cell writes it, or else
 * the file. A potential that begins at -70 mV is told in mV, what nobody writes a unit for in that of SI. Values stay in SI; `scale` is how much one of the unit is.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { unitFactors, units, unitText } from '../../../grammar/units.ts'
import { walk } from '../../../grammar/walk.ts'
import { checkedDimensions, Dimensions } from '../../model/dimensions.ts'
import { initialisers } from '../../model/builtins.ts'
import type { Bound } from '../../model/bind/index.ts'
import { combine, lookUpUnit, power, sameDimension, type Dimension } from '../../model/units.ts'
import { elementsOf, type WeightElement } from '../../model/bind/elements.ts'
import type { CellVariable } from '../../model/bind/reference.ts'
import type { Bias, Model, Population, Scope, WeightExpression } from '../../model/model.ts'
import { observed } from '../../model/watch.ts'
import { checkedWeights, type WeightDimensions } from '../../model/weights/dimensions.ts'
import type { LowerContext } from '../context.ts'

export interface FigureUnit {
  readonly unit: string
  readonly scale: number
}

/** Finds units of expressions of variables, as experiments write them. */
export class FigureUnits {
  readonly #bound: Bound
  readonly #dimensions: Dimensions
  readonly #weights: WeightDimensions | undefined
  readonly #sources: LowerContext['sources']

  constructor({ bound, sources }: Pick<LowerContext, 'bound' | 'sources'>) {
    this.#bound = bound
    this.#sources = sources
    this.#weights = checkedWeights.get(bound)
    this.#dimensions = checkedDimensions.get(bound) ?? new Dimensions(bound)
  }

  /** The unit of an expression raised to a power: 2 for a variance; undefined for plain numbers. */
  of(expression: Expression, scope: Scope, exponent = 1): FigureUnit | undefined {
    const environment = this.#bound.environments.observed(scope)
    const dimension = this.#dimensions.observed(expression, environment)
    if (!dimension || sameDimension(dimension, {})) return undefined
    const written = this.#written(expression, scope, dimension) ?? base(dimension)
    if (!written) return undefined
    if (exponent === 1) return written
    const whole = power(dimension, exponent)
    return sameDimension(whole, {})
      ? undefined
      : { unit: raised(written.unit, exponent), scale: written.scale ** exponent }
  }

  /** The unit of weights, as what they begin with is written; undefined where they differ, or have none. */
  ofWeights(elements: readonly WeightElement[], exponent = 1): FigureUnit | undefined {
    const all = elements.map((each) => this.#ofElement(each))
    const [first] = all
    if (!first || !all.every((each) => each?.unit === first.unit)) return undefined
    if (exponent === 1) return first
    return { unit: raised(first.unit, exponent), scale: first.scale ** exponent }
  }

  /** The units of all weights, biases, matrices and `let`s that have one, by what they are stored as. */
  ofAllWeights(model: Model): ReadonlyMap<string, FigureUnit> {
    const elements = [...elementsOf(model).values()].flat()
    const found = [
      ...elements.map((each) => [each.name, this.#ofElement(each)] as const),
      ...model.populations.flatMap((population) =>
        population.cell.biases.map(
          (bias) => [bias.storage, this.#ofBias(population, bias)] as const,
        ),
      ),
    ]
    return new Map(found.flatMap(([name, unit]) => (unit ? [[name, unit]] : [])))
  }

  #ofElement(element: WeightElement): FigureUnit | undefined {
    const begins = beginningOf(element)
    const known = this.#weights?.ofElement(element)
    return this.#toldIn(begins, known ?? (begins && plainDimension(this.#bound.weights, begins)))
  }

  #ofBias(population: Population, bias: Bias): FigureUnit | undefined {
    const known = this.#weights?.ofBias(population, bias)
    return this.#toldIn(bias.initial ?? bias.tied, known, cellText(population))
  }

  /** A unit of the dimension, as it is written where something begins, or else in the file. */
  #toldIn(
    begins: WeightExpression | undefined,
    dimension: Dimension | undefined,
    beside: readonly Expression[] = [],
  ): FigureUnit | undefined {
    if (!dimension || sameDimension(dimension, {})) return undefined
    for (const each of [...(begins ? [begins.value] : []), ...beside]) {
      const unit = unitIn(each, dimension)
      if (unit) return unit
    }
    return this.#inFile(dimension) ?? base(dimension)
  }

  /** As it is written in the expression, where its variables are declared, or elsewhere in their cells. */
  #written(expression: Expression, scope: Scope, dimension: Dimension): FigureUnit | undefined {
    const environment = this.#bound.environments.observed(scope)
    const variables: { population: Population; of: CellVariable }[] = []
    walk(expression, (node) => {
      if (node.kind !== 'Member' || !this.#bound.references.has(environment, node)) return true
      const reference = this.#bound.references.of(environment, node)
      if (reference.kind !== 'path') return true
      const [element] = reference.path.elements
      if (!element || element.of.kind === 'number' || element.of.kind === 'boolean') return true
      variables.push({ population: element.population, of: element.of })
      return false
    })
    const own = variables.flatMap(({ of }) => ownText(of))
    const all = variables.flatMap(({ population }) => cellText(population))
    for (const each of [expression, ...own, ...all]) {
      const unit = unitIn(each, dimension)
      if (unit) return unit
    }
    return this.#inFile(dimension)
  }

  /** A unit that some number of the main file is written in. */
  #inFile(dimension: Dimension): FigureUnit | undefined {
    const [main] = this.#sources.values()
    for (const [, whole = '', first = ''] of main?.matchAll(
      /\d[ \t]*(([a-zA-Z]+)\b[a-zA-Z0-9^*/.-]*)/g,
    ) ?? []) {
      const name = lookUpUnit(whole) ? whole : first
      const unit = lookUpUnit(name)
      if (unit && sameDimension(unit.dimension, dimension)) return { unit: name, scale: unit.scale }
    }
    return undefined
  }
}

/** What a weight is at the start. */
function beginningOf(element: WeightElement): WeightExpression | undefined {
  switch (element.kind) {
    case 'connection':
      return element.connection.init ?? element.connection.tied
    case 'matrix':
      return element.matrix.init
    case 'let':
      return element.definition.value
  }
}

/**
 * The dimension of numbers and parameters that stand beside each other, as in `normal(5 mV, 1 mV)`;
 * undefined where they are multiplied, or differ.
 */
function plainDimension(
  references: Bound['weights'],
  expression: WeightExpression,
): Dimension | undefined {
  const found: Dimension[] = []
  let isPlain = true
  walk(expression.value, (node) => {
    if (node.kind === 'Binary') isPlain = false
    // Draws and the like have the unit of what they are given; a root, say, has not.
    if (
      node.kind === 'Call' &&
      !(node.callee.kind === 'Name' && initialisers.has(node.callee.name))
    )
      isPlain = false
    if (node.kind === 'NumberLiteral' && node.unit)
      found.push(lookUpUnit(node.unit.name)?.dimension ?? {})
    if (node.kind !== 'Name') return
    const reference = references.find(expression, node)
    if (reference?.kind !== 'value') return
    const { value } = reference
    if (value.kind === 'number' && observed([value], () => value.value !== 0))
      found.push(value.dimension)
  })
  const [first] = found
  return isPlain && found.every((each) => sameDimension(each, first ?? {})) ? first : undefined
}

/** What a variable is declared by, its value at the start first. */
function ownText(variable: CellVariable): readonly Expression[] {
  const { value } = variable
  const derivative = variable.kind === 'state' ? [variable.state.member.derivative.value] : []
  return [...(value ? [value] : []), ...derivative]
}

/** What a cell says of all of its variables. */
function cellText({ cell }: Population): readonly Expression[] {
  const parts = [cell, ...cell.compartments]
  return [
    ...parts
      .flatMap(({ states }) => states)
      .flatMap(({ member }) => [
        ...(member.initial ? [member.initial] : []),
        member.derivative.value,
      ]),
    ...parts
      .flatMap(({ equations }) => equations)
      .flatMap(({ value, resets }) => [value, ...resets.map((each) => each.value)]),
  ]
}

function unitIn(expression: Expression, dimension: Dimension): FigureUnit | undefined {
  let found: FigureUnit | undefined
  walk(expression, (node) => {
    if (found || node.kind !== 'NumberLiteral' || !node.unit) return
    const unit = lookUpUnit(node.unit.name)
    if (unit && sameDimension(unit.dimension, dimension)) {
      found = { unit: node.unit.name, scale: unit.scale }
    }
  })
  return found
}

/** The text of a unit raised to a power: `mS^2/cm^4`. */
function raised(unit: string, exponent: number): string {
  const factors = unitFactors(unit) ?? [{ name: unit, exponent: 1 }]
  return unitText(factors.map((each) => ({ ...each, exponent: each.exponent * exponent })))
}

/** The unit of SI: one with a name, one with a name by powers of seconds and metres, `S/m^2`, or two with a name. */
function base(dimension: Dimension): FigureUnit | undefined {
  const named = [...units.values()].filter(({ scale }) => scale === 1)
  for (const { name, scale, dimension: its } of named) {
    if (sameDimension(its, dimension)) return { unit: name, scale }
  }
  for (const { name, dimension: its } of named) {
    const rest = Object.entries(combine(dimension, its, -1))
    const over = rest.flatMap(([key, exponent]) =>
      key === 'time' || key === 'length' ? [{ name: key === 'time' ? 's' : 'm', exponent }] : [],
    )
    if (over.length < rest.length || over.some((each) => each.name === name)) continue
    return { unit: unitText([{ name, exponent: 1 }, ...over]), scale: 1 }
  }
  // What joins two quantities, as the weight that makes a conductance of a potential, `S/V`.
  for (const exponent of [-1, 1, -2, 2]) {
    for (const { name, dimension: its } of named) {
      for (const other of named) {
        const whole = combine(its, power(other.dimension, exponent), 1)
        if (name === other.name || !sameDimension(whole, dimension)) continue
        const factors = [
          { name, exponent: 1 },
          { name: other.name, exponent },
        ]
        return { unit: unitText(factors), scale: 1 }
      }
    }
  }
  return undefined
}
