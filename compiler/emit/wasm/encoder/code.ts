/**
 * WebAssembly code as trees: the shapes of loop code, with WebAssembly's types and instructions. Made by
 * `render.ts`, printed by `text.ts`, encoded by `binary.ts`.
 */
import type { CodeOf, FunctionTypeOf, GlobalOf, LocalOf, ResultOf } from '../../../code/nodes.ts'
import type { InstructionName } from './instructions.ts'

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'
export type ResultType = ResultOf<ValueType>
export type Local = LocalOf<ValueType>
export type Global = GlobalOf<ValueType>
export type FunctionType = FunctionTypeOf<ValueType>
export type Code = CodeOf<ValueType, InstructionName>
