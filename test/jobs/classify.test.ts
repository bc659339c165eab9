import { describe, expect, it } from 'vitest'
import { carryOver } from '../../src/jobs/observe/carry-over.ts'
import { classify } from '../../src/jobs/observe/classify.ts'
import { IMAGE_PATIENCE_MS } from '../../src/jobs/observe/give-up.ts'
import { observeJob } from '../../src/jobs/observe/job.ts'
import { live } from '../../src/jobs/observe/live.ts'
import { observePod } from '../../src/jobs/observe/pod/pod.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import type { Outcome } from '../../src/model/outcome.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')

const condition = (type: string, reason = '', message = '', status = 'True'): JsonObject => ({
  type,
  status,
  reason,
  message,
})
const job = (conditions: JsonObject[] = [], spec: JsonObject = {}): JsonObject => ({
  metadata: { name: 'flow-a', uid: 'u1' },
  spec: { backoffLimit: 0, ...spec },
  status: { startTime: '2026-03-01T11:00:00Z', conditions },
})
const ended = (exitCode: number, rest: JsonObject = {}): JsonObject => ({
  name: 'main',
  state: {
    terminated: { exitCode, startedAt: '2026-03-01T11:00:01Z', finishedAt: '2026-03-01T11:00:04Z', ...rest },
  },
})
const pod = (phase: string, status: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  metadata: { name: 'flow-a-x1', ...metadata },
  spec: { nodeName: 'n1' },
  status: { phase, ...status },
})
const facts = (theJob: JsonObject, thePod?: JsonObject, firstSeenMs = NOW) => ({
  job: observeJob(theJob),
  ...(thePod ? { pod: carryOver(observePod(thePod), undefined, firstSeenMs) } : {}),
})
const outcome = (theJob: JsonObject, thePod?: JsonObject, firstSeenMs?: number) =>
  classify(facts(theJob, thePod, firstSeenMs), NOW)
/** The outcome after the pods were fetched again. */
const settled = (theJob: JsonObject, thePod?: JsonObject) =>
  classify({ ...facts(theJob, thePod), isSettled: true }, NOW)
const terminating = (deletionTimestamp: string): JsonObject => ({ deletionTimestamp })

