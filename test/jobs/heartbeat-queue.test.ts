import { describe, expect, it } from 'vitest'
import { HEARTBEAT_MS, HeartbeatQueue, TICK_MS } from '../../src/jobs/report/heartbeat-queue.ts'
import type { TrackedJob } from '../../src/jobs/tracker/tracked-job.ts'

const entry = (uid: string): TrackedJob => ({ uid }) as TrackedJob
const uids = (entries: readonly TrackedJob[]): string[] => entries.map(({ uid }) => uid)

function queueOf(count: number, dueAt = 0): HeartbeatQueue {
  const queue = new HeartbeatQueue()
  for (let at = 0; at < count; at++) queue.schedule(entry(`job-${at}`), dueAt)
  return queue
}

describe('heartbeats', () => {
  it('are sent once each when they are due', () => {
    const queue = queueOf(2, 1_000)
    expect(queue.take(999, 0, 0)).toEqual([])
    expect(uids(queue.take(1_000, 0, 0))).toEqual(['job-0', 'job-1'])
    expect(queue.take(1_000, 0, 0)).toEqual([])
  })

  it('are due at the earliest time that was requested', () => {
    const queue = queueOf(1, 500)
    queue.schedule(entry('job-0'), 9_000)
    expect(uids(queue.take(500, 0, 0))).toEqual(['job-0'])
  })

  it('are not sent for an attempt that has ended', () => {
    const queue = queueOf(2)
    queue.forget('job-0')
    expect(uids(queue.take(0, 0, 0))).toEqual(['job-1'])
  })

  it('are fewer while many attempts end, but never none', () => {
    const taken = (ends: number): number => queueOf(100).take(0, ends, 0).length
    expect(taken(0)).toBeGreaterThan(taken(2))
    expect(taken(2)).toBeGreaterThan(taken(50))
    expect(taken(50)).toBeGreaterThan(0)
  })

  it('wait while earlier ones are still being sent', () => {
    expect(queueOf(100).take(0, 0, 50)).toEqual([])
  })

  it('reach each of ten thousand attempts within the heartbeat interval, even while many attempts end', () => {
    const queue = queueOf(10_000)
    const seen = new Set<string>()
    for (let now = 0; now < HEARTBEAT_MS; now += TICK_MS)
      for (const each of queue.take(now, 1_000, 0)) {
        seen.add(each.uid)
        queue.schedule(each, now + 1_000)
      }
    expect(seen.size).toBe(10_000)
  })
})
