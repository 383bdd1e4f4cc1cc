import { defineConfig } from 'vitest/config'

/** Specs that leave the process as they found it: they share one, and load the compiler once. */
const shared = [
  // One puts another module in the place of one of ours.
  'specs/cli/!(explain).spec.ts',
  ...[
    'compiler',
    'contract',
    'diagnostics',
    'docs',
    'examples',
    'grammar',
    'oracles',
    'project',
    'runtime',
    'service',
    'showcase',
    'zoo',
  ].map((room) => `specs/${room}/**/*.spec.ts`),
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
          name: 'shared',
          include: shared,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['specs/**/*.spec.ts'],
          exclude: shared,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
