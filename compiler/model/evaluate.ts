/**
 * Evaluates expressions that must be known when a model is compiled: parameters, sizes, arguments,
 * options. Numbers carry their dimension, and the parameter arithmetic they came from. What goes
 * wrong is reported to the context and gives undefined, which callers pass on in silence.
 */
import type {
  BinaryExpression,
  CallExpression,
  Expression,
  IndexExpression,
  Span,
} from '../../grammar/ast.ts'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import type { MapFunction } from '../ir/ir.ts'
import { builtinNames, compileTimeFunctions } from './builtins.ts'
import type { Context } from './context.ts'
import type {
  BooleanValue,
  Entry,
  ListValue,
  NumberValue,
  ScalarSymbol,
  Scope,
  Value,
} from './model.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  checkCompound,
  lookUpUnit,
  power,
  sameDimension,
  unitHint,
} from './units.ts'
import {
  booleanValue,
  counted,
  countValues,
  describeEntry,
  isValue,
  mapList,
  numberValue,
  pairwise,
  paramsOf,
  symbolOf,
  symbolSize,
} from './values.ts'

/** Arithmetic over parameters that is longer is done when the model is compiled. */
const longestSymbol = 1000

/** The most values that a list may hold. */
const longestList = 100_000

/** `did you mean ...?` from candidates, or undefined. */
export function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const found = suggest(name, candidates)
  return found === undefined ? undefined : `did you mean \`${found}\`?`
}

/** The entry that a name stands for; reports an unknown one. */
export function resolveName(
  context: Context,
  scope: Scope,
  name: string,
  span: Span,
  kind = 'value',
): Entry | undefined {
  const entry = scope.lookUp(name)
  if (entry) return entry
  if (scope.knows(name)) return undefined // being evaluated, or failed: reported already
  return context.report(
    'unknownName',
    span,
    { kind, name },
    { hint: context.isFull ? undefined : didYouMean(name, scope.names()) },
  )
}

/** Value of an expression, or undefined after a report. */
export function evaluate(
  context: Context,
  scope: Scope,
  expression: Expression,
): Value | undefined {
  switch (expression.kind) {
    case 'NumberLiteral': {
      const unit = expression.unit && lookUpUnit(expression.unit.name)
      checkCompound(context, expression, (name) => scope.knows(name))
      return unit
        ? numberValue(expression.value * unit.scale, unit.dimension)
        : numberValue(expression.value)
    }
    case 'StringLiteral':
      return { kind: 'string', value: expression.value }
    case 'BooleanLiteral':
      return booleanValue(expression.value)
    case 'Name': {
      const known = scope.lookUp(expression.name)
      if (!known && !scope.knows(expression.name)) {
        // A population `h` that could not be read is no hour.
        if (context.isLostName(expression.name)) return undefined
        // A declaration of this name could not be read.
        if (context.lost.has(expression.name)) return undefined
        const unit = lookUpUnit(expression.name)
        if (unit) return numberValue(unit.scale, unit.dimension)
        if (builtinNames.has(expression.name)) return { kind: 'builtin', name: expression.name }
      }
      const entry = known ?? resolveName(context, scope, expression.name, expression.span)
      if (!entry) return undefined
      if (!isValue(entry)) {
        return context.report('wrongKind', expression.span, {
          name: expression.name,
          found: describeEntry(entry),
          expected: 'a value known when the model is compiled',
        })
      }
      markUsed(context, entry)
      return entry
    }
    case 'Member':
      return evaluateMember(context, scope, expression)
    case 'Index':
      return evaluateIndex(context, scope, expression)
    case 'Call':
      return evaluateCall(context, scope, expression)
    case 'Unary': {
      const operand = evaluate(context, scope, expression.operand)
      if (!operand) return undefined
      if (expression.operator === 'not') {
        const truth = expectBoolean(context, operand, expression.operand.span)
        return truth && applyBoolean(context, 'not', !truth.value, [truth])
      }
      return mapList(operand, (each) => {
        const number = expectNumber(context, each, expression.operand.span)
        return number && applyNumber(context, 'neg', -number.value, number.dimension, [number])
      })
    }
    case 'Binary':
      return evaluateBinary(context, scope, expression)
    case 'Conditional': {
      const test = evaluateBoolean(context, scope, expression.test)
      if (!test) return undefined
      for (const name of paramsOf(test.symbol)) context.structural.add(name)
      return evaluate(context, scope, test.value ? expression.then : expression.otherwise)
    }
    case 'List':
      return evaluateList(context, scope, expression.elements)
    case 'Spread':
    case 'Range':
      return context.report('notConstant', expression.span, {
        reason: 'a range or spread has no value of its own',
      })
    case 'ErrorExpression':
      return undefined
  }
}

