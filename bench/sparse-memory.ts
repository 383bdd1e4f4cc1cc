/** Memory of a process that runs a compiled program for some steps, beside one that has no network. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import type { WasmArtifact } from '../contract/artifact.ts'
import type { CreateOptions } from '../runtime/engine/network.ts'

const script = fileURLToPath(new URL('./sparse_steps.mjs', import.meta.url))

/** A compiled program, and what a network of it is made with: the patterns that were drawn. */
export interface SparseProgram {
  readonly artifact: WasmArtifact
  readonly options: CreateOptions
}

/** The most that it has, in MiB, and what it has before there is a network. `dist` must have been built. */
export function memoryOf(
  program: SparseProgram,
  threads: number,
  steps: number,
): readonly [number, number] {
  const folder = mkdtempSync(join(tmpdir(), 'ccn-bench-'))
  try {
    const file = join(folder, 'program')
    writeFileSync(file, serialize(program))
    const args = [script, file, String(threads), String(steps)]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    const [idle = Number.NaN, peak = Number.NaN] = stdout.trim().split(/\s+/).map(Number)
    return [peak / 1024, idle / 1024]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
