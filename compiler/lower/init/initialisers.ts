/**
 * Initial weights. Fan out is the number of postsynaptic units, fan in that of presynaptic ones: rows
 * and columns of the matrix as stored, [post, pre]. For a kernel they are channels times its area;
 * that of a transposed convolution is stored the other way round.
 *
 * Xavier: Glorot and Bengio (2010), variance gain^2 2/(fan in + fan out).
 * Kaiming: He et al. (2015), variance gain^2 2/fan.
 * Orthogonal: Saxe et al. (2014), of a normal matrix whose rows are those of the first axis.
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
import { truncatedDraw } from './truncated.ts'

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
    case 'truncated_normal': {
      const within = bound.numbers.get('within')?.value ?? 2
      const value = truncatedDraw(builder, draw('uniform'), within)
      return builder.map('add', scalar('mean'), scaled(value, scalar('std'), 1))
    }
    case 'orthogonal': {
      const { shape: whole } = target
      const rows = whole[0] ?? 1
      const flat = builder.reshape(draw('normal'), [rows, whole.reduce((a, b) => a * b, 1) / rows])
      const part = builder.reshape(builder.factor(flat, 1, 'orthogonal'), whole)
      return scaled(part, scalar('gain'), 1)
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
    case 'lognormal': {
      // Of the logarithm: variance s^2 = log(1 + (std / mean)^2), mean log(mean) - s^2 / 2.
      const mean = scalar('mean')
      const spread = builder.map('square', builder.map('div', scalar('std'), mean))
      const variance = builder.map('log', builder.map('add', builder.constant(1), spread))
      const noise = builder.map('mul', builder.map('sqrt', variance), draw('normal'))
      const half = builder.map('mul', builder.constant(0.5), variance)
      return builder.map('mul', mean, builder.map('exp', builder.map('sub', noise, half)))
    }
    case 'exponential': {
      const rest = builder.map('sub', builder.constant(1), draw('uniform'))
      return builder.map('mul', scalar('mean'), builder.map('neg', builder.map('log', rest)))
    }
    case 'gamma':
      return builder.map('mul', scalar('scale'), gammaDraw(builder, bound, stream, shape))
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

/** So often a draw is refused at most with a probability below 1e-10 (1 in 20 are, or fewer). */
const ROUNDS = 8

/**
 * Gamma numbers of scale 1: Marsaglia and Tsang (2000), "A simple method for generating gamma variables".
 * Every element draws for all rounds, and takes the first that is accepted.
 */
function gammaDraw(
  builder: GraphBuilder,
  bound: Initialiser,
  stream: string,
  shape: StorageShape,
): ValueId {
  const number = (value: number): ValueId => builder.constant(value)
  const alpha = bound.numbers.get('shape')?.value ?? 1
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  let found = number(d)
  for (let round = ROUNDS; round > 0; round--) {
    const x = builder.random('normal', `${stream} gamma ${round}`, shape)
    const u = builder.random('uniform', `${stream} gamma ${round} taken`, shape)
    const root = builder.map('add', number(1), builder.map('mul', number(c), x))
    const v = builder.map('mul', root, builder.map('square', root))
    const isPositive = builder.map('gt', v, number(0))
    const logOfV = builder.map('log', builder.map('select', isPositive, v, number(1)))
    const bonus = builder.map('mul', number(d), builder.map('sub', logOfV, v))
    const square = builder.map('mul', number(0.5), builder.map('square', x))
    const most = builder.map('add', builder.map('add', square, number(d)), bonus)
    const isBelow = builder.map('lt', builder.map('log', u), most)
    const isTaken = builder.map('and', isPositive, isBelow)
    found = builder.map('select', isTaken, builder.map('mul', number(d), v), found)
  }
  if (alpha >= 1) return found
  const rest = builder.map('sub', number(1), builder.random('uniform', `${stream} gamma`, shape))
  return builder.map('mul', found, builder.map('pow', rest, number(1 / alpha)))
}

/** An array of a file: an input of the graph, which whoever makes the network provides. */
function lowerFile(
  { builder, files }: LowerContext,
  { reference: { path, array }, call: { span }, target: { name }, synapses }: Drawn,
  shape: StorageShape,
): ValueId {
  if (path === undefined || !files) throw new Error('`file` is read before the first step')
  const read = { shape, path, from: span.file, values: 'weight' as const }
  return addFile(builder, files, {
    name,
    ...read,
    ...(array === undefined ? {} : { array }),
    ...(synapses?.turned ? { turned: true as const } : {}),
  })
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
