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

/** With what its listener is told of: uids of attempts that have changed and of those unexplained, and ends by uid. */
function attempts() {
  const changed: string[] = []
  const unexplained: string[] = []
  const ends: Record<string, Outcome> = {}
  const known = new JobTracker({
    ended: ({ uid }, outcome) => void Object.assign(ends, { [uid]: outcome }),
    changed: ({ uid }) => void changed.push(uid),
    unexplained: ({ uid }) => void unexplained.push(uid),
  })
  return { attempts: known, told: () => changed.splice(0), unexplained, ends }
}

it.each(['jobs', 'pods'])('what runs when a worker starts is told of, the %s listed first', (first) => {
  const { attempts: known, told } = attempts()
  const lists = [() => known.syncJobs([job('a')]), () => known.syncPods([pod('a', 'Running')])]
  for (const list of first === 'jobs' ? lists : lists.toReversed()) list()
  expect(told()).toContain('a')
})

it('time alone is a reason to look at what waits, and none for what runs', () => {
  const { attempts: known, told } = attempts()
  known.syncPods([pod('runs', 'Running'), pod('waits', 'Pending')])
  known.syncJobs([job('runs'), job('waits'), job('alone')])
  told()
  known.reconsider()
  expect(told().sort()).toEqual(['alone', 'waits'])
})

it('counts its looks at an attempt, so that who has seen its facts need not see them again', () => {
  const { attempts: known } = attempts()
  known.syncJobs([job('a')])
  known.syncPods([pod('a', 'Pending')])
  const looks = (): number => known.get('a')?.looks ?? 0
  const before = looks()
  known.onPod('MODIFIED', pod('a', 'Running'))
  const after = looks()
  known.reconsider()
  expect(after).toBeGreaterThan(before)
  expect(looks(), 'it runs undisturbed').toBe(after)
})

it('knows what is awaited here, until nobody waits any more', async () => {
  const { attempts: known } = attempts()
  const nobody = new AbortController()
  const ended = known.ended('a', nobody.signal)
  expect(['a', 'b'].map((uid) => known.isAwaited(uid))).toEqual([true, false])
  nobody.abort(new Error('cancelled'))
  await expect(ended).rejects.toThrow('cancelled')
  expect(known.isAwaited('a')).toBe(false)
})

describe('an attempt whose Job has ended, as its pod is not known to have', () => {
  const complete = job('a', { complete: { at: '2026-01-01T00:00:00Z' } })
  const failed = job('a', { failed: { reason: 'BackoffLimitExceeded', at: '2026-01-01T00:00:00Z' } })
  const lagging = () => {
    const all = attempts()
    all.attempts.syncPods([pod('a', 'Running')])
    return all
  }

  it('is unexplained, and comes to what its pod says when that is read', () => {
    const { attempts: known, unexplained, ends } = lagging()
    known.syncJobs([complete])
    expect([unexplained, ends]).toEqual([['a'], {}])
    known.settle('a', [pod('a', 'Succeeded', { output: { lines: 3 } })])
    expect(ends.a).toMatchObject({ type: 'succeeded', output: { lines: 3 } })
  })

  it('has failed as its container did', () => {
    const { attempts: known, ends } = lagging()
    known.syncJobs([failed])
    known.settle('a', [pod('a', 'Failed', { container: { name: 'main', exitCode: 5 } })])
    expect(ends.a).toMatchObject({ type: 'failed', exitCode: 5 })
  })

  it('is lost when its pod is no more, unless its Job is complete', () => {
    for (const [seen, type] of [[failed, 'lost'] as const, [complete, 'succeeded'] as const]) {
      const { attempts: known, ends } = lagging()
      known.syncJobs([seen])
      known.settle('a', [])
      expect(ends.a).toMatchObject({ type })
    }
  })

  it('stays complete when somebody deletes the Job before its pod could be read', () => {
    const { attempts: known, ends } = lagging()
    known.syncJobs([complete])
    known.syncJobs([])
    expect(ends.a?.type).toBe('succeeded')
  })

  it('is asked about again when it was read before it had ended', () => {
    const { attempts: known, unexplained, ends } = attempts()
    known.syncPods([])
    known.syncJobs([job('a', { failureTarget: { reason: 'BackoffLimitExceeded' } })])
    known.settle('a', [pod('a', 'Running')])
    known.syncJobs([failed])
    expect([unexplained, ends]).toEqual([['a', 'a'], {}])
  })
})

it('gives an attempt up only by what its pod looks like now, and not before an outage', () => {
  const { attempts: known, unexplained, ends } = attempts()
  const startedAt = new Date(Date.now() - 60_000).toISOString()
  const unaccepted = pod('a', 'Pending', { steps: [] })
  known.syncPods([unaccepted])
  known.syncJobs([job('a', { podDeadlineS: 30, startedAt })])
  expect([unexplained, ends]).toEqual([['a'], {}])
  known.settle('a', [pod('a', 'Running', { steps: [], acceptedAt: startedAt })])
  expect(ends).toEqual({})
  known.settle('a', [unaccepted])
  expect(ends.a).toMatchObject({ type: 'timedOut', reason: 'NeverStarted' })
})

it('reads the pods of an unexplained Job, once at a time, and again when that failed', async () => {
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

it('asks for the pods that the author of a Job chose by their labels, where the author did', () => {
  const selector = { matchLabels: { app: 'etl', part: 'a' } }
  const read = (manualSelector?: boolean) =>
    readJob({ metadata: { uid: 'a', namespace: 'default', name: 'a' }, spec: { selector, manualSelector } })
  expect(read(true).podSelector).toBe('app=etl,part=a')
  expect(read()).not.toHaveProperty('podSelector')
})
