/**
 * Random draws in the program: the stream of `runtime/support/random.ts`, bit for bit. A value
 * depends on (key, step, element) alone, so that any thread may fill any part of a draw.
 *
 * Four blocks of Threefry-2x32-20 at a time, one a 32-bit lane, give eight elements. Normal values
 * follow the operations of `normalValues` one for one on two f64 lanes, never fused, and are rounded
 * to f32 only where the program's precision is f32; uniform values are exact in both.
 */
import {
  access,
  accessLane,
  add,
  br,
  brIf,
  call,
  get,
  int,
  mul,
  op,
  shuffle32,
  shuffle64,
  lanesOf,
  type Code,
  type FunctionType,
} from './tree.ts'
import { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import { Lanes } from './lanes.ts'
import type { Machine } from '../plan/machine.ts'

/** What is filled in; a Bernoulli draw is a comparison with a uniform one (`plan/work.ts`). */
export type FilledDistribution = 'uniform' | 'normal'

const ELEMENTS = 8
const THREEFRY_PARITY = 0x1bd11bda
/** Of the five groups of four rounds. */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const

/**
 * The function `(out, key0, key1, step, first, count)`: the elements first .. first + count - 1 of
 * the draw, one after another from the address `out` on, which is aligned to an element.
 */
export function fillFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  distribution: FilledDistribution,
): FunctionType {
  const { precision, bytes } = lanes
  lanes.require(16 / bytes)
  const name = `random.${distribution}.${precision}`
  return module.once(name, () => {
    const names = ['out', 'key0', 'key1', 'step', 'first', 'count']
    const fn = new FunctionBuilder(
      name,
      names.map((each) => [each, 'int'] as const),
    )
    const [out, key0, key1, step, first, count] = names.map((_, i) => get(fn.parameter(i))) as [
      Code,
      Code,
      Code,
      Code,
      Code,
      Code,
    ]
    const blocks = new Threefry(fn, key0, key1, step)
    const block = fn.define('block', op('int.shr', first, int(1)))
    const end = fn.define('end', add(first, count))
    // Elements of a group before `first` are computed and left out.
    const element = fn.local('int', 'element')
    const address = fn.local('int', 'address')
    fn.block((done) => {
      fn.loop((again) => {
        fn.set(element, op('int.shl', get(block), int(1)))
        fn.push(brIf(done, op('int.geUnsigned', get(element), get(end))))
        fn.set(address, add(out, mul(op('int.sub', get(element), first), int(bytes))))
        const words = blocks.words(get(block))
        const vectors = (
          distribution === 'uniform'
            ? uniformVectors(lanes, words)
            : normalVectors(fn, lanes, words)
        ).map((vector) => get(fn.define('vector', vector)))
        const whole = op(
          'int.and',
          op('int.geUnsigned', get(element), first),
          op('int.leUnsigned', add(get(element), int(ELEMENTS)), get(end)),
        )
        fn.branch(
          whole,
          () => {
            vectors.forEach((vector, i) =>
              fn.push(access('lanes.store', lanes.vectorBytes * i, get(address), vector)),
            )
          },
          () => storeInside(fn, vectors, lanes, get(address), [get(element), first, count]),
        )
        fn.set(block, add(get(block), int(ELEMENTS / 2)))
        fn.push(br(again))
      })
    })
    return fn.build()
  })
}

/** Stores those of the group's elements that are among the `count` from `first` on. */
function storeInside(
  fn: FunctionBuilder,
  vectors: readonly Code[],
  { bytes, count: perVector }: Lanes,
  address: Code,
  [element, first, count]: readonly [Code, Code, Code],
): void {
  const store = bytes === 4 ? 'lanes.storeLane32' : 'lanes.storeLane64'
  vectors.forEach((vector, i) => {
    for (let lane = 0; lane < perVector; lane++) {
      const k = i * perVector + lane
      const distance = op('int.sub', add(element, int(k)), first)
      fn.branch(op('int.ltUnsigned', distance, count), () =>
        fn.push(accessLane(store, 0, lane, add(address, int(k * bytes)), vector)),
      )
    }
  })
}

/**
 * The function `(matrix, key0, key1, step, firstRow, rows, columns)`: the rows firstRow ..
 * firstRow + rows - 1 of a draw of `columns` columns, into the matrix at that address, whose rows
 * are `columns` rounded up to whole units of a row apart. Elements are numbered row by row
 * without the padding, which is left as it is.
 */
