/** A module whose answers are every operation of the tensor program, for comparing targets. */
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import {
  binaryFunctions,
  unaryFunctions,
  type ConvGeometry,
  type IrModule,
  type ValueId,
} from '../../../../compiler/ir/ir.ts'
import { convSize } from '../../../../compiler/ir/shapes.ts'

const geometries: readonly ConvGeometry[] = [
  { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 },
  { stride: [2, 1], padding: [1, 2], dilation: [1, 1], groups: 1 },
  { stride: [2, 3], padding: [2, 1], dilation: [2, 1], groups: 2 },
]
const image = [4, 8, 7] as const

/** Inputs `a`, `b` [batch, 3] (b positive), `image` [batch, 4, 8, 7]. */
export function everything(): IrModule {
  const init = new GraphBuilder('init')
  const matrix = init.random('normal', 'M', [5, 4])
  init.name(matrix, 'M.initial')
  init.store('left', init.factor(matrix, 2, 'left'))
  init.store('right', init.factor(matrix, 2, 'right'))
  init.store('M', matrix)
  init.store('unit', init.identity(3, 4))
  init.store('number', init.map('mul', init.constant(3), init.scalar('param', 'gain')))

  const infer = new GraphBuilder('infer')
  answers(infer)
  const step = new GraphBuilder('step')
  const number = step.load('number', [])
  step.store('number', step.map('add', number, step.constant(1)))
  step.store('left', step.load('left', [5, 2]))
  step.store('M', step.map('select', step.scalar('param', 'on'), step.load('M', [5, 4]), number))
  return {
    name: 'everything',
    source: 'everything.ccn',
    params: [
      { name: 'gain', value: 0.75, kind: 'number' },
      { name: 'on', value: 1, kind: 'switch' },
      { name: 'list[1]', value: 2, kind: 'number' },
    ],
    storages: [
      { name: 'left', shape: [5, 2], role: 'constant' },
      { name: 'right', shape: [2, 4], role: 'constant' },
      { name: 'M', shape: [5, 4], role: 'weight' },
      { name: 'unit', shape: [3, 4], role: 'constant' },
      { name: 'number', shape: [], role: 'weight' },
    ],
    inputs: [
      { name: 'a', shape: ['batch', 3], inference: true },
      { name: 'b', shape: ['batch', 3], inference: true },
      { name: 'image', shape: ['batch', ...image], inference: true },
    ],
    rates: [],
    graphs: {
      init: init.build(),
      infer: infer.build(),
      step: step.build(),
      derived: new GraphBuilder('derived').build(),
    },
  }
}

