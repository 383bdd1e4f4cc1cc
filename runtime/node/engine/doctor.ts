/** What `ccn doctor` tells about this machine, as plain data. Measures nothing, changes nothing. */
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { listEngines, type EngineReport } from './index.ts'

export interface Diagnosis {
  readonly node: {
    /** Without a leading v. */
    readonly version: string
    readonly platform: string
    readonly architecture: string
  }
  readonly processor: {
    readonly model: string
    /** Threads that this process may use. */
    readonly cores: number
  }
  /** In bytes. */
  readonly memory: { readonly total: number; readonly free: number }
  readonly webAssembly: { readonly available: boolean; readonly simd: boolean }
  readonly engines: readonly EngineReport[]
}

/** Looks at the machine, the version of Node.js and the engines. */
export async function diagnose(): Promise<Diagnosis> {
  return {
    node: {
      version: process.versions.node,
      platform: process.platform,
      architecture: process.arch,
    },
    processor: {
      model: (cpus()[0]?.model ?? '').trim() || 'unknown',
      cores: availableParallelism(),
    },
    memory: { total: totalmem(), free: freemem() },
    webAssembly: webAssembly(),
    engines: await listEngines(),
  }
}

/** A function that returns `i8x16.popcnt(i8x16.splat(0))`: valid only where SIMD is known. */
const simdModule = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]

interface Validator {
  readonly validate: (bytes: Uint8Array) => boolean
}

function webAssembly(): Diagnosis['webAssembly'] {
  const found: unknown = Reflect.get(globalThis, 'WebAssembly')
  if (!isValidator(found)) return { available: false, simd: false }
  return { available: true, simd: found.validate(Uint8Array.from(simdModule)) }
}

function isValidator(value: unknown): value is Validator {
  return typeof value === 'object' && value !== null && 'validate' in value
}
