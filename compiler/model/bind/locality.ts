/**
 * What is said of a name in a rule that the rule cannot read. A synapse senses its own weight, what its
 * presynaptic cell sends, and its postsynaptic cell; a name that stands for something else is not local,
 * one that stands for nothing is no name at all.
 */
import type { Span } from '../../../grammar/ast.ts'
import { gradientName, measureFunctions } from '../builtins.ts'
import type { Context } from '../context.ts'
import { didYouMean } from '../evaluate.ts'
import type { Entry } from '../model.ts'
import type { Environment } from './environment.ts'

/** Says why the rule of an environment cannot read `name`; `root` is what stands before its first dot. */
export function reportUnreadable(
  context: Context,
  environment: Environment,
  { name, root, span }: { readonly name: string; readonly root: string; readonly span: Span },
): undefined {
  const { rule, scope, circuit, sides, phases, outline } = environment
  const known = [...environment.variables.keys(), ...sides.keys(), ...scope.names()]
  const onSide = sideThatHas(environment, name)
  const isKnown =
    onSide !== undefined ||
    scope.knows(root) ||
    circuit?.knows(root) === true ||
    phases.has(root) ||
    measureFunctions.has(root) ||
    root === 'pre'
  const near = context.isFull ? undefined : didYouMean(name, known)
  if (!isKnown) {
    // Of a definition that stands alone the circuit is not known.
    if (outline && root !== name) return undefined
    const hint = near ?? (context.isFull ? undefined : readable(environment))
    return context.report(
      'unknownName',
      span,
      { kind: 'variable or parameter', name: root },
      { hint },
    )
  }
  const owner = rule?.name.name ?? 'this'
  if (rule?.nonlocal && onSide === undefined && root !== 'pre') {
    return context.report('noLowering', span, {
      construct: `\`${name}\` in a plasticity rule`,
    })
  }
  const hint = context.isFull
    ? undefined
    : root === gradientName
      ? `the exact gradient carries weights back: declare the rule \`nonlocal plasticity ${owner}\``
      : onSide !== undefined
        ? `write \`${onSide}\``
        : name === 'pre' || name === 'post'
          ? `say what of it, as in \`${name}.${signalOf(environment, name)}\``
          : (near ?? readable(environment))
  return context.report('notLocal', span, { rule: owner, name }, { hint })
}

/** `post.e` for `e`, and for `y.e` where y is the population on that side. */
function sideThatHas({ sides, circuit, scope }: Environment, name: string): string | undefined {
  const [head = '', member, ...rest] = name.split('.')
  for (const side of ['post', 'pre'] as const) {
    const found = sides.get(side)
    if (!found) continue
    if (member === undefined) {
      if (found.variables.has(head) && !scope.knows(head)) return `${side}.${head}`
    } else if (rest.length === 0 && found.variables.has(member)) {
      if (isOn(circuit?.lookUp(head), found.cell.name, found.owner)) return `${side}.${member}`
    }
  }
  return undefined
}

/** Whether an entry is a population, or an array of them, with the owner of a side among them. */
function isOn(entry: Entry | undefined, cell: string, owner: string): boolean {
  const all =
    entry?.kind === 'population'
      ? [entry.population]
      : entry?.kind === 'populations'
        ? entry.elements
        : []
  return all.some((each) => `\`${each.name}\` (cell ${cell})` === owner)
}

/** A variable of a side, the first that it emits, if it does. */
function signalOf({ sides }: Environment, name: 'pre' | 'post'): string {
  const all = [...(sides.get(name)?.variables.values() ?? [])]
  const emitted = all.find((each) => each.kind === 'equation' && each.equation.role !== undefined)
  return (emitted ?? all[0])?.name ?? 'spike'
}

/** What a rule may read, for hints. */
function readable({ variables, sides }: Environment): string {
  const own = [...variables.values()].flatMap((each) => (each.kind === 'given' ? [each.name] : []))
  const names = [...own, ...[...sides.keys()].map((side) => `${side}.NAME`)]
  return `a rule reads ${names.map((each) => `\`${each}\``).join(', ')}, and its own parameters`
}
