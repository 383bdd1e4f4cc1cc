/** Gradients against central differences, operation by operation, and the conventions at the edges. */
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import { gradients, pullback } from '../../../compiler/ir/gradient.ts'
import type { Graph, MapFunction, Shape, ValueId } from '../../../compiler/ir/ir.ts'
import { verify } from '../../../compiler/ir/verify.ts'
import { interpret, tensor, type Tensor } from '../../helpers/interpreter.ts'
import { gradientError } from './finite-differences.ts'

type Body = (b: GraphBuilder, ...inputs: ValueId[]) => ValueId
const V: Shape = ['batch', 4]

describe('element-wise functions', () => {
  const anywhere: MapFunction[] = ['neg', 'exp', 'square', 'abs', 'sigmoid', 'tanh', 'softplus']
  const more: MapFunction[] = ['sin', 'cos', 'atan', 'exprel', 'floor', 'sign', 'not']
  it.each([...anywhere, ...more])('%s', (fn) => {
    expect(gradientError([V], (b, x) => b.map(fn, x), { low: -0.9, high: 0.9 })).toBeLessThan(1e-6)
  })
  const made: MapFunction[] = [
    'tan',
    'asin',
    'acos',
    'sinh',
    'cosh',
    'log1p',
    'expm1',
    'erf',
    'round',
  ]
  it.each([...made, 'trunc' as const, 'ceil' as const])('%s', (fn) => {
    expect(gradientError([V], (b, x) => b.map(fn, x), { low: -0.9, high: 0.9 })).toBeLessThan(1e-6)
  })
  it.each<MapFunction>(['log', 'sqrt', 'reciprocal', 'log10', 'log2'])('%s', (fn) => {
    expect(gradientError([V], (b, x) => b.map(fn, x), { low: 0.3, high: 2 })).toBeLessThan(1e-6)
  })
  const binary: MapFunction[] = ['add', 'sub', 'mul', 'div', 'pow', 'min', 'max', 'atan2', 'mod']
  const tests: MapFunction[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or']
  const shapes: [Shape, Shape][] = [
    [V, V],
    [V, [4]],
    [[], V],
    [['batch', 1], V],
    [
      ['batch', 1],
      [1, 4],
    ],
    [[2, 1, 4], V],
  ]
  for (const fn of [...binary, ...tests]) {
    it.each(shapes)(`${fn} of [%s] and [%s]`, (a, b) => {
      const error = gradientError([a, b], (g, x, y) => g.map(fn, x!, y!), { low: 0.3, high: 2 })
      expect(error).toBeLessThan(1e-6)
    })
  }
  it.each([-1, 0, 0.5, 1, 2, 3])('pow with the constant exponent %d', (p) => {
    const f: Body = (b, x) => b.map('pow', x!, b.constant(p))
    expect(gradientError([V], f, { low: 0.3, high: 2 })).toBeLessThan(1e-6)
  })
  it('select', () => {
    const f: Body = (b, t, x, y) => b.map('select', b.map('gt', t!, b.constant(0)), x!, y!)
    expect(gradientError([['batch', 1], V, [4]], f)).toBeLessThan(1e-6)
  })
  it('a value that is used twice', () => {
    const f: Body = (b, x) => b.map('mul', x!, b.map('sub', b.constant(1), b.map('sin', x!)))
    expect(gradientError([V], f)).toBeLessThan(1e-6)
  })
})

describe('matrix products', () => {
  for (const transposeLeft of [false, true]) {
    for (const transposeRight of [false, true]) {
      it(`transposeLeft ${transposeLeft}, transposeRight ${transposeRight}`, () => {
        const left: Shape = transposeLeft ? [5, 'batch'] : ['batch', 5]
        const right: Shape = transposeRight ? [4, 5] : [5, 4]
        const f: Body = (b, x, y) => b.matmul(x!, y!, { transposeLeft, transposeRight })
        expect(gradientError([left, right], f)).toBeLessThan(1e-6)
      })
    }
  }
  it('of a value with itself', () => {
    const f: Body = (b, x) => b.matmul(x!, x!, { transposeLeft: true })
    expect(gradientError([V], f)).toBeLessThan(1e-6)
  })
})

describe('convolutions', () => {
  const geometries = [
    { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 },
    { stride: [2, 1], padding: [1, 2], dilation: [1, 1], groups: 2 },
    { stride: [2, 3], padding: [1, 1], dilation: [2, 1], groups: 1 },
  ] as const
  for (const geometry of geometries) {
    const kernel = [4, 2 / geometry.groups, 3, 2] as const
    const image: Shape = ['batch', 2, 6, 5]
    const probe = new GraphBuilder('probe')
    const conv = probe.conv(probe.input('x', image), probe.input('k', kernel), geometry)
    const result = probe.shapeOf(conv)
    it(`conv ${JSON.stringify(geometry)}`, () => {
      const f: Body = (b, x, k) => b.conv(x!, k!, geometry)
      expect(gradientError([image, kernel], f)).toBeLessThan(1e-6)
    })
    it(`convImageGradient ${JSON.stringify(geometry)}`, () => {
      const f: Body = (b, g, k) => b.convImageGradient(g!, k!, geometry, [2, 6, 5])
      expect(gradientError([result, kernel], f)).toBeLessThan(1e-6)
    })
    it(`convKernelGradient ${JSON.stringify(geometry)}`, () => {
      const f: Body = (b, x, g) => b.convKernelGradient(x!, g!, geometry, kernel)
      expect(gradientError([image, result], f)).toBeLessThan(1e-6)
    })
  }
})

describe('reductions and rearrangements', () => {
  const T: Shape = ['batch', 2, 3]
  for (const fn of ['sum', 'mean', 'max', 'min'] as const) {
    for (const axes of [[0], [2], [0, 2], [0, 1, 2], []]) {
      it.each([false, true])(`${fn} over [${axes.join()}], keep %s`, (keep) => {
        const f: Body = (b, x) => b.reduce(fn, b.map('sin', x!), axes, keep)
        expect(gradientError([T], f)).toBeLessThan(1e-6)
      })
    }
  }
  const rows: [string, Shape[], Body][] = [
    ['reshape', [T], (b, x) => b.reshape(x!, ['batch', 6])],
    ['transpose', [V], (b, x) => b.transpose(x!)],
    ['slice', [T], (b, x) => b.slice(x!, 2, 1, 1)],
    ['slice at the start', [T], (b, x) => b.slice(x!, 1, 0, 1)],
    ['slice of everything', [T], (b, x) => b.slice(x!, 1, 0, 2)],
    ['concat', [V, ['batch', 1], V], (b, x, y, z) => b.concat([x!, y!, z!, x!], 1)],
    ['broadcast', [['batch', 1]], (b, x) => b.broadcast(x!, [2, 'batch', 5])],
    ['broadcast of a number', [[]], (b, x) => b.broadcast(x!, [2, 3])],
    ['argmax', [V], (b, x) => b.map('mul', b.argmax(x!), b.reduce('sum', x!, [1]))],
    ['identity', [[3, 4]], (b, x) => b.map('mul', b.identity(3, 4), x!)],
    [
      'softmax',
      [V],
      (b, x) => {
        const e = b.map('exp', b.map('sub', x!, b.reduce('max', x!, [1], true)))
        return b.map('div', e, b.reduce('sum', e, [1], true))
      },
    ],
  ]
  it.each(rows)('%s', (_, shapes, f) => {
    expect(gradientError(shapes, f)).toBeLessThan(1e-6)
  })
})

/** The outputs of a graph built by `body` on inputs given as [shape, numbers]. */
function run(
  inputs: Record<string, Tensor>,
  body: (b: GraphBuilder, input: (name: string) => ValueId) => Record<string, ValueId>,
): Record<string, number[]> {
  const b = new GraphBuilder('run')
  const outputs = body(b, (name) => b.input(name, inputs[name]!.shape))
  for (const [name, value] of Object.entries(outputs)) b.output(name, value)
  const graph = b.build()
  verify(graph)
  const values = interpret(graph, { batch: 1, inputs }).outputs
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [name, [...v.data]]))
}

