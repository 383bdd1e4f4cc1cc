/**
 * Poisson draws in the program: those of `runtime/support/poisson.ts`, operation for operation in f64, never
 * fused, so that they are the same numbers. Eight elements at a time: where one mean below 10 holds for a whole
 * row, the upper 32 bits of the uniform numbers tell nearly always how many terms of the distribution lie
 * below (`poisson-lanes.ts`); all else is done element by element.
 */
import {
  access,
  add,
  br,
  brIf,
  call,
  f64,
  get,
  int,
  mul,
  onLane,
  op,
  returns,
  sub,
  type Code,
  type FunctionType,
} from './tree.ts'
import {
  difference,
  exponentialFunction,
  factorialOf,
  floorOf,
  logarithmFunction,
  product,
  quotient,
  stirlingSeries,
  sum,
} from './doubles.ts'
import { countAttempts, setEightWords, uniformOf } from './draw-words.ts'
import { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import { Lanes } from './lanes.ts'
import { SharedMean, UNKNOWN } from './poisson-lanes.ts'
import { Threefry } from './random.ts'

const ELEMENTS = 8

/**
 * The function `(matrix, mean, rowStep, columnStep, key0, key1, step, firstRow, rows, columns)`: the rows
 * firstRow .. firstRow + rows - 1 of a draw of `columns` columns, into the matrix at that address. The
 * mean of an element lies `row` times rowStep and `column` times columnStep bytes behind `mean`; the step of columns
 * is 0 or that of an element.
 */
export function poissonRowsFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const { precision, bytes } = lanes
  const fill = fillPoisson(module, lanes)
  const name = `random.poissonRows.${precision}`
  return module.once(name, () => {
    const names = ['matrix', 'mean', 'rowStep', 'columnStep', 'key0', 'key1', 'step', 'firstRow']
    const fn = new FunctionBuilder(
      name,
      [...names, 'rows', 'columns'].map((each) => [each, 'int'] as const),
    )
    const parameter = (i: number): Code => get(fn.parameter(i))
    const [matrix, mean, rowStep, columnStep] = four(parameter, 0)
    const [key0, key1, step, firstRow] = four(parameter, 4)
    const [rows, columns] = [parameter(8), parameter(9)]
    const stride = fn.define('stride', lanes.paddedCode(columns))
    const row = fn.local('int', 'row')
    const end = fn.define('end', add(firstRow, rows))
    fn.count(row, firstRow, get(end), 1, () => {
      const out = add(matrix, mul(mul(get(row), get(stride)), int(bytes)))
      const its = add(mean, mul(get(row), rowStep))
      const first = mul(get(row), columns)
      fn.push(call(fill, out, its, columnStep, key0, key1, step, first, columns))
    })
    return fn.build()
  })
}

type Quadruple = readonly [Code, Code, Code, Code]

const four = (parameter: (i: number) => Code, from: number): Quadruple => [
  parameter(from),
  parameter(from + 1),
  parameter(from + 2),
  parameter(from + 3),
]

/**
 * The function `(out, mean, meanStep, key0, key1, step, first, count)`: the elements first .. first + count - 1,
 * one after another from `out` on, their means `meanStep` bytes apart from `mean` on.
 */
