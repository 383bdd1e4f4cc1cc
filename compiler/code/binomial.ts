/**
 * Binomial draws in the program: those of `runtime/support/binomial.ts`, operation for operation in f64, never fused,
 * so that they are the same numbers. Words are made for eight elements at a time; all else is done element by element.
 */
import { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'
import type { ModuleBuilder } from './module.ts'
import {
  difference,
  exponentialFunction,
  factorialOf,
  floorOf,
  logarithmFunction,
  oddSeries,
  product,
  quotient,
  stirlingSeries,
  sum,
} from './doubles.ts'
import { countAttempts, setEightWords, uniformOf, type Source } from './draw-words.ts'
import { Threefry } from './random.ts'
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
  select,
  sub,
  type Code,
  type FunctionType,
} from './tree.ts'

const ELEMENTS = 8
/** log(2 pi) / 2 */
const HALF_LOG_OF_CIRCLE = 0.9189385332046728

const both = (a: Code, b: Code): Code => op('int.and', a, b)

/** Parameters by name. */
type Parameters = (name: string) => Code

function functionOf(
  name: string,
  parameters: readonly (readonly [string, 'int' | 'f64'])[],
  result: 'f64' | 'void',
): { readonly fn: FunctionBuilder; readonly of: Parameters } {
  const fn = new FunctionBuilder(name, parameters, result)
  const of = (wanted: string): Code =>
    get(fn.parameter(parameters.findIndex(([each]) => each === wanted)))
  return { fn, of }
}

const ints = (...names: string[]) => names.map((name) => [name, 'int'] as const)
const numbers = (...names: string[]) => names.map((name) => [name, 'f64'] as const)

/**
 * The function `(matrix, trials, trialsRowStep, trialsStep, chance, chanceRowStep, chanceStep, key0, key1, step, firstRow,
 * rows, columns)`: the rows firstRow .. firstRow + rows - 1 of a draw of `columns` columns, into the matrix at that
 * address. What an element needs lies its row times the step of rows and its column times the other behind the start.
 */
export function binomialRowsFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const { precision, bytes } = lanes
  const fill = fillBinomial(module, lanes)
  const name = `random.binomialRows.${precision}`
  return module.once(name, () => {
    const { fn, of } = functionOf(
      name,
      ints(
        ...['matrix', 'trials', 'trialsRowStep', 'trialsStep'],
        ...['chance', 'chanceRowStep', 'chanceStep'],
        ...['key0', 'key1', 'step', 'firstRow', 'rows', 'columns'],
      ),
      'void',
    )
    const stride = fn.define('stride', lanes.paddedCode(of('columns')))
    const row = fn.local('int', 'row')
    const end = fn.define('end', add(of('firstRow'), of('rows')))
    fn.count(row, of('firstRow'), get(end), 1, () => {
      const out = add(of('matrix'), mul(mul(get(row), get(stride)), int(bytes)))
      const rowOf = (each: string): Code => add(of(each), mul(get(row), of(`${each}RowStep`)))
      const needed = ['trials', 'chance'].flatMap((each) => [rowOf(each), of(`${each}Step`)])
      const first = mul(get(row), of('columns'))
      const keys = ['key0', 'key1', 'step'].map(of)
      fn.push(call(fill, out, ...needed, ...keys, first, of('columns')))
    })
    return fn.build()
  })
}

/**
 * The function `(out, trials, trialsStep, chance, chanceStep, key0, key1, step, first, count)`: the elements first .. first
 * + count - 1, one after another from `out` on; what each needs lies that many bytes apart.
 */
export function fillBinomial(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const { precision, bytes } = lanes
  lanes.require(16 / bytes)
  const value = valueFunction(module, lanes)
  const name = `random.binomial.${precision}`
  return module.once(name, () => {
    const { fn, of } = functionOf(
      name,
      ints(
        ...['out', 'trials', 'trialsStep', 'chance', 'chanceStep'],
        ...['key0', 'key1', 'step', 'first', 'count'],
      ),
      'void',
    )
    const keys = [of('key0'), of('key1'), of('step')] as const
    const blocks = new Threefry(fn, ...keys)
    const block = fn.define('block', op('int.shr', of('first'), int(1)))
    const end = fn.define('end', add(of('first'), of('count')))
    const element = fn.local('int', 'element')
    const words = [0, 1, 2, 3].map((i) => fn.local('lanes', `words${i}`))
    const distance = fn.local('int', 'distance')
    const numberAt = (each: string): Code => {
      const address = add(of(each), mul(get(distance), of(`${each}Step`)))
      const loaded = access(lanes.scalarLoad, 0, address)
      return precision === 'f32' ? op('f64.ofF32', loaded) : loaded
    }
    fn.block((done) => {
      fn.loop((again) => {
        fn.set(element, op('int.shl', get(block), int(1)))
        fn.push(brIf(done, op('int.geUnsigned', get(element), get(end))))
        setEightWords(fn, blocks, get(block), words)
        for (let k = 0; k < ELEMENTS; k++) {
          fn.set(distance, sub(add(get(element), int(k)), of('first')))
          fn.branch(op('int.ltUnsigned', get(distance), of('count')), () => {
            const word = onLane('f64s.lane', k % 2, get(words[k >> 1]!))
            const index = add(get(element), int(k))
            const drawn = call(value, numberAt('trials'), numberAt('chance'), word, index, ...keys)
            const stored = precision === 'f32' ? op('f32.ofF64', drawn) : drawn
            const address = add(of('out'), mul(get(distance), int(bytes)))
            fn.push(access(lanes.scalarStore, 0, address, stored))
          })
        }
        fn.set(block, add(get(block), int(ELEMENTS / 2)))
        fn.push(br(again))
      })
    })
    return fn.build()
  })
}

