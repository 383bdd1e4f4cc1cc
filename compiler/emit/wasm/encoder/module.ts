/**
 * A WebAssembly module: functions, imports, globals, and one imported memory, shared between
 * threads, as `env.memory`.
 */
import type { Code, FunctionType, Global, Local } from './code.ts'

/** A function of a module. */
export interface WasmFunction {
  readonly type: FunctionType
  readonly parameters: readonly Local[]
  readonly locals: readonly Local[]
  readonly body: readonly Code[]
  readonly exported: boolean
  /** Printed above it in the text form. */
  readonly comment?: string
}

export interface WasmModule {
  /** Functions that the host gives, as `env.NAME`. */
  readonly imports: readonly FunctionType[]
  readonly functions: readonly WasmFunction[]
  readonly globals: readonly Global[]
  readonly memory: { readonly initialPages: number; readonly maximumPages: number }
}
