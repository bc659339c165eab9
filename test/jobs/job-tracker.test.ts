import { describe, expect, it, vi } from 'vitest'
import type { JobFacts, PodFacts } from '../../src/jobs/observe/facts.ts'
import { JobTracker } from '../../src/jobs/tracker/job-tracker.ts'
import { PodRefetcher } from '../../src/jobs/tracker/pod-refetcher.ts'
import { readJob } from '../../src/jobs/tracker/read-objects.ts'
import type { SeenJob, SeenPod } from '../../src/jobs/tracker/tracked-job.ts'
import type { Outcome } from '../../src/model/outcome.ts'

const job = (uid: string, facts: Partial<JobFacts> = {}): SeenJob => ({
  uid,
  namespace: 'default',
  name: uid,
  runId: 'run',
  token: 'dG9rZW4=',
  job: { singlePod: true, serial: true, suspended: false, ...facts },
})
const pod = (of: string, phase: PodFacts['phase'], facts: Partial<PodFacts> = {}): SeenPod => ({
  uid: `${of}-pod`,
  job: of,
  service: '',
  facts: { name: `${of}-pod`, phase, ...facts },
})

/** A tracker with what its listener received: uids of changed and of unexplained attempts, and outcomes by uid. */
function createTracker() {
  const changed: string[] = []
  const unexplained: string[] = []
  const ends: Record<string, Outcome> = {}
  const tracker = new JobTracker({
    ended: ({ uid }, outcome) => void Object.assign(ends, { [uid]: outcome }),
    changed: ({ uid }) => void changed.push(uid),
    unexplained: ({ uid }) => void unexplained.push(uid),
  })
  return { tracker, takeChanged: () => changed.splice(0), unexplained, ends }
}

it.each(['jobs', 'pods'])(
  'attempts that run when a worker starts are reported, with %s listed first',
  (first) => {
    const { tracker, takeChanged } = createTracker()
    const lists = [() => tracker.syncJobs([job('a')]), () => tracker.syncPods([pod('a', 'Running')])]
    for (const list of first === 'jobs' ? lists : lists.toReversed()) list()
    expect(takeChanged()).toContain('a')
  },
)

it('attempts that wait are re-checked as time passes, running ones are not', () => {
  const { tracker, takeChanged } = createTracker()
  tracker.syncPods([pod('runs', 'Running'), pod('waits', 'Pending')])
  tracker.syncJobs([job('runs'), job('waits'), job('alone')])
  takeChanged()
  tracker.reconsider()
  expect(takeChanged().sort()).toEqual(['alone', 'waits'])
})

it('the revision of an attempt grows with a change, and not while it runs unchanged', () => {
  const { tracker } = createTracker()
  tracker.syncJobs([job('a')])
  tracker.syncPods([pod('a', 'Pending')])
  const looks = (): number => tracker.get('a')?.looks ?? 0
  const before = looks()
  tracker.onPod('MODIFIED', pod('a', 'Running'))
  const after = looks()
  tracker.reconsider()
  expect(after).toBeGreaterThan(before)
  expect(looks(), 'nothing has changed').toBe(after)
})

it('an attempt is awaited until its waiter gives up', async () => {
  const { tracker } = createTracker()
  const waiter = new AbortController()
  const ended = tracker.ended('a', waiter.signal)
  expect(['a', 'b'].map((uid) => tracker.isAwaited(uid))).toEqual([true, false])
  waiter.abort(new Error('cancelled'))
  await expect(ended).rejects.toThrow('cancelled')
  expect(tracker.isAwaited('a')).toBe(false)
})

