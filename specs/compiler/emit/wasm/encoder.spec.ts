/**
 * The encoder of WebAssembly: a specimen of every kind of immediate and of every control construct, as
 * text and run by the host; numbers at the edges of LEB128; and the mistakes that its builders refuse.
 */
import { describe, expect, it } from 'vitest'
import * as make from '../../../../compiler/code/tree.ts'
import type { Code, ValueType } from '../../../../compiler/code/tree.ts'
import { FunctionBuilder } from '../../../../compiler/code/function.ts'
import {
  instructions,
  type ImmediateKind,
} from '../../../../compiler/emit/wasm/encoder/instructions.ts'
import { ModuleBuilder } from '../../../../compiler/code/module.ts'
import { renderModule } from '../../../../compiler/emit/wasm/render.ts'
import { printModule } from '../../../../compiler/emit/wasm/encoder/text.ts'
import { instantiate } from '../../code/kernels/host.ts'

const { access, accessLane, f32, f64, get, int, long, onLane, op } = make
const pages = { initialPages: 1, maximumPages: 1 }

/** A module with the function `f`, which `build` writes. */
function moduleOf(result: ValueType, build: (f: FunctionBuilder, module: ModuleBuilder) => void) {
  const module = new ModuleBuilder()
  const f = new FunctionBuilder('f', [], result, { exported: true })
  build(f, module)
  module.add(f.build())
  return module
}

/** What the exported function `f` of a module gives. */
const valueOf = (module: ModuleBuilder): unknown => {
  const { exports } = instantiate(module, 1)
  return (exports['f'] as unknown as () => unknown)()
}

/** The lines of `f`, without its head and indentation. */
const textOf = (module: ModuleBuilder): string[] => {
  const lines = printModule(renderModule(module.build(), pages)).split('\n')
  const start = lines.findIndex((line) => line.includes('(func $f '))
  return lines.slice(start + 1, -3).map((line) => line.slice(4))
}

interface Specimen {
  readonly of: ImmediateKind
  readonly result: ValueType
  /** Run before the value is computed. */
  readonly before?: readonly Code[]
  readonly value: Code
  /** How the value is written. */
  readonly text: string
  readonly gives: number | bigint
}

const vector = make.lanesOf(Int32Array.of(1, 2, 3, 4))
const vectorText = '(v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004)'

const specimens: readonly Specimen[] = [
  {
    of: 'none',
    result: 'int',
    value: op('int.sub', int(5), int(7)),
    text: '(i32.sub (i32.const 5) (i32.const 7))',
    gives: -2,
  },
  {
    of: 'memory',
    result: 'f64',
    before: [access('f64.store', 200, int(8), f64(-0.1))],
    value: access('f64.load', 128, int(80)),
    text: '(f64.load offset=128 (i32.const 80))',
    gives: -0.1,
  },
  {
    of: 'memory',
    result: 'int',
    before: [access('int.store', 0, int(4), int(0x01020304))],
    value: access('int.load', 1, int(4)),
    text: '(i32.load offset=1 (i32.const 4))',
    gives: 0x00010203,
  },
  {
    of: 'memoryLane',
    result: 'int',
    before: [access('int.store', 0, int(16), int(77))],
    value: onLane('ints.lane', 2, accessLane('lanes.loadLane32', 16, 2, int(0), vector)),
    text: `(i32x4.extract_lane 2 (v128.load32_lane offset=16 2 (i32.const 0) ${vectorText}))`,
    gives: 77,
  },
  {
    of: 'lane',
    result: 'int',
    value: onLane('ints.lane', 3, vector),
    text: `(i32x4.extract_lane 3 ${vectorText})`,
    gives: 4,
  },
  {
    of: 'bytes16',
    result: 'long',
    value: onLane('longs.lane', 1, make.lanesOf(Uint32Array.of(0, 0, 0xffffffff, 1))),
    text: '(i64x2.extract_lane 1 (v128.const i32x4 0x00000000 0x00000000 0xffffffff 0x00000001))',
    gives: 0x1ffffffffn,
  },
  {
    of: 'bytes16',
    result: 'int',
    value: onLane(
      'ints.lane',
      1,
      make.shuffle32(
        make.lanesOf(Int32Array.of(5, 6, 7, 8)),
        op('ints.splat', int(9)),
        [7, 2, 1, 0],
      ),
    ),
    text: '8 9 10 11 4 5 6 7 0 1 2 3',
    gives: 7,
  },
  {
    of: 'zero',
    result: 'int',
    before: [op('memory.fill', int(64), int(1), int(2))],
    value: access('int.load', 0, int(64)),
    text: '(memory.fill (i32.const 64) (i32.const 1) (i32.const 2))',
    gives: 0x0101,
  },
  {
    of: 'zero2',
    result: 'int',
    before: [access('int.store', 0, int(32), int(41)), op('memory.copy', int(64), int(32), int(4))],
    value: access('int.load', 0, int(64)),
    text: '(memory.copy (i32.const 64) (i32.const 32) (i32.const 4))',
    gives: 41,
  },
]

