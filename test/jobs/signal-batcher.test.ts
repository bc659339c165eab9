import { expect, it, vi } from 'vitest'
import type { Execution } from '../../src/jobs/report/completion.ts'
import { SignalBatcher } from '../../src/jobs/report/signal-batcher.ts'
import type { AttemptEnd } from '../../src/model/messages/run-messages.ts'

const execution: Execution = { workflowId: 'run', runId: 'r' }
const end = (node: string): AttemptEnd => ({ node, attempt: 1, outcome: { type: 'succeeded' } })
const { signal } = new AbortController()

function createBatcher(tell: (ends: string[]) => boolean): {
  batcher: SignalBatcher
  sent: string[][]
  warned: string[]
} {
  const sent: string[][] = []
  const warned: string[] = []
  const completion = {
    async tell(_: Execution, ends: AttemptEnd[]) {
      const nodes = ends.map(({ node }) => node)
      sent.push(nodes)
      return tell(nodes)
    },
  }
  return { batcher: new SignalBatcher(completion, (message) => warned.push(message)), sent, warned }
}

it('the first end is sent at once, and those that follow soon are sent together', async () => {
  const { batcher, sent } = createBatcher(() => true)
  await batcher.tell(execution, end('a'), signal)
  await Promise.all(['b', 'c', 'd'].map((node) => batcher.tell(execution, end(node), signal)))
  expect(sent).toEqual([['a'], ['b', 'c', 'd']])
})

it('ends are collected for longer while many end, at most for a second', async () => {
  vi.useFakeTimers()
  const { batcher, sent } = createBatcher(() => true)
  const endMany = (count: number): void => {
    for (let at = 0; at < count; at++) void batcher.tell(execution, end(`n${at}`), signal)
  }
  const sizes = (): number[] => sent.map(({ length }) => length)
  endMany(1)
  await vi.advanceTimersByTimeAsync(0)
  endMany(100)
  await vi.advanceTimersByTimeAsync(250)
  expect(sizes()).toEqual([1, 100])
  endMany(2)
  await vi.advanceTimersByTimeAsync(900)
  expect(sizes()).toEqual([1, 100])
  await vi.advanceTimersByTimeAsync(100)
  expect(sizes()).toEqual([1, 100, 2])
  vi.useRealTimers()
})

it('the ends of different runs are sent in different signals', async () => {
  const { batcher, sent } = createBatcher(() => true)
  const other = { workflowId: 'other', runId: 'o' }
  await Promise.all([batcher.tell(execution, end('a'), signal), batcher.tell(other, end('b'), signal)])
  expect(sent).toEqual([['a'], ['b']])
})

it('an end is reported as not recorded if the run has ended', async () => {
  const { batcher } = createBatcher(() => false)
  expect(await batcher.tell(execution, end('a'), signal)).toBe(false)
})

it('ends are sent again until Temporal is reachable, and none is lost', async () => {
  vi.useFakeTimers()
  let failures = 2
  const { batcher, sent, warned } = createBatcher(() => {
    if (failures-- > 0) throw new Error('away')
    return true
  })
  const first = batcher.tell(execution, end('a'), signal)
  await vi.advanceTimersByTimeAsync(100)
  const second = batcher.tell(execution, end('b'), signal)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await Promise.all([first, second])).toEqual([true, true])
  expect(sent).toEqual([['a'], ['a', 'b'], ['a', 'b']])
  expect(warned).toHaveLength(2)
  vi.useRealTimers()
})

it('a cancelled sender stops waiting', async () => {
  const { batcher } = createBatcher(() => {
    throw new Error('away')
  })
  const cancelled = new AbortController()
  const waiting = batcher.tell(execution, end('a'), cancelled.signal)
  cancelled.abort(new Error('cancelled'))
  await expect(waiting).rejects.toThrow('cancelled')
})
