/** Runs of examples for pictures: each in a folder of its own, which is removed again. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeNpz } from '../runtime/node/io/npz.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

export interface MetricsLine {
  readonly kind: 'epoch' | 'step' | 'phase'
  readonly epoch?: number
  /** Seconds, in a circuit that goes on in time. */
  readonly t?: number
  readonly phase?: string
  readonly test?: { readonly error: number }
  readonly measures?: Readonly<Record<string, number>>
}

export interface Run {
  readonly metrics: readonly MetricsLine[]
  /** What was recorded along time, by variable: seconds, and the first unit's values. */
  readonly records: ReadonlyMap<string, readonly { readonly t: number; readonly value: number }[]>
}

/** `ccn train` with these arguments. Throws with what it said if it failed. */
export function runOf(arguments_: readonly string[]): Run {
  const out = mkdtempSync(join(tmpdir(), 'ccn-pictures-'))
  try {
    const command = ['bin/ccn.js', 'train', ...arguments_, '--out', out, '--name', 'run', '--quiet']
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    const folder = join(out, 'run')
    const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n')
    return {
      metrics: lines.map((line) => JSON.parse(line) as MetricsLine),
      records: recordsIn(folder),
    }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function recordsIn(folder: string): Run['records'] {
  const records = new Map<string, { t: number; value: number }[]>()
  const parts = readdirSync(folder).includes('records') ? readdirSync(join(folder, 'records')) : []
  for (const part of parts.toSorted()) {
    const path = join(folder, 'records', part)
    const arrays = decodeNpz(readFileSync(path), path)
    for (const [name, { shape, data }] of arrays) {
      const times = arrays.get(`t(${name})`)
      if (!times) continue
      const units = shape.slice(1).reduce((a, b) => a * b, 1)
      const rows = records.get(name) ?? []
      for (let i = 0; i < (shape[0] ?? 0); i++)
        rows.push({ t: times.data[i] ?? 0, value: data[i * units] ?? 0 })
      records.set(name, rows)
    }
  }
  return records
}