export function fillPoisson(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const { machine, precision, bytes } = lanes
  lanes.require(16 / bytes)
  const value = valueFunction(module, lanes)
  const exponential = exponentialFunction(module)
  const doubles = new Lanes(machine, 'f64', false)
  const name = `random.poisson.${precision}`
  return module.once(name, () => {
    const names = ['out', 'mean', 'meanStep', 'key0', 'key1', 'step', 'first', 'count']
    const fn = new FunctionBuilder(
      name,
      names.map((each) => [each, 'int'] as const),
    )
    const parameter = (i: number): Code => get(fn.parameter(i))
    const [out, mean, meanStep, key0] = four(parameter, 0)
    const [key1, step, first, count] = four(parameter, 4)
    const blocks = new Threefry(fn, key0, key1, step)
    const block = fn.define('block', op('int.shr', first, int(1)))
    const end = fn.define('end', add(first, count))
    const element = fn.local('int', 'element')
    const meanAt = (address: Code): Code => {
      const loaded = access(lanes.scalarLoad, 0, address)
      return precision === 'f32' ? op('f64.ofF32', loaded) : loaded
    }
    const own = fn.define('own', meanAt(mean))
    const isSmall = op('int.and', op('f64.ge', get(own), f64(0)), op('f64.lt', get(own), f64(10)))
    const isShared = fn.define('isShared', op('int.and', op('int.isZero', meanStep), isSmall))
    // The probability of 0.
    const first0 = fn.define('first', f64(0))
    fn.branch(get(isShared), () => fn.set(first0, call(exponential, get(own))))
    const together = new SharedMean(fn, doubles, { mean: own, first: first0 })
    const words = [0, 1, 2, 3].map((i) => fn.local('lanes', `words${i}`))
    const address = fn.local('int', 'address')
    fn.block((done) => {
      fn.loop((again) => {
        fn.set(element, op('int.shl', get(block), int(1)))
        fn.push(brIf(done, op('int.geUnsigned', get(element), get(end))))
        setEightWords(fn, blocks, get(block), words)
        fn.set(address, add(out, mul(sub(get(element), first), int(bytes))))
        const isInside = op(
          'int.and',
          op('int.geUnsigned', get(element), first),
          op('int.leUnsigned', add(get(element), int(ELEMENTS)), get(end)),
        )
        const isTold = fn.define('isTold', int(0))
        fn.branch(op('int.and', isInside, get(isShared)), () =>
          fn.set(isTold, together.values(words)),
        )
        fn.branch(
          get(isTold),
          () => together.store(lanes, address),
          () => {
            for (let k = 0; k < ELEMENTS; k++) {
              const distance = fn.define('distance', sub(add(get(element), int(k)), first))
              fn.branch(op('int.ltUnsigned', get(distance), count), () => {
                const drawn = call(
                  value,
                  meanAt(add(mean, mul(get(distance), meanStep))),
                  onLane('f64s.lane', k % 2, get(words[k >> 1]!)),
                  add(get(element), int(k)),
                  key0,
                  key1,
                  step,
                )
                const stored = precision === 'f32' ? op('f32.ofF64', drawn) : drawn
                fn.push(access(lanes.scalarStore, k * bytes, get(address), stored))
              })
            }
          },
        )
        fn.set(block, add(get(block), int(ELEMENTS / 2)))
        fn.push(br(again))
      })
    })
    return fn.build()
  })
}

/** The function `(mean, word, element, key0, key1, step)`: the value of one element. */
function valueFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const inverse = inverseFunction(module)
  const rejection = rejectionFunction(module, lanes)
  return module.once('random.poissonValue', () => {
    const fn = elementFunction('random.poissonValue')
    const { mean, word, others } = parametersOf(fn)
    const isNone = op('int.isZero', op('f64.ge', mean, f64(0)))
    fn.branch(isNone, () => fn.push(returns(f64(Number.NaN))))
    const share = product(sum(word, f64(1)), f64(2 ** -32))
    const isZero = op('f64.le', share, difference(f64(1), mean))
    fn.branch(isZero, () => fn.push(returns(f64(0))))
    const isSmall = op('f64.lt', mean, f64(10))
    fn.branch(isSmall, () => fn.push(returns(call(inverse, mean, word, ...others))))
    const isFinite = op('f64.lt', mean, f64(Infinity))
    fn.branch(isFinite, () => fn.push(returns(call(rejection, mean, word, ...others))))
    fn.push(f64(Infinity))
    return fn.build()
  })
}

/** A function of one element. */
function elementFunction(name: string): FunctionBuilder {
  const parameters = [
    ['mean', 'f64'],
    ['word', 'f64'],
    ['element', 'int'],
    ['key0', 'int'],
    ['key1', 'int'],
    ['step', 'int'],
  ] as const
  return new FunctionBuilder(name, parameters, 'f64')
}

function parametersOf(fn: FunctionBuilder): {
  readonly mean: Code
  readonly word: Code
  /** element, key0, key1, step */
  readonly others: Quadruple
} {
  const parameter = (i: number): Code => get(fn.parameter(i))
  return {
    mean: parameter(0),
    word: parameter(1),
    others: four(parameter, 2),
  }
}