describe('immediates', () => {
  it('are of every kind that an instruction has', () => {
    const kinds = Object.values(instructions).map((row) => row[3 as never] ?? 'none')
    expect([...new Set(specimens.map((each) => each.of))].toSorted()).toEqual(
      [...new Set(kinds)].toSorted(),
    )
  })

  it.each(specimens)('$of: $text', ({ result, before = [], value, text, gives }) => {
    const module = moduleOf(result, (f) => f.push(...before, value))
    expect(
      textOf(module).join(' ').replaceAll(/ +/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')'),
    ).toContain(text)
    expect(valueOf(module)).toBe(gives)
  })
})

interface Construct {
  readonly name: string
  readonly build: (f: FunctionBuilder, module: ModuleBuilder) => void
  readonly text: readonly string[]
  readonly gives: number
}

const constructs: readonly Construct[] = [
  {
    name: 'locals: set, tee and get, of two types',
    build(f) {
      const a = f.define('a', int(3))
      const b = f.define('b', op('f32.ofInt', make.tee(a, int(4))))
      f.push(op('int.add', get(a), op('int.ofF64', op('f64.ofF32', op('f32.sub', get(b), get(b))))))
    },
    text: [
      '(local $a.0 i32)',
      '(local $b.1 f32)',
      '(local.set $a.0 (i32.const 3))',
      '(local.set $b.1 (f32.convert_i32_s (local.tee $a.0 (i32.const 4))))',
      '(i32.add',
      '  (local.get $a.0)',
      '  (i32.trunc_f64_s (f64.promote_f32 (f32.sub (local.get $b.1) (local.get $b.1))))',
      ')',
    ],
    gives: 4,
  },
  {
    name: 'a global',
    build(f, module) {
      const counter = module.global({ name: 'n', type: 'int', initial: 6, mutable: true })
      f.push(make.globalSet(counter, op('int.mul', make.globalGet(counter), int(7))))
      f.push(make.globalGet(counter))
    },
    text: ['(global.set $n (i32.mul (global.get $n) (i32.const 7)))', '(global.get $n)'],
    gives: 42,
  },
  {
    name: 'a call, and a return before the end',
    build(f, module) {
      const g = new FunctionBuilder(
        'less',
        [
          ['a', 'int'],
          ['b', 'int'],
        ],
        'int',
      )
      g.push(make.returns(op('int.sub', get(g.parameter(0)), get(g.parameter(1)))), int(99))
      f.push(make.call(module.add(g.build()), int(10), int(4)))
    },
    text: ['(call $less (i32.const 10) (i32.const 4))'],
    gives: 6,
  },
  {
    name: 'a loop out of a block: 1 + 2 + 3 + 4',
    build(f) {
      const [sum, i] = [f.local('int', 'sum'), f.local('int', 'i')]
      f.count(i, int(1), int(5), 1, () => f.set(sum, op('int.add', get(sum), get(i))))
      f.push(get(sum))
    },
    text: [
      '(local $sum.0 i32)',
      '(local $i.1 i32)',
      '(local.set $i.1 (i32.const 1))',
      '(block $block.0',
      '  (br_if $block.0 (i32.ge_s (local.get $i.1) (i32.const 5)))',
      '  (loop $loop.1',
      '    (local.set $sum.0 (i32.add (local.get $sum.0) (local.get $i.1)))',
      '    (local.set $i.1 (i32.add (local.get $i.1) (i32.const 1)))',
      '    (br_if $loop.1 (i32.lt_s (local.get $i.1) (i32.const 5)))',
      '  )',
      ')',
      '(local.get $sum.0)',
    ],
    gives: 10,
  },
  {
    name: 'an if with an else, left from inside of it',
    build(f) {
      const a = f.define('a', int(1))
      f.block((out) => {
        f.branch(
          op('int.isZero', get(a)),
          () => f.set(a, int(7)),
          () => {
            f.set(a, int(8))
            f.push(make.br(out))
          },
        )
        f.set(a, int(9))
      })
      f.push(get(a))
    },
    text: [
      '(local $a.0 i32)',
      '(local.set $a.0 (i32.const 1))',
      '(block $block.0',
      '  (if',
      '    (i32.eqz (local.get $a.0))',
      '    (then',
      '      (local.set $a.0 (i32.const 7))',
      '    )',
      '    (else',
      '      (local.set $a.0 (i32.const 8))',
      '      (br $block.0)',
      '    )',
      '  )',
      '  (local.set $a.0 (i32.const 9))',
      ')',
      '(local.get $a.0)',
    ],
    gives: 8,
  },
  {
    name: 'select, drop, and what is not reached',
    build(f) {
      f.push(make.drop(f32(1.5)))
      f.branch(int(0), () => f.push({ kind: 'unreachable', type: 'void' }))
      f.push(make.select(int(1), int(2), int(0)))
    },
    text: [
      '(drop (f32.const 1.5))',
      '(if',
      '  (i32.const 0)',
      '  (then',
      '    (unreachable)',
      '  )',
      ')',
      '(select (result i32) (i32.const 1) (i32.const 2) (i32.const 0))',
    ],
    gives: 2,
  },
]

