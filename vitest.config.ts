import { defineConfig } from 'vitest/config'

/** Rooms whose specs change nothing of the process: they share one, and load the compiler once. */
const pure = [
  'compiler',
  'contract',
  'diagnostics',
  'examples',
  'grammar',
  'oracles',
  'service',
  'zoo',
]

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Pages of runs are made where a spec is about them.
    env: { CCN_REPORT: '0' },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: pure.map((room) => `specs/${room}/**/*.spec.ts`),
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['specs/**/*.spec.ts'],
          exclude: pure.map((room) => `specs/${room}/**`),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
