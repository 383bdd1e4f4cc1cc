/**
 * Equations that are read as they are before the step's changes.
 *
 * An equation is what came of the step: it reads states after they were advanced, and after resets and reactions have
 * changed them. Where a state equation, the condition of a detection or a block reads an equation of what it makes
 * itself, as `theta` in `theta = rest + a   spike s when v > theta { v = reset  a += jump }`, or `i` in
 * `i = g * (rest - v)   state v : tau * dv/dt = -v + i`, that would wait for itself. There the equation stands for its
 * expression: with the states as they are read there (Brian 2 and NESTML do that everywhere).
 *
 * This is so for whole blocks: where the condition or one of the right sides would go round in a circle by an
 * equation, all of the block reads that equation so. What goes in no circle stays what it is at the end of the step.
 */
import type { Assignment, Expression } from '../../../grammar/ast.ts'
import { presentedName } from '../builtins.ts'
import { equationsOf } from '../refractory.ts'
import type { CellInstance, Compartment, Equation } from '../model.ts'
import { noBefore, none, type Before, type Block, type LateRead } from './before.ts'
import { advancedName, equationsIn, withinCell, type Names } from './dependencies.ts'
import type { Environment } from './environment.ts'

/** Of each cell, what is read as before in it; found when it is first asked for. */
export function beforeChanges(bound: Names, together: boolean): (cell: CellInstance) => Before {
  const found = new Map<CellInstance, Before>()
  return (cell) => {
    const known = found.get(cell)
    if (known) return known
    const hasStates =
      cell.states.length > 0 || cell.compartments.some((each) => each.states.length > 0)
    const made = hasStates ? beforeIn(bound, cell, together) : noBefore
    found.set(cell, made)
    return made
  }
}

/** What is read for a block, and what is made of it. */
interface BlockReads {
  readonly block: Block
  readonly reads: readonly {
    readonly value: Expression
    readonly environment: Environment
    /** What waits for it. */
    readonly makes: readonly string[]
  }[]
  /** The states that it changes. */
  readonly changes: readonly string[]
}

function blocksOf(
  { environments }: Names,
  cell: CellInstance,
  together: boolean,
): readonly BlockReads[] {
  const places = [{ ...cell, within: undefined }, ...cell.compartments.map(inside)]
  const states = places.flatMap((each) => each.states.map(({ member }) => member.name.name))
  return [
    ...places.flatMap(({ within, states: own }) =>
      own.map((state): BlockReads => {
        const { name, derivative } = state.member
        const environment = environments.cell(cell, state.scope, within)
        const { factor, value } = derivative
        const makes = (together ? states : [name.name]).map(advancedName)
        const both = factor ? [factor, value] : [value]
        const reads = both.map((each) => ({ value: each, environment, makes }))
        return { block: state, reads, changes: [] }
      }),
    ),
    ...places.flatMap(({ within, equations }) =>
      equations
        .filter(({ detected }) => detected)
        .map((equation): BlockReads => {
          const { name, value, resets, scope } = equation
          const environment = environments.cell(cell, scope, within)
          const condition = { value, environment, makes: [name] }
          const outside = environments.cell(cell, scope)
          const reads = [condition, ...assigned(resets, outside)]
          return { block: equation, reads, changes: targetsOf(resets) }
        }),
    ),
    ...cell.reactions.map(({ member, scope }): BlockReads => {
      const { trigger: value, assignments } = member
      const environment = environments.cell(cell, scope)
      const changes = targetsOf(assignments)
      const trigger = { value, environment, makes: changes }
      const reads = [trigger, ...assigned(assignments, environment)]
      // What a presentation sets anew is read by the states as they are advanced.
      const begins = value.kind === 'Name' && value.name === presentedName
      const made = (name: string): readonly string[] =>
        begins ? [name, advancedName(name)] : [name]
      return {
        block: member,
        reads: reads.map((each) => ({ ...each, makes: each.makes.flatMap(made) })),
        changes,
      }
    }),
  ]
}

const inside = (within: Compartment) => ({ ...within, within })

const targetsOf = (assignments: readonly Assignment[]): readonly string[] =>
  assignments.map(({ target }) => target.name)

const assigned = (
  assignments: readonly Assignment[],
  environment: Environment,
): BlockReads['reads'] =>
  assignments.map(({ target, value }) => ({ value, environment, makes: [target.name] }))

function beforeIn(bound: Names, cell: CellInstance, together: boolean): Before {
  const blocks = once(() => blocksOf(bound, cell, together))
  const graph = once(() => withinCell(bound, cell, together))
  const reached = new Map<string, ReadonlySet<string>>()
  const reaches = (name: string): ReadonlySet<string> => {
    const known = reached.get(name)
    if (known) return known
    const seen = new Set([name])
    for (const each of seen) for (const on of graph().get(each) ?? []) seen.add(on)
    reached.set(name, seen)
    return seen
  }
  const find = ({ reads }: BlockReads): ReadonlySet<Equation> => {
    const circular = reads.flatMap(({ value, environment, makes }) =>
      equationsIn(bound, value, environment).filter(
        ({ equation }) =>
          !equation.detected && makes.some((each) => reaches(equation.name).has(each)),
      ),
    )
    return new Set(circular.map(({ equation }) => equation))
  }
  const states = once(
    () =>
      new Set(
        [...cell.states, ...cell.compartments.flatMap((each) => each.states)].map(
          ({ member }) => member.name.name,
        ),
      ),
  )
  const found = new Map<Block, ReadonlySet<Equation>>()
  const of = (block: Block): ReadonlySet<Equation> => {
    const known = found.get(block)
    if (known) return known
    const reads = blocks().find((each) => each.block === block)
    const made = reads ? find(reads) : none
    found.set(block, made)
    return made
  }
  const late = ({ block, reads, changes }: BlockReads): readonly LateRead[] =>
    reads.flatMap(({ value, environment }) =>
      equationsIn(bound, value, environment).flatMap(({ equation }): readonly LateRead[] => {
        if (equation.detected || of(block).has(equation)) return []
        const state = changes.find((each) => reaches(equation.name).has(each))
        return state === undefined ? [] : [{ value, equation: equation.name, state }]
      }),
    )
  return {
    of,
    late: () => blocks().flatMap(late),
    changing: once(
      () =>
        new Set(
          equationsOf(cell).filter(
            ({ name, detected }) =>
              !detected && [...reaches(name)].some((each) => states().has(each)),
          ),
        ),
    ),
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
