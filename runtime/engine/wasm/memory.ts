/**
 * How a program's memory is laid out for so many examples and threads. From the bottom: what is of a
 * fixed size (control words, weights, values that do not grow with the batch), the examples' memory,
 * scratch memory of each thread, host scalars of a block of steps, and tables of examples.
 */
import { EngineError } from '../errors.ts'
import type { Place, WasmArtifact } from '../../../contract/artifact.ts'
import { padded } from '../../../contract/rows.ts'

/** Bytes of a page of memory. */
export const PAGE = 65_536
/** Pages that the program declares at most, and that memory may therefore grow to: 4 GiB. */
export const MAXIMUM_PAGES = 65_536
const REACH = MAXIMUM_PAGES * PAGE
/** Most steps of one call of the program. */
export const BLOCK_STEPS = 1024
/** Most examples whose values lie in memory at once when answering. */
const CHUNK = 256
/** Kernels may read a little past the end of a tensor. */
export const MARGIN = 256

/** Addresses in bytes. */
export interface MemoryPlan {
  readonly scratch: number
  readonly scratchPerThread: number
  readonly scalars: number
  readonly tables: number
  /** All but the tables of examples. */
  readonly bytes: number
}

export function memoryPlan(artifact: WasmArtifact, examples: number, threads: number): MemoryPlan {
  const { exampleBase, exampleBytes, scratchBytes } = artifact.memory
  const bytes = artifact.precision === 'f32' ? 4 : 8
  const room = padded(examples)
  const align = (address: number): number => Math.ceil(address / 64) * 64
  const scratch = align(exampleBase + exampleBytes * room)
  const scratchPerThread = align(scratchBytes.fixed + scratchBytes.perExample * room)
  const scalars = scratch + scratchPerThread * threads
  const most = Math.max(...artifact.programs.map(({ slots }) => slots.length))
  const tables = align(scalars + most * bytes * BLOCK_STEPS)
  return { scratch, scratchPerThread, scalars, tables, bytes: tables + MARGIN }
}

/** Examples that are answered at once: as many for every number of threads and on every machine. */
export function chunkOf(artifact: WasmArtifact): number {
  let chunk = CHUNK
  while (chunk > 4 && memoryPlan(artifact, chunk, 1).bytes > REACH) chunk /= 2
  return chunk
}

/** Throws EngineError if a program reaches further than 32-bit addresses do. */
export function requireAddresses(artifact: WasmArtifact, batch: number, threads: number): void {
  const { bytes } = memoryPlan(artifact, batch, threads)
  if (bytes <= REACH) return
  const circuit = memoryPlan(artifact, 0, threads).bytes > REACH
  throw new EngineError(
    `The circuit ${artifact.name} needs ${inWords(bytes)} of memory at batch ${batch}, and programs of ` +
      `the wasm engine have ${inWords(REACH)} at most; use a smaller ` +
      `${circuit ? '' : 'batch or a smaller '}circuit.`,
  )
}

/** Throws EngineError if a program needs more memory, to learn or to answer, than there is. */
export function requireMemory(
  artifact: WasmArtifact,
  batch: number,
  threads: number,
  available: number,
): void {
  requireAddresses(artifact, batch, threads)
  const { bytes } = memoryPlan(artifact, Math.max(batch, chunkOf(artifact)), threads)
  if (bytes > available) throw lacking(artifact, bytes, inWords(available))
}

/** That the host has only so much memory, or does not say how much. */
export function lacking({ name }: WasmArtifact, bytes: number, available?: string): EngineError {
  return new EngineError(
    `The circuit ${name} needs ${inWords(bytes)} of memory, ` +
      (available === undefined
        ? 'which this machine does not give; '
        : `and this machine has ${available} to give; `) +
      'use a smaller batch or a smaller circuit.',
  )
}

function inWords(bytes: number): string {
  return bytes < 2 ** 30
    ? `${Math.ceil(bytes / 2 ** 20)} MiB`
    : `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

/** Index of the element at a place, where `batch` examples are presented; bases in bytes. */
export function elementIndex(
  place: Place,
  { exampleBase, scalarBase }: { readonly exampleBase: number; readonly scalarBase: number },
  bytes: number,
  batch: number,
): number {
  switch (place.region) {
    case 'fixed':
      return place.address / bytes
    case 'example':
      return (exampleBase + place.bytes * padded(batch)) / bytes
    case 'scalar':
      return scalarBase / bytes + place.slot
  }
}
