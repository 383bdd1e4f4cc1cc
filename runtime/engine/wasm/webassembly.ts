/**
 * The host's WebAssembly, typed as far as it is used here: neither Node's types nor the language's
 * own libraries declare it, and those of the browser would bring a page's whole world along.
 */

/** A compiled module. */
export type WasmModuleObject = object

export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
  /** Throws RangeError where the host has no more. */
  readonly grow: (pages: number) => number
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, (...values: number[]) => void>>
}

interface Host {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly compile: (bytes: Uint8Array<ArrayBuffer>) => Promise<WasmModuleObject>
  readonly Memory: new (descriptor: {
    readonly initial: number
    readonly maximum: number
    readonly shared: true
  }) => WasmMemory
  readonly Instance: new (
    module: WasmModuleObject,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => WasmInstance
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly
