/**
 * The default branch of a switch that names every case: the compiler refuses the call where one is
 * missing, and a value that broke its type is a bug of ours.
 */

/** @throws Error always: `value` belongs to no case. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}