function markUsed(context: Context, value: Value): void {
  if (value.kind === 'list') {
    if (context.marked.has(value)) return
    context.marked.add(value)
  }
  if (value.kind === 'number' || value.kind === 'boolean') {
    for (const name of paramsOf(value.symbol)) context.used.add(name.replace(/\[.*$/, ''))
  } else if (value.kind === 'list') for (const element of value.elements) markUsed(context, element)
}

function evaluateList(
  context: Context,
  scope: Scope,
  elements: readonly Expression[],
): ListValue | undefined {
  const values: Value[] = []
  let count = 0
  for (const element of elements) {
    const value = evaluate(context, scope, element.kind === 'Spread' ? element.operand : element)
    if (!value) return undefined
    count += countValues([value], longestList)
    if (count > longestList) {
      return context.report('tooLarge', element.span, {
        what: 'This list',
        count: `more than ${counted(longestList, 'value')}`,
        limit: counted(longestList, 'value'),
      })
    }
    if (element.kind !== 'Spread') values.push(value)
    else if (value.kind === 'list') for (const each of value.elements) values.push(each)
    else if (value.kind === 'populations') {
      for (const population of value.elements) values.push({ kind: 'population', population })
    } else if (value.kind === 'population') values.push(value)
    else
      return context.report('expectedNumber', element.span, {
        expected: 'list',
        found: describeEntry(value),
      })
  }
  return { kind: 'list', elements: values }
}

function evaluateMember(
  context: Context,
  scope: Scope,
  expression: Expression & { kind: 'Member' },
): Value | undefined {
  const object = evaluate(context, scope, expression.object)
  if (!object) return undefined
  const name = expression.member.name
  if (object.kind === 'instance') {
    const entry = object.scope.lookUp(name)
    if (entry && isValue(entry)) return entry
    return context.report('unknownMember', expression.member.span, {
      owner: `\`${object.name}\``,
      kind: 'population',
      name,
    })
  }
  if (object.kind === 'population') {
    const entry = object.population.cell.scope.lookUp(name)
    if (entry && (entry.kind === 'number' || entry.kind === 'boolean' || entry.kind === 'list')) {
      markUsed(context, entry)
      return entry
    }
  }
  return context.report('notConstant', expression.span, {
    reason: `\`${name}\` of ${describeEntry(object)} is computed while it runs`,
  })
}

function evaluateIndex(
  context: Context,
  scope: Scope,
  expression: IndexExpression,
): Value | undefined {
  const object = evaluate(context, scope, expression.object)
  if (!object) return undefined
  if (expression.index.kind === 'Range') {
    return context.report('notConstant', expression.index.span, {
      reason:
        object.kind === 'population'
          ? 'only weights can be sliced: the units of a population are connected, recorded and measured together'
          : 'only weights can be sliced',
    })
  }
  const index = evaluateInteger(context, scope, expression.index)
  if (index === undefined) return undefined
  // A parameter that holds one number holds it for every index.
  if (object.kind === 'number' || object.kind === 'boolean') return object
  const elements =
    object.kind === 'list'
      ? object.elements
      : object.kind === 'populations'
        ? object.elements.map((population) => ({ kind: 'population', population }) as const)
        : object.kind === 'instances'
          ? object.elements.map(
              (each) => ({ kind: 'instance', name: object.name, scope: each }) as const,
            )
          : undefined
  if (!elements) {
    return context.report('expectedNumber', expression.object.span, {
      expected: 'list or array',
      found: describeEntry(object),
    })
  }
  const element = elements[index]
  if (element) return element
  // How many elements there would be is not known.
  if (object.kind === 'populations' && context.isBroken(object.family)) return undefined
  return context.report('indexOutOfRange', expression.index.span, {
    name: expression.object.kind === 'Name' ? expression.object.name : 'this',
    count: elements.length,
    index,
  })
}

function evaluateCall(
  context: Context,
  scope: Scope,
  expression: CallExpression,
): Value | undefined {
  const name = expression.callee.kind === 'Name' ? expression.callee.name : undefined
  const fn = name === undefined ? undefined : compileTimeFunctions.get(name)
  if (!fn || name === undefined) {
    if (name !== undefined && scope.lookUp(name)?.kind === 'function') {
      return context.report('notConstant', expression.span, {
        reason: `\`${name}\` is computed while the model runs`,
      })
    }
    return context.report(
      'notConstant',
      expression.span,
      {
        reason: `${name === undefined ? 'this' : `\`${name}\``} is no function that can be evaluated then`,
      },
      {
        hint:
          name === 'range'
            ? 'write a list, as in `[1, 2, 3]`, or an array of populations'
            : name && didYouMean(name, [...compileTimeFunctions.keys()]),
      },
    )
  }
  const values: Value[] = []
  for (const argument of expression.args) {
    const value = evaluate(context, scope, argument.value)
    if (!value) return undefined
    values.push(value)
  }
  if (name === 'size' || name === 'length') return sizeOf(context, name, values[0], expression)
  const wanted = fn.arity
  if (values.length < wanted[0] || values.length > wanted[1]) {
    return context.report('tooManyArguments', expression.span, {
      owner: `\`${name}\``,
      expected: wanted[0] === wanted[1] ? wanted[0] : `${wanted[0]} to ${wanted[1]}`,
      found: values.length,
    })
  }
  const list = values[0]
  const flat = list?.kind === 'list' && values.length === 1 ? list.elements : values
  const numbers: NumberValue[] = []
  for (const [i, value] of flat.entries()) {
    const number = expectNumber(context, value, expression.args[i]?.value.span ?? expression.span)
    if (!number) return undefined
    numbers.push(number)
  }
  const result = fn.apply(...numbers.map((each) => each.value))
  const dimension = fn.keepsDimension ? (numbers[0]?.dimension ?? dimensionless) : dimensionless
  if (fn.map === undefined || numbers.length > 2) {
    if (numbers.some((each) => each.symbol)) markStructural(context, numbers)
    return numberValue(result, dimension)
  }
  return applyNumber(context, fn.map, result, dimension, numbers)
}

