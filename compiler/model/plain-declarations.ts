/**
 * Numbers without a unit that are used as quantities: `state v = -70`, read in `v + 70 mV`. The uses do
 * not fit, but the mistake is in the declaration, so that is what is pointed at, and only once.
 */
import type { Expression, SourceFile, Span } from '../../grammar/ast.ts'
import type { Environment } from './bind/environment.ts'
import { walk } from '../../grammar/walk.ts'
import type { Bound } from './bind/index.ts'
import type { Variable } from './bind/reference.ts'
import type { Scope } from './model.ts'
import { paramsOf } from './values.ts'
import { isKnown, type UnknownDimensions } from './unknown-dimensions.ts'
import { dimensionless, sameDimension, unitHint, type Dimension } from './units.ts'

/** A declaration whose value is a plain number. */
export interface PlainDeclaration {
  readonly name: string
  /** The number. */
  readonly value: Expression
}

/** One side of a mismatch: what stands there, or the variable that it is, and its dimension. */
export type Side = readonly [Expression | Variable, Dimension]

/** Finds the declarations that are behind mismatches of units. */
export class PlainDeclarations {
  readonly #references: Bound['references']
  readonly #unknowns: UnknownDimensions
  readonly #scope: Scope
  readonly #file: SourceFile

  constructor(
    { references }: Pick<Bound, 'references'>,
    unknowns: UnknownDimensions,
    scope: Scope,
    file: SourceFile,
  ) {
    this.#unknowns = unknowns
    this.#references = references
    this.#scope = scope
    this.#file = file
  }

  /** What makes one of two sides plain while the other has a dimension. */
  behind(
    sides: readonly Side[],
    environment: Environment,
  ): { readonly declared: PlainDeclaration; readonly wanted: Dimension } | undefined {
    for (const [i, [expression, dimension]] of sides.entries()) {
      const other = sides[1 - i]?.[1]
      if (!other || !sameDimension(this.#unknowns.resolve(dimension), dimensionless)) continue
      const wanted = this.#unknowns.resolve(other)
      if (!isKnown(wanted) || sameDimension(wanted, dimensionless)) continue
      const declared = this.#declared(expression, environment)
      if (declared) return { declared, wanted }
    }
    return undefined
  }

  /** The declaration of a variable, parameter or constant in a sum. */
  #declared(expression: Side[0], environment: Environment): PlainDeclaration | undefined {
    switch (expression.kind) {
      case 'Unary':
        return this.#declared(expression.operand, environment)
      case 'Binary':
        if (expression.operator !== '+' && expression.operator !== '-') return undefined
        return (
          this.#declared(expression.left, environment) ??
          this.#declared(expression.right, environment)
        )
      case 'state':
      case 'trace':
      case 'equation':
      case 'binding':
        return plainDeclaration(expression)
      case 'Name':
      case 'Member':
        break
      default:
        return undefined
    }
    if (!this.#references.has(environment, expression)) return undefined
    const reference = this.#references.of(environment, expression)
    if (reference.kind === 'cell' || reference.kind === 'local') {
      return plainDeclaration(reference.variable)
    }
    if (reference.kind !== 'value' || expression.kind !== 'Name') return undefined
    const { name } = expression
    if (this.#scope.lookUp(name) !== reference.value) return undefined
    const item = this.#file.items.find(
      (each) => (each.kind === 'Param' || each.kind === 'Const') && each.name.name === name,
    )
    return item?.kind === 'Param' || item?.kind === 'Const'
      ? plainDeclaration({ name, value: item.value })
      : undefined
  }
}

/** A variable that is declared with a plain number other than 0, which would fit every unit. */
function plainDeclaration(variable: {
  readonly name: string
  readonly value?: Expression
}): PlainDeclaration | undefined {
  const { name, value } = variable
  const number = value?.kind === 'Unary' && value.operator === '-' ? value.operand : value
  if (!value || number?.kind !== 'NumberLiteral' || number.unit || number.value === 0)
    return undefined
  return { name, value }
}

/**
 * The declarations whose units the sides of a mismatch follow from: variables where they are declared, parameters by
 * their names. None where nothing is named.
 */
export function causesOf(
  sides: readonly Side[],
  environment: Environment,
  references: Bound['references'],
): readonly string[] {
  const found = new Set<string>()
  const ofVariable = (variable: Variable): void => {
    const { file = '', start = '' } = variable.span ?? variable.value?.span ?? {}
    found.add(`${variable.name} ${start} ${file}`)
  }
  for (const [side] of sides) {
    if (isVariable(side)) {
      ofVariable(side)
      continue
    }
    walk(side, (node) => {
      if (node.kind !== 'Name' && node.kind !== 'Member' && node.kind !== 'Index') return
      if (!references.has(environment, node)) return
      const reference = references.of(environment, node)
      if (reference.kind === 'cell' || reference.kind === 'local') ofVariable(reference.variable)
      if (reference.kind === 'value')
        for (const name of paramsOf(reference.value.symbol)) found.add(name)
    })
  }
  return [...found]
}

const variableKinds: ReadonlySet<string> = new Set<Variable['kind']>([
  'equation',
  'state',
  'compartment',
  'input',
  'bias',
  'binding',
  'trace',
  'given',
  'role',
  'parameter',
])
const isVariable = (side: Side[0]): side is Variable => variableKinds.has(side.kind)

/** What is said of a declaration beside the use that does not fit. */
export function blame(
  { name, value }: PlainDeclaration,
  wanted: Dimension,
): {
  readonly hint: string | undefined
  readonly related: readonly { readonly span: Span; readonly message: string }[]
} {
  const message = `\`${name}\` is declared here, by a number without a unit`
  return { hint: unitHint(value, wanted), related: [{ span: value.span, message }] }
}
