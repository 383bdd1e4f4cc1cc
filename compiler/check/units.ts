/**
 * Units: what is added, compared or assigned has the same dimension; a state equation has that of its
 * variable per time on both sides; functions such as `exp` take plain numbers; a delay is a time or
 * a number of steps. Only dimensions that are known are compared (`dimensions.ts`).
 */
import type { SourceFile, StateMember } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  sameDimension,
  unitHint,
  type Dimension,
} from '../model/units.ts'
import { Dimensions, type Reporter } from './dimensions.ts'
import { blame, PlainDeclarations } from './plain-declarations.ts'
import type { Scope } from '../model/model.ts'
import type { Environment } from '../model/bind/environment.ts'
import type { Bound } from '../model/bind/index.ts'

const perTime: Dimension = { time: -1 }
const perStep: Dimension = { step: -1 }

/** Reports every mismatch of units at the places of a model. */
export function checkUnits(
  context: Context,
  bound: Pick<Bound, 'references' | 'environments' | 'places'>,
  scope: Scope,
  file: SourceFile,
): void {
  const dimensions = new Dimensions(bound)
  const declarations = new PlainDeclarations(bound, scope, file)
  // Places of numbers that were blamed: further uses of them say nothing new.
  const blamed = new Set<number>()
  for (const place of bound.places) {
    const { environment } = place
    const report: Reporter = (name, span, parameters, { hint, sides = [] }) => {
      const behind = declarations.behind(sides, environment)
      if (!behind) return void context.report(name, span, parameters, { hint })
      const { start } = behind.declared.value.span
      if (blamed.has(start)) return
      blamed.add(start)
      context.report(name, span, parameters, blame(behind.declared, behind.wanted))
    }
    switch (place.kind) {
      case 'value':
        dimensions.of(place.expression, environment, report)
        break
      case 'derivative':
        checkDerivative(dimensions, place.state, environment, report)
        break
      case 'assignment': {
        const { target, operator, value, span } = place.assignment
        const variable = environment.variables.get(target.name)
        const left = variable && dimensions.ofVariable(variable)
        const right = dimensions.of(value, environment, report)
        if (!left || !right || sameDimension(left, right)) break
        const sides = { left: describeDimension(left), right: describeDimension(right) }
        const hint = unitHint(value, left)
        report(
          'unitMismatch',
          span,
          { operation: `\`${operator}\``, ...sides },
          {
            hint,
            sides: [
              [variable, left],
              [value, right],
            ],
          },
        )
        break
      }
      case 'delay': {
        const found = dimensions.of(place.expression, environment, report)
        if (!found || sameDimension(found, { time: 1 }) || sameDimension(found, { step: 1 })) break
        const parameters = {
          what: 'A delay',
          expected: 'a time or a number of steps',
          found: describeDimension(found),
        }
        const isPlain = sameDimension(found, dimensionless)
        report('unitExpected', place.expression.span, parameters, {
          hint: isPlain ? 'write for example `delay 1 step` or `delay 2 ms`' : undefined,
        })
        break
      }
    }
  }
}

/** `factor * dv/dt = rhs`: both sides have the dimension of factor * v / time (or per step). */
function checkDerivative(
  dimensions: Dimensions,
  state: StateMember,
  environment: Environment,
  report: Reporter,
): void {
  const { factor, value, span } = state.derivative
  const variable = environment.variables.get(state.name.name)
  const scale = factor ? dimensions.of(factor, environment, report) : dimensionless
  const right = dimensions.of(value, environment, report)
  const own = variable && dimensions.ofVariable(variable)
  if (!own || !scale || !right) return
  const product = combine(own, scale, 1)
  const sides = [perTime, perStep].map((each) => combine(product, each, 1))
  if (sides.some((side) => sameDimension(side, right))) return
  const [left = product] = sides
  report(
    'unitMismatch',
    span,
    {
      operation: `The equation of \`${state.name.name}\``,
      left: describeDimension(left),
      right: describeDimension(right),
    },
    {
      hint:
        sameDimension(right, own) && !factor
          ? `what is \`${state.name.name}\` per time? write \`tau * d${state.name.name}/dt = ...\``
          : undefined,
      sides: sameDimension(own, dimensionless)
        ? [
            [variable, own],
            [value, combine(right, combine(scale, perTime, 1), -1)],
          ]
        : [],
    },
  )
}
