/**
 * The program that the runtime draws patterns by (`runtime/patterns/`), made once by `npm run generate`: random words
 * of a stream, many at a time, and the choice of different cells. In its memory lie, from address 0, the state of the stream, its
 * words, for which cell each was chosen last and how often, and what is chosen.
 */
import { drawGaps, drawGroups, drawState, drawWords } from '../../contract/draw-program.ts'
import type { Machine } from '../plan/machine.ts'
import { FunctionBuilder } from './function.ts'
import { ModuleBuilder, type CodeModule } from './module.ts'
import { logOfFraction, Plain, Threefry } from './random.ts'
import {
  access,
  add,
  call,
  get,
  int,
  long,
  mul,
  op,
  shuffle32,
  type Code,
  type FunctionType,
  type Local,
} from './tree.ts'

const field = (at: number): Code => access('int.load', at, int(0))
const setField = (at: number, value: Code): Code => access('int.store', at, int(0), value)

/** Functions `fill`, `gaps`, `choose`, `sort`, `count` and `group`, exported. */
export function drawProgram(machine: Machine): CodeModule {
  const module = new ModuleBuilder()
  const fill = module.add(fillFunction())
  module.add(chooseFunction(fill))
  module.add(sortFunction())
  module.add(countFunction())
  module.add(groupFunction())
  module.add(gapsFunction(machine))
  return module.build()
}

/** `fill()`: the words of the next blocks, in order. */
function fillFunction() {
  const fn = new FunctionBuilder('fill', [], 'void', { exported: true })
  const block = fn.define('block', field(drawState.block))
  const blocks = new Threefry(
    fn,
    field(drawState.key0),
    field(drawState.key1),
    field(drawState.step),
  )
  const at = fn.local('int', 'at')
  fn.count(at, int(drawWords.address), int(drawWords.end), 32, () => {
    const [x0, x1] = blocks.words(get(block))
    fn.push(access('lanes.store', 0, get(at), shuffle32(x0, x1, [0, 4, 1, 5])))
    fn.push(access('lanes.store', 16, get(at), shuffle32(x0, x1, [2, 6, 3, 7])))
    fn.set(block, add(get(block), int(4)))
  })
  fn.push(setField(drawState.block, get(block)))
  return fn.build()
}

/**
 * `choose(cell, choices, last, skip, chosen, out, end)`: different numbers below `choices`, one larger from `skip` on, to
 * the words `out` up to `end`. The list at `chosen` has two words for each, near to each other since both are looked up at random:
 * for which cell the number was chosen last, and how often the larger one. Words above `last` are drawn again, as is what
 * was chosen for `cell`.
 */
function chooseFunction(fill: FunctionType) {
  const names = ['cell', 'choices', 'last', 'skip', 'chosen', 'out', 'end']
  const fn = new FunctionBuilder(
    'choose',
    names.map((each) => [each, 'int'] as const),
    'void',
    { exported: true },
  )
  const [cell, choices, last, skip, chosen, , end] = parametersOf(fn, names)
  const out = fn.parameter(5)
  const at = fn.define('at', field(drawState.at))
  const word = fn.local('int', 'word')
  const choice = fn.local('int', 'choice')
  const place = fn.local('int', 'place')
  fn.while(
    () => op('int.ltUnsigned', get(out), end),
    () => {
      fn.branch(op('int.geUnsigned', get(at), int(drawWords.end)), () => {
        fn.push(call(fill))
        fn.set(at, int(drawWords.address))
      })
      fn.set(word, access('int.load', 0, get(at)))
      fn.set(at, add(get(at), int(4)))
      fn.branch(op('int.leUnsigned', get(word), last), () => {
        fn.set(choice, op('int.rem', get(word), choices))
        fn.set(place, add(chosen, mul(get(choice), int(8))))
        fn.branch(op('int.ne', access('int.load', 0, get(place)), cell), () => {
          fn.push(access('int.store', 0, get(place), cell))
          fn.set(choice, add(get(choice), op('int.ge', get(choice), skip)))
          fn.push(access('int.store', 0, get(out), get(choice)))
          fn.set(place, add(chosen, mul(get(choice), int(8))))
          const count = add(access('int.load', 4, get(place)), int(1))
          fn.push(access('int.store', 4, get(place), count))
          fn.set(out, add(get(out), int(4)))
        })
      })
    },
  )
  fn.push(setField(drawState.at, get(at)))
  return fn.build()
}

/**
 * `sort(cells, end, marks)`: different numbers in the words `cells` up to `end`, put in order by a bit for each at `marks`, of
 * which all are 0 before and after, and some are behind the largest.
 */
function sortFunction() {
  const names = ['cells', 'end', 'marks']
  const fn = new FunctionBuilder(
    'sort',
    names.map((each) => [each, 'int'] as const),
    'void',
    { exported: true },
  )
  const [cells, end, marks] = parametersOf(fn, names)
  const [at, cell, place, base] = ['at', 'cell', 'place', 'base'].map((name) =>
    fn.local('int', name),
  ) as [Local, Local, Local, Local]
  const [bits, lowest] = [fn.local('long', 'bits'), fn.local('long', 'lowest')]
  fn.count(at, cells, end, 4, () => {
    fn.set(cell, access('int.load', 0, get(at)))
    fn.set(place, add(marks, mul(op('int.shr', get(cell), int(6)), int(8))))
    const bit = op(
      'long.shl',
      long(1n),
      op('long.ofUnsignedInt', op('int.and', get(cell), int(63))),
    )
    const marked = op('long.or', access('long.load', 0, get(place)), bit)
    fn.push(access('long.store', 0, get(place), marked))
  })
  fn.set(at, cells)
  fn.set(place, marks)
  fn.set(base, int(63))
  fn.while(
    () => op('int.lt', get(at), end),
    () => {
      fn.set(bits, access('long.load', 0, get(place)))
      fn.branch(op('long.ne', get(bits), long(0n)), () => {
        fn.push(access('long.store', 0, get(place), long(0n)))
        fn.while(
          () => op('long.ne', get(bits), long(0n)),
          () => {
            fn.set(lowest, op('long.and', get(bits), op('long.sub', long(0n), get(bits))))
            const above = op('int.ofLong', op('long.leadingZeros', get(lowest)))
            fn.push(access('int.store', 0, get(at), op('int.sub', get(base), above)))
            fn.set(at, add(get(at), int(4)))
            fn.set(bits, op('long.xor', get(bits), get(lowest)))
          },
        )
      })
      fn.set(place, add(get(place), int(8)))
      fn.set(base, add(get(base), int(64)))
    },
  )
  return fn.build()
}

