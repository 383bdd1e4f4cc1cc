/**
 * Evaluates expressions that must be known when a model is compiled: parameters, sizes, arguments,
 * options. Numbers carry their dimension, and the parameter arithmetic they came from. What goes
 * wrong is reported to the context and gives undefined, which callers pass on in silence.
 */
import type { CallExpression, Expression, IndexExpression, Span } from '../../grammar/ast.ts'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import { builtinNames, clipNow, compileTimeFunctions } from './builtins.ts'
import { branchesDiffer } from './branch-units.ts'
import { choosable } from './choosable.ts'
import type { Context } from './context.ts'
import {
  applyBoolean,
  applyNumber,
  combined,
  expectBoolean,
  expectNumber,
  markStructural,
  toInteger,
} from './operators.ts'
import type { BooleanValue, Entry, ListValue, NumberValue, Scope, Value } from './model.ts'
import { callsFunctions, inlined } from './inlined.ts'
import { checkPlaces, checkTaken } from './named-arguments.ts'
import { dimensionOfCall } from './known-dimensions.ts'
import { hiddenPairHint } from './patterns/pair-names.ts'
import { checkCompound, lookUpUnit } from './units.ts'
import {
  booleanValue,
  counted,
  countValues,
  describeEntry,
  isValue,
  mapList,
  numberOfLiteral,
  numberValue,
  paramsOf,
} from './values.ts'

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
      return numberOfLiteral(expression, unit)
    }
    case 'StringLiteral':
      return { kind: 'string', value: expression.value }
    case 'BooleanLiteral':
      return booleanValue(expression.value)
    case 'Name': {
      const known = scope.lookUp(expression.name)
      if (!known && !scope.knows(expression.name)) {
        // A declaration of this name could not be read.
        if (context.lost.has(expression.name)) return undefined
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
        return (
          number && applyNumber(context, 'neg', () => -number.value, number.dimension, [number])
        )
      })
    }
    case 'Binary': {
      const { operator } = expression
      const isProduct = operator === '*' || operator === '/' || operator === '^'
      const [left, right] = [expression.left, expression.right].map(
        (side) =>
          (isProduct ? unitAlone(context, scope, side) : undefined) ??
          evaluate(context, scope, side),
      )
      return left && right && combined(context, expression, left, right)
    }
    case 'Conditional': {
      const test = evaluateBoolean(context, scope, expression.test)
      if (!test) return undefined
      const taken = test.value ? expression.then : expression.otherwise
      const either = choosable(
        context,
        test,
        [expression.then, expression.otherwise],
        (each, aside) => evaluate(aside, scope, each),
      )
      if (either) return either
      if (branchesDiffer(context, scope, expression)) return undefined
      for (const name of paramsOf(test.symbol)) context.structural.add(name)
      return evaluate(context, scope, taken)
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

/** The unit that a factor is: `ms` of `10 mV / ms`, where nothing is called so. */
function unitAlone(context: Context, scope: Scope, factor: Expression): Value | undefined {
  if (factor.kind !== 'Name' || scope.knows(factor.name)) return undefined
  // A population `h` that could not be read is no hour.
  if (scope.lookUp(factor.name) || context.isLostName(factor.name)) return undefined
  const unit = lookUpUnit(factor.name)
  return unit && numberValue(unit.scale, unit.dimension)
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
  const reason = `\`${name}\` of ${describeEntry(object)} is computed while it runs`
  const hint = hiddenPairHint(expression)
  return context.report('notConstant', expression.span, { reason }, { hint })
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
  const own = name === undefined ? undefined : scope.lookUp(name)
  if (own?.kind === 'function') {
    if (!checkTaken(context, expression, own.definition)) return undefined
    const { value, scope: inner } = inlined(scope, expression)
    // A function that calls itself is told where it is declared.
    return callsFunctions(inner, value) ? undefined : evaluate(context, inner, value)
  }
  const fn =
    name === undefined ? undefined : name === 'clip' ? clipNow : compileTimeFunctions.get(name)
  if (!fn || name === undefined) {
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
            : name === undefined
              ? undefined
              : didYouMean(name, [...compileTimeFunctions.keys()]),
      },
    )
  }
  if (!checkPlaces(context, expression, name)) return undefined
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
  const result = (): number => fn.apply(...numbers.map((each) => each.value))
  const dimension = dimensionOfCall(context, name, numbers, expression)
  if (!dimension) return undefined
  const [x, low, high] = numbers
  if (name === 'clip' && x && low && high) {
    const raised = applyNumber(context, 'max', () => Math.max(x.value, low.value), dimension, [
      x,
      low,
    ])
    return applyNumber(context, 'min', result, dimension, [raised, high])
  }
  if (fn.map === undefined || numbers.length > 2) {
    if (numbers.some((each) => each.symbol)) markStructural(context, numbers)
    return numberValue(result(), dimension)
  }
  return applyNumber(context, fn.map, result, dimension, numbers)
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
