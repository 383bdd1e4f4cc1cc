/**
 * The grammar room: text to syntax tree and back. Nothing here knows what a name means.
 */
export { parse } from './parse.ts'
export type * from './ast.ts'
