/**
 * Cycles without time: variables that need each other within one step. State variables, `prev` and
 * delayed connections cut a cycle. Lowering finds the same cycles in what it lowers; here they are
 * found in every model, also in one that cannot be run yet.
 */
import type { Expression, Span } from '../../grammar/ast.ts'
import { childrenOf, type AnyNode } from '../../grammar/walk.ts'
import type { Context } from '../model/context.ts'
import type { Connection, Equation, Model, Population } from '../model/model.ts'

interface Variable {
  readonly span: Span
  readonly needs: readonly string[]
}

export function checkCycles(context: Context, model: Model): void {
  const variables = new Map<string, Variable>()
  for (const population of model.populations)
    addPopulation(variables, population, model.connections)
  const done = new Set<string>()
  for (const start of variables.keys()) visit(context, variables, start, done)
}

function addPopulation(
  variables: Map<string, Variable>,
  population: Population,
  connections: readonly Connection[],
): void {
  const { cell, name } = population
  const known = new Set([
    ...cell.compartments.map((each) => each.name),
    ...cell.inputs.map((each) => each.name),
    ...cell.equations.map((each) => each.name),
  ])
  const state = new Set(cell.states.map((each) => each.member.name.name))
  const addEquation = (equation: Equation): void => {
    const needs = [...namesOf(equation.value)].filter((each) => known.has(each) && !state.has(each))
    variables.set(`${name}.${equation.name}`, {
      span: equation.span,
      needs: needs.map((each) => `${name}.${each}`),
    })
  }
  for (const equation of cell.equations) addEquation(equation)
  for (const target of [...cell.compartments, ...cell.inputs]) {
    // What arrives where state equations are is held back by them.
    if ('states' in target && target.states.length > 0) continue
    const sources = connections.filter(
      (each) =>
        !each.delay &&
        each.target.population.name === name &&
        each.target.compartment === target.name &&
        (each.stp?.item.members.length ?? 0) === 0,
    )
    variables.set(`${name}.${target.name}`, {
      span: target.span,
      needs: sources.map((each) => `${each.source.population.name}.${each.source.signal}`),
    })
  }
}

/** Names that an expression reads in this step: not inside of `prev(...)`. */
function namesOf(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>()
  const stack: AnyNode[] = [expression]
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.kind === 'Name') names.add(node.name)
    const isPast =
      node.kind === 'Call' && node.callee.kind === 'Name' && node.callee.name === 'prev'
    if (!isPast) stack.push(...childrenOf(node))
  }
  return names
}

/** Depth-first with a stack of its own: no circuit is too deep. */
function visit(
  context: Context,
  variables: ReadonlyMap<string, Variable>,
  start: string,
  done: Set<string>,
): void {
  const path: { readonly name: string; next: number }[] = [{ name: start, next: 0 }]
  const open = new Map([[start, 0]])
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const variable = variables.get(top.name)
    const need = variable?.needs[top.next++]
    if (done.has(top.name) || need === undefined) {
      done.add(top.name)
      open.delete(top.name)
      path.pop()
      continue
    }
    const known = open.get(need)
    if (known !== undefined) {
      const cycle = [...path.slice(known).map((each) => each.name), need]
      context.report(
        'cycle',
        variables.get(need)?.span ?? variable?.span ?? { file: '', start: 0, end: 0 },
        { cycle: cycle.map((each) => `\`${each}\``).join(' -> ') },
        { hint: 'a cycle must be cut by time: a state variable, or a connection with a delay' },
      )
      return
    }
    if (done.has(need) || !variables.has(need)) continue
    open.set(need, path.length)
    path.push({ name: need, next: 0 })
  }
}
