/**
 * Random well-shaped graphs, for properties that hold of all graphs. What they compute is tame: no
 * singularities, no comparisons of computed values, so that a rewriting that is right for real
 * numbers is right for doubles up to small differences.
 */
import * as fc from 'fast-check'
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import { sections, type Graph, type Shape, type ValueId } from '../../../compiler/ir/ir.ts'
import { isLeaf, operandsOf } from '../../../compiler/ir/operands.ts'
import { sameShape, isNumber } from '../../../compiler/ir/shapes.ts'
import type { Environment } from '../../helpers/interpreter.ts'
import { applySparse, isKept, synapsesBetween, type Synapses } from './random-synapses.ts'
import { BATCH, numbers, randomTensor } from './finite-differences.ts'

/** What inputs and storages a random graph may read. */
export interface Surroundings {
  readonly inputs: Readonly<Record<string, Shape>>
  readonly storages: Readonly<Record<string, Shape>>
  /** A pattern from the columns of `x` to those of `t`, and a ring of what `x` was. */
  readonly synapses?: Synapses
}

const image: Shape = ['batch', 2, 3, 4]
const kernel: Shape = [2, 2, 3, 3]

/** Inputs `x` [batch, n], `t` [batch, m], and so on. */
export function surroundings(n: number, m: number): Surroundings {
  return {
    inputs: { x: ['batch', n], t: ['batch', m], image },
    storages: { W: [n, m], V: [n, m], Y: [m, n], U: [n, n], k: [m], kernel },
  }
}

/** The same, and numbers, vectors and tensors of further shapes. */
export function widerSurroundings(n: number, m: number): Surroundings {
  const { inputs, storages } = surroundings(n, m)
  return {
    inputs: { ...inputs, w: ['batch'], column: ['batch', 1], one: ['batch', 1, m] },
    storages: { ...storages, s: [], o: [1], l: [n, 1], T: [n, 2, m], R: [2, m], q: [1, n] },
  }
}

/** The same, with a pattern of synapses, weights `sw`, `sv` of them, and a ring. */
export function sparseSurroundings(n: number, m: number, seed: number): Surroundings {
  const { inputs, storages } = surroundings(n, m)
  const synapses = synapsesBetween(n, m, seed)
  const { dim } = synapses
  return { inputs, storages: { ...storages, sw: [dim], sv: [dim] }, synapses }
}

const usual = surroundings(4, 3)
const scalars = { p: 0.5, q: -1.7, rate: 0.1 }
const geometry = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const
const names = ['h[0].e', 'y', 'update(W[0])', 'graph', 'store', '%3', 'a "b" ; c', 'x', 'NaN', '2']

/** What random graphs are run on. */
export const environment: Environment = {
  batch: BATCH,
  inputs: tensors(usual.inputs, 11),
  storages: tensors(usual.storages, 23),
  scalars,
  draw(stream, distribution, count) {
    const next = numbers(stream.length + distribution.length)
    return Array.from({ length: count }, next)
  },
}

/** What random graphs are run on that have synapses. */
export function environmentOf({ inputs, storages, synapses }: Surroundings): Environment {
  if (!synapses) return environment
  const { drawn, ring } = synapses
  return {
    ...environment,
    inputs: tensors(inputs, 11),
    storages: tensors({ ...storages, ring: ring.shape }, 23, drawn.count),
    patterns: { [drawn.name]: drawn },
  }
}

function tensors(shapes: Readonly<Record<string, Shape>>, seed: number, synapses = 0) {
  const next = numbers(seed)
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      randomTensor(shape, next, -1, 1, () => synapses),
    ]),
  )
}

export interface RandomGraphOptions {
  /** Without draws, `stop` and `custom`, and with a last output `loss` that is one number. */
  readonly differentiable?: boolean
  /** Number of operations tried. Default 30. */
  readonly size?: number
  /** Default 4 and 3 columns. */
  readonly around?: Surroundings
  /** Whether the batch may become another axis than the first. Default true. */
  readonly batchAnywhere?: boolean
  /** Whether operands of any shapes that fit together are combined. Default false. */
  readonly broadcasts?: boolean
}

