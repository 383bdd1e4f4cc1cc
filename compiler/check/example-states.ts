/**
 * States that each example keeps for itself are states of cells; there are examples where they run; and they begin
 * alike for every example, as what each begins with is not drawn for so many. They are made of nothing that another
 * example left.
 */
import type { Expression, SourceFile, Span } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { builtinsOf } from '../model/bind/function-bodies.ts'
import type { Bound } from '../model/bind/index.ts'
import { draws } from '../model/builtins.ts'
import { Context } from '../model/context.ts'
import { evaluate } from '../model/evaluate.ts'
import { ExamplePast, type Leftover } from '../model/example-past.ts'
import { statesOfExamples } from '../model/example-states.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import type { Model } from '../model/model.ts'
import { sameDimension } from '../model/units.ts'

export function checkExampleStates(
  context: Context,
  model: Model,
  bound: Bound,
  ast: SourceFile,
  resolved: ResolvedExperiment | undefined,
): void {
  for (const item of ast.items)
    if (item.kind === 'Plasticity' || item.kind === 'Stp')
      for (const member of item.members)
        if (member.kind === 'State' && member.perExample)
          context.report('examplePlace', member.name.span, { name: member.name.name })
  const states = statesOfExamples(model)
  const told = new Set<Expression>()
  for (const { state } of states) {
    const { member, scope } = state
    const { initial, name } = member
    const owner = model.populations.find(({ cell }) => cell.states.includes(state))
    if (!initial || told.has(initial)) continue
    told.add(initial)
    const drawing = drawIn(bound, initial, bound.environments.initial(owner?.cell, scope))
    if (drawing) context.report('exampleDraw', drawing.span, { name: name.name })
  }
  if (states.length > 0 && !context.hasErrors) checkLeft(context, model, bound, resolved)
  const [first] = states
  if (!first || !resolved?.clock || resolved.data || context.lost.has('data')) return
  const { member } = first.state
  context.report(
    'noExamples',
    member.name.span,
    { name: member.name.name, experiment: resolved.experiment.item.name.name },
    { hint: 'present the examples of a data set: `data digits` and `present x = image for 50 ms`' },
  )
}

/**
 * Reports what a state of each example is made of and another example left, the nearest for each state. A delay of one
 * step, which cuts a cycle, is remarked on.
 */
function checkLeft(
  context: Context,
  model: Model,
  bound: Bound,
  resolved: ResolvedExperiment | undefined,
): void {
  const past = new ExamplePast(model, bound)
  const told = new Set<string>()
  const once = ({ file, start }: Span): boolean => {
    const key = `${file}:${start}`
    return !told.has(key) && told.add(key) !== undefined
  }
  const remarks: (readonly [name: string, left: Leftover])[] = []
  for (const population of model.populations) {
    if (population.slice) continue
    const { cell } = population
    const { environments } = bound
    const variables = [
      ...environments.variables(cell).values(),
      ...cell.compartments.flatMap((each) => [...environments.members(cell, each).values()]),
    ]
    for (const variable of new Set(variables)) {
      if (variable.kind !== 'state' || !variable.state.member.perExample) continue
      const { name } = variable
      const left = past.of({ population, variable })
      const isOne = (each: Leftover): boolean => isOneStep(each, resolved?.clock?.step)
      remarks.push(...left.filter(isOne).map((each) => [name, each] as const))
      const wrong = left.find((each) => !isOne(each))
      if (!wrong || !once(wrong.span)) continue
      const { what, hint } = words(wrong)
      context.report('exampleLeft', wrong.span, { name, what }, { hint })
    }
  }
  if (context.hasErrors) return
  for (const [name, { name: connection, span }] of remarks)
    if (once(span))
      context.report(
        'exampleDelay',
        span,
        { name, connection },
        { hint: 'without a delay, `prev(x)` of a state is what the example left, or was set to' },
      )
}

/** Whether a connection delays all that it passes by one step. */
function isOneStep({ connection }: Leftover, step: number | undefined): boolean {
  if (!connection?.delay || connection.delays) return false
  const { scope, value } = connection.delay
  const found = evaluate(new Context(), scope, value)
  if (found?.kind !== 'number') return false
  if (sameDimension(found.dimension, { step: 1 })) return found.value === 1
  return step !== undefined && Math.round(found.value / step) === 1
}

/** What is left, and how to mend it. */
function words({ kind, name }: Leftover): { readonly what: string; readonly hint: string } {
  const anew = 'let a state of the cell keep it, which is `per example` or set `on presented`'
  switch (kind) {
    case 'state':
      return {
        what: `the state \`${name}\``,
        hint:
          `write \`state ${name} per example\`, or set it anew: \`on presented { ${name} = 0 }\`; ` +
          'what all examples share is a `bias` that learns',
      }
    case 'call':
      return { what: `\`${name}\``, hint: anew }
    case 'delay':
      return { what: `what \`${name}\` delays`, hint: anew }
    case 'stp':
      return { what: `the states of the terminals of \`${name}\``, hint: anew }
    case 'refractory':
      return { what: `the refractory time of \`${name}\``, hint: anew }
  }
}

/** The first call that draws. */
function drawIn(
  { references }: Bound,
  expression: Expression,
  environment: Parameters<Bound['references']['of']>[0],
): Expression | undefined {
  let found: Expression | undefined
  walk(expression, (node) => {
    if (found || node.kind !== 'Call' || !references.has(environment, node.callee)) return
    const reference = references.of(environment, node.callee)
    if (reference.kind !== 'function') return
    const { fn } = reference
    const names = fn.kind === 'builtin' ? [fn.name] : [...builtinsOf(fn)]
    if (names.some((each) => draws.has(each))) found = node
  })
  return found
}
