import { expect, it } from 'vitest'
import { needsStack } from '../needs-stack.ts'

it.each([
  ['every test', [], true],
  ['the tests without a stack', ['unit'], false],
  ['some tests without a stack', ['unit', 'test/compiler'], false],
  ['a file of tests with a stack', ['test/e2e/flow.test.ts'], true],
  [
    'a file of tests with a stack, as a shell completes it',
    ['./test/kubernetes/client/watch.real.test.ts'],
    true,
  ],
  ['a part of names of both kinds', ['watch'], true],
  ['a file of tests without a stack', ['test/compiler/graph.test.ts'], false],
  [
    'a file of tests without a stack, and one of its tests',
    ['test/compiler/graph.test.ts', '-t', 'cycle'],
    false,
  ],
  ['tests by name, in any file', ['-t', 'leaves no Job running'], true],
])('whether a stack is prepared for %s', (_, words, needed) => {
  expect(needsStack(words)).toBe(needed)
})
