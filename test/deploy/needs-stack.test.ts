import { expect, it } from 'vitest'
import { needsStack } from '../needs-stack.ts'

it.each([
  ['every test', [], true],
  ['those without a stack', ['unit'], false],
  ['some of those without a stack', ['unit', 'test/compiler'], false],
  ['a file of the real stack', ['test/e2e/flow.test.ts'], true],
  [
    'a file of the real stack, as a shell completes it',
    ['./test/kubernetes/client/watch.real.test.ts'],
    true,
  ],
  ['part of a name that files of both kinds have', ['watch'], true],
  ['a file that needs none', ['test/compiler/graph.test.ts'], false],
  ['a file that needs none, and one of its tests', ['test/compiler/graph.test.ts', '-t', 'cycle'], false],
  ['tests by name, in whatever file', ['-t', 'leaves no Job running'], true],
])('a stack is prepared for, or not: %s', (_, words, needed) => {
  expect(needsStack(words)).toBe(needed)
})