describe('control', () => {
  it.each(constructs)('$name', ({ build, text, gives }) => {
    const module = moduleOf('int', build)
    expect(textOf(module)).toEqual(text)
    expect(valueOf(module)).toBe(gives)
  })
})

describe('constants', () => {
  it.each([0, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, 2 ** 31 - 1, -(2 ** 31)])(
    'i32 %s',
    (value) => expect(valueOf(moduleOf('int', (f) => f.push(int(value))))).toBe(value),
  )
  it.each([
    0n,
    -1n,
    63n,
    64n,
    -64n,
    -65n,
    2n ** 62n,
    -(2n ** 62n) - 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ])('i64 %s', (value) => expect(valueOf(moduleOf('long', (f) => f.push(long(value))))).toBe(value))
  it.each([-0, Math.fround(1e-45), 3.4028234663852886e38, Infinity, -Infinity, NaN])(
    'f32 and f64 %s',
    (value) => {
      expect(valueOf(moduleOf('f32', (f) => f.push(f32(value))))).toBe(value)
      expect(valueOf(moduleOf('f64', (f) => f.push(f64(value))))).toBe(value)
    },
  )
  it.each([0, 127, 128, 16383, 16384, 65532])('an offset of %s', (offset) => {
    const module = moduleOf('int', (f) => {
      f.push(
        access('int.store', 0, int(offset), int(offset + 5)),
        access('int.load', offset, int(0)),
      )
    })
    expect(valueOf(module)).toBe(offset + 5)
  })
  it('numbers of locals beyond one byte', () => {
    const module = moduleOf('int', (f) => {
      const locals = Array.from({ length: 300 }, (_, i) => f.define('x', int(i)))
      f.push(op('int.add', get(locals[127]!), get(locals[299]!)))
    })
    expect(valueOf(module)).toBe(426)
  })
})

describe('mistakes', () => {
  const local = new FunctionBuilder('g', [['x', 'f32']]).parameter(0)
  const type = { name: 'g', parameters: ['int'], result: 'void' } as const
  const global = { name: 'n', type: 'int', initial: 0, mutable: true } as const
  const functions = new ModuleBuilder()
  functions.add(new FunctionBuilder('twice', []).build())
  it.each<readonly [string, () => unknown]>([
    ['int.add: int is needed, not f32', () => op('int.add', int(1), f32(1))],
    ['int.add takes 2 operands, not 1', () => op('int.add', int(1))],
    ['int.load: negative offset -4', () => access('int.load', -4, int(0))],
    ['set x: f32 is needed, not int', () => make.set(local, int(1))],
    ['set x: f32 is needed, not void', () => make.set(local, make.br('out'))],
    ['tee x: f32 is needed, not f64', () => make.tee(local, f64(1))],
    ['set n: int is needed, not long', () => make.globalSet(global, long(1n))],
    ['g takes 1 values, not 0', () => make.call(type)],
    ['call g: int is needed, not f32', () => make.call(type, f32(1))],
    ['select: int is needed, not f32', () => make.select(int(1), int(2), f32(0))],
    ['select: int is needed, not long', () => make.select(int(1), long(2n), int(0))],
    ['br_if out: int is needed, not long', () => make.brIf('out', long(1n))],
    ['if: int is needed, not f32', () => make.branch(f32(1), [])],
    ['y: code without a value', () => new FunctionBuilder('g', []).define('y', make.br('out'))],
    ['g has no parameter 1', () => new FunctionBuilder('g', [['x', 'int']]).parameter(1)],
    ['two functions named twice', () => functions.add(new FunctionBuilder('twice', []).build())],
    ['there is no open block out', () => valueOf(moduleOf('int', (f) => f.push(make.br('out'))))],
    [
      'there is no function g',
      () => valueOf(moduleOf('int', (f) => f.push(make.call(type, int(1))))),
    ],
  ])('%s', (message, mistake) => {
    expect(mistake).toThrow(message)
  })
})
