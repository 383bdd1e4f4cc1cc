/**
 * The first bytes of a program's memory, through which host and program speak: words of 32 bits, by
 * byte address. The compiler's wasm target and the engine both go by this file.
 */

/** Threads meet here: how many have come, how often all have, how many sleep. */
export const barrier = { count: 0, generation: 64, sleepers: 128 } as const

/** How many jobs there have been: workers wait for it to change. */
export const jobCount = 192

/** The job to do. */
export const job = {
  /** Index of the program among `programNames`; -1 tells workers to end. */
  program: 256,
  batch: 260,
  steps: 264,
  /** Number of the first step, for draws. */
  firstStep: 268,
  /** Address of the host scalars, and bytes from one step's to the next's. */
  scalars: 272,
  scalarStride: 276,
  /** Address of the scratch memory, and bytes of each thread's. */
  scratch: 280,
  scratchBytes: 284,
  threads: 288,
  /** 1 where the first thread may be put to sleep; 0 where it must spin (the thread of a page). */
  maySleep: 292,
  /** The number of a thread, counted from 1, that has failed; 0 while none has. */
  failed: 296,
} as const

/**
 * What a thread that waits for others calls, in place of the number of a host operation, now and then:
 * the host throws if one that is waited for has ended.
 */
export const areThreadsAlive = -1

/** Where the keys of draws begin, 16 bytes each: two words of the key, 1 if the draw is given, 0. */
export const keys = 1024
export const keyBytes = 16

/**
 * A gather entry, 16 bytes, for each input: address of a table of rows (0: the input is there
 * already), address of row numbers (one word an example, step after step), bytes between rows.
 */
export const gatherBytes = 16