describe('a Job of one pod', () => {
  it('succeeds with its pod, before the Job has its condition, with the times of the container', () => {
    expect(outcome(job(), pod('Succeeded', { containerStatuses: [ended(0)] }))).toEqual({
      type: 'succeeded',
      startedAt: '2026-03-01T11:00:01Z',
      endedAt: '2026-03-01T11:00:04Z',
      pod: 'flow-a-x1',
      clusterNode: 'n1',
    })
  })

  it.each([
    [
      'its exit code',
      ended(3, { reason: 'Error' }),
      { exitCode: 3, message: 'container main exited with code 3' },
    ],
    [
      'out of memory',
      ended(137, { reason: 'OOMKilled' }),
      { reason: 'OOMKilled', message: 'container main exited with code 137, OOMKilled' },
    ],
    [
      'its termination message',
      ended(1, { reason: 'Error', message: 'no such table\n' }),
      { message: 'container main exited with code 1: no such table' },
    ],
  ])('fails with %s', (_, container, expected) => {
    expect(outcome(job(), pod('Failed', { containerStatuses: [container] }))).toMatchObject({
      type: 'failed',
      ...expected,
    })
  })

  it('fails with the container that failed, not with one that succeeded', () => {
    const containerStatuses = [ended(0), { ...ended(2), name: 'sidecar' }]
    expect(outcome(job(), pod('Failed', { containerStatuses }))?.message).toBe(
      'container sidecar exited with code 2',
    )
  })

  it.each([
    ['an eviction', { reason: 'Evicted', message: 'The node was low on resource: memory.' }, 'evicted'],
    [
      'a preemption',
      { conditions: [condition('DisruptionTarget', 'PreemptionByScheduler', 'preempted')] },
      'evicted',
    ],
    [
      'a deleted cluster node',
      { conditions: [condition('DisruptionTarget', 'DeletionByPodGC', 'node no longer exists')] },
      'lost',
    ],
  ])('distinguishes %s from a failure of its own', (_, status, type) => {
    expect(outcome(job(), pod('Failed', status))?.type).toBe(type)
  })

  it.each(['Unknown', 'ContainerStatusUnknown'])(
    'is lost, not failed, if the container runtime restarted without its container (%s)',
    (reason) => {
      const forgotten = pod('Failed', { containerStatuses: [ended(255, { reason })] })
      expect(outcome(job(), forgotten)).toMatchObject({
        type: 'lost',
        reason,
        message: 'container main ended while it was not observed (cluster node n1)',
      })
    },
  )

  it('is lost, not failed, if the container runtime was stopped while it started the container', () => {
    const cutOff = ended(137, { reason: 'Error', startedAt: '1970-01-01T00:00:00Z' })
    const end = outcome(job(), pod('Failed', { containerStatuses: [cutOff] }))
    expect(end).toMatchObject({
      type: 'lost',
      reason: 'StartCutOff',
      message:
        'container main was killed because the container runtime was stopped during its start (cluster node n1)',
    })
    expect(end, 'its start time is unknown').not.toHaveProperty('startedAt')
  })

  it('says that a container may have run twice if the kubelet restarted it against its restartPolicy', () => {
    const again = { ...ended(0), restartCount: 1 }
    const twice =
      'container main may have run twice: its cluster node lost track of the first start and started it again'
    const seen = (restartPolicy: string, phase: string, container: JsonObject): Outcome | undefined =>
      outcome(job(), {
        ...pod(phase, { containerStatuses: [container] }),
        spec: { nodeName: 'n1', restartPolicy },
      })
    expect(seen('Never', 'Succeeded', again)).toMatchObject({ type: 'succeeded', message: twice })
    expect(seen('OnFailure', 'Succeeded', again)).not.toHaveProperty('message')
    expect(seen('Never', 'Failed', { ...ended(3), restartCount: 1 })?.message).toBe(
      `container main exited with code 3; ${twice}`,
    )
  })

  it('fails if its command cannot be started, although it has no start time either', () => {
    const startedAt = '1970-01-01T00:00:00Z'
    const cannot = ended(128, { reason: 'StartError', message: 'exec: "nope": not found', startedAt })
    expect(outcome(job(), pod('Failed', { containerStatuses: [cannot] }))).toMatchObject({
      type: 'failed',
      exitCode: 128,
    })
  })

  it('is refused if the kubelet rejected the pod before any container ran', () => {
    const message = 'Predicate NodeAffinity failed'
    expect(outcome(job(), pod('Failed', { reason: 'NodeAffinity', message }))).toMatchObject({
      type: 'refused',
      reason: 'NodeAffinity',
      message: `${message} (cluster node n1)`,
    })
  })

  it('has no outcome from a terminating pod: the condition of the Job says why it ended', () => {
    const dying = pod('Failed', { containerStatuses: [ended(137)] }, terminating('2026-03-01T12:00:10Z'))
    expect(outcome(job(), dying)).toBeUndefined()
    const deadline = condition('Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline')
    expect(outcome(job([deadline]), dying)?.type).toBe('timedOut')
    expect(settled(job([condition('Failed', 'BackoffLimitExceeded')]), undefined)).toMatchObject({
      type: 'lost',
      message: 'its pod was deleted before it ended',
    })
  })

  it('waits for the pod that explains its failure, even if the Job failed long ago', () => {
    const failed = job([
      { ...condition('Failed', 'BackoffLimitExceeded'), lastTransitionTime: '2026-02-28T12:00:00Z' },
    ])
    expect(outcome(failed)).toBeUndefined()
    expect(outcome(failed, pod('Running')), 'the pod has ended, but its watch lags behind').toBeUndefined()
    expect(outcome(failed, pod('Failed', { containerStatuses: [ended(3)] }))).toMatchObject({ exitCode: 3 })
    expect(settled(failed, pod('Running'))?.type).toBe('failed')
  })

  it('waits for the pod after its deadline too, because the pod shows which step was running', () => {
    const deadline = job([condition('Failed', 'DeadlineExceeded')])
    expect(outcome(deadline, pod('Running'))).toBeUndefined()
    expect(settled(deadline, pod('Running'))?.type).toBe('timedOut')
    expect(settled(deadline)?.type).toBe('timedOut')
  })

  it('waits for the pod after a success too, because the pod has the output', () => {
    const complete = job([condition('Complete')])
    expect(outcome(complete, pod('Running'))).toBeUndefined()
    const left = ended(0, { message: '{"lines":3}' })
    expect(outcome(complete, pod('Succeeded', { containerStatuses: [left] }))).toMatchObject({
      type: 'succeeded',
      output: { lines: 3 },
    })
    expect(settled(complete)).toMatchObject({ type: 'succeeded' })
  })

  it.each([
    ['the deadline of its pod', { reason: 'DeadlineExceeded' }, 'timedOut'],
    ['a kubelet without room', { reason: 'OutOfpods' }, 'evicted'],
    ['a cluster node that was shut down', { reason: 'NodeShutdown' }, 'evicted'],
  ])('distinguishes %s from a failure of its own', (_, status, type) => {
    expect(outcome(job(), pod('Failed', { ...status, containerStatuses: [ended(137)] }))?.type).toBe(type)
  })

  it('is lost if somebody deleted its pod, whatever the exit code of its containers', () => {
    const taken = pod('Failed', { containerStatuses: [ended(143)] }, terminating('2026-03-01T11:59:00Z'))
    expect(outcome(job([condition('Failed', 'BackoffLimitExceeded')]), taken)?.type).toBe('lost')
  })

  it('fails with its main container, not with a sidecar that was terminated after it', () => {
    const sidecar = {
      name: 'proxy',
      state: { terminated: { exitCode: 143, finishedAt: '2026-03-01T11:00:05Z' } },
    }
    const thePod = pod('Failed', { initContainerStatuses: [sidecar], containerStatuses: [ended(1)] })
    const spec = { nodeName: 'n1', initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] }
    expect(outcome(job(), { ...thePod, spec })).toMatchObject({ exitCode: 1 })
  })

  it('with a podFailurePolicy has only the outcome of its conditions', () => {
    const failed = pod('Failed', { containerStatuses: [ended(1)] })
    expect(outcome(job([], { podFailurePolicy: { rules: [] } }), failed)).toBeUndefined()
  })
})

