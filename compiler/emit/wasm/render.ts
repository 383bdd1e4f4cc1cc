/**
 * Loop code as WebAssembly: every operation is one instruction, an address has 32 bits. Nothing is decided
 * here; what the code does is written in `compiler/code/`.
 */
import type { CodeFunction } from '../../code/function.ts'
import type { CodeModule } from '../../code/module.ts'
import type { OperationName } from '../../code/operations.ts'
import type { Code, FunctionType, Global, Local, ResultType, ValueType } from '../../code/tree.ts'
import { assertNever } from '../../ir/operands.ts'
import type * as Wasm from './encoder/code.ts'
import type { InstructionName } from './encoder/instructions.ts'
import type { WasmFunction, WasmModule } from './encoder/module.ts'

const typeNames: Readonly<Record<ValueType, Wasm.ValueType>> = {
  int: 'i32',
  long: 'i64',
  f32: 'f32',
  f64: 'f64',
  lanes: 'v128',
}

// prettier-ignore
const instructionNames: Readonly<Record<OperationName, InstructionName>> = {
  'int.isZero': 'i32.eqz',
  'int.eq': 'i32.eq',
  'int.ne': 'i32.ne',
  'int.lt': 'i32.lt_s',
  'int.ltUnsigned': 'i32.lt_u',
  'int.gt': 'i32.gt_s',
  'int.gtUnsigned': 'i32.gt_u',
  'int.le': 'i32.le_s',
  'int.leUnsigned': 'i32.le_u',
  'int.ge': 'i32.ge_s',
  'int.geUnsigned': 'i32.ge_u',
  'int.add': 'i32.add',
  'int.sub': 'i32.sub',
  'int.mul': 'i32.mul',
  'int.div': 'i32.div_u',
  'int.rem': 'i32.rem_u',
  'int.and': 'i32.and',
  'int.or': 'i32.or',
  'int.xor': 'i32.xor',
  'int.shl': 'i32.shl',
  'int.shr': 'i32.shr_u',
  'int.shrSigned': 'i32.shr_s',
  'int.leadingZeros': 'i32.clz',
  'int.ones': 'i32.popcnt',
  'long.isZero': 'i64.eqz',
  'long.eq': 'i64.eq',
  'long.ne': 'i64.ne',
  'long.lt': 'i64.lt_s',
  'long.ltUnsigned': 'i64.lt_u',
  'long.gt': 'i64.gt_s',
  'long.gtUnsigned': 'i64.gt_u',
  'long.le': 'i64.le_s',
  'long.leUnsigned': 'i64.le_u',
  'long.ge': 'i64.ge_s',
  'long.geUnsigned': 'i64.ge_u',
  'long.add': 'i64.add',
  'long.sub': 'i64.sub',
  'long.mul': 'i64.mul',
  'long.div': 'i64.div_u',
  'long.rem': 'i64.rem_u',
  'long.and': 'i64.and',
  'long.or': 'i64.or',
  'long.xor': 'i64.xor',
  'long.shl': 'i64.shl',
  'long.shr': 'i64.shr_u',
  'long.shrSigned': 'i64.shr_s',
  'long.leadingZeros': 'i64.clz',
  'long.ones': 'i64.popcnt',
  'int.load': 'i32.load',
  'int.store': 'i32.store',
  'long.load': 'i64.load',
  'long.store': 'i64.store',
  'int.ofF64': 'i32.trunc_f64_s',
  'int.ofLong': 'i32.wrap_i64',
  'long.ofInt': 'i64.extend_i32_s',
  'long.ofUnsignedInt': 'i64.extend_i32_u',
  'long.bitsOfF64': 'i64.reinterpret_f64',
  'f32.eq': 'f32.eq',
  'f32.ne': 'f32.ne',
  'f32.lt': 'f32.lt',
  'f32.gt': 'f32.gt',
  'f32.le': 'f32.le',
  'f32.ge': 'f32.ge',
  'f32.add': 'f32.add',
  'f32.sub': 'f32.sub',
  'f32.mul': 'f32.mul',
  'f32.div': 'f32.div',
  'f32.min': 'f32.min',
  'f32.max': 'f32.max',
  'f32.copysign': 'f32.copysign',
  'f32.abs': 'f32.abs',
  'f32.neg': 'f32.neg',
  'f32.sqrt': 'f32.sqrt',
  'f32.load': 'f32.load',
  'f32.store': 'f32.store',
  'f32.ofInt': 'f32.convert_i32_s',
  'f64.eq': 'f64.eq',
  'f64.ne': 'f64.ne',
  'f64.lt': 'f64.lt',
  'f64.gt': 'f64.gt',
  'f64.le': 'f64.le',
  'f64.ge': 'f64.ge',
  'f64.add': 'f64.add',
  'f64.sub': 'f64.sub',
  'f64.mul': 'f64.mul',
  'f64.div': 'f64.div',
  'f64.min': 'f64.min',
  'f64.max': 'f64.max',
  'f64.copysign': 'f64.copysign',
  'f64.abs': 'f64.abs',
  'f64.neg': 'f64.neg',
  'f64.sqrt': 'f64.sqrt',
  'f64.load': 'f64.load',
  'f64.store': 'f64.store',
  'f64.ofInt': 'f64.convert_i32_s',
  'f32.ofF64': 'f32.demote_f64',
  'f64.ofF32': 'f64.promote_f32',
  'f64.ofLong': 'f64.convert_i64_s',
  'f64.ofUnsignedLong': 'f64.convert_i64_u',
  'f64.ofBits': 'f64.reinterpret_i64',
  'f32s.eq': 'f32x4.eq',
  'f32s.ne': 'f32x4.ne',
  'f32s.lt': 'f32x4.lt',
  'f32s.gt': 'f32x4.gt',
  'f32s.le': 'f32x4.le',
  'f32s.ge': 'f32x4.ge',
  'f32s.add': 'f32x4.add',
  'f32s.sub': 'f32x4.sub',
  'f32s.mul': 'f32x4.mul',
  'f32s.div': 'f32x4.div',
  'f32s.min': 'f32x4.min',
  'f32s.max': 'f32x4.max',
  'f32s.pmin': 'f32x4.pmin',
  'f32s.pmax': 'f32x4.pmax',
  'f32s.abs': 'f32x4.abs',
  'f32s.neg': 'f32x4.neg',
  'f32s.sqrt': 'f32x4.sqrt',
  'f32s.ceil': 'f32x4.ceil',
  'f32s.floor': 'f32x4.floor',
  'f32s.trunc': 'f32x4.trunc',
  'f32s.nearest': 'f32x4.nearest',
  'f32s.madd': 'f32x4.relaxed_madd',
  'f32s.nmadd': 'f32x4.relaxed_nmadd',
  'f32s.choose': 'i32x4.relaxed_laneselect',
  'f32s.splat': 'f32x4.splat',
  'f32s.lane': 'f32x4.extract_lane',
  'f32s.withLane': 'f32x4.replace_lane',
  'f64s.eq': 'f64x2.eq',
  'f64s.ne': 'f64x2.ne',
  'f64s.lt': 'f64x2.lt',
  'f64s.gt': 'f64x2.gt',
  'f64s.le': 'f64x2.le',
  'f64s.ge': 'f64x2.ge',
  'f64s.add': 'f64x2.add',
  'f64s.sub': 'f64x2.sub',
  'f64s.mul': 'f64x2.mul',
  'f64s.div': 'f64x2.div',
  'f64s.min': 'f64x2.min',
  'f64s.max': 'f64x2.max',
  'f64s.pmin': 'f64x2.pmin',
  'f64s.pmax': 'f64x2.pmax',
  'f64s.abs': 'f64x2.abs',
  'f64s.neg': 'f64x2.neg',
  'f64s.sqrt': 'f64x2.sqrt',
  'f64s.ceil': 'f64x2.ceil',
  'f64s.floor': 'f64x2.floor',
  'f64s.trunc': 'f64x2.trunc',
  'f64s.nearest': 'f64x2.nearest',
  'f64s.madd': 'f64x2.relaxed_madd',
  'f64s.nmadd': 'f64x2.relaxed_nmadd',
  'f64s.choose': 'i64x2.relaxed_laneselect',
  'f64s.splat': 'f64x2.splat',
  'f64s.lane': 'f64x2.extract_lane',
  'f64s.withLane': 'f64x2.replace_lane',
  'f32s.ofInts': 'f32x4.convert_i32x4_s',
  'f32s.ofF64s': 'f32x4.demote_f64x2_zero',
  'f64s.ofLowInts': 'f64x2.convert_low_i32x4_s',
  'f64s.ofLowUnsignedInts': 'f64x2.convert_low_i32x4_u',
  'f64s.ofLowF32s': 'f64x2.promote_low_f32x4',
  'ints.add': 'i32x4.add',
  'ints.sub': 'i32x4.sub',
  'ints.lt': 'i32x4.lt_s',
  'ints.max': 'i32x4.max_s',
  'ints.shl': 'i32x4.shl',
  'ints.shr': 'i32x4.shr_u',
  'ints.shrSigned': 'i32x4.shr_s',
  'ints.splat': 'i32x4.splat',
  'ints.lane': 'i32x4.extract_lane',
  'ints.signs': 'i32x4.bitmask',
  'longs.add': 'i64x2.add',
  'longs.sub': 'i64x2.sub',
  'longs.lt': 'i64x2.lt_s',
  'longs.shl': 'i64x2.shl',
  'longs.shr': 'i64x2.shr_u',
  'longs.shrSigned': 'i64x2.shr_s',
  'longs.splat': 'i64x2.splat',
  'longs.lane': 'i64x2.extract_lane',
  'longs.signs': 'i64x2.bitmask',
  'lanes.and': 'v128.and',
  'lanes.andNot': 'v128.andnot',
  'lanes.or': 'v128.or',
  'lanes.xor': 'v128.xor',
  'lanes.choose': 'v128.bitselect',
  'lanes.any': 'v128.any_true',
  'lanes.constant': 'v128.const',
  'lanes.shuffle': 'i8x16.shuffle',
  'lanes.load': 'v128.load',
  'lanes.store': 'v128.store',
  'lanes.loadSplat32': 'v128.load32_splat',
  'lanes.loadLow32': 'v128.load32_zero',
  'lanes.loadLane32': 'v128.load32_lane',
  'lanes.storeLane32': 'v128.store32_lane',
  'lanes.loadSplat64': 'v128.load64_splat',
  'lanes.loadLow64': 'v128.load64_zero',
  'lanes.loadLane64': 'v128.load64_lane',
  'lanes.storeLane64': 'v128.store64_lane',
  'memory.copy': 'memory.copy',
  'memory.fill': 'memory.fill',
  'atomic.load': 'i32.atomic.load',
  'atomic.store': 'i32.atomic.store',
  'atomic.add': 'i32.atomic.rmw.add',
  'atomic.sub': 'i32.atomic.rmw.sub',
  'atomic.notify': 'memory.atomic.notify',
  'atomic.wait': 'memory.atomic.wait32',
}