/** `poissonInverse` of the runtime. */
function inverseFunction(module: ModuleBuilder): FunctionType {
  const exponential = exponentialFunction(module)
  return module.once('random.poissonInverse', () => {
    const fn = elementFunction('random.poissonInverse')
    const { mean, word, others } = parametersOf(fn)
    const [element, key0, key1, step] = others
    const term = fn.define('term', call(exponential, mean))
    const k = fn.define('k', f64(0))
    const rest = fn.define('rest', product(word, f64(2 ** -32)))
    const whileAbove = (): void =>
      fn.while(
        () =>
          op('int.and', op('f64.ge', get(rest), get(term)), op('f64.gt', get(term), f64(2 ** -60))),
        () => {
          fn.set(rest, difference(get(rest), get(term)))
          fn.set(k, sum(get(k), f64(1)))
          fn.set(term, quotient(product(get(term), mean), get(k)))
        },
      )
    whileAbove()
    // Whatever the lower bits are, the same terms lie below: they are seldom drawn.
    const isTold = op('f64.lt', sum(get(rest), f64(UNKNOWN)), get(term))
    fn.branch(isTold, () => fn.push(returns(get(k))))
    fn.set(rest, uniformOf(fn, { element, key0, key1, step }, word))
    fn.set(term, call(exponential, mean))
    fn.set(k, f64(0))
    whileAbove()
    fn.push(get(k))
    return fn.build()
  })
}

/** `poissonRejection` of the runtime. */
function rejectionFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const log = logarithmFunction(module)
  const logOfPoisson = probabilityFunction(module, log)
  return module.once('random.poissonRejection', () => {
    const fn = elementFunction('random.poissonRejection')
    const { mean, others } = parametersOf(fn)
    const [element, key0, key1, step] = others
    const keep = (name: string, code: Code): Code => get(fn.define(name, code))
    const b = keep('b', sum(f64(0.931), product(f64(2.53), op('f64.sqrt', mean))))
    const a = keep('a', sum(f64(-0.059), product(f64(0.02483), b)))
    const inverseAlpha = keep(
      'inverseAlpha',
      sum(f64(1.1239), quotient(f64(1.1328), difference(b, f64(3.4)))),
    )
    const squeeze = keep(
      'squeeze',
      difference(f64(0.9277), quotient(f64(3.6224), difference(b, f64(2)))),
    )
    const k = fn.local('f64', 'k')
    countAttempts(fn, { element, key0, key1, step }, (u, v, us) => {
      const slope = sum(quotient(product(f64(2), a), us), b)
      const place = sum(sum(product(slope, u), mean), f64(0.43))
      fn.set(k, floorOf(lanes, place))
      const isInside = op('int.and', op('f64.ge', us, f64(0.07)), op('f64.le', v, squeeze))
      fn.branch(isInside, () => fn.push(returns(get(k))))
      const isOutside = op(
        'int.or',
        op('f64.lt', get(k), f64(0)),
        op('int.and', op('f64.lt', us, f64(0.013)), op('f64.gt', v, us)),
      )
      fn.branch(op('int.isZero', isOutside), () => {
        const below = sum(quotient(a, product(us, us)), b)
        const limit = call(log, quotient(product(v, inverseAlpha), below))
        const isTaken = op('f64.le', limit, call(logOfPoisson, mean, get(k)))
        fn.branch(isTaken, () => fn.push(returns(get(k))))
      })
    })
    fn.push(floorOf(lanes, mean))
    return fn.build()
  })
}

/** `logOfPoisson` of the runtime: `(mean, k)`. */
function probabilityFunction(module: ModuleBuilder, log: FunctionType): FunctionType {
  return module.once('random.logOfPoisson', () => {
    const parameters = [
      ['mean', 'f64'],
      ['k', 'f64'],
    ] as const
    const fn = new FunctionBuilder('random.logOfPoisson', parameters, 'f64')
    const [mean, k] = [get(fn.parameter(0)), get(fn.parameter(1))]
    fn.branch(op('f64.lt', k, f64(10)), () => {
      const factorial = factorialOf(fn, k)
      const power = difference(product(k, call(log, mean)), mean)
      fn.push(returns(difference(power, call(log, factorial))))
    })
    const q = get(fn.define('q', quotient(f64(1), product(k, k))))
    const main = sum(product(k, call(log, quotient(mean, k))), difference(k, mean))
    const root = product(f64(0.5), call(log, product(f64(2 * Math.PI), k)))
    fn.push(difference(difference(main, root), quotient(stirlingSeries(q), k)))
    return fn.build()
  })
}
