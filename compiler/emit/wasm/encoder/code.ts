/**
 * WebAssembly code as trees: an instruction and the code of its operands. Made of loop code by
 * `render.ts`, printed by `text.ts`, encoded by `binary.ts`; evaluation order is that of the operands.
 */
import type { InstructionName } from './instructions.ts'

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'
/** The type of code that leaves no value. */
export type ResultType = ValueType | 'void'

/** A local variable or parameter of one function. */
export interface Local {
  readonly type: ValueType
  readonly name: string
  readonly index: number
}

/** A variable of the module. */
export interface Global {
  readonly name: string
  readonly type: ValueType
  readonly initial: number
  readonly mutable: boolean
}

/** What a call needs to know of a function. */
export interface FunctionType {
  readonly name: string
  readonly parameters: readonly ValueType[]
  readonly result: ResultType
}

export type Code = { readonly type: ResultType } & (
  | { readonly kind: 'const'; readonly value: number | bigint }
  | {
      readonly kind: 'op'
      readonly name: InstructionName
      readonly args: readonly Code[]
      /** Of a memory access: bytes added to the address. */
      readonly offset: number
      readonly lane: number
      readonly bytes?: Uint8Array
    }
  | { readonly kind: 'get'; readonly local: Local }
  | { readonly kind: 'set' | 'tee'; readonly local: Local; readonly value: Code }
  | { readonly kind: 'globalGet'; readonly global: Global }
  | { readonly kind: 'globalSet'; readonly global: Global; readonly value: Code }
  | { readonly kind: 'call'; readonly target: FunctionType; readonly args: readonly Code[] }
  | {
      readonly kind: 'block' | 'loop'
      readonly label: string
      readonly body: readonly Code[]
    }
  | {
      readonly kind: 'if'
      readonly test: Code
      readonly then: readonly Code[]
      readonly otherwise: readonly Code[]
    }
  | { readonly kind: 'br'; readonly label: string; readonly test?: Code }
  | { readonly kind: 'select'; readonly args: readonly [Code, Code, Code] }
  | { readonly kind: 'return'; readonly value?: Code }
  | { readonly kind: 'drop'; readonly value: Code }
  | { readonly kind: 'unreachable' }
)
