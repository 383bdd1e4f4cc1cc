/** Patterns that are declared by name: `pattern P = e -> i random in_degree 80 no_self`. */
import type { Expression, PatternItem } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import { didYouMean } from '../evaluate.ts'
import { familyName, type Circuit, type Expansion } from '../families.ts'
import type { Entry, Pattern, Scope } from '../model.ts'
import { expectUnits } from '../slices.ts'
import { describeEntry } from '../values.ts'
import { buildPattern, checkForm } from './patterns.ts'

/** Declares a pattern; it is made when it is first asked for, or by `demand` at the latest. */
export function declarePattern(circuit: Circuit, item: PatternItem, site: Expansion): void {
  const { context } = circuit
  const { scope } = site
  const family = scope.prefix + item.name.name
  const claimed = circuit.claim(item.name, family, site)
  if (!claimed) return
  if (circuit.isDropped(family)) return scope.declareLazily(item.name.name, () => undefined)
  const name = claimed.index === undefined ? family : `${family}[${claimed.index}]`
  scope.declareLazily(item.name.name, (): Entry | undefined => {
    const pattern = makePattern(circuit, item, name, scope)
    if (!pattern) context.broken.add(family)
    else circuit.patterns.push(pattern)
    return pattern && { kind: 'pattern', pattern }
  })
}

function makePattern(
  circuit: Circuit,
  item: PatternItem,
  name: string,
  scope: Scope,
): Pattern | undefined {
  const { context } = circuit
  const source = expectUnits(context, scope, item.source)
  const target = expectUnits(context, scope, item.target)
  if (!source || !target) return undefined
  let said: { property: PatternItem['connectivity']; scope: Scope } = {
    property: item.connectivity,
    scope,
  }
  for (const { change, scope: changed } of circuit.patchesFor(scope.prefix + item.name.name)) {
    for (const property of change.properties) {
      if (property.kind === 'ConnectivityProperty') said = { property, scope: changed }
      else {
        context.report('wrongKind', property.span, {
          name: item.name.name,
          found: 'a pattern of synapses',
          expected: 'a connection',
        })
      }
    }
  }
  checkForm(context, said.property)
  const { span } = item
  return buildPattern(context, said.scope, { name, source, target, property: said.property, span })
}

/** The pattern that an expression names; undefined after a report. */
export function expectPattern(
  context: Context,
  scope: Scope,
  expression: Expression,
): Pattern | undefined {
  const name = familyName(expression)
  if (name === undefined) {
    return context.report('wrongExpression', expression.span, {
      found: 'an expression',
      expected: 'the name of a pattern',
    })
  }
  const entry = entryOf(scope, expression)
  if (entry?.kind === 'pattern') return entry.pattern
  if (entry) {
    return context.report(
      'wrongKind',
      expression.span,
      { name, found: describeEntry(entry), expected: 'a pattern of synapses' },
      {
        hint: 'declare one, as in `pattern P = e -> i random probability 0.1`, and name it here and there',
      },
    )
  }
  if (context.isBroken(scope.prefix + name) || context.isBroken(name)) return undefined
  if (expression.kind === 'Name' && scope.knows(expression.name)) return undefined
  return context.report(
    'unknownName',
    expression.span,
    { kind: 'pattern', name },
    { hint: context.isFull ? undefined : didYouMean(name, scope.names()) },
  )
}

/** What a name, or a name within a motif in use, stands for. */
function entryOf(scope: Scope, expression: Expression): Entry | undefined {
  if (expression.kind === 'Name') return scope.lookUp(expression.name)
  if (expression.kind !== 'Member') return undefined
  const owner = entryOf(scope, expression.object)
  return owner?.kind === 'instance' ? owner.scope.lookUp(expression.member.name) : undefined
}