const x = (...numbers: number[]): Tensor => tensor([numbers.length], numbers)

describe('where there is no derivative', () => {
  it.each<[MapFunction]>([['sqrt'], ['log'], ['reciprocal']])(
    '%s at 0 behind a select passes 0, not NaN',
    (fn) => {
      const { g } = run({ x: x(0, 4) }, (b, input) => {
        const positive = b.map('gt', input('x'), b.constant(0))
        const y = b.map('select', positive, b.map(fn, input('x')), b.constant(0))
        return { g: gradients(b, y, [input('x')])[0]! }
      })
      expect(g![0]).toBeCloseTo(0, 12)
      expect(Number.isFinite(g![1])).toBe(true)
    },
  )
  it('a division by 0 behind a max passes 0', () => {
    const { g } = run({ x: x(0, 2) }, (b, input) => {
      const y = b.map('max', b.map('div', b.constant(-1), input('x')), b.constant(-3))
      return { g: gradients(b, y, [input('x')])[0]! }
    })
    expect(g).toEqual([0, 0.25])
  })
  it('sqrt at 0 is infinite where nothing masks it', () => {
    const { g } = run({ x: x(0) }, (b, input) => ({
      g: gradients(b, b.map('sqrt', input('x')), [input('x')])[0]!,
    }))
    expect(g).toEqual([Infinity])
  })
  it('ties of max and min go to the first operand', () => {
    const out = run({ x: x(1, 1), y: x(1, 2) }, (b, input) => {
      const of = (fn: MapFunction): ValueId[] =>
        gradients(b, b.map(fn, input('x'), input('y')), [input('x'), input('y')])
      const [maxX, maxY] = of('max')
      const [minX, minY] = of('min')
      return { maxX: maxX!, maxY: maxY!, minX: minX!, minY: minY! }
    })
    expect(out).toEqual({ maxX: [1, 0], maxY: [0, 1], minX: [1, 1], minY: [0, 0] })
  })
  it('a clip lets pass at its bounds, and the absolute value of 0 has none', () => {
    const { clip, abs } = run({ x: x(-2, -1, 0, 1, 2) }, (b, input) => {
      const low = b.map('max', input('x'), b.constant(-1))
      return {
        clip: gradients(b, b.map('min', low, b.constant(1)), [input('x')])[0]!,
        abs: gradients(b, b.map('abs', input('x')), [input('x')])[0]!,
      }
    })
    expect(clip).toEqual([0, 1, 1, 1, 0])
    expect(abs).toEqual([-1, -1, 0, 1, 1])
  })
  it('equals share the gradient of a maximum over an axis', () => {
    const { g } = run({ x: x(3, 1, 3) }, (b, input) => ({
      g: gradients(b, b.reduce('max', input('x')), [input('x')])[0]!,
    }))
    expect(g).toEqual([0.5, 0, 0.5])
  })
  it('pow at 0 with a constant exponent', () => {
    const { g } = run({ x: x(0, 1) }, (b, input) => {
      const total = [0, 1, 2, 3].map((p) => b.map('pow', input('x'), b.constant(p)))
      const sum = total.reduce((a, c) => b.map('add', a, c))
      return { g: gradients(b, sum, [input('x')])[0]! }
    })
    expect(g).toEqual([1, 6])
  })
})

