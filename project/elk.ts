/**
 * The library that lays diagrams out, required instead of imported: Node.js reads all of a CommonJS module for its
 * names before it imports it, which takes longer than to draw.
 */
import { createRequire } from 'node:module'
import type { Elk } from '../service/graph/elk.ts'

const require = createRequire(import.meta.url)

/** Loads it. */
export const loadElk = (): Elk => require('elkjs/lib/elk.bundled.js') as Elk
