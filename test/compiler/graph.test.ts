import { describe, expect, it } from 'vitest'
import { doubledIds, findCycle, unknownNeeds } from '../../src/compiler/graph.ts'

const graph = (edges: Record<string, string[]>) => Object.entries(edges).map(([id, needs]) => ({ id, needs }))

describe('findCycle', () => {
  it.each([
    ['nothing', {}, undefined],
    ['a chain', { a: [], b: ['a'], c: ['b'] }, undefined],
    ['a diamond', { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }, undefined],
    ['a need that is not a vertex', { a: ['ghost'] }, undefined],
    ['itself', { a: ['a'] }, ['a', 'a']],
    ['two', { a: ['b'], b: ['a'] }, ['a', 'b', 'a']],
    [
      'a cycle of three after a tail',
      { t: ['a'], a: ['b'], b: ['c'], c: ['a'], r: [] },
      ['a', 'c', 'b', 'a'],
    ],
  ])('%s', (_, edges, cycle) => {
    expect(findCycle(graph(edges as Record<string, string[]>))).toEqual(cycle)
  })

  it('handles a chain of ten thousand', () => {
    const chain = Array.from({ length: 10_000 }, (_, n) => ({
      id: `n${n}`,
      needs: n === 0 ? [] : [`n${n - 1}`],
    }))
    expect(findCycle(chain)).toBeUndefined()
  })
})

it('doubledIds returns each duplicate once', () => {
  expect(doubledIds(['a', 'b', 'a', 'a', 'b'].map((id) => ({ id, needs: [] })))).toEqual(['a', 'b'])
})

it('unknownNeeds returns each node with its unknown need', () => {
  expect(unknownNeeds(graph({ a: ['x'], b: ['a', 'y'] }))).toEqual([
    ['a', 'x'],
    ['b', 'y'],
  ])
})
