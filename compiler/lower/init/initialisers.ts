/**
 * Initial weights. Fan out is the number of postsynaptic units, fan in that of presynaptic ones: rows
 * and columns of the matrix as stored, [post, pre]. For a kernel they are channels times its area;
 * that of a transposed convolution is stored the other way round.
 *
 * Xavier: Glorot and Bengio (2010), variance gain^2 2/(fan in + fan out).
 * Kaiming: He et al. (2015), variance gain^2 2/fan.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import type { FileInfo, ValueId } from '../../ir/ir.ts'
import { initialisers } from '../../model/builtins.ts'
import { didYouMean, evaluate } from '../../model/evaluate.ts'
import { expectNumber } from '../../model/operators.ts'
import type { NumberValue, Scope } from '../../model/model.ts'
import { numberValue } from '../../model/values.ts'
import type { LowerContext } from '../context.ts'
import { scalarValue } from '../scalars.ts'
import type { WeightTarget } from '../circuit/weights.ts'

const defaults: Readonly<Record<string, number>> = {
  gain: 1,
  mean: 0,
  std: 1,
  low: 0,
  high: 1,
  scale: 1,
}

export function lowerInitialiser(
  context: LowerContext,
  scope: Scope,
  call: CallExpression,
  name: string,
  target: WeightTarget,
  stream: string,
): ValueId | undefined {
  const { builder, diagnostics, freedom } = context
  const names = parameterNames(name, call.args.length)
  const given = new Map<string, Expression>()
  for (const [i, argument] of call.args.entries()) {
    const parameter = argument.name?.name ?? names[i]
    if (parameter === undefined) {
      return diagnostics.report('tooManyArguments', argument.span, {
        owner: `\`${name}\``,
        expected: names.length,
        found: call.args.length,
      })
    }
    if (!names.includes(parameter)) {
      return diagnostics.report(
        'unknownOption',
        argument.span,
        { owner: `\`${name}\``, name: parameter },
        { hint: didYouMean(parameter, names) },
      )
    }
    given.set(parameter, argument.value)
  }
  const number = (parameter: string): NumberValue | undefined => {
    const expression = given.get(parameter)
    if (!expression) return numberValue(defaults[parameter] ?? 0)
    const value = evaluate(diagnostics, scope, expression)
    return value && expectNumber(diagnostics, value, expression.span)
  }
  const scalar = (parameter: string): ValueId | undefined => {
    const value = number(parameter)
    return value && scalarValue(builder, freedom, value)
  }
  const area = target.shape.slice(2).reduce((a, b) => a * b, 1)
  const [first = 1, second = first] = target.shape
  const fanOut = (target.transposed ? second : first) * area
  const fanIn = (target.transposed ? first : second) * area
  const draw = (distribution: 'normal' | 'uniform'): ValueId =>
    builder.random(distribution, stream, target.shape)
  const scaled = (
    value: ValueId,
    factor: ValueId | undefined,
    constant: number,
  ): ValueId | undefined =>
    factor === undefined
      ? undefined
      : builder.map('mul', builder.map('mul', factor, builder.constant(constant)), value)
  /** Uniform on (-1, 1). */
  const symmetric = (): ValueId =>
    builder.map(
      'sub',
      builder.map('mul', builder.constant(2), draw('uniform')),
      builder.constant(1),
    )
  switch (name) {
    case 'normal': {
      const mean = scalar('mean')
      const value = scaled(draw('normal'), scalar('std'), 1)
      return value === undefined || mean === undefined ? undefined : builder.map('add', mean, value)
    }
    case 'uniform': {
      const low = scalar('low')
      const high = scalar('high')
      if (low === undefined || high === undefined) return undefined
      return builder.map(
        'add',
        low,
        builder.map('mul', builder.map('sub', high, low), draw('uniform')),
      )
    }
    case 'xavier_normal':
      return scaled(draw('normal'), scalar('gain'), Math.sqrt(2 / (fanIn + fanOut)))
    case 'xavier_uniform':
      return scaled(symmetric(), scalar('gain'), Math.sqrt(6 / (fanIn + fanOut)))
    case 'kaiming_normal':
    case 'kaiming_uniform': {
      const mode = given.get('fan')
      const value = mode && evaluate(diagnostics, scope, mode)
      if (mode && (value?.kind !== 'string' || (value.value !== 'in' && value.value !== 'out'))) {
        return diagnostics.report('badValue', mode.span, {
          what: '`fan`',
          expected: '"in" or "out"',
          found: value?.kind === 'string' ? `"${value.value}"` : 'no text',
        })
      }
      const fan = value?.kind === 'string' && value.value === 'out' ? fanOut : fanIn
      return name === 'kaiming_normal'
        ? scaled(draw('normal'), scalar('gain'), Math.sqrt(2 / fan))
        : scaled(symmetric(), scalar('gain'), Math.sqrt(6 / fan))
    }
    case 'identity': {
      const [rows, columns] = target.shape
      if (rows === undefined || columns === undefined || target.shape.length !== 2) {
        return diagnostics.report('shapeMismatch', call.span, {
          left: '`identity`',
          leftShape: 'a matrix',
          right: `\`${target.name}\``,
          rightShape: `[${target.shape.join(', ')}]`,
        })
      }
      return scaled(builder.identity(rows, columns), scalar('scale'), 1)
    }
    case 'file': {
      const text = (parameter: string): string | undefined => {
        const expression = given.get(parameter)
        const value = expression && evaluate(diagnostics, scope, expression)
        return value?.kind === 'string' ? value.value : undefined
      }
      return lowerFile(context, call, target, text('path'), text('array'))
    }
    default:
      throw new Error(`${name} is no initialiser`)
  }
}

/** An array of a file: an input of the graph, which whoever makes the network provides. */
function lowerFile(
  context: LowerContext,
  call: CallExpression,
  { name, shape }: WeightTarget,
  path: string | undefined,
  array: string | undefined,
): ValueId | undefined {
  const { builder, diagnostics, files } = context
  if (path === undefined) {
    return diagnostics.report(
      'missingArgument',
      call.span,
      { owner: '`file`', name: 'path' },
      { hint: 'write it in quotes, as in `file("weights.npy")`' },
    )
  }
  if (!files) return diagnostics.report('noLowering', call.span, { construct: '`file` in a tie' })
  const read = { shape, path, from: call.span.file, values: 'weight' as const }
  return addFile(builder, files, { name, ...read, ...(array === undefined ? {} : { array }) })
}

/** Notes a file under a name that no other has, and gives its value. */
export function addFile(builder: GraphBuilder, files: FileInfo[], file: FileInfo): ValueId {
  const taken = files.filter(({ name }) => name.replace(/ \d+$/, '') === file.name).length
  const name = taken === 0 ? file.name : `${file.name} ${taken + 1}`
  files.push({ ...file, name })
  return builder.input(name, file.shape)
}

/** `normal(0.1)` is the standard deviation alone. */
function parameterNames(name: string, count: number): readonly string[] {
  if (name === 'normal' && count < 2) return ['std', 'mean']
  return initialisers.get(name) ?? []
}