/** The module of the code, with a memory of so many pages. */
export function renderModule(code: CodeModule, memory: WasmModule['memory']): WasmModule {
  return {
    imports: code.imports.map(functionType),
    functions: code.functions.map(renderFunction),
    globals: code.globals.map(renderGlobal),
    memory,
  }
}

function renderFunction({
  type,
  parameters,
  locals,
  body,
  exported,
  comment,
}: CodeFunction): WasmFunction {
  return {
    type: functionType(type),
    parameters: parameters.map(renderLocal),
    locals: locals.map(renderLocal),
    body: body.map(render),
    exported,
    ...(comment !== undefined && { comment }),
  }
}

const resultType = (type: ResultType): Wasm.ResultType => (type === 'void' ? type : typeNames[type])

const functionType = ({ name, parameters, result }: FunctionType): Wasm.FunctionType => ({
  name,
  parameters: parameters.map((type) => typeNames[type]),
  result: resultType(result),
})

const renderLocal = ({ type, name, index }: Local): Wasm.Local => ({
  type: typeNames[type],
  name,
  index,
})

const renderGlobal = ({ name, type, initial, mutable }: Global): Wasm.Global => ({
  name,
  type: typeNames[type],
  initial,
  mutable,
})

function render(code: Code): Wasm.Code {
  const type = resultType(code.type)
  switch (code.kind) {
    case 'const':
      // An integer of 32 bits: what is past them wraps around.
      return {
        kind: 'const',
        type,
        value: code.type === 'int' ? Number(code.value) | 0 : code.value,
      }
    case 'op': {
      const { offset, lane, bytes } = code
      const args = code.args.map(render)
      const name = instructionNames[code.name]
      return { kind: 'op', type, name, args, offset, lane, ...(bytes && { bytes }) }
    }
    case 'get':
      return { kind: 'get', type, local: renderLocal(code.local) }
    case 'set':
    case 'tee': {
      const { kind, local, value } = code
      return { kind, type, local: renderLocal(local), value: render(value) }
    }
    case 'globalGet':
      return { kind: 'globalGet', type, global: renderGlobal(code.global) }
    case 'globalSet':
      return {
        kind: 'globalSet',
        type,
        global: renderGlobal(code.global),
        value: render(code.value),
      }
    case 'call':
      return {
        kind: 'call',
        type,
        target: functionType(code.target),
        args: code.args.map(render),
      }
    case 'block':
    case 'loop':
      return { kind: code.kind, type, label: code.label, body: code.body.map(render) }
    case 'if': {
      const { test, then, otherwise } = code
      return {
        kind: 'if',
        type,
        test: render(test),
        then: then.map(render),
        otherwise: otherwise.map(render),
      }
    }
    case 'br':
      return { kind: 'br', type, label: code.label, ...(code.test && { test: render(code.test) }) }
    case 'select': {
      const [a, b, test] = code.args
      return { kind: 'select', type, args: [render(a), render(b), render(test)] }
    }
    case 'return':
      return { kind: 'return', type, ...(code.value && { value: render(code.value) }) }
    case 'drop':
      return { kind: 'drop', type, value: render(code.value) }
    case 'unreachable':
      return { kind: 'unreachable', type }
    default:
      return assertNever(code)
  }
}