/** `count(cells, end, counts)`: how often each number is in the words `cells` up to `end`, added to the list at `counts`. */
function countFunction() {
  const names = ['cells', 'end', 'counts']
  const fn = new FunctionBuilder(
    'count',
    names.map((each) => [each, 'int'] as const),
    'void',
    { exported: true },
  )
  const [cells, end, counts] = parametersOf(fn, names)
  const at = fn.local('int', 'at')
  fn.count(at, cells, end, 4, () => {
    increment(fn, counts, access('int.load', 0, get(at)))
  })
  return fn.build()
}

/**
 * `group(cells, end, value, left, each, next, into, part, shift)`: writes a value to the places that `next` has for the cells of a part
 * of a list, at the words `cells` up to `end`; the value is one larger for every `each` cells, at first after `left`. The
 * part is first put in the order of groups of cells, at `part`, so that what is written lies near to each other; what is of one
 * cell keeps its order. A group has 2^`shift` cells.
 */
function groupFunction() {
  const names = ['cells', 'end', 'value', 'left', 'each', 'next', 'into', 'part', 'shift']
  const fn = new FunctionBuilder(
    'group',
    names.map((each) => [each, 'int'] as const),
    'void',
    { exported: true },
  )
  const [cells, end, , , each, next, into, part, shift] = parametersOf(fn, names)
  const [value, left] = [fn.parameter(2), fn.parameter(3)]
  const [at, cell, place] = ['at', 'cell', 'place'].map((name) => fn.local('int', name)) as [
    Local,
    Local,
    Local,
  ]
  const groups = int(drawGroups.address)
  const groupOf = (): Code => op('int.shr', get(cell), shift)
  const forCells = (build: () => void): void =>
    fn.count(at, cells, end, 4, () => {
      fn.set(cell, access('int.load', 0, get(at)))
      build()
    })
  fn.count(at, groups, int(drawGroups.end), 4, () =>
    fn.push(access('int.store', 0, get(at), int(0))),
  )
  forCells(() => increment(fn, add(groups, int(4)), groupOf()))
  fn.count(at, groups, int(drawGroups.end - 4), 4, () => {
    const sum = add(access('int.load', 0, get(at)), access('int.load', 4, get(at)))
    fn.push(access('int.store', 4, get(at), sum))
  })
  forCells(() => {
    fn.set(place, add(part, mul(increment(fn, groups, groupOf()), int(8))))
    fn.push(access('int.store', 0, get(place), get(cell)))
    fn.push(access('int.store', 4, get(place), get(value)))
    fn.set(left, op('int.sub', get(left), int(1)))
    fn.branch(op('int.isZero', get(left)), () => {
      fn.set(left, each)
      fn.set(value, add(get(value), int(1)))
    })
  })
  const last = fn.define('last', add(part, mul(op('int.sub', end, cells), int(2))))
  fn.count(at, part, get(last), 8, () => {
    fn.set(cell, access('int.load', 0, get(at)))
    const to = add(into, mul(increment(fn, next, get(cell)), int(4)))
    fn.push(access('int.store', 0, to, access('int.load', 4, get(at))))
  })
  return fn.build()
}

/** `gaps(logarithm)`: of every word that was drawn, log((word + 1) / 2^32) over the given one, rounded down. */
function gapsFunction(machine: Machine) {
  const fn = new FunctionBuilder('gaps', [['logarithm', 'f64']], 'void', { exported: true })
  const plain = new Plain(machine)
  const { lanes } = plain
  const divisor = fn.define('divisor', lanes.splat(get(fn.parameter(0))))
  const at = fn.local('int', 'at')
  const to = fn.define('to', int(drawGaps.address))
  fn.count(at, int(drawWords.address), int(drawWords.end), 8, () => {
    const words = fn.define('words', access('lanes.load', 0, get(at)))
    const quotient = lanes.binary('div', logOfFraction(fn, plain, get(words)), get(divisor))
    fn.push(access('lanes.store', 0, get(to), lanes.unary('floor', quotient)))
    fn.set(to, add(get(to), int(16)))
  })
  return fn.build()
}

/** Makes an entry of a list larger by one; gives what it was. */
function increment(fn: FunctionBuilder, list: Code, index: Code): Code {
  const at = fn.define('entry', add(list, mul(index, int(4))))
  const before = fn.define('before', access('int.load', 0, get(at)))
  fn.push(access('int.store', 0, get(at), add(get(before), int(1))))
  return get(before)
}

/** The parameters of those names, at most nine. */
function parametersOf(fn: FunctionBuilder, names: readonly string[]) {
  return names.map((_, i) => get(fn.parameter(i))) as [
    Code,
    Code,
    Code,
    Code,
    Code,
    Code,
    Code,
    Code,
    Code,
  ]
}
