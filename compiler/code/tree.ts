/**
 * Loop code as trees: an operation and the code of its operands, for no machine in particular. Typed as
 * it is made, so that a mistake is an exception where it is made, not a program that does not load.
 * Targets render it (`emit/`); evaluation order is that of the operands.
 */
import type { CodeOf, FunctionTypeOf, GlobalOf, LocalOf, ResultOf } from './nodes.ts'
import { operations, type OperationName } from './operations.ts'

/**
 * `int`: an integer of the width of an address, for addresses, sizes, counters and truth (0 or not);
 * `long`: 64 bits; `lanes`: a vector, as whatever the operation takes it for.
 */
export type ValueType = 'int' | 'long' | 'f32' | 'f64' | 'lanes'
export type ResultType = ResultOf<ValueType>
export type Local = LocalOf<ValueType>
export type Global = GlobalOf<ValueType>
export type FunctionType = FunctionTypeOf<ValueType>
export type Code = CodeOf<ValueType, OperationName>

interface Signature {
  readonly operands: readonly ValueType[]
  readonly result: ResultType
}

const signatures = new Map<OperationName, Signature>(
  Object.entries(operations).map(([name, signature]) => {
    const [before = '', after = ''] = signature.split('->')
    const operands = before.split(' ').filter(Boolean) as ValueType[]
    return [name as OperationName, { operands, result: (after.trim() || 'void') as ResultType }]
  }),
)

function requireType(code: Code, type: ResultType, where: string): void {
  if (code.type !== type) throw new Error(`${where}: ${type} is needed, not ${code.type}`)
}

function makeOp(
  name: OperationName,
  args: readonly Code[],
  extra: { readonly offset?: number; readonly lane?: number; readonly bytes?: Uint8Array } = {},
): Code {
  const { operands, result } = signatures.get(name)!
  if (args.length !== operands.length) {
    throw new Error(`${name} takes ${operands.length} operands, not ${args.length}`)
  }
  operands.forEach((type, i) => requireType(args[i]!, type, name))
  const { offset = 0, lane = 0, bytes } = extra
  if (offset < 0) throw new Error(`${name}: negative offset ${offset}`)
  return { kind: 'op', type: result, name, args, offset, lane, ...(bytes && { bytes }) }
}

/** An operation of its operands alone. */
export function op(name: OperationName, ...args: Code[]): Code {
  return makeOp(name, args)
}

/** A load or store, `offset` bytes behind the address. */
export function access(name: OperationName, offset: number, ...args: Code[]): Code {
  return makeOp(name, args, { offset })
}

/** An operation on one lane of a vector. */
export function onLane(name: OperationName, lane: number, ...args: Code[]): Code {
  return makeOp(name, args, { lane })
}

/** A load or store of one lane. */
export function accessLane(
  name: OperationName,
  offset: number,
  lane: number,
  ...args: Code[]
): Code {
  return makeOp(name, args, { offset, lane })
}

/** The bytes of `a` and `b` that `lanes` names: those of `a` first. */
export function shuffle(a: Code, b: Code, lanes: readonly number[]): Code {
  return makeOp('lanes.shuffle', [a, b], { bytes: Uint8Array.from(lanes) })
}

/** 32-bit lanes of `a` (0-3, in 128 bits) and `b` (4-7). */
export function shuffle32(a: Code, b: Code, lanes: readonly number[]): Code {
  return shuffle(
    a,
    b,
    lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
  )
}

/** 64-bit lanes of `a` (0-1, in 128 bits) and `b` (2-3). */
export function shuffle64(a: Code, b: Code, lanes: readonly number[]): Code {
  return shuffle32(
    a,
    b,
    lanes.flatMap((lane) => [lane * 2, lane * 2 + 1]),
  )
}

export const int = (value: number): Code => ({ kind: 'const', type: 'int', value })
export const long = (value: bigint): Code => ({ kind: 'const', type: 'long', value })
export const f32 = (value: number): Code => ({ kind: 'const', type: 'f32', value })
export const f64 = (value: number): Code => ({ kind: 'const', type: 'f64', value })

/** A vector constant of the bytes of a typed array, of as many bytes as a vector. */
export function lanesOf(values: Float32Array | Float64Array | Int32Array | Uint32Array): Code {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()
  return makeOp('lanes.constant', [], { bytes })
}

export const get = (local: Local): Code => ({ kind: 'get', type: local.type, local })

export function set(local: Local, value: Code): Code {
  requireType(value, local.type, `set ${local.name}`)
  return { kind: 'set', type: 'void', local, value }
}

export function tee(local: Local, value: Code): Code {
  requireType(value, local.type, `tee ${local.name}`)
  return { kind: 'tee', type: local.type, local, value }
}

export const globalGet = (global: Global): Code => ({
  kind: 'globalGet',
  type: global.type,
  global,
})

export function globalSet(global: Global, value: Code): Code {
  requireType(value, global.type, `set ${global.name}`)
  return { kind: 'globalSet', type: 'void', global, value }
}

export function call(target: FunctionType, ...args: Code[]): Code {
  if (args.length !== target.parameters.length) {
    throw new Error(`${target.name} takes ${target.parameters.length} values, not ${args.length}`)
  }
  target.parameters.forEach((type, i) => requireType(args[i]!, type, `call ${target.name}`))
  return { kind: 'call', type: target.result, target, args }
}

/** `a` where `test` is not 0, else `b`; both are computed. */
export function select(a: Code, b: Code, test: Code): Code {
  requireType(test, 'int', 'select')
  requireType(b, a.type, 'select')
  return { kind: 'select', type: a.type, args: [a, b, test] }
}

export const br = (label: string): Code => ({ kind: 'br', type: 'void', label })

export function brIf(label: string, test: Code): Code {
  requireType(test, 'int', `br_if ${label}`)
  return { kind: 'br', type: 'void', label, test }
}

export const returns = (value?: Code): Code => ({
  kind: 'return',
  type: 'void',
  ...(value && { value }),
})

export const drop = (value: Code): Code => ({ kind: 'drop', type: 'void', value })

export const block = (label: string, body: readonly Code[]): Code => ({
  kind: 'block',
  type: 'void',
  label,
  body,
})

export const loop = (label: string, body: readonly Code[]): Code => ({
  kind: 'loop',
  type: 'void',
  label,
  body,
})

export function branch(test: Code, then: readonly Code[], otherwise: readonly Code[] = []): Code {
  requireType(test, 'int', 'if')
  return { kind: 'if', type: 'void', test, then, otherwise }
}

// --- often needed ----------------------------------------------------------------------------------

const isConstant = (code: Code): code is Code & { kind: 'const'; value: number } =>
  code.kind === 'const' && code.type === 'int'

/** Sum of two ints, folded where it is known. */
export function add(a: Code, b: Code): Code {
  if (isConstant(a) && isConstant(b)) return int(a.value + b.value)
  if (isConstant(b) && b.value === 0) return a
  if (isConstant(a) && a.value === 0) return b
  return op('int.add', a, b)
}

export function sub(a: Code, b: Code): Code {
  if (isConstant(a) && isConstant(b)) return int(a.value - b.value)
  if (isConstant(b) && b.value === 0) return a
  return op('int.sub', a, b)
}

/** Product of two ints, folded where it is known. */
export function mul(a: Code, b: Code): Code {
  if (isConstant(a) && isConstant(b)) return int(a.value * b.value)
  if (isConstant(b) && b.value === 1) return a
  if (isConstant(a) && a.value === 1) return b
  return op('int.mul', a, b)
}
