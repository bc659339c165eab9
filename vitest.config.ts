import { defineConfig } from 'vitest/config'
import { patience } from './deploy/local/slowness.ts'

/**
 * For a hang, and nothing else: the longest test takes two minutes while all others are at work, and what a test
 * waits for has limits of its own (test/until.ts), which end before this one and say what it was.
 */
const HANG_MS = patience(600_000)
/** Of tests that need no more than a process or two. */
const UNIT_HANG_MS = patience(120_000)

/** `unit` needs nothing but node_modules; `real` brings up a stack of its own (test/stack.ts) and runs against it. */
export default defineConfig({
  test: {
    // A stack is taken down in it: one that vitest runs away from is left behind.
    teardownTimeout: HANG_MS,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.real.test.ts', 'test/e2e/**'],
          testTimeout: UNIT_HANG_MS,
          hookTimeout: UNIT_HANG_MS,
          expect: { poll: { timeout: UNIT_HANG_MS } },
          // Nothing here changes what another file sees, and a third of the time would go into importing it all again.
          isolate: false,
          // Many wait for processes that they have started.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts', 'test/e2e/**/*.test.ts'],
          globalSetup: ['test/prepare.ts', 'test/stack.ts'],
          // What tests need was brought before the first of them started: within one nothing is built or installed.
          env: { MILLRACE_PROGRAMS: 'present' },
          testTimeout: HANG_MS,
          hookTimeout: HANG_MS,
          maxWorkers: 3,
          // Projects with numbers of workers of their own must come one after the other.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