/** A result that forgets its parameters can only change by compiling again. */
function markStructural(context: Context, numbers: readonly (NumberValue | BooleanValue)[]): void {
  for (const each of numbers) for (const name of paramsOf(each.symbol)) context.structural.add(name)
}

function sizeOf(
  context: Context,
  name: string,
  value: Value | undefined,
  expression: CallExpression,
): Value | undefined {
  if (value?.kind === 'population') return numberValue(value.population.size)
  if (value?.kind === 'populations') return numberValue(value.elements.length)
  if (value?.kind === 'list') return numberValue(value.elements.length)
  return context.report('expectedNumber', expression.span, {
    expected: name === 'size' ? 'population' : 'list',
    found: value ? describeEntry(value) : 'nothing',
  })
}

const arithmetic = {
  '+': { fn: 'add', apply: (a: number, b: number) => a + b },
  '-': { fn: 'sub', apply: (a: number, b: number) => a - b },
  '*': { fn: 'mul', apply: (a: number, b: number) => a * b },
  '/': { fn: 'div', apply: (a: number, b: number) => a / b },
  '^': { fn: 'pow', apply: (a: number, b: number) => a ** b },
} as const

const comparisons = {
  '==': { fn: 'eq', apply: (a: number, b: number) => a === b },
  '!=': { fn: 'ne', apply: (a: number, b: number) => a !== b },
  '<': { fn: 'lt', apply: (a: number, b: number) => a < b },
  '<=': { fn: 'le', apply: (a: number, b: number) => a <= b },
  '>': { fn: 'gt', apply: (a: number, b: number) => a > b },
  '>=': { fn: 'ge', apply: (a: number, b: number) => a >= b },
} as const

function evaluateBinary(
  context: Context,
  scope: Scope,
  expression: BinaryExpression,
): Value | undefined {
  const { operator } = expression
  const left = evaluate(context, scope, expression.left)
  const right = evaluate(context, scope, expression.right)
  if (!left || !right) return undefined
  if (operator === 'and' || operator === 'or') {
    const a = expectBoolean(context, left, expression.left.span)
    const b = expectBoolean(context, right, expression.right.span)
    return (
      a &&
      b &&
      applyBoolean(
        context,
        operator,
        operator === 'and' ? a.value && b.value : a.value || b.value,
        [a, b],
      )
    )
  }
  if (
    (operator === '==' || operator === '!=') &&
    left.kind === 'string' &&
    right.kind === 'string'
  ) {
    return booleanValue((left.value === right.value) === (operator === '=='))
  }
  if (operator === '@') {
    return context.report('notConstant', expression.span, { reason: '`@` is a product of weights' })
  }
  return pairwise(left, right, (one, other) => combineNumbers(context, expression, one, other))
}

