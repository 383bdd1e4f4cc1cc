/** Values of the parameters of a definition, and functions that are written in a file, as blocks of a description. */
import { equation, apply, nameSymbol, named, type Mathematics } from '../typeset/index.ts'
import { joined, math, text, type Block } from './document.ts'
import { Notation } from './notation.ts'
import { symbolMath, valueMath } from './quantities.ts'

/** `with p0 = 0.5, g = 1`: what the names of a definition's parameters stand for. */
export function valuesBlock({ values }: Notation): readonly Block[] {
  if (values.size === 0) return []
  const parts = [...values].map(([name, value]) => {
    const told = valueMath(value)
    const known = value.kind === 'number' || value.kind === 'boolean' ? value.symbol : undefined
    const symbol = known && symbolMath(known)
    const same =
      symbol?.kind === 'symbol' && JSON.stringify(symbol) === JSON.stringify(nameSymbol(name))
    const sides = [nameSymbol(name), ...(symbol && !same ? [symbol] : []), told]
    const relation: Mathematics = {
      kind: 'relation',
      sides,
      operators: sides.slice(1).map(() => '=' as const),
    }
    return [math(relation)]
  })
  return [{ kind: 'paragraph', inlines: [text('With '), ...joined(parts, ', '), text('.')] }]
}

/** The functions that were called, and those that they call. */
export function functionBlocks({ functions }: Notation): readonly Block[] {
  const told = new Set<string>()
  const lines: Mathematics[] = []
  const waiting = [...functions.values()]
  for (let fn = waiting.shift(); fn; fn = waiting.shift()) {
    const { definition, scope } = fn
    const { name, parameters, bindings, result, pullback } = definition
    if (told.has(name.name)) continue
    told.add(name.name)
    const own = [
      ...parameters.map((each) => each.name.name),
      ...bindings.map((each) => each.name.name),
      ...(pullback
        ? [pullback.gradient.name, ...pullback.bindings.map((each) => each.name.name)]
        : []),
    ]
    const notation = new Notation(scope, own)
    const args = parameters.map((each) => nameSymbol(each.name.name))
    const of = functionName(name.name)
    for (const binding of bindings)
      lines.push(equation(nameSymbol(binding.name.name), notation.expression(binding.value, scope)))
    lines.push(equation(apply(of, ...args), notation.expression(result, scope)))
    if (pullback) {
      for (const binding of pullback.bindings)
        lines.push(
          equation(nameSymbol(binding.name.name), notation.expression(binding.value, scope)),
        )
      lines.push({
        kind: 'guarded',
        words: 'slope of',
        trigger: of,
        of: {
          kind: 'relation',
          sides: [nameSymbol(pullback.gradient.name), notation.expression(pullback.result, scope)],
          operators: ['↦'],
        },
      })
    }
    waiting.push(...notation.functions.values())
  }
  return lines.length === 0 ? [] : [{ kind: 'equations', equations: lines }]
}

const functionName = (name: string): Mathematics => {
  const found = nameSymbol(name)
  return found.name.length === 1 ? found : named(name)
}
