/**
 * A WebAssembly module: functions, imports, globals, and one imported memory, shared between
 * threads, as `env.memory`.
 */
import type { FunctionType, Global } from './code.ts'
import type { WasmFunction } from './function.ts'

export interface WasmModule {
  /** Functions that the host gives, as `env.NAME`. */
  readonly imports: readonly FunctionType[]
  readonly functions: readonly WasmFunction[]
  readonly globals: readonly Global[]
  readonly memory: { readonly initialPages: number; readonly maximumPages: number }
}

export class ModuleBuilder {
  readonly #imports = new Map<string, FunctionType>()
  readonly #functions = new Map<string, WasmFunction>()
  readonly #globals = new Map<string, Global>()

  /** A function of the host. */
  import(type: FunctionType): FunctionType {
    const known = this.#imports.get(type.name)
    if (!known) this.#imports.set(type.name, type)
    return known ?? type
  }

  add(fn: WasmFunction): FunctionType {
    const { name } = fn.type
    if (this.#functions.has(name) || this.#imports.has(name)) {
      throw new Error(`there are two functions named ${name}`)
    }
    this.#functions.set(name, fn)
    return fn.type
  }

  /** The function of that name, made at its first use. */
  once(name: string, make: () => WasmFunction): FunctionType {
    return this.#functions.get(name)?.type ?? this.add(make())
  }

  global(global: Global): Global {
    const known = this.#globals.get(global.name)
    if (!known) this.#globals.set(global.name, global)
    return known ?? global
  }

  build(memory: WasmModule['memory']): WasmModule {
    return {
      imports: [...this.#imports.values()],
      functions: [...this.#functions.values()],
      globals: [...this.#globals.values()],
      memory,
    }
  }
}
