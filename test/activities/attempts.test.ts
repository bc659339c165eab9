import { expect, it } from 'vitest'
import { Attempts } from '../../activities/watch/attempts.ts'
import type { SeenJob, SeenPod } from '../../activities/watch/entry.ts'

const job = (uid: string): SeenJob => ({
  uid,
  namespace: 'default',
  name: uid,
  runId: 'run',
  token: 'dG9rZW4=',
  job: { singlePod: true, serial: true, suspended: false },
})
const pod = (of: string, phase: 'Pending' | 'Running'): SeenPod => ({
  uid: `${of}-pod`,
  job: of,
  service: '',
  facts: { name: `${of}-pod`, phase },
})

function attempts(): { attempts: Attempts; told(): string[] } {
  let changed: string[] = []
  const listener = { ended: () => undefined, changed: ({ uid }: { uid: string }) => changed.push(uid) }
  const told = (): string[] => {
    const all = changed
    changed = []
    return all
  }
  return { attempts: new Attempts(listener), told }
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