function combineNumbers(
  context: Context,
  expression: BinaryExpression,
  left: Value,
  right: Value,
): Value | undefined {
  const a = expectNumber(context, left, expression.left.span)
  const b = expectNumber(context, right, expression.right.span)
  if (!a || !b) return undefined
  const { operator } = expression
  switch (operator) {
    case '*':
    case '/': {
      const { fn, apply } = arithmetic[operator]
      const dimension = combine(a.dimension, b.dimension, operator === '*' ? 1 : -1)
      return applyNumber(context, fn, apply(a.value, b.value), dimension, [a, b])
    }
    case '^':
      return applyNumber(context, 'pow', a.value ** b.value, power(a.dimension, b.value), [a, b])
    case '+':
    case '-': {
      if (!checkSame(context, expression, a, b)) return undefined
      const { fn, apply } = arithmetic[operator]
      const { dimension } = isZero(expression.left) ? b : a
      return applyNumber(context, fn, apply(a.value, b.value), dimension, [a, b])
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (!checkSame(context, expression, a, b)) return undefined
      const { fn, apply } = comparisons[operator]
      return applyBoolean(context, fn, apply(a.value, b.value), [a, b])
    }
    case 'and':
    case 'or':
    case '@':
      throw new Error(`${operator} combines no numbers`)
  }
}

function isZero(expression: Expression): boolean {
  return expression.kind === 'NumberLiteral' && expression.value === 0 && !expression.unit
}

function checkSame(
  context: Context,
  expression: BinaryExpression,
  a: NumberValue,
  b: NumberValue,
): boolean {
  if (sameDimension(a.dimension, b.dimension)) return true
  // A written 0 fits every dimension.
  if (isZero(expression.left) || isZero(expression.right)) return true
  context.report(
    'unitMismatch',
    expression.span,
    {
      operation: `\`${expression.operator}\``,
      left: describeDimension(a.dimension),
      right: describeDimension(b.dimension),
    },
    {
      hint: unitHint(expression.left, b.dimension) ?? unitHint(expression.right, a.dimension),
    },
  )
  return false
}

function applyNumber(
  context: Context,
  fn: MapFunction,
  value: number,
  dimension: NumberValue['dimension'],
  args: readonly NumberValue[],
): NumberValue {
  return numberValue(value, dimension, appliedSymbol(context, fn, args))
}

/** The symbol of a function of `args`; none if it depends on no parameter, or is too long to keep. */
function appliedSymbol(
  context: Context,
  fn: MapFunction,
  args: readonly (NumberValue | BooleanValue)[],
): ScalarSymbol | undefined {
  if (!args.some((each) => each.symbol)) return undefined
  const symbols = args.map(symbolOf)
  const size = symbols.reduce((sum, each) => sum + symbolSize(each), 1)
  if (size <= longestSymbol) return { kind: 'apply', fn, args: symbols, size }
  markStructural(context, args)
  return undefined
}

function applyBoolean(
  context: Context,
  fn: MapFunction,
  value: boolean,
  args: readonly (NumberValue | BooleanValue)[],
): BooleanValue {
  return booleanValue(value, appliedSymbol(context, fn, args))
}

export function expectNumber(context: Context, value: Value, span: Span): NumberValue | undefined {
  if (value.kind === 'number') return value
  return context.report('expectedNumber', span, { expected: 'number', found: describeEntry(value) })
}

export function expectBoolean(
  context: Context,
  value: Value,
  span: Span,
): BooleanValue | undefined {
  if (value.kind === 'boolean') return value
  return context.report('expectedNumber', span, {
    expected: 'switch (on or off)',
    found: describeEntry(value),
  })
}

export function evaluateNumber(
  context: Context,
  scope: Scope,
  expression: Expression,
): NumberValue | undefined {
  const value = evaluate(context, scope, expression)
  return value && expectNumber(context, value, expression.span)
}

export function evaluateBoolean(
  context: Context,
  scope: Scope,
  expression: Expression,
): BooleanValue | undefined {
  const value = evaluate(context, scope, expression)
  return value && expectBoolean(context, value, expression.span)
}

/** A whole number that decides the structure of the model. */
export function evaluateInteger(
  context: Context,
  scope: Scope,
  expression: Expression,
): number | undefined {
  const value = evaluateNumber(context, scope, expression)
  return value && toInteger(context, value, expression.span)
}

export function toInteger(context: Context, value: NumberValue, span: Span): number | undefined {
  markStructural(context, [value])
  if (Number.isInteger(value.value) && sameDimension(value.dimension, dimensionless))
    return value.value
  return context.report('expectedNumber', span, {
    expected: 'whole number',
    found: sameDimension(value.dimension, dimensionless)
      ? String(value.value)
      : `a number with ${describeDimension(value.dimension)}`,
  })
}