/** Random graphs whose outputs and stores, together, need most of their nodes. */
export function randomGraph(options: RandomGraphOptions = {}): fc.Arbitrary<Graph> {
  const { size = 30, broadcasts = false, around } = options
  const all = fc.nat(broadcasts ? 50 : 44)
  const choice = fc.record({
    kind: around?.synapses ? fc.oneof(all, fc.integer({ min: 60, max: 69 })) : all,
    a: fc.nat(1000),
    b: fc.nat(1000),
    mark: fc.nat(12),
  })
  return fc
    .array(fc.noBias(choice), { minLength: 5, maxLength: size, size: 'max' })
    .map((choices) => buildRandom(choices, options))
}

interface Choice {
  readonly kind: number
  readonly a: number
  readonly b: number
  readonly mark: number
}

function buildRandom(choices: readonly Choice[], options: RandomGraphOptions): Graph {
  const { differentiable = false, around = usual, batchAnywhere = true } = options
  const { inputs, storages } = around
  const b = new GraphBuilder('random')
  const pool: ValueId[] = [
    ...Object.entries(inputs).map(([name, shape]) => b.input(name, shape)),
    ...Object.entries(storages).map(([name, shape]) => b.load(name, shape)),
  ]
  const hosts = [b.scalar('param', 'p'), b.scalar('param', 'q'), b.scalar('rate', 'rate')]
  for (const constant of [0, 1, -1, 2, 0.5, -3]) hosts.push(b.constant(constant))
  for (const [i, each] of choices.entries()) {
    const made =
      differentiable && each.kind >= 40 && each.kind < 60
        ? undefined
        : each.kind >= 60
          ? around.synapses && applySparse(b, pool, around.synapses, each)
          : apply(b, pool, hosts, each)
    if (made === undefined || !isKept(b, made)) continue
    if (!batchAnywhere && b.shapeOf(made).lastIndexOf('batch') > 0) continue
    if (b.shapeOf(made).length === 0 && each.kind >= 35 && each.kind < 38) hosts.push(made)
    else pool.push(made)
    // Recent values are wanted more often, so that there are chains.
    pool.push(made)
    const name = names[each.mark]
    if (
      name !== undefined &&
      i % 2 === 0 &&
      !choices.slice(0, i).some((c) => c.mark === each.mark)
    ) {
      b.name(made, name)
    }
    if (each.mark === 11) b.output(`out ${i}`, made)
    if (each.mark === 12 && !differentiable) {
      b.section = sections[Math.min(4, sections.indexOf(b.section) + 1)]!
    }
  }
  const last = [...new Set(pool)].slice(-3)
  if (differentiable) {
    const sums = last.map((value) => b.reduce('sum', b.map('sin', value)))
    b.output(
      'loss',
      sums.reduce((left, right) => b.map('add', left, right)),
    )
    return b.build()
  }
  const read = new Set(pool.flatMap((value) => operandsOf(b.nodeOf(value))))
  for (const value of new Set([...last, ...pool.filter((each) => !read.has(each))])) {
    if (!isLeaf(b.nodeOf(value))) b.output(`last ${value}`, value)
  }
  if (around.synapses) {
    const { row } = around.synapses.ring
    const value = pool.findLast((each) => sameShape(b.shapeOf(each), row))
    if (value !== undefined) b.push('ring', value)
  }
  for (const [storage, shape] of Object.entries(storages)) {
    const value = pool.findLast((each) => sameShape(b.shapeOf(each), shape))
    if (value !== undefined) b.store(storage, value)
  }
  return b.build()
}