describe('what does not pass', () => {
  it('stop blocks, and unreachable values have gradient zero in their shape', () => {
    const out = run({ x: x(1, 2), y: x(1, 2, 3) }, (b, input) => {
      const loss = b.map('mul', b.stop(input('x')), input('x'))
      const [gx, gy] = gradients(b, loss, [input('x'), input('y')])
      return { gx: gx!, gy: gy! }
    })
    expect(out).toEqual({ gx: [1, 2], gy: [0, 0, 0] })
  })
  it('factor refuses', () => {
    const b = new GraphBuilder('refuse')
    const w = b.load('w', [3, 2])
    expect(() => gradients(b, b.factor(w, 1, 'left'), [w])).toThrow('factor cannot be')
  })
})

describe('replace', () => {
  const W = tensor([2, 2], [1, 2, 3, 4])
  const Y = tensor([2, 2], [5, 6, 7, 8])
  const X = tensor([1, 2], [1, 1])
  const rows: [string, (b: GraphBuilder, x: ValueId, w: ValueId) => ValueId, number[]][] = [
    ['the right operand', (b, a, w) => b.matmul(a, w), [11, 15]],
    ['a transposed operand', (b, a, w) => b.matmul(a, b.transpose(w)), [12, 14]],
    ['a flagged operand', (b, a, w) => b.matmul(a, w, { transposeRight: true }), [12, 14]],
    ['the left operand', (b, a, w) => b.matmul(w, a, { transposeRight: true }), [12, 14]],
  ]
  it.each(rows)('%s', (_, product, expected) => {
    const { gx, gw, same } = run({ W, Y, X }, (b, input) => {
      const y = product(b, input('X'), input('W'))
      const replace = new Map([[input('W'), input('Y')]])
      const [gx, gw] = gradients(b, y, [input('X'), input('W')], { replace })
      return { gx: gx!, gw: gw!, same: gradients(b, y, [input('W')])[0]! }
    })
    expect(gx).toEqual(expected)
    expect(gw).toEqual(same)
  })
  it('by zeros blocks', () => {
    const b = new GraphBuilder('blocked')
    const [xs, w] = [b.input('x', [1, 2]), b.load('w', [2, 2])]
    for (const zero of [b.constant(0), b.filled(0, [2, 2])]) {
      const replace = new Map([[w, zero]])
      const [g] = gradients(b, b.matmul(xs, b.transpose(w)), [xs], { replace })
      expect(b.nodeOf(g!)).toMatchObject({ op: 'broadcast', shape: [1, 2] })
    }
  })
  it('by another shape throws', () => {
    const b = new GraphBuilder('wrong')
    const [xs, w] = [b.input('x', [1, 2]), b.load('w', [2, 3])]
    const replace = new Map([[w, b.load('y', [3, 2])]])
    expect(() => gradients(b, b.matmul(xs, w), [xs], { replace })).toThrow('[2, 3] by [3, 2]')
  })
  it('in a convolution', () => {
    const geometry = {
      stride: [1, 1],
      padding: [0, 0],
      dilation: [1, 1],
      groups: 1,
    } as const
    const K = tensor([1, 1, 1, 1], [2])
    const { g } = run(
      { I: tensor([1, 1, 1, 2], [1, 1]), K, L: tensor([1, 1, 1, 1], [5]) },
      (b, i) => {
        const replace = new Map([[i('K'), i('L')]])
        return { g: gradients(b, b.conv(i('I'), i('K'), geometry), [i('I')], { replace })[0]! }
      },
    )
    expect(g).toEqual([5, 5])
  })
})

