/** Which parameters stay free in a compiled program, and which numbers follow from them. */
import type { BooleanValue, NumberValue, Param, ScalarSymbol } from './model.ts'
import { paramsOf, symbolOf } from './values.ts'
import { observed } from './watch.ts'

/** Which parameters can still change when the compiled program runs. */
export interface Freedom {
  readonly isFree: (param: string) => boolean
  readonly valueOf: (param: string) => number
  /** Whether a phase sets a parameter that the value follows from, so that it will not stay as it is. */
  readonly changes: (value: NumberValue | BooleanValue) => boolean
  /** Parameters that a phase of the model sets, and to what. */
  readonly settings?: ReadonlyMap<string, ScalarSymbol>
}

const none: ReadonlySet<string> = new Set()

/**
 * Parameters that decided no structure are free, but for those that came to be `fixed` since; `set` are
 * those that some phase sets.
 */
export function freedomOf(
  params: readonly Param[],
  {
    fixed = none,
    set = none,
  }: { readonly fixed?: ReadonlySet<string>; readonly set?: ReadonlySet<string> } = {},
): Freedom {
  const free = new Set<string>()
  const values = new Map<string, Scalar>()
  for (const param of params) {
    for (const [name, value] of flatten(param)) {
      values.set(name, value)
      if (!param.structural && !fixed.has(param.name) && !fixed.has(name)) free.add(name)
    }
  }
  return {
    isFree: (name) => free.has(name),
    valueOf: (name) => Number(values.get(name)?.value ?? Number.NaN),
    changes: (value) => follows(symbolOf(value), set),
  }
}

function follows(symbol: ScalarSymbol, set: ReadonlySet<string>): boolean {
  switch (symbol.kind) {
    case 'number':
      return false
    case 'param':
      return set.has(symbol.name)
    case 'apply':
      return symbol.args.some((each) => follows(each, set))
  }
}

type Scalar = NumberValue | BooleanValue

/** A parameter's numbers and switches by name; a list's as `g[0]`, `g[1]`. */
export function flatten(param: Param): readonly (readonly [string, Scalar])[] {
  const visit = (value: Param['value'], name: string): readonly (readonly [string, Scalar])[] => {
    if (value.kind === 'number' || value.kind === 'boolean') return [[name, value]]
    if (value.kind === 'list')
      return value.elements.flatMap((each, i) => visit(each, `${name}[${i}]`))
    return []
  }
  return visit(param.value, param.name)
}

/** Whether a number is 0, and no phase makes it another. */
export function staysZero(freedom: Freedom, number: NumberValue): boolean {
  const { symbol } = number
  const setting = symbol?.kind === 'param' ? freedom.settings?.get(symbol.name) : undefined
  if (setting) return setting.kind === 'number' && setting.value === 0
  const isSet = paramsOf(symbol).some((name) => freedom.settings?.has(name))
  return !isSet && !freedom.changes(number) && observed([number], () => number.value === 0)
}