export function fillRowsFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  distribution: FilledDistribution,
): FunctionType {
  const { precision, bytes } = lanes
  const fill = fillFunction(module, lanes, distribution)
  const name = `random.${distribution}Rows.${precision}`
  return module.once(name, () => {
    const names = ['matrix', 'key0', 'key1', 'step', 'firstRow', 'rows', 'columns']
    const fn = new FunctionBuilder(
      name,
      names.map((each) => [each, 'int'] as const),
    )
    const [matrix, key0, key1, step, firstRow, rows, columns] = names.map((_, i) =>
      get(fn.parameter(i)),
    ) as [Code, Code, Code, Code, Code, Code, Code]
    const stride = fn.define('stride', lanes.paddedCode(columns))
    const draw = (row: Code, count: Code): Code => {
      const at = add(matrix, mul(mul(row, get(stride)), int(bytes)))
      return call(fill, at, key0, key1, step, mul(row, columns), count)
    }
    const row = fn.local('int', 'row')
    fn.branch(
      op('int.eq', get(stride), columns),
      () => fn.push(draw(firstRow, mul(rows, columns))),
      () => {
        const end = fn.define('end', add(firstRow, rows))
        fn.count(row, firstRow, get(end), 1, () => fn.push(draw(get(row), columns)))
      },
    )
    return fn.build()
  })
}

/** The two words of four blocks. */
export type Words = readonly [Code, Code]

/** The bijection of four consecutive blocks of one step, key words and their sums in locals. */
export class Threefry {
  readonly #fn: FunctionBuilder
  readonly #first: Code
  /** What is added before the rounds and after each group of four. */
  readonly #additions: readonly Words[]
  readonly #x0: ReturnType<FunctionBuilder['local']>
  readonly #x1: ReturnType<FunctionBuilder['local']>