describe('conditions of the Job', () => {
  it('are found by type with status True, never by position (JN-4)', () => {
    const conditions = [condition('SuccessCriteriaMet'), condition('Complete')]
    expect(settled(job(conditions))?.type).toBe('succeeded')
    expect(settled(job([condition('SuccessCriteriaMet')]))).toBeUndefined()
    expect(settled(job([condition('Suspended')]))).toBeUndefined()
    expect(settled(job([condition('Failed', '', '', 'False')]))).toBeUndefined()
  })

  it('decide for a Job of several pods, not its first succeeded pod (JF-6)', () => {
    const wide = { completions: 3, parallelism: 3 }
    expect(outcome(job([], wide), pod('Succeeded', { containerStatuses: [ended(0)] }))).toBeUndefined()
    expect(settled(job([condition('Complete')], wide))?.type).toBe('succeeded')
  })

  it('FailureTarget ends it only after the deletion deadline of its pod (DJ-4)', () => {
    const target = job([condition('FailureTarget', 'DeadlineExceeded')])
    expect(outcome(target, pod('Running', {}, terminating('2026-03-01T12:00:10Z')))).toBeUndefined()
    expect(outcome(target, pod('Running', {}, terminating('2026-03-01T11:59:00Z')))?.type).toBe('timedOut')
    expect(settled(target)?.type).toBe('timedOut')
  })
})

describe('a pod that does not start', () => {
  const waiting = (reason: string, acceptedAt = '2026-03-01T11:59:59Z') =>
    pod('Pending', {
      startTime: acceptedAt,
      containerStatuses: [{ name: 'main', state: { waiting: { reason, message: 'no such image' } } }],
    })

  it('has a message with the reason', () => {
    const messageOf = (thePod: JsonObject, unknownNode = false) =>
      live(facts(job(), thePod), unknownNode).message
    expect(messageOf(waiting('ImagePullBackOff'))).toBe('container main: ImagePullBackOff: no such image')
    expect(messageOf(waiting('ContainerCreating'))).toBeUndefined()
    const unschedulable = {
      ...condition('PodScheduled', 'Unschedulable', 'persistentvolumeclaim "c" not found', 'False'),
    }
    expect(messageOf(pod('Pending', { conditions: [unschedulable] }))).toContain(
      'persistentvolumeclaim "c" not found',
    )
    expect(messageOf(pod('Pending'), true)).toBe('cluster node n1 does not exist; the pod is pinned to it')
  })

  it('fails at once for an invalid image name, and after a while for an image that cannot be pulled yet', () => {
    expect(outcome(job(), waiting('InvalidImageName'))?.type).toBe('image')
    expect(outcome(job(), waiting('ImagePullBackOff'))).toBeUndefined()
    expect(outcome(job(), waiting('ImagePullBackOff'), NOW - IMAGE_PATIENCE_MS - 1)).toMatchObject({
      type: 'image',
      message: 'container main: ImagePullBackOff: no such image',
    })
  })

  it('has waited since a worker first saw it wait, whatever the clock of its cluster node says', () => {
    for (const accepted of ['2026-03-01T04:00:00Z', '2026-03-01T20:00:00Z']) {
      const first = carryOver(observePod(waiting('ErrImagePull', accepted)), undefined, NOW)
      const later = (ms: number) => {
        const seen = carryOver(observePod(waiting('ImagePullBackOff', accepted)), first, NOW + ms)
        return classify({ job: observeJob(job()), pod: seen }, NOW + ms)
      }
      expect(later(1_000)).toBeUndefined()
      expect(later(IMAGE_PATIENCE_MS + 1)?.type).toBe('image')
    }
  })
})
