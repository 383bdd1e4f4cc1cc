/** Whether a peer computes the same as CCN: both go a few steps from the same weights and examples. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NamedArray, Network } from '../runtime/engine/network.ts'
import { examples, type Circuit } from './circuits.ts'
import type { Peer } from './peer.ts'

const STEPS = 3

/**
 * The greatest difference between the weights of both after a few steps, in relation to how far those
 * weights went at most. Changes the weights of both.
 */
export async function differenceFrom(
  peer: Peer,
  network: Network,
  circuit: Circuit,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ccn-bench-'))
  try {
    const file = join(folder, 'weights')
    const { batch } = circuit.peer
    const presented = examples(circuit, batch)
    const before = network.save()
    const { x, 'y.target': target } = presented
    if (!x || !target) throw new Error('the circuit presents something else')
    const feedback = named(before, /^Y/).map(transposed)
    writeFileSync(file, joined([...learned(before), ...feedback, x, target]))
    await peer.load(file)
    for (let i = 0; i < STEPS; i++) network.step(batch, presented)
    await peer.time(STEPS)
    await peer.save(file)
    const bytes = readFileSync(file)
    const theirs = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    return greatestDifference(learned(before), learned(network.save()), theirs)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** W, then k, of every layer from the bottom up: the order in which storages are declared. */
function learned(weights: Readonly<Record<string, NamedArray>>): Float32Array[] {
  return [...named(weights, /^W[^.]*$/), ...named(weights, /\.k$/)].map(({ data }) =>
    Float32Array.from(data),
  )
}

function named(weights: Readonly<Record<string, NamedArray>>, pattern: RegExp): NamedArray[] {
  return Object.entries(weights).flatMap(([name, array]) => (pattern.test(name) ? [array] : []))
}

function transposed({ shape: [rows = 1, columns = 1], data }: NamedArray): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] ?? 0,
  )
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const each of arrays) {
    all.set(each, at)
    at += each.length
  }
  return all
}

function greatestDifference(
  before: readonly Float32Array[],
  ours: readonly Float32Array[],
  theirs: Float32Array,
): number {
  let at = 0
  let greatest = 0
  for (const [i, mine] of ours.entries()) {
    let difference = 0
    let way = 0
    for (const [j, value] of mine.entries()) {
      difference = Math.max(difference, Math.abs(value - (theirs[at++] ?? Number.NaN)))
      way = Math.max(way, Math.abs(value - (before[i]?.[j] ?? Number.NaN)))
    }
    greatest = Math.max(greatest, difference / way)
  }
  return greatest
}