describe('an attempt whose Job has ended, but whose pod still seems to run', () => {
  const complete = job('a', { complete: { at: '2026-01-01T00:00:00Z' } })
  const failed = job('a', { failed: { reason: 'BackoffLimitExceeded', at: '2026-01-01T00:00:00Z' } })
  const lagging = () => {
    const all = createTracker()
    all.tracker.syncPods([pod('a', 'Running')])
    return all
  }

  it('is unexplained until its pod is fetched, and then has the outcome of its pod', () => {
    const { tracker, unexplained, ends } = lagging()
    tracker.syncJobs([complete])
    expect([unexplained, ends]).toEqual([['a'], {}])
    tracker.settle('a', [pod('a', 'Succeeded', { output: { lines: 3 } })])
    expect(ends.a).toMatchObject({ type: 'succeeded', output: { lines: 3 } })
  })

  it('fails with the exit code of its container', () => {
    const { tracker, ends } = lagging()
    tracker.syncJobs([failed])
    tracker.settle('a', [pod('a', 'Failed', { container: { name: 'main', exitCode: 5 } })])
    expect(ends.a).toMatchObject({ type: 'failed', exitCode: 5 })
  })

  it('is lost if its pod no longer exists, unless its Job is Complete', () => {
    for (const [seen, type] of [[failed, 'lost'] as const, [complete, 'succeeded'] as const]) {
      const { tracker, ends } = lagging()
      tracker.syncJobs([seen])
      tracker.settle('a', [])
      expect(ends.a).toMatchObject({ type })
    }
  })

  it('has succeeded if its Complete Job is deleted before its pod is fetched', () => {
    const { tracker, ends } = lagging()
    tracker.syncJobs([complete])
    tracker.syncJobs([])
    expect(ends.a?.type).toBe('succeeded')
  })

  it('is fetched again if its pod had not ended yet', () => {
    const { tracker, unexplained, ends } = createTracker()
    tracker.syncPods([])
    tracker.syncJobs([job('a', { failureTarget: { reason: 'BackoffLimitExceeded' } })])
    tracker.settle('a', [pod('a', 'Running')])
    tracker.syncJobs([failed])
    expect([unexplained, ends]).toEqual([['a', 'a'], {}])
  })
})

it('an attempt is given up only by the current state of its pod, not by a state from before an outage', () => {
  const { tracker, unexplained, ends } = createTracker()
  const startedAt = new Date(Date.now() - 60_000).toISOString()
  const unaccepted = pod('a', 'Pending', { steps: [] })
  tracker.syncPods([unaccepted])
  tracker.syncJobs([job('a', { podDeadlineS: 30, startedAt })])
  expect([unexplained, ends]).toEqual([['a'], {}])
  tracker.settle('a', [pod('a', 'Running', { steps: [], acceptedAt: startedAt })])
  expect(ends).toEqual({})
  tracker.settle('a', [unaccepted])
  expect(ends.a).toMatchObject({ type: 'timedOut', reason: 'NeverStarted' })
})

it('the pods of an unexplained Job are fetched once at a time, and again after a failure', async () => {
  vi.useFakeTimers()
  const answers = [() => Promise.reject(new Error('away')), () => Promise.resolve([pod('a', 'Succeeded')])]
  const asked: string[] = []
  const settled: string[][] = []
  const warned: string[] = []
  const listAs = async (path: string, _read: unknown, { selector = '' } = {}) => {
    asked.push(`${path}?${selector}`)
    return { items: [...((await answers.shift()?.()) ?? []), pod('other', 'Running')], resourceVersion: '1' }
  }
  const podRefetcher = new PodRefetcher(
    { listAs: listAs as never },
    { settle: (uid, pods) => void settled.push([uid, ...pods.map((each) => each.uid)]) },
    (message) => void warned.push(message),
  )
  const entry = { ...job('a'), pods: new Map(), looks: 0 }
  for (const _ of [1, 2]) {
    podRefetcher.explain(entry)
    podRefetcher.explain(entry)
    await vi.runAllTimersAsync()
  }
  vi.useRealTimers()
  const path = '/api/v1/namespaces/default/pods?controller-uid=a'
  expect({ asked, settled, warned: warned.length }).toEqual({
    asked: [path, path],
    settled: [['a', 'a-pod']],
    warned: 1,
  })
})

it('the pods of a Job with a manualSelector are found by that selector', () => {
  const selector = { matchLabels: { app: 'etl', part: 'a' } }
  const read = (manualSelector?: boolean) =>
    readJob({ metadata: { uid: 'a', namespace: 'default', name: 'a' }, spec: { selector, manualSelector } })
  expect(read(true).podSelector).toBe('app=etl,part=a')
  expect(read()).not.toHaveProperty('podSelector')
})
