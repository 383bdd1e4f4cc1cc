/**
 * Initial weights. Fan out is the number of postsynaptic units, fan in that of presynaptic ones: rows
 * and columns of the matrix as stored, [post, pre]. For a kernel they are channels times its area;
 * that of a transposed convolution is stored the other way round.
 *
 * Xavier: Glorot and Bengio (2010), variance gain^2 2/(fan in + fan out).
 * Kaiming: He et al. (2015), variance gain^2 2/fan.
 */
import type { CallExpression } from '../../../grammar/ast.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import type { PairQuantity } from '../../../contract/pattern.ts'
import type { FileInfo, PatternSides, StorageShape, ValueId } from '../../ir/ir.ts'
import type { Initialiser } from '../../model/weights/reference.ts'
import type { WeightTarget } from '../../model/weights/targets.ts'
import type { LowerContext } from '../context.ts'
import { synapseShape, type Synapses } from '../circuit/weight-values.ts'
import { scalarValue } from '../scalars.ts'

/** A draw, or what else a weight begins with: for whom, and how its draws are called. */
export interface Drawn {
  readonly reference: Initialiser
  readonly call: CallExpression
  readonly target: WeightTarget
  readonly stream: string
  /** Of a weight that is computed by synapse. */
  readonly synapses?: Synapses
}

/** What an initialiser draws or reads for a weight: in its shape, or one for each synapse. */
export function lowerInitialiser(context: LowerContext, drawn: Drawn): ValueId {
  const { reference: bound, target, stream, synapses } = drawn
  const { builder, freedom } = context
  const shape = synapses ? synapseShape(synapses.sides) : target.shape
  const scalar = (parameter: string): ValueId => {
    const value = bound.numbers.get(parameter)
    if (!value) throw new Error(`${bound.name} has no ${parameter}`)
    return scalarValue(builder, freedom, value)
  }
  const area = target.shape.slice(2).reduce((a, b) => a * b, 1)
  const [first = 1, second = first] = target.shape
  const fanOut = (target.transposed ? second : first) * area
  const fanIn = (target.transposed ? first : second) * area
  const draw = (distribution: 'normal' | 'uniform'): ValueId =>
    builder.random(distribution, stream, shape)
  const scaled = (value: ValueId, factor: ValueId, constant: number): ValueId =>
    builder.map('mul', builder.map('mul', factor, builder.constant(constant)), value)
  /** Uniform on (-1, 1). */
  const symmetric = (): ValueId =>
    builder.map(
      'sub',
      builder.map('mul', builder.constant(2), draw('uniform')),
      builder.constant(1),
    )
  switch (bound.name) {
    case 'normal': {
      const mean = scalar('mean')
      return builder.map('add', mean, scaled(draw('normal'), scalar('std'), 1))
    }
    case 'uniform': {
      const low = scalar('low')
      const high = scalar('high')
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
      const fan = bound.fan === 'out' ? fanOut : fanIn
      return bound.name === 'kaiming_normal'
        ? scaled(draw('normal'), scalar('gain'), Math.sqrt(2 / fan))
        : scaled(symmetric(), scalar('gain'), Math.sqrt(6 / fan))
    }
    case 'identity': {
      const [rows = 1, columns = 1] = target.shape
      if (!synapses) return scaled(builder.identity(rows, columns), scalar('scale'), 1)
      const [pre, post] = (['pre.index', 'post.index'] as const).map((each) =>
        pairInput(context, synapses.sides, each),
      )
      if (pre === undefined || post === undefined) throw new Error('A pair has two units')
      return scaled(builder.map('eq', pre, post), scalar('scale'), 1)
    }
    case 'file':
      return lowerFile(context, drawn, shape)
    default:
      throw new Error(`${bound.name} is no initialiser`)
  }
}

/** An array of a file: an input of the graph, which whoever makes the network provides. */
function lowerFile(
  { builder, files }: LowerContext,
  { reference: { path, array }, call: { span }, target: { name } }: Drawn,
  shape: StorageShape,
): ValueId {
  if (path === undefined || !files) throw new Error('`file` is read before the first step')
  const read = { shape, path, from: span.file, values: 'weight' as const }
  return addFile(builder, files, { name, ...read, ...(array === undefined ? {} : { array }) })
}

/** What is known of the pair of each synapse, [synapses]: an input of the graph, as files are. */
export function pairInput(
  { builder, pairs }: LowerContext,
  sides: PatternSides,
  quantity: PairQuantity,
): ValueId {
  if (!pairs) throw new Error(`${quantity} is read before the first step`)
  const name = `${quantity} of ${sides.name}`
  if (!pairs.some((each) => each.name === name)) {
    pairs.push({ name, pattern: sides.name, quantity })
  }
  return builder.input(name, synapseShape(sides))
}

/** Notes a file under a name that no other has, and gives its value. */
export function addFile(builder: GraphBuilder, files: FileInfo[], file: FileInfo): ValueId {
  const taken = files.filter(({ name }) => name.replace(/ \d+$/, '') === file.name).length
  const name = taken === 0 ? file.name : `${file.name} ${taken + 1}`
  files.push({ ...file, name })
  return builder.input(name, file.shape)
}