function answers(g: GraphBuilder): void {
  const a = g.input('a', ['batch', 3])
  const b = g.input('b', ['batch', 3])
  const gain = g.scalar('param', 'gain')
  const on = g.scalar('param', 'on')
  const list = g.scalar('param', 'list[1]')
  const answer = (name: string, value: ValueId): void => g.output(name, value)

  for (const fn of unaryFunctions) {
    const domain = fn === 'log' || fn === 'sqrt' ? b : a
    answer(fn, g.map(fn, domain))
    answer(`${fn}(host)`, g.map(fn, g.map('mul', gain, g.constant(0.5))))
  }
  for (const fn of binaryFunctions) {
    answer(fn, g.map(fn, b, a))
    answer(`${fn}(host)`, g.map(fn, gain, list))
    answer(`${fn}(mixed)`, g.map(fn, gain, a))
  }
  const test = g.map('lt', a, b)
  answer('select', g.map('select', test, a, b))
  answer('select(mixed)', g.map('select', g.map('and', test, g.map('not', on)), a, g.constant(1)))
  answer('select(switch)', g.map('select', g.map('gt', gain, list), a, b))
  answer('select(constant)', g.map('select', on, g.constant(2), a))
  answer('select(host)', g.map('select', g.map('or', on, g.constant(0)), gain, list))
  answer('tests', g.map('add', test, g.map('or', test, g.map('gt', b, g.constant(0.5)))))
  answer('arithmetic', g.map('sub', gain, g.map('sub', list, g.map('neg', g.constant(-2)))))
  answer(
    'power',
    g.map('pow', g.map('neg', list), g.map('pow', g.constant(3), g.map('neg', g.constant(0)))),
  )

  const M = g.load('M', [5, 4])
  answer('matmul', g.matmul(a, g.load('unit', [3, 4])))
  answer('matmul both', g.matmul(M, g.random('normal', 'r', [7, 5]), flags))
  answer('factors', g.matmul(g.load('left', [5, 2]), g.load('right', [2, 4])))
  for (const fn of ['sum', 'mean', 'max', 'min'] as const) {
    answer(`${fn} 0`, g.reduce(fn, a, [0]))
    answer(`${fn} 1 keep`, g.reduce(fn, a, [1], true))
    answer(`${fn} all`, g.reduce(fn, M))
    answer(`${fn} host`, g.reduce(fn, gain))
  }
  answer('broadcast', g.broadcast(g.reduce('sum', a, [0]), ['batch', 3]))
  answer('filled', g.filled(1.5, [2, 'batch']))
  answer('reshape', g.reshape(g.reshape(gain, [1, 1]), [1]))
  answer('reshape batch', g.reshape(g.input('image', ['batch', ...image]), ['batch', 224]))
  answer('transpose', g.transpose(a))
  answer('slice', g.slice(a, 1, 1, 2))
  answer('concat', g.concat([a, b, a], 1))
  answer('argmax', g.argmax(a))
  answer('equal argmax', g.map('eq', g.argmax(a), g.argmax(b)))
  answer('stop', g.stop(g.map('neg', a)))
  answer('normal', g.random('normal', 'n', ['batch', 3]))
  answer('uniform', g.random('uniform', 'u', [4]))
  answer('bernoulli', g.random('bernoulli', 'b', ['batch', 30], g.reduce('mean', b)))
  answer('bernoulli host', g.random('bernoulli', 'c', [50], gain))
  const means = g.map('mul', g.constant(9), g.map('abs', g.reduce('mean', a, [1], true)))
  answer('poisson', g.random('poisson', 'p', ['batch', 30], means))
  answer('poisson host', g.random('poisson', 'q', [50], g.map('abs', gain)))
  const chances = g.map('sigmoid', g.reduce('mean', a, [1], true))
  answer('binomial', g.random('binomial', 'v', ['batch', 30], g.constant(40), chances))
  answer('binomial host', g.random('binomial', 'w', [50], g.constant(7), g.map('sigmoid', gain)))
  answer('number', g.load('number', []))
  answer('input', a)
  answer('parameter', list)
  answer('batch', g.batch())
  geometries.forEach((geometry, i) => convolutions(g, geometry, i))
}

const flags = { transposeLeft: true, transposeRight: true }

function convolutions(g: GraphBuilder, geometry: ConvGeometry, index: number): void {
  const { stride, padding, dilation, groups } = geometry
  const [channels, height, width] = image
  const x = g.input('image', ['batch', ...image])
  const kernelShape = [6, channels / groups, 3, 2] as const
  const kernel = g.random('normal', `kernel ${index}`, kernelShape)
  g.output(`conv ${index}`, g.conv(x, kernel, geometry))
  const out = ['batch', 6, size(height, 3, 0), size(width, 2, 1)] as const
  const gradient = g.random('normal', `gradient ${index}`, out)
  g.output(`image ${index}`, g.convImageGradient(gradient, kernel, geometry, image))
  g.output(`kernel ${index}`, g.convKernelGradient(x, gradient, geometry, kernelShape))

  function size(length: number, kernelLength: number, axis: 0 | 1): number {
    return convSize(length, kernelLength, stride[axis], padding[axis], dilation[axis])
  }
}
