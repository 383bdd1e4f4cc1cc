/** The fuzzers without a limit on their time; `npm run fuzz` starts them. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['specs/fuzz/long.fuzz.ts'],
    testTimeout: 0,
    hookTimeout: 0,
    maxWorkers: 1,
    disableConsoleIntercept: true,
  },
})
