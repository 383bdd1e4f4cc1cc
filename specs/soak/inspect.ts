/** What must hold of a run's folder, however often the run was disturbed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Files that hold times of the day or how long something took. */
const TIMED = new Set(['timing.jsonl', 'manifest.json', 'plot.svg', 'report.html'])

/** All files below a folder, by their paths from there. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()
}

/** What was left behind in a folder: temporary files and locks. */
export function leftIn(folder: string): readonly string[] {
  return filesBelow(folder).filter((name) => /\.tmp$|(^|\/)lock(\.|$)/.test(name))
}

/** How a finished run differs from the undisturbed one; empty if to the bit in nothing. */
export function differences(folder: string, reference: string): readonly string[] {
  const found = leftIn(folder).map((name) => `${name} was left behind`)
  const [names, expected] = [resultsIn(folder), resultsIn(reference)]
  for (const name of expected.filter((each) => !names.includes(each))) {
    found.push(`${name} is missing`)
  }
  for (const name of names) {
    if (!expected.includes(name)) found.push(`${name} should not be there`)
    else if (!readFileSync(join(folder, name)).equals(readFileSync(join(reference, name)))) {
      found.push(`${name} differs from that of the undisturbed run`)
    }
  }
  for (const name of ['metrics.jsonl', 'timing.jsonl']) found.push(...damageOf(folder, name))
  if (resultOf(folder) !== resultOf(reference)) found.push('the result in manifest.json differs')
  return found
}

function resultsIn(folder: string): readonly string[] {
  return filesBelow(folder).filter((name) => !TIMED.has(name) && !/\.tmp$|^lock/.test(name))
}

function damageOf(folder: string, name: string): readonly string[] {
  const path = join(folder, name)
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  const torn = lines.pop() === '' ? [] : [`${name} ends in a torn line`]
  const bad = lines.findIndex((line) => !isObject(line))
  return bad < 0 ? torn : [...torn, `line ${bad + 1} of ${name} is no JSON object`]
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

function resultOf(folder: string): string {
  const text = readFileSync(join(folder, 'manifest.json'), 'utf8')
  const { finishedAt, result } = JSON.parse(text) as { finishedAt?: string; result?: unknown }
  return JSON.stringify([finishedAt !== undefined, result])
}
