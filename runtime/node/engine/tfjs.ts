/**
 * Engines on TensorFlow.js: generated modules run as they are, on one of three backends.
 *
 * TensorFlow.js keeps one active backend for the whole process. An engine makes its backend the
 * active one when it is selected and whenever it instantiates a network; networks of two backends
 * should not take turns. Its advertisements on the console are turned off.
 */
import type * as TF from '@tensorflow/tfjs-core'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { EngineError } from '../../engine/errors.ts'
import type { CreateOptions, Engine, Network } from '../../engine/network.ts'

export const tfjsEngineNames = ['tfjs-node', 'tfjs-wasm', 'tfjs-cpu'] as const
/** Fastest first. */
export type TfjsEngineName = (typeof tfjsEngineNames)[number]

/** What an engine is, whether or not it can be used here. */
export interface EngineFacts {
  /** Name of its backend in TensorFlow.js. */
  readonly backend: string
  readonly description: string
  /** How fast it is, in words. */
  readonly speed: string
}

export const engineFacts: Readonly<Record<TfjsEngineName, EngineFacts>> = {
  'tfjs-node': {
    backend: 'tensorflow',
    description: 'TensorFlow.js on the native TensorFlow library',
    speed: 'fastest; uses all cores',
  },
  'tfjs-wasm': {
    backend: 'wasm',
    description: 'TensorFlow.js on WebAssembly',
    speed: 'fast; one core',
  },
  'tfjs-cpu': {
    backend: 'cpu',
    description: 'TensorFlow.js in plain JavaScript',
    speed: 'slow; for small circuits and for checking the others',
  },
}

type Library = typeof TF

/** Loads the library with the backend of `name` registered. Throws what the loading throws. */
export async function loadLibrary(name: TfjsEngineName): Promise<Library> {
  switch (name) {
    case 'tfjs-node':
      return quieted(await loadNative())
    case 'tfjs-wasm': {
      const library = quieted(await import('@tensorflow/tfjs-core'))
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
      const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
      // Once the backend has started, its path is fixed, and setting it is an error.
      if (!('wasm' in library.engine().registry)) setWasmPaths(`${dirname(entry)}${sep}`)
      return library
    }
    case 'tfjs-cpu': {
      const library = quieted(await import('@tensorflow/tfjs-core'))
      await import('@tensorflow/tfjs-backend-cpu')
      return library
    }
  }
}

/** The engine `name`. Throws EngineError if its backend does not start. */
export async function createTfjsEngine(name: TfjsEngineName): Promise<Engine> {
  const library = await loadLibrary(name)
  const { backend, description } = engineFacts[name]
  await activate(library, name)
  return {
    name,
    target: 'tfjs',
    description: `${description}, version ${library.version_core}`,
    async instantiate(program, options) {
      if (typeof program !== 'string') {
        throw new EngineError(
          `The engine ${name} runs JavaScript modules, not WebAssembly programs.`,
        )
      }
      await activate(library, name)
      return instantiate(library, program, options)
    },
    liveTensors: () => (library.getBackend() === backend ? library.memory().numTensors : undefined),
  }
}

async function activate(library: Library, name: TfjsEngineName): Promise<void> {
  const { backend } = engineFacts[name]
  if (library.getBackend() === backend) return
  if (!(await library.setBackend(backend))) {
    throw new EngineError(`The engine ${name} does not start: TensorFlow.js rejects its backend.`)
  }
}

async function instantiate(
  library: Library,
  javascript: string,
  options: CreateOptions,
): Promise<Network> {
  // Generated modules import nothing at run time, so that they can be loaded from their text.
  const url = `data:text/javascript;base64,${Buffer.from(javascript).toString('base64')}`
  const module: unknown = await import(/* @vite-ignore */ url)
  if (!hasCreate(module)) throw new EngineError('The compiled module has no function `create`.')
  return module.create(library, options)
}

interface GeneratedModule {
  readonly create: (tf: Library, options: CreateOptions) => Network
}

function hasCreate(module: unknown): module is GeneratedModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'create' in module &&
    typeof module.create === 'function'
  )
}

/** An optional dependency: its types may be missing, so its name must not be seen by the checker. */
async function loadNative(): Promise<Library> {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  const name: string = '@tensorflow/tfjs-node'
  const module: unknown = await import(/* @vite-ignore */ name)
  const library = isLibrary(module) ? module : (module as { readonly default?: unknown }).default
  if (!isLibrary(library)) throw new Error('the package @tensorflow/tfjs-node has no tensors')
  return library
}

function isLibrary(module: unknown): module is Library {
  return typeof module === 'object' && module !== null && 'tidy' in module && 'engine' in module
}

/** Production mode: no advertisements, no hints about faster backends. */
function quieted(library: Library): Library {
  library.env().set('PROD', true)
  return library
}
