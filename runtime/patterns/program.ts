/**
 * The program that draws patterns faster where the host has WebAssembly with vectors: the same words and the same choices as
 * `words.ts` and `choices.ts` make without it.
 */
import { drawGaps, drawRoom, drawState, drawWords } from '../../contract/draw-program.ts'
import { webAssembly, type WasmInstance, type WasmMemory } from '../engine/wasm/webassembly.ts'
import type { RandomKey } from '../support/random.ts'
import { drawProgram } from './program.generated.ts'

const PAGE = 65_536

/** Memory that nobody uses any more. */
let left: WeakRef<WasmMemory> | undefined

let known: { readonly module: object } | 'none' | undefined

/** The program, compiled at its first use; undefined where the host lacks what it needs. */
function compiled(): object | undefined {
  known ??= compile() ?? 'none'
  return known === 'none' ? undefined : known.module
}

function compile(): { readonly module: object } | undefined {
  // A host may have no WebAssembly, or forbid it.
  try {
    const bytes = Uint8Array.from(drawProgram.match(/../g) ?? [], (each) =>
      Number.parseInt(each, 16),
    )
    return webAssembly.validate(bytes) ? { module: new webAssembly.Module(bytes) } : undefined
  } catch {
    return undefined
  }
}

/** An instance of the program, with room for so many bytes behind its words; undefined where it cannot be had. */
export class DrawProgram {
  readonly #exports: WasmInstance['exports']
  readonly #memory: WasmMemory
  readonly #words: Int32Array
  readonly buffer: ArrayBufferLike
  /** The words that are next. */
  readonly words: Uint32Array
  /** What `gaps` makes of them. */
  readonly gaps: Float64Array

  static of(key: RandomKey, room = 0, isForOnce = false): DrawProgram | undefined {
    const module = compiled()
    if (!module) return undefined
    try {
      return new DrawProgram(module, key, room, isForOnce)
    } catch {
      // No memory of that size; without the program less is needed.
      return undefined
    }
  }

  /**
   * The same for use at once, in memory that the last use may have left, as memory takes a while when it is touched for the first
   * time: what is in its room is anything.
   */
  static with<T>(
    key: RandomKey,
    room: number,
    use: (program: DrawProgram) => T | undefined,
  ): T | undefined {
    const program = DrawProgram.of(key, room, true)
    if (!program) return undefined
    const found = use(program)
    left = new WeakRef(program.#memory)
    return found
  }

  private constructor(module: object, [key0, key1]: RandomKey, room: number, isForOnce = false) {
    const pages = Math.ceil((drawRoom + room) / PAGE)
    const old = isForOnce ? left?.deref() : undefined
    if (isForOnce) left = undefined
    const memory =
      old && old.buffer.byteLength >= pages * PAGE
        ? old
        : new webAssembly.Memory({ initial: pages, maximum: PAGE, shared: false })
    this.#memory = memory
    this.#exports = new webAssembly.Instance(module, { env: { memory } }).exports
    this.buffer = memory.buffer
    this.#words = new Int32Array(this.buffer, 0, drawWords.address / 4)
    this.words = new Uint32Array(this.buffer, drawWords.address, drawWords.count)
    this.gaps = new Float64Array(this.buffer, drawGaps.address, drawGaps.count)
    this.#words[drawState.step / 4] = 0
    this.#words[drawState.block / 4] = 0
    this.#words[drawState.key0 / 4] = key0
    this.#words[drawState.key1 / 4] = key1
    this.#words[drawState.at / 4] = drawWords.end
  }

  /** Draws `words` from that block of that step on. */
  fill(step: number, block: number): void {
    this.#words[drawState.step / 4] = step
    this.#words[drawState.block / 4] = block
    this.#exports['fill']?.()
  }

  /** `gaps`, `choose`, `sort`, `count` and `group`: see `compiler/code/draw-program.ts`. */
  call(name: 'gaps' | 'choose' | 'sort' | 'count' | 'group', ...given: readonly number[]): void {
    this.#exports[name]?.(...given)
  }
}
