/**
 * The host's WebAssembly, typed as far as it is used here: neither Node's types nor the language's
 * own libraries declare it, and those of the browser would bring a page's whole world along.
 */

/** A compiled module. */
export type WasmModuleObject = object

export interface WasmMemory {
  /** Another one after growing, where the memory is not shared. */
  readonly buffer: SharedArrayBuffer | ArrayBuffer
  /** Throws RangeError where the host has no more. */
  readonly grow: (pages: number) => number
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, (...values: number[]) => void>>
}

type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>

interface Host {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly compile: (bytes: Uint8Array<ArrayBuffer>) => Promise<WasmModuleObject>
  /** An instance; unlike the constructor, for modules of any size in a page too. */
  readonly instantiate: (module: WasmModuleObject, imports: Imports) => Promise<WasmInstance>
  readonly Memory: new (descriptor: {
    readonly initial: number
    readonly maximum: number
    readonly shared: boolean
  }) => WasmMemory
  /** Of small modules alone in a page. */
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModuleObject
  readonly Instance: new (module: WasmModuleObject, imports: Imports) => WasmInstance
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly
