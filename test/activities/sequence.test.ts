import { describe, expect, it } from 'vitest'
import { carryOver } from '../../src/jobs/observe/carry-over.ts'
import { classify } from '../../src/jobs/observe/classify.ts'
import { isReady, liveService, observeDeployment } from '../../src/jobs/observe/deployment.ts'
import { IMAGE_PATIENCE_MS } from '../../src/jobs/observe/give-up.ts'
import { observeJob } from '../../src/jobs/observe/job.ts'
import { live } from '../../src/jobs/observe/live.ts'
import { observePod } from '../../src/jobs/observe/pod/pod.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { STEPS_ANNOTATION } from '../../src/model/labels.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const secondsAgo = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString()

const ended = (name: string, exitCode: number, ago: number, rest: JsonObject = {}): JsonObject => ({
  name,
  state: { terminated: { exitCode, startedAt: secondsAgo(ago + 5), finishedAt: secondsAgo(ago), ...rest } },
})
const waiting = (name: string, reason = 'PodInitializing', message = ''): JsonObject => ({
  name,
  state: { waiting: { reason, message } },
})
const running = (name: string): JsonObject => ({ name, state: { running: { startedAt: secondsAgo(3) } } })

/** A pod of three steps: in, work (container output-work), out. */
const pod = (init: JsonObject[], main: JsonObject[], status: JsonObject = {}): JsonObject => ({
  metadata: {
    name: 'p1',
    annotations: { [STEPS_ANNOTATION]: '{"in":"in","output-work":"work","out":"out"}' },
  },
  spec: {
    nodeName: 'n1',
    initContainers: [
      { name: 'in', image: 'i' },
      { name: 'output-work', image: 'w:1' },
    ],
    containers: [{ name: 'out', image: 'o' }],
  },
  status: {
    phase: 'Pending',
    startTime: secondsAgo(4_000),
    initContainerStatuses: init,
    containerStatuses: main,
    ...status,
  },
})
const job = (spec: JsonObject = {}): JsonObject => ({
  metadata: { name: 'j', uid: 'u' },
  spec: { backoffLimit: 0, ...spec },
  status: { startTime: secondsAgo(4_000) },
})
/** The outcome now, of a pod that was first seen like this `ago` seconds ago. */
const outcome = (thePod: JsonObject, theJob = job(), ago = 0) =>
  classify({ job: observeJob(theJob), pod: carryOver(observePod(thePod), undefined, NOW - ago * 1_000) }, NOW)