  constructor(fn: FunctionBuilder, key0: Code, key1: Code, step: Code) {
    this.#fn = fn
    const mixed = op('int.xor', int(THREEFRY_PARITY), op('int.xor', key0, key1))
    const key2 = get(fn.define('key2', mixed))
    const spread = (name: string, code: Code) => get(fn.define(name, op('ints.splat', code)))
    this.#first = get(
      fn.define(
        'firstWord',
        op('ints.add', op('ints.splat', key0), lanesOf(Int32Array.of(0, 1, 2, 3))),
      ),
    )
    const keys = [key0, key1, key2]
    const spreadKeys = keys.map((key, i) => spread(`keys${i}`, key))
    const groups = [1, 2, 3, 4, 5].map((group): Words => [
      spreadKeys[group % 3]!,
      spread(`added${group}`, add(keys[(group + 1) % 3]!, int(group))),
    ])
    this.#additions = [[this.#first, spread('secondWord', add(step, key1))], ...groups]
    this.#x0 = fn.local('lanes', 'x0')
    this.#x1 = fn.local('lanes', 'x1')
  }

  words(block: Code): Words {
    const fn = this.#fn
    const [x0, x1] = [get(this.#x0), get(this.#x1)]
    const [start, ...groups] = this.#additions
    fn.set(this.#x0, op('ints.add', op('ints.splat', block), start![0]))
    fn.set(this.#x1, start![1])
    groups.forEach(([first, second], group) => {
      for (const bits of ROTATIONS[group % 2]!) {
        fn.set(this.#x0, op('ints.add', x0, x1))
        const turned = op(
          'lanes.or',
          op('ints.shl', x1, int(bits)),
          op('ints.shr', x1, int(32 - bits)),
        )
        fn.set(this.#x1, op('lanes.xor', turned, x0))
      }
      fn.set(this.#x0, op('ints.add', x0, first))
      fn.set(this.#x1, op('ints.add', x1, second))
    })
    return [x0, x1]
  }
}

/** The eight uniform values, (word >>> 8) 2^-24, in order. */
function uniformVectors(lanes: Lanes, [x0, x1]: Words): Code[] {
  const fraction = (word: Code) => op('ints.shr', word, int(8))
  const scaled = (number: Code) => lanes.binary('mul', number, lanes.constant(2 ** -24))
  if (lanes.precision === 'f32') {
    return [
      [0, 4, 1, 5],
      [2, 6, 3, 7],
    ].map((order) => scaled(op('f32s.ofInts', fraction(shuffle32(x0, x1, order)))))
  }
  return [0, 1, 2, 3].map((block) => {
    const pair = shuffle32(x0, x1, [block, block + 4, block, block + 4])
    return scaled(op('f64s.ofLowInts', fraction(pair)))
  })
}

/** The eight normal values in order. */
function normalVectors(
  fn: FunctionBuilder,
  { machine, precision }: Lanes,
  [x0, x1]: Words,
): Code[] {
  const plain = new Plain(machine)
  return [0, 2].flatMap((block) => {
    const lower = (name: string, words: Code) => {
      const moved = block === 0 ? words : shuffle64(words, words, [1, 1])
      return get(fn.define(name, moved))
    }
    const [cosines, sines] = boxMuller(fn, plain, lower('radii', x0), lower('turns', x1))
    if (precision === 'f64') {
      return [shuffle64(cosines, sines, [0, 2]), shuffle64(cosines, sines, [1, 3])]
    }
    const rounded = (code: Code) => op('f32s.ofF64s', code)
    return [shuffle32(rounded(cosines), rounded(sines), [0, 4, 1, 5])]
  })
}

/** Plain arithmetic on f64, in the order and rounding of JavaScript. */
export class Plain {
  readonly lanes: Lanes

  constructor(machine: Machine) {
    this.lanes = new Lanes(machine, 'f64', false)
  }

  sum = (a: Code, b: Code): Code => this.lanes.binary('add', a, b)
  difference = (a: Code, b: Code): Code => this.lanes.binary('sub', a, b)
  product = (a: Code, b: Code): Code => this.lanes.binary('mul', a, b)
  number = (value: number): Code => this.lanes.constant(value)
}

/** c0 + q (c1 + q (c2 + ...)), or with every sum a difference. */
function nested(
  { number, product }: Plain,
  q: Code,
  combine: (a: Code, b: Code) => Code,
  coefficients: readonly number[],
): Code {
  return coefficients
    .slice(0, -1)
    .reduceRight(
      (inner, each) => combine(number(each), product(q, inner)),
      number(coefficients.at(-1)!),
    )
}

/** Of the low two lanes of the words: r cos t and r sin t. */
function boxMuller(fn: FunctionBuilder, plain: Plain, word0: Code, word1: Code): [Code, Code] {
  const { difference, lanes, number, product } = plain
  const keep = (name: string, code: Code): Code => get(fn.define(name, code))
  const radius = lanes.unary('sqrt', product(number(-2), logOfFraction(fn, plain, word0)))
  const low = op('lanes.and', word1, lanesOf(new Int32Array(4).fill(0x7fffffff)))
  const centred = op('ints.sub', low, lanesOf(new Int32Array(4).fill(2 ** 30)))
  const angle = keep('angle', product(op('f64s.ofLowInts', centred), number(Math.PI / 2 ** 31)))
  const top = op('f64s.ofLowInts', op('ints.shr', word1, int(31)))
  const sign = difference(number(1), product(number(2), top))
  const signed = keep('signed', product(radius, sign))
  const q = keep('q', product(angle, angle))
  const cosine = nested(
    plain,
    q,
    difference,
    [1, 2, 24, 720, 40320, 3628800, 479001600, 87178291200, 20922789888000].map((n) => 1 / n),
  )
  const sine = nested(
    plain,
    q,
    difference,
    [1, 6, 120, 5040, 362880, 39916800, 6227020800, 1307674368000].map((n) => 1 / n),
  )
  return [
    keep('cosines', product(signed, cosine)),
    keep('sines', product(signed, product(angle, sine))),
  ]
}

/** log((word + 1) / 2^32) of the low two lanes. */
export function logOfFraction(fn: FunctionBuilder, plain: Plain, word: Code): Code {
  const { difference, lanes, number, product, sum } = plain
  const keep = (name: string, code: Code): Code => get(fn.define(name, code))
  const odd = op('lanes.or', word, lanesOf(new Int32Array(4).fill(1)))
  // The exponent's field of word | 1, 1023 + 31 - zeros.
  const field = keep('field', op('longs.shr', op('f64s.ofLowUnsignedInts', odd), int(52)))
  const packed = shuffle32(field, field, [0, 2, 0, 2])
  const count = op('ints.sub', lanesOf(new Int32Array(4).fill(1023 + 31)), packed)
  const zeros = keep('zeros', op('f64s.ofLowInts', count))
  // 2^(zeros - 32) has the field 1023 + zeros - 32 = 2 * 1023 - 1 - field: exact products.
  const inverse = op('longs.sub', lanesOf(Int32Array.of(2045, 0, 2045, 0)), field)
  const grown = sum(op('f64s.ofLowUnsignedInts', word), number(1))
  const m = keep('m', product(grown, op('longs.shl', inverse, int(52))))
  const fold = keep(
    'fold',
    op('lanes.and', lanes.compare('lt', m, number(Math.SQRT1_2)), number(1)),
  )
  const folded = keep('folded', sum(m, product(m, fold)))
  const quotient = lanes.binary('div', difference(folded, number(1)), sum(folded, number(1)))
  const s = keep('s', quotient)
  const q = keep('q', product(s, s))
  const series = nested(
    plain,
    q,
    sum,
    [1, 3, 5, 7, 9, 11, 13].map((n) => 1 / n),
  )
  return difference(
    product(product(number(2), s), series),
    product(sum(zeros, fold), number(Math.LN2)),
  )
}
