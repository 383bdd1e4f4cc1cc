/** The functions of a program, those that it is given, and its variables: what a target renders. */
import type { FunctionType, Global } from './tree.ts'
import type { CodeFunction } from './function.ts'

export interface CodeModule {
  /** Functions that the host gives. */
  readonly imports: readonly FunctionType[]
  readonly functions: readonly CodeFunction[]
  readonly globals: readonly Global[]
}

export class ModuleBuilder {
  readonly #imports = new Map<string, FunctionType>()
  readonly #functions = new Map<string, CodeFunction>()
  readonly #globals = new Map<string, Global>()

  /** A function of the host. */
  import(type: FunctionType): FunctionType {
    const known = this.#imports.get(type.name)
    if (!known) this.#imports.set(type.name, type)
    return known ?? type
  }

  add(fn: CodeFunction): FunctionType {
    const { name } = fn.type
    if (this.#functions.has(name) || this.#imports.has(name)) {
      throw new Error(`there are two functions named ${name}`)
    }
    this.#functions.set(name, fn)
    return fn.type
  }

  /** The function of that name, made at its first use. */
  once(name: string, make: () => CodeFunction): FunctionType {
    return this.#functions.get(name)?.type ?? this.add(make())
  }

  global(global: Global): Global {
    const known = this.#globals.get(global.name)
    if (!known) this.#globals.set(global.name, global)
    return known ?? global
  }

  build(): CodeModule {
    return {
      imports: [...this.#imports.values()],
      functions: [...this.#functions.values()],
      globals: [...this.#globals.values()],
    }
  }
}
