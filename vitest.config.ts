import { defineConfig } from 'vitest/config'

/** `unit` needs nothing but node_modules; `real` brings up a stack of its own (test/stack.ts) and runs against it. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.real.test.ts', 'test/e2e/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts', 'test/e2e/**/*.test.ts'],
          globalSetup: ['test/stack.ts'],
          // Containers start in about a second, but two cores carry them all: limits are for hangs, not for speed.
          testTimeout: 240_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
        },
      },
    ],
  },
})
