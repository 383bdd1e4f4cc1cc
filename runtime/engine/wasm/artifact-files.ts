/**
 * A compiled circuit as files: NAME.json with all plain data of the artifact, NAME.wasm with the program
 * that uses fused multiply-add, NAME.plain.wasm with the one that runs everywhere. What
 * `ccn compile --emit wasm` writes and `loadArtifact` reads, in Node.js and in browsers.
 */
import { EngineError } from '../errors.ts'
import type { WasmArtifact } from '../../../contract/artifact.ts'

/** Changes whenever an older runtime could not run what is written, or a newer one what was. */
const FORMAT = 2

/** The programs of a compiled circuit; one of the two is enough to run it. */
export interface ProgramFiles {
  readonly fused?: Uint8Array<ArrayBuffer>
  readonly plain?: Uint8Array<ArrayBuffer>
}

/** Names of the files of a circuit. */
export function artifactNames(name: string): Readonly<Record<'data' | 'fused' | 'plain', string>> {
  return { data: `${name}.json`, fused: `${name}.wasm`, plain: `${name}.plain.wasm` }
}

/** The text of NAME.json. */
export function artifactJson(artifact: WasmArtifact): string {
  const { fused: _, plain: __, ...data } = artifact
  return `${JSON.stringify({ format: FORMAT, ...data }, write, 1)}\n`
}

/**
 * A compiled circuit from its files: the text of NAME.json (or what JSON.parse gave for it) and the
 * bytes of its programs. Throws EngineError if that is not what `ccn compile --emit wasm` writes.
 */
export function loadArtifact(json: unknown, programs: ProgramFiles): WasmArtifact {
  const data = dataOf(typeof json === 'string' ? json : JSON.stringify(json))
  if (!isObject(data) || data['kind'] !== 'wasm') {
    throw new EngineError('This is not the data of a circuit that `ccn compile --emit wasm` wrote.')
  }
  const { format, ...rest } = data
  if (format !== FORMAT) {
    throw new EngineError(
      `The circuit ${String(data['name'])} was compiled for another version of ccn; compile it again.`,
    )
  }
  const { fused = new Uint8Array(0), plain = new Uint8Array(0) } = programs
  return { ...(rest as unknown as WasmArtifact), fused, plain }
}

function dataOf(json: string): unknown {
  try {
    return JSON.parse(json, read)
  } catch {
    return undefined
  }
}

// JSON knows no infinities, NaN or negative zero.

function write(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  return Number.isFinite(value) && !Object.is(value, -0) ? value : { number: shown(value) }
}

function read(_key: string, value: unknown): unknown {
  return isObject(value) && typeof value['number'] === 'string' ? Number(value['number']) : value
}

function shown(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
