/**
 * The host's WebAssembly, with relaxed SIMD where V8 has it behind a flag, as far as specs and
 * benchmarks of kernels need it; the type library of the project does not know it.
 */
import { setFlagsFromString } from 'node:v8'
import { encodeModule } from '../../../../compiler/emit/wasm/encoder/binary.ts'
import { renderModule } from '../../../../compiler/emit/wasm/render.ts'
import type { ModuleBuilder } from '../../../../compiler/code/module.ts'

interface Host {
  readonly Memory: new (of: {
    readonly initial: number
    readonly maximum: number
    readonly shared: boolean
  }) => { readonly buffer: SharedArrayBuffer }
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, (...values: number[]) => void>> }
}

/** The exports of a module, and its memory of so many pages of 64 KiB. */
export function instantiate(
  module: ModuleBuilder,
  pages: number,
): {
  readonly exports: Readonly<Record<string, (...values: number[]) => void>>
  readonly buffer: SharedArrayBuffer
} {
  setFlagsFromString('--experimental-wasm-relaxed-simd')
  const host = Reflect.get(globalThis, 'WebAssembly') as Host
  const memory = new host.Memory({ initial: pages, maximum: pages, shared: true })
  const bytes = encodeModule(
    renderModule(module.build(), { initialPages: pages, maximumPages: pages }),
  )
  const { exports } = new host.Instance(new host.Module(bytes), { env: { memory } })
  return { exports, buffer: memory.buffer }
}