describe('custom gradients and pullbacks', () => {
  /** max(z, 0) with gradient g * clip(z, 0, 1). */
  const ramp = (shape: Shape): Graph => {
    const b = new GraphBuilder('ramp')
    const clipped = b.map('min', b.map('max', b.input('z', shape), b.constant(0)), b.constant(1))
    b.output('result', b.map('mul', b.input('g', shape), clipped))
    return b.build()
  }
  const relu = (b: GraphBuilder, z: ValueId): ValueId =>
    b.custom(b.map('max', z, b.constant(0)), z, ramp(b.shapeOf(z)))

  it('is used instead of the derivative', () => {
    const { y, g } = run({ x: x(-1, 0.5, 3) }, (b, input) => {
      const y = relu(b, b.map('mul', b.constant(2), input('x')))
      return { y, g: gradients(b, y, [input('x')])[0]! }
    })
    expect(y).toEqual([0, 1, 6])
    expect(g).toEqual([0, 2, 2])
  })
  it('pullback honours it, with any cotangent that broadcasts', () => {
    const { p, q } = run({ z: x(0.25, 2), u: x(10, 10) }, (b, input) => {
      const y = b.map('square', relu(b, input('z')))
      return {
        p: pullback(b, y, input('z'), input('u')),
        q: pullback(b, y, input('z'), b.constant(1)),
      }
    })
    expect(p).toEqual([10 * 0.5 * 0.25, 40])
    expect(q).toEqual([0.5 * 0.25, 4])
  })
  it('pullback of a value with respect to itself is the cotangent', () => {
    const { p } = run({ z: x(1, 2), u: x(3, 4) }, (b, input) => ({
      p: pullback(b, input('z'), input('z'), input('u')),
    }))
    expect(p).toEqual([3, 4])
  })
})

it('second derivatives', () => {
  const { h } = run({ x: x(2, 3) }, (b, input) => {
    const cube = b.map('pow', input('x'), b.constant(3))
    const [g] = gradients(b, cube, [input('x')])
    return { h: gradients(b, g!, [input('x')])[0]! }
  })
  expect(h![0]).toBeCloseTo(12)
  expect(h![1]).toBeCloseTo(18)
})

it('gradients belong to the current section, leaves to the circuit', () => {
  const b = new GraphBuilder('sections')
  const xs = b.input('x', V)
  const loss = b.reduce('mean', b.map('square', xs))
  b.section = 'backprop'
  b.output('g', gradients(b, loss, [xs])[0]!)
  const graph = b.build()
  verify(graph)
  expect(graph.nodes.filter((n) => n.op === 'scalar').map((n) => n.section)).toEqual(['circuit'])
  expect(graph.nodes.at(-1)!.section).toBe('backprop')
})