/** Of one element: `(trials, chance, word, element, key0, key1, step)`. */
const elementParameters = [
  ...numbers('trials', 'chance', 'word'),
  ...ints('element', 'key0', 'key1', 'step'),
]

/** Where its words come from. */
const sourceOf = (of: Parameters): Source => ({
  element: of('element'),
  key0: of('key0'),
  key1: of('key1'),
  step: of('step'),
})

/** `binomialValue` of the runtime. */
function valueFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const inverse = inverseFunction(module)
  const rejection = rejectionFunction(module, lanes)
  return module.once('random.binomialValue', () => {
    const { fn, of } = functionOf('random.binomialValue', elementParameters, 'f64')
    const [n, p] = [of('trials'), of('chance')]
    const isCount = both(op('f64.ge', n, f64(0)), op('f64.lt', n, f64(Infinity)))
    const isChance = both(op('f64.ge', p, f64(0)), op('f64.le', p, f64(1)))
    fn.branch(op('int.isZero', both(isCount, isChance)), () => fn.push(returns(f64(Number.NaN))))
    fn.branch(op('f64.lt', floorOf(lanes, n), n), () => fn.push(returns(f64(Number.NaN))))
    const isTurned = get(fn.define('isTurned', op('f64.gt', p, f64(0.5))))
    const q = get(fn.define('q', select(difference(f64(1), p), p, isTurned)))
    const mean = get(fn.define('mean', product(n, q)))
    const k = fn.define('k', f64(0))
    const share = product(sum(of('word'), f64(1)), f64(2 ** -32))
    fn.branch(op('f64.gt', share, difference(f64(1), mean)), () => {
      const others = ['word', 'element', 'key0', 'key1', 'step'].map(of)
      fn.branch(
        op('f64.lt', mean, f64(10)),
        () => fn.set(k, call(inverse, n, q, ...others)),
        () => fn.set(k, call(rejection, n, q, ...others)),
      )
    })
    fn.push(select(difference(n, get(k)), get(k), isTurned))
    return fn.build()
  })
}

/** `binomialInverse` of the runtime. */
function inverseFunction(module: ModuleBuilder): FunctionType {
  const exponential = exponentialFunction(module)
  const rest = logOfRestFunction(module)
  return module.once('random.binomialInverse', () => {
    const { fn, of } = functionOf('random.binomialInverse', elementParameters, 'f64')
    const [n, p] = [of('trials'), of('chance')]
    const left = fn.define('left', uniformOf(fn, sourceOf(of), of('word')))
    const power = difference(f64(0), product(n, call(rest, p)))
    const term = fn.define('term', call(exponential, power))
    const odds = get(fn.define('odds', quotient(p, difference(f64(1), p))))
    const k = fn.define('k', f64(0))
    fn.while(
      () => both(op('f64.ge', get(left), get(term)), op('f64.gt', get(term), f64(2 ** -60))),
      () => {
        fn.set(left, difference(get(left), get(term)))
        const factor = product(odds, difference(n, get(k)))
        fn.set(term, quotient(product(get(term), factor), sum(get(k), f64(1))))
        fn.set(k, sum(get(k), f64(1)))
      },
    )
    fn.push(select(get(k), n, op('f64.lt', get(k), n)))
    return fn.build()
  })
}