describe('the steps of a pod', () => {
  it('are lost if one was killed while it was being started', () => {
    const cutOff = ended('output-work', 137, 4, { reason: 'Error', startedAt: '1970-01-01T00:00:00Z' })
    const lost = pod([ended('in', 0, 10), cutOff], [], { phase: 'Failed' })
    expect(outcome(lost)).toMatchObject({
      type: 'lost',
      reason: 'StartCutOff',
      startedAt: secondsAgo(15),
      message: expect.stringContaining('step work was killed'),
      steps: [{ phase: 'Succeeded' }, { phase: 'Failed', exitCode: 137 }, { phase: 'Skipped' }],
    })
  })

  it('have the state of their containers, in the order of the pod and not of its statuses (TF-1)', () => {
    const { steps } = observePod(pod([running('output-work'), ended('in', 0, 10)], [waiting('out')]))
    expect(steps).toMatchObject([
      { name: 'in', phase: 'Succeeded', exitCode: 0, startedAt: secondsAgo(15), endedAt: secondsAgo(10) },
      { name: 'work', container: 'output-work', phase: 'Running' },
      { name: 'out', phase: 'Pending' },
    ])
  })

  it('are Running while an init container runs, although the pod is still Pending', () => {
    const thePod = pod([ended('in', 0, 10), running('output-work')], [waiting('out')])
    const shown = live({ job: observeJob(job()), pod: observePod(thePod) })
    expect(shown).toMatchObject({ phase: 'Running', steps: [{}, { phase: 'Running' }, {}] })
  })

  it('end with the name and exit code of the first that fails, and skip the later ones (TF-2, TF-4)', () => {
    const end = outcome(
      pod([ended('in', 0, 10), ended('output-work', 9, 5)], [waiting('out')], { phase: 'Failed' }),
    )
    expect(end).toMatchObject({
      type: 'failed',
      exitCode: 9,
      message: 'step work exited with code 9',
      steps: [{ phase: 'Succeeded' }, { phase: 'Failed' }, { phase: 'Skipped' }],
    })
  })

  it.each([
    ['was running', [ended('in', 0, 10), ended('output-work', 137, 1)], 'step work was running: too long'],
    [
      'had not started',
      [ended('in', 0, 10), waiting('output-work')],
      'step work had not started (image w:1): too long',
    ],
  ])('that exceed their deadline say which one %s', (_, init, message) => {
    const status = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' }
    expect(outcome(pod(init, [waiting('out')], status))).toMatchObject({ type: 'timedOut', message })
  })

  it('wait for an image since the end of the step before, not since the start of the pod', () => {
    const stuck = (ago: number) =>
      outcome(
        pod([ended('in', 0, ago), waiting('output-work', 'ImagePullBackOff', 'no w:1')], [waiting('out')]),
        job(),
        ago,
      )
    expect(stuck(60)).toBeUndefined()
    expect(stuck(IMAGE_PATIENCE_MS / 1_000 + 1)).toMatchObject({ type: 'image', reason: 'ImagePullBackOff' })
  })

  it('are lost if their cluster node restarted between two of them, because no kubelet continues such a pod', () => {
    const lost = {
      conditions: [
        { type: 'PodReadyToStartContainers', status: 'False', lastTransitionTime: secondsAgo(900) },
      ],
    }
    const between = (ago: number) =>
      outcome(pod([ended('in', 0, 900), waiting('output-work')], [waiting('out')], lost), job(), ago)
    expect(between(30)).toBeUndefined()
    expect(between(90)).toMatchObject({ type: 'lost', reason: 'SandboxLost' })
    const young = pod([waiting('in'), waiting('output-work')], [waiting('out')], lost)
    expect(
      outcome(young, job(), 90),
      'no step has started yet: its sandbox is still being created',
    ).toBeUndefined()
  })

  it('that no kubelet accepts are given up at their deadline', () => {
    const theJob = job({ template: { spec: { activeDeadlineSeconds: 60 } } })
    const conditions = [{ type: 'PodScheduled', status: 'False', message: 'no node has a disk' }]
    const { startTime: _, ...status } = pod([], []).status as JsonObject
    const unplaced = { ...pod([], []), status: { ...status, conditions } }
    expect(outcome(unplaced, theJob)).toMatchObject({
      type: 'timedOut',
      message: expect.stringContaining('no node has a disk'),
    })
    expect(
      outcome(pod([], [waiting('out')]), theJob),
      "the kubelet has accepted it, and enforces the pod's deadline",
    ).toBeUndefined()
  })
})

it.each([
  ['JSON', '{"rows": 3}', { rows: 3 }],
  ['text', 'three rows\n', 'three rows'],
  ['only white space', ' \n', undefined],
])('the output is the last termination message that is not blank: %s', (_, message, output) => {
  const statuses = [ended('a', 0, 9, { message: '1' }), ended('b', 0, 5, { message }), ended('c', 0, 2)]
  const done = {
    metadata: { name: 'p' },
    spec: {},
    status: { phase: 'Succeeded', containerStatuses: statuses },
  }
  expect(observePod(done).output).toEqual(output ?? 1)
})

describe('a service', () => {
  const deployment = (spec: JsonObject, status: JsonObject): JsonObject => ({
    metadata: { name: 'web', generation: 2 },
    spec,
    status: { observedGeneration: 2, ...status },
  })
  it.each([
    [
      'all replicas of the current template',
      { replicas: 2 },
      { updatedReplicas: 2, availableReplicas: 2 },
      true,
    ],
    ['no replicas wanted', { replicas: 0 }, {}, true],
    ['one of two', { replicas: 2 }, { updatedReplicas: 2, availableReplicas: 1 }, false],
    ['only the old template', { replicas: 1 }, { updatedReplicas: 0, availableReplicas: 1 }, false],
    [
      'a change that the controller has not observed',
      { replicas: 1 },
      { observedGeneration: 1, updatedReplicas: 1, availableReplicas: 1 },
      false,
    ],
  ])('is ready with %s: %s', (_, spec, status, ready) => {
    expect(isReady(observeDeployment(deployment(spec, status)))).toBe(ready)
  })

  it('says how many replicas are ready, and what the others wait for', () => {
    const facts = observeDeployment(deployment({ replicas: 2 }, { updatedReplicas: 2, availableReplicas: 1 }))
    const thePod = observePod(pod([], [waiting('out', 'CrashLoopBackOff', 'back-off 10s')]))
    expect(liveService({ objectName: 'web' }, facts, [thePod])).toEqual({
      phase: 'Pending',
      replicas: { wanted: 2, ready: 1 },
      message: '1 of 2 replicas are ready: pod p1, container out: CrashLoopBackOff: back-off 10s',
    })
  })
})
