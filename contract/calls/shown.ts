/** Values from outside in sentences. */
import { oneLine } from '../escape.ts'

/** A value as it may stand in a sentence. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return oneLine(`'${value.slice(0, 60)}'`)
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`
  if (typeof value !== 'object' || value === null) return String(value)
  try {
    if (value instanceof Promise) return 'a promise'
    return Array.isArray(value) ? 'a list' : 'an object'
  } catch {
    return 'an object'
  }
}