/** Random sums of products of few matrices, scaled and nested: what `tie` and `cancel` are for. */
export function randomSum(): fc.Arbitrary<Graph> {
  const term = fc.record({ left: fc.nat(2), right: fc.nat(2), scale: fc.nat(5), use: fc.nat(9) })
  const terms = fc.array(fc.noBias(term), { minLength: 2, maxLength: 7, size: 'max' })
  return fc.tuple(terms, fc.infiniteStream(fc.nat(7))).map(([list, choices]) => {
    const b = new GraphBuilder('sum')
    const choose = (): number => choices.next().value
    const x = b.input('x', ['batch', 4])
    const lefts = [x, b.map('sin', x), b.map('cos', x)]
    const rights = [b.load('W', [4, 3]), b.load('V', [4, 3]), b.load('Y', [3, 4])]
    const scales = [
      b.scalar('param', 'p'),
      b.constant(-1),
      b.scalar('rate', 'rate'),
      b.constant(-3),
    ]
    const scaled = (value: ValueId, by: number): ValueId => {
      const scale = scales[by]
      if (scale !== undefined) return b.map('mul', value, scale)
      return by === scales.length ? b.map('neg', value) : value
    }
    let parts = list.map(({ left, right, scale, use }, i) => {
      const operand = scaled(lefts[left]!, choose())
      const transposed = choose() > 5 ? b.transpose(rights[right]!) : rights[right]!
      const columns = b.shapeOf(transposed)[1]
      const product = b.matmul(operand, transposed, { transposeRight: columns === 4 })
      if (use === 0) b.output(`part ${i}`, product)
      if (use === 1) return scaled(b.load('k', [3]), scale)
      return scaled(product, scale)
    })
    while (parts.length > 1) {
      const [first, second, ...rest] = parts
      const sum = b.map(choose() % 2 ? 'add' : 'sub', first!, second!)
      const next = choose() === 0 ? scaled(sum, choose()) : sum
      parts = choose() > 2 ? [next, ...rest] : [...rest, next]
    }
    b.output('sum', parts[0]!)
    // A sum of biases alone has no batch.
    const rows = b.map('add', parts[0]!, b.matmul(x, rights[0]!))
    b.output('update', b.matmul(scaled(rows, choose()), x, { transposeLeft: true }))
    return b.build()
  })
}

