import { expect, it, vi } from 'vitest'
import type { Execution } from '../../src/jobs/tracker/completion.ts'
import { SignalBatcher } from '../../src/jobs/tracker/signal-batcher.ts'
import type { AttemptEnd } from '../../src/model/messages.ts'

const execution: Execution = { workflowId: 'run', runId: 'r' }
const end = (node: string): AttemptEnd => ({ node, attempt: 1, outcome: { type: 'succeeded' } })
const { signal } = new AbortController()

function signalBatcher(tell: (ends: string[]) => boolean): {
  signalBatcher: SignalBatcher
  told: string[][]
  warned: string[]
} {
  const told: string[][] = []
  const warned: string[] = []
  const completion = {
    async tell(_: Execution, ends: AttemptEnd[]) {
      const nodes = ends.map(({ node }) => node)
      told.push(nodes)
      return tell(nodes)
    },
  }
  return { signalBatcher: new SignalBatcher(completion, (message) => warned.push(message)), told, warned }
}

it('the first end is sent at once, and those that follow soon are sent together', async () => {
  const { signalBatcher: post, told } = signalBatcher(() => true)
  await post.tell(execution, end('a'), signal)
  await Promise.all(['b', 'c', 'd'].map((node) => post.tell(execution, end(node), signal)))
  expect(told).toEqual([['a'], ['b', 'c', 'd']])
})

it('ends are collected for longer while many end, at most for a second', async () => {
  vi.useFakeTimers()
  const { signalBatcher: post, told } = signalBatcher(() => true)
  const tell = (count: number): void => {
    for (let at = 0; at < count; at++) void post.tell(execution, end(`n${at}`), signal)
  }
  const sizes = (): number[] => told.map(({ length }) => length)
  tell(1)
  await vi.advanceTimersByTimeAsync(0)
  tell(100)
  await vi.advanceTimersByTimeAsync(250)
  expect(sizes()).toEqual([1, 100])
  tell(2)
  await vi.advanceTimersByTimeAsync(900)
  expect(sizes()).toEqual([1, 100])
  await vi.advanceTimersByTimeAsync(100)
  expect(sizes()).toEqual([1, 100, 2])
  vi.useRealTimers()
})

it('the ends of different runs are sent in different signals', async () => {
  const { signalBatcher: post, told } = signalBatcher(() => true)
  const other = { workflowId: 'other', runId: 'o' }
  await Promise.all([post.tell(execution, end('a'), signal), post.tell(other, end('b'), signal)])
  expect(told).toEqual([['a'], ['b']])
})

it('an end is reported as not recorded if the run has ended', async () => {
  const { signalBatcher: post } = signalBatcher(() => false)
  expect(await post.tell(execution, end('a'), signal)).toBe(false)
})

it('ends are sent again until Temporal is reachable, and none is lost', async () => {
  vi.useFakeTimers()
  let failures = 2
  const {
    signalBatcher: post,
    told,
    warned,
  } = signalBatcher(() => {
    if (failures-- > 0) throw new Error('away')
    return true
  })
  const first = post.tell(execution, end('a'), signal)
  await vi.advanceTimersByTimeAsync(100)
  const second = post.tell(execution, end('b'), signal)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await Promise.all([first, second])).toEqual([true, true])
  expect(told).toEqual([['a'], ['a', 'b'], ['a', 'b']])
  expect(warned).toHaveLength(2)
  vi.useRealTimers()
})

it('a cancelled sender stops waiting', async () => {
  const { signalBatcher: post } = signalBatcher(() => {
    throw new Error('away')
  })
  const cancelled = new AbortController()
  const waiting = post.tell(execution, end('a'), cancelled.signal)
  cancelled.abort(new Error('cancelled'))
  await expect(waiting).rejects.toThrow('cancelled')
})
