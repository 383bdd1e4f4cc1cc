/** The wasm engine in Node.js. */
import type { Engine } from '../../engine/network.ts'
import {
  createEngineOn,
  wasmDescription,
  wasmObstacle,
  type WasmEngineOptions,
} from '../../engine/wasm/engine.ts'
import { nodeHost } from './wasm-host.ts'

export type { WasmEngineOptions } from '../../engine/wasm/engine.ts'

/** The engine. Throws EngineError if it cannot be used here. */
export function createWasmEngine(options: WasmEngineOptions = {}): Engine {
  return createEngineOn(nodeHost, options)
}

/** Why the engine cannot be used here, as a sentence; undefined if it can. */
export const nodeObstacle = (): string | undefined => wasmObstacle(nodeHost)

/** What the engine is on this machine, in one line. */
export const nodeDescription = (): string => wasmDescription(nodeHost)