/** `binomialRejection` of the runtime. */
function rejectionFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const log = logarithmFunction(module)
  const probability = probabilityFunction(module)
  return module.once('random.binomialRejection', () => {
    const { fn, of } = functionOf('random.binomialRejection', elementParameters, 'f64')
    const [n, p] = [of('trials'), of('chance')]
    const keep = (name: string, code: Code): Code => get(fn.define(name, code))
    const spread = keep('spread', op('f64.sqrt', product(product(n, p), difference(f64(1), p))))
    const b = keep('b', sum(f64(1.15), product(f64(2.53), spread)))
    const a = keep('a', sum(sum(f64(-0.0873), product(f64(0.0248), b)), product(f64(0.01), p)))
    const centre = keep('centre', sum(product(n, p), f64(0.5)))
    const squeeze = keep('squeeze', difference(f64(0.92), quotient(f64(4.2), b)))
    const alpha = keep('alpha', product(sum(f64(2.83), quotient(f64(5.1), b)), spread))
    const mode = keep('mode', floorOf(lanes, product(sum(n, f64(1)), p)))
    const most = keep('most', call(probability, n, p, mode))
    const k = fn.local('f64', 'k')
    countAttempts(fn, sourceOf(of), (u, v, us) => {
      const slope = sum(quotient(product(f64(2), a), us), b)
      fn.set(k, floorOf(lanes, sum(product(slope, u), centre)))
      const isInside = both(op('f64.ge', us, f64(0.07)), op('f64.le', v, squeeze))
      fn.branch(isInside, () => fn.push(returns(get(k))))
      const isOne = both(op('f64.ge', get(k), f64(0)), op('f64.le', get(k), n))
      fn.branch(isOne, () => {
        const below = sum(quotient(a, product(us, us)), b)
        const limit = call(log, quotient(product(v, alpha), below))
        const isTaken = op('f64.le', limit, difference(call(probability, n, p, get(k)), most))
        fn.branch(isTaken, () => fn.push(returns(get(k))))
      })
    })
    fn.push(mode)
    return fn.build()
  })
}

/** `logOfBinomial` of the runtime: `(n, p, k)`. */
function probabilityFunction(module: ModuleBuilder): FunctionType {
  const log = logarithmFunction(module)
  const rest = logOfRestFunction(module)
  const deviance = devianceFunction(module)
  const stirling = stirlingFunction(module)
  return module.once('random.logOfBinomial', () => {
    const { fn, of } = functionOf('random.logOfBinomial', numbers('n', 'p', 'k'), 'f64')
    const [n, p, k] = [of('n'), of('p'), of('k')]
    fn.branch(op('f64.eq', k, f64(0)), () => fn.push(returns(product(n, call(rest, p)))))
    fn.branch(op('f64.eq', k, n), () => fn.push(returns(product(n, call(log, p)))))
    const others = get(fn.define('others', difference(n, k)))
    const series = difference(
      difference(call(stirling, n), call(stirling, k)),
      call(stirling, others),
    )
    const its = sum(
      call(deviance, k, product(n, p)),
      call(deviance, others, product(n, difference(f64(1), p))),
    )
    const ratio = quotient(quotient(n, k), others)
    const width = product(f64(0.5), call(log, ratio))
    fn.push(difference(sum(difference(series, its), width), f64(HALF_LOG_OF_CIRCLE)))
    return fn.build()
  })
}

/** `logOfRest` of the runtime: `(p)`. */
function logOfRestFunction(module: ModuleBuilder): FunctionType {
  const log = logarithmFunction(module)
  return module.once('random.logOfRest', () => {
    const { fn, of } = functionOf('random.logOfRest', numbers('p'), 'f64')
    const p = of('p')
    fn.branch(op('f64.gt', p, f64(0.25)), () => fn.push(returns(call(log, difference(f64(1), p)))))
    const s = get(fn.define('s', quotient(p, difference(f64(2), p))))
    const q = get(fn.define('q', product(s, s)))
    fn.push(product(product(f64(-2), s), oddSeries(q, 23, 1)))
    return fn.build()
  })
}

/** `devianceOf` of the runtime: `(x, m)`. */
function devianceFunction(module: ModuleBuilder): FunctionType {
  const log = logarithmFunction(module)
  return module.once('random.deviance', () => {
    const { fn, of } = functionOf('random.deviance', numbers('x', 'm'), 'f64')
    const [x, m] = [of('x'), of('m')]
    const v = get(fn.define('v', quotient(difference(x, m), sum(x, m))))
    const isNear = op('f64.lt', op('f64.abs', v), f64(0.1))
    fn.branch(op('int.isZero', isNear), () => {
      const whole = product(x, call(log, quotient(x, m)))
      fn.push(returns(difference(sum(whole, m), x)))
    })
    const q = get(fn.define('q', product(v, v)))
    const first = product(difference(x, m), v)
    const rest = product(product(product(product(f64(2), x), v), q), oddSeries(q, 19, 3))
    fn.push(sum(first, rest))
    return fn.build()
  })
}

/** `stirlingRest` of the runtime: `(k)`. */
function stirlingFunction(module: ModuleBuilder): FunctionType {
  const log = logarithmFunction(module)
  return module.once('random.stirlingRest', () => {
    const { fn, of } = functionOf('random.stirlingRest', numbers('k'), 'f64')
    const k = of('k')
    fn.branch(op('f64.lt', k, f64(10)), () => {
      const factorial = factorialOf(fn, k)
      const stirling = product(sum(k, f64(0.5)), call(log, k))
      const without = sum(difference(call(log, factorial), stirling), k)
      fn.push(returns(difference(without, f64(HALF_LOG_OF_CIRCLE))))
    })
    const q = get(fn.define('q', quotient(f64(1), product(k, k))))
    fn.push(quotient(stirlingSeries(q), k))
    return fn.build()
  })
}
