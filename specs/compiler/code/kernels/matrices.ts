/** Padded matrices in the memory of a compiled product, for its specs and its benchmark. */
import { wasmMachine } from '../../../../compiler/emit/wasm/machine.ts'
import { access, add, get, int, mul } from '../../../../compiler/code/tree.ts'
import { ModuleBuilder } from '../../../../compiler/code/module.ts'
import {
  emitProduct,
  productScratchBytes,
  type ProductForm,
} from '../../../../compiler/code/kernels/product.ts'
import { Lanes, type Precision } from '../../../../compiler/code/lanes.ts'
import { instantiate } from './host.ts'

const MEMORY_PAGES = 256

/** The element of a matrix at a row and column. */
export type Element = (row: number, column: number) => number

export interface Part {
  readonly m0: number
  readonly m1: number
  readonly n0: number
  readonly n1: number
}

/** Products of all forms whose epilogue stores C + 1, so that each element counts once. */
export class Products {
  readonly lanes: Lanes
  readonly #exports: ReturnType<typeof instantiate>['exports']
  readonly #memory: Float32Array | Float64Array

  constructor(precision: Precision, fused: boolean) {
    const lanes = new Lanes(wasmMachine, precision, fused)
    const module = new ModuleBuilder()
    for (const form of ['NN', 'NT', 'TN'] as const) {
      emitProduct(module, lanes, {
        name: form,
        form,
        exported: true,
        extraParameters: [
          ['c', 'int'],
          ['cStride', 'int'],
        ],
        epilogue(fn, sum, row, column, [c, cStride]) {
          const at = add(
            add(get(c!), mul(get(row), get(cStride!))),
            mul(get(column), int(lanes.bytes)),
          )
          // Read and written: a vector that came twice would count twice.
          const before = access('lanes.load', 0, at)
          fn.push(access('lanes.store', 0, at, lanes.binary('add', before, get(sum))))
        },
      })
    }
    const { exports, buffer } = instantiate(module, MEMORY_PAGES)
    this.lanes = lanes
    this.#exports = exports
    this.#memory = precision === 'f32' ? new Float32Array(buffer) : new Float64Array(buffer)
  }

  /**
   * C + `before` of every part, C as rows without padding. Outside of the operands and in their
   * padding lies NaN; throws where something but C and its padding was written.
   */
  multiply(
    form: ProductForm,
    [M, N, K]: readonly [M: number, N: number, K: number],
    a: Element,
    b: Element,
    parts: readonly Part[] = [{ m0: 0, m1: M, n0: 0, n1: N }],
    before = 0,
  ): Float64Array {
    const { bytes } = this.lanes
    const memory = this.#memory
    const stride = (columns: number): number => (columns + 3) & -4
    const [aRows, aColumns] = form === 'TN' ? [K, M] : [M, K]
    const [bRows, bColumns] = form === 'NT' ? [N, K] : [K, N]
    let end = 16
    const place = (rows: number, columns: number): number => {
      const at = end
      end += rows * stride(columns) + 16
      return at
    }
    const [aAt, bAt, cAt] = [place(aRows, aColumns), place(bRows, bColumns), place(M, N)]
    const scratchAt = end
    const scratchEnd = scratchAt + productScratchBytes(this.lanes, K) / bytes
    memory.fill(NaN, 0, scratchEnd + 64)
    const write = (at: number, rows: number, columns: number, element: Element): void => {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          memory[at + row * stride(columns) + column] = element(row, column)
        }
      }
    }
    write(aAt, aRows, aColumns, a)
    write(bAt, bRows, bColumns, b)
    write(cAt, M, N, () => before)
    const snapshot = memory.slice(0, scratchEnd + 64)
    for (const { m0, m1, n0, n1 } of parts) {
      this.#exports[form]!(
        ...[aAt * bytes, bAt * bytes, M, N, K],
        ...[stride(aColumns) * bytes, stride(bColumns) * bytes, m0, m1, n0, n1],
        ...[scratchAt * bytes, cAt * bytes, stride(N) * bytes],
      )
    }
    for (let i = 0; i < snapshot.length; i++) {
      const free = (i >= cAt && i < cAt + M * stride(N)) || (i >= scratchAt && i < scratchEnd)
      if (!free && !Object.is(memory[i], snapshot[i])) {
        throw new Error(`${form} ${M}x${N}x${K} wrote element ${i}: C starts at ${cAt}`)
      }
    }
    return Float64Array.from(
      { length: M * N },
      (_, i) => memory[cAt + Math.floor(i / N) * stride(N) + (i % N)]!,
    )
  }
}