/** One operation on values of the pool; undefined if none fits. */
function apply(
  b: GraphBuilder,
  pool: readonly ValueId[],
  hosts: readonly ValueId[],
  { kind, a, b: second }: Choice,
): ValueId | undefined {
  const fitting = (accepts: (shape: Shape) => boolean, pick: number): ValueId | undefined => {
    const values = pool.filter((value) => accepts(b.shapeOf(value)))
    return values[values.length - 1 - (pick % Math.max(1, values.length))]
  }
  const x = fitting(() => true, a)!
  const shape = b.shapeOf(x)
  const host = hosts[second % hosts.length]!
  const like = (pick: number): ValueId => fitting((other) => sameShape(other, shape), pick)!
  const isMatrix = (other: Shape): boolean => other.length === 2
  const unary = ['neg', 'sigmoid', 'tanh', 'sin', 'softplus', 'square', 'cos', 'abs'] as const
  const binary = ['add', 'sub', 'mul', 'add', 'sub'] as const
  if (kind < 5) return b.map(unary[second % unary.length]!, x)
  if (kind < 12) return b.map(binary[second % binary.length]!, x, like(second))
  if (kind < 16) {
    const fn = (['mul', 'div', 'add', 'sub', 'mul'] as const)[second % 5]!
    const nonzero = hosts.filter((value) => !isZero(b, value))
    return b.map(fn, x, fn === 'div' ? nonzero[second % nonzero.length]! : host)
  }
  if (kind < 18) return b.map('mul', host, x)
  if (kind < 24) {
    const m = fitting(isMatrix, a)!
    const transposeLeft = second % 2 === 1
    const transposeRight = second % 4 >= 2
    const inner = b.shapeOf(m)[transposeLeft ? 0 : 1]
    const fits = (o: Shape): boolean => isMatrix(o) && o[transposeRight ? 1 : 0] === inner
    const right = fitting(fits, second >> 2)
    return right === undefined ? undefined : b.matmul(m, right, { transposeLeft, transposeRight })
  }
  switch (kind) {
    case 24:
      return b.transpose(fitting(isMatrix, a)!)
    case 25:
    case 26: {
      const fn = (['sum', 'mean', 'max', 'min'] as const)[second % 4]!
      const axes = shape.flatMap((_, axis) => ((second >> (axis + 2)) & 1 ? [axis] : []))
      return b.reduce(fn, x, axes, second % 3 === 0)
    }
    case 27: {
      const row = fitting((o) => o.length === 1 && o[0] === shape.at(-1), second)
      return row === undefined || shape.length === 0 ? undefined : b.map('add', x, row)
    }
    case 28:
      return b.map('div', x, b.map('add', b.constant(1), b.map('square', like(second))))
    case 29: {
      const axis = shape.findIndex((dim) => isNumber(dim) && dim > 1)
      if (axis < 0) return undefined
      return b.slice(x, axis, second % Number(shape[axis]), 1)
    }
    case 30: {
      const axis = shape.findIndex((dim) => isNumber(dim) && dim < 9)
      return axis < 0 ? undefined : b.concat([x, like(second)], axis)
    }
    case 31:
      return shape.length === 0 ? undefined : b.reshape(x, [...shape, 1])
    case 32:
      return shape.length > 3 || !shape.includes('batch')
        ? undefined
        : b.broadcast(x, [2, ...shape])
    case 33:
      return b.map(second % 2 ? 'max' : 'min', x, like(second >> 1))
    case 34: {
      const first = pool[0]!
      const input = fitting((o) => sameShape(o, b.shapeOf(first)), 0)!
      const test = b.map('gt', first, b.constant(0.1))
      return b.map('select', test, input, b.map('sin', input))
    }
    case 35:
      return b.map(binary[second % 3]!, host, hosts[a % hosts.length]!)
    case 36:
      return b.map(second % 2 ? 'neg' : 'square', host)
    case 37:
      return b.map('mul', b.batch(), host)
    case 38: {
      const seen = fitting((o) => sameShape(o, image), a)!
      const weights = fitting((o) => sameShape(o, kernel), second)!
      return b.conv(seen, weights, geometry)
    }
    case 39: {
      const seen = fitting((o) => sameShape(o, image), a)!
      const other = fitting((o) => sameShape(o, image), second >> 1)!
      const weights = fitting((o) => sameShape(o, kernel), second)!
      return second % 2
        ? b.convImageGradient(seen, weights, geometry, [2, 3, 4])
        : b.convKernelGradient(seen, other, geometry, [2, 2, 3, 3])
    }
    case 40:
      return b.stop(x)
    case 41: {
      const pullback = new GraphBuilder('pullback')
      const [z, g] = [pullback.input('z', shape), pullback.input('g', shape)]
      pullback.output('result', pullback.map('mul', z, g))
      return b.custom(b.map('sin', x), x, pullback.build())
    }
    case 42:
      return b.random(second % 2 ? 'normal' : 'uniform', `noise ${second % 3}`, shape)
    case 43:
      return second % 3
        ? b.random('bernoulli', `coin ${second % 2}`, shape, b.constant(0.5))
        : a % 2
          ? b.random('poisson', 'counts', shape, b.constant(2.5))
          : b.random('binomial', 'trials', shape, b.constant(30), b.constant(0.25))
    case 44:
      return b.filled(second % 5, shape)
    default: {
      const other = fitting((o) => spreads(o, shape), second >> 2)!
      return second % 2 ? b.map(binary[a % 5]!, x, other) : b.map(binary[a % 5]!, other, x)
    }
  }
}

/** Whether a tensor of the shape `small` broadcasts to `large`. */
function spreads(small: Shape, large: Shape): boolean {
  const extra = large.length - small.length
  return extra >= 0 && small.every((dim, axis) => dim === 1 || dim === large[axis + extra])
}

function isZero(b: GraphBuilder, value: ValueId): boolean {
  const node = b.nodeOf(value)
  return node.op !== 'scalar' && !(node.op === 'const' && node.value !== 0)
}
