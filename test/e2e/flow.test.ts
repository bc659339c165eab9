import { describe, expect, it } from 'vitest'
import { until } from '../until.ts'
import { cancel, getRun, logOf, post, startRun, untilEnded, untilRun } from './api.ts'
import {
  dropNamespace,
  hasRunningContainer,
  jobs,
  kube,
  makeForeignJob,
  makeNamespace,
  nameOf,
  namesOf,
  namespaceOfFile,
  pods,
} from './cluster.ts'
import { makeGate } from './gate.ts'
import { flow } from './job-flow.ts'
import { jobStatusList, nodeOf } from './run-status.ts'

const namespace = await namespaceOfFile('flow')

describe('a JobFlow', () => {
  it('runs its jobs in order and keeps their logs', async () => {
    const id = await startRun(
      flow('diamond', {
        top: { run: 'echo top' },
        left: { run: 'echo left', after: ['top'] },
        right: { run: 'echo right', after: ['top'] },
        bottom: { run: 'echo bottom', after: ['left', 'right'] },
      }),
      namespace,
    )
    const run = await untilEnded(id)
    expect(run, run.message).toMatchObject({
      phase: 'Succeeded',
      id: expect.stringMatching(/^jobflow\.api\.practice\.com\/.+\/diamond\/[0-9a-f]{8}$/),
    })
    expect(await logOf(id, 'bottom')).toBe('bottom\n')
    expect(nodeOf(run, 'bottom').attempts).toMatchObject([
      {
        number: 1,
        outcome: 'succeeded',
        object: { kind: 'Job', namespace, name: 'diamond-bottom' },
        clusterNode: 'localhost',
      },
    ])
  })

  it('runs its ErrorHandler once when it fails, with the failure in its env', async () => {
    const handler =
      "ErrorHandler: { script: 'echo $MILLRACE_FAILED_NODE $MILLRACE_FAILED_EXIT_CODE $MILLRACE_NAME' }"
    const id = await startRun(flow('handled', { bad: { run: 'exit 3' } }, handler), namespace)
    const run = await untilEnded(id)
    expect(run).toMatchObject({ phase: 'Failed', message: 'bad: container main exited with code 3' })
    expect(nodeOf(run, 'ErrorHandler')).toMatchObject({
      phase: 'Succeeded',
      attempts: [{ object: { name: 'handled-errorhandler' } }],
    })
    expect(await logOf(id, 'ErrorHandler')).toBe('bad 3 handled\n')
  })

  it('starts a successor after all completions of a Job (JF-6)', async () => {
    const id = await startRun(
      flow('wide', {
        three: { run: 'echo one of three', job: 'completions: 3' },
        after: { run: 'true', after: ['three'] },
      }),
      namespace,
    )
    const run = await untilEnded(id)
    expect(run.phase, run.message).toBe('Succeeded')
    const three = (await pods(namespace)).filter((pod) => nameOf(pod).startsWith('wide-three-'))
    expect(three).toHaveLength(3)
  })

  it('ends a job timedOut at its activeDeadlineSeconds', async () => {
    const id = await startRun(
      flow('late', { slow: { run: 'sleep 60', job: 'activeDeadlineSeconds: 1' } }),
      namespace,
    )
    const run = await untilEnded(id)
    expect(nodeOf(run, 'slow').attempts[0]).toMatchObject({ outcome: 'timedOut', reason: 'DeadlineExceeded' })
  })

  it('never runs again after its end, even if its Jobs are deleted or expire (JF-7)', async () => {
    const text = flow('expiring', {
      gone: { run: 'echo once', job: 'ttlSecondsAfterFinished: 0' },
      next: { run: 'true', after: ['gone'] },
    })
    const id = await startRun(text, namespace)
    expect((await untilEnded(id)).phase).toBe('Succeeded')
    await until('the Job is gone', async () => !namesOf(await jobs(namespace)).includes('expiring-gone'))
    await kube().delete(`/apis/batch/v1/namespaces/${namespace}/jobs/expiring-next`, {
      propagationPolicy: 'Background',
    })
    expect((await post(text, namespace)).body.results[0]).toMatchObject({ result: 'unchanged', runId: id })
    expect((await getRun(id)).phase).toBe('Succeeded')
    expect(namesOf(await jobs(namespace)).filter((name) => name.startsWith('expiring'))).toEqual([])
  })

  it('fails at once with the message of a refusal by Kubernetes (JF-12)', async () => {
    const job = 'completionMode: Nonsense'
    const id = await startRun(flow('refused', { odd: { run: 'true', job } }), namespace)
    const run = await untilEnded(id)
    expect(run.phase).toBe('Failed')
    expect(nodeOf(run, 'odd').attempts[0]).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('completionMode'),
    })
  })

  it('does not adopt a foreign Job with the same name', async () => {
    await makeForeignJob(namespace, 'conflict-taken')
    const run = await untilEnded(await startRun(flow('conflict', { taken: { run: 'true' } }), namespace))
    expect(nodeOf(run, 'taken').attempts[0]).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('it was not created by Millrace'),
    })
  })

  it('is a run of its own in each namespace, even with the same name (JF-1)', async () => {
    const other = await makeNamespace('flow-other')
    const good = await startRun(flow('twin', { only: { run: 'true' } }), namespace)
    const bad = await startRun(flow('twin', { only: { run: 'exit 1' } }), other)
    expect((await untilEnded(bad)).phase).toBe('Failed')
    const run = await untilEnded(good)
    expect(run.phase).toBe('Succeeded')
    expect(Object.keys(jobStatusList(run))).toEqual([`twin-only/${namespace}`])
    await dropNamespace(other)
  })

  it('does not delay others: ten that are posted at once run concurrently (JF-11)', async () => {
    const gate = makeGate()
    const texts = Array.from({ length: 10 }, (_, index) =>
      flow(`beside-${index}`, { only: { run: gate.wait, gate } }),
    )
    const { body } = await post(texts.join('\n---\n'), namespace)
    const ids: string[] = body.results.map((result: { runId: string }) => result.runId)
    // If they ran one after another, the first would wait for the last and no other would start.
    await until('all ten run', async () => {
      const mine = (await pods(namespace)).filter((pod) => nameOf(pod).startsWith('beside-'))
      return mine.filter(hasRunningContainer).length === 10
    })
    gate.open()
    for (const id of ids) expect((await untilEnded(id)).phase).toBe('Succeeded')
  })

  it('writes no event twice, and no Normal event for a failure (JF-14)', async () => {
    const id = await startRun(flow('quiet', { only: { run: 'exit 1' } }), namespace)
    expect((await untilEnded(id)).phase).toBe('Failed')
    const { items } = await kube().list(`/api/v1/namespaces/${namespace}/events`)
    const mine = items.filter((event) => (event.involvedObject as { kind?: string }).kind === 'JobFlow')
    const keys = mine.map(({ reason, message, involvedObject }) =>
      JSON.stringify([reason, message, involvedObject]),
    )
    expect(new Set(keys).size).toBe(keys.length)
    expect(
      mine.filter(
        ({ type, reason, count }) => (type === 'Normal' && reason === 'Failed') || Number(count) > 1,
      ),
    ).toEqual([])
  })

  it('fails with a message if somebody deletes its Job', async () => {
    const id = await startRun(flow('lost', { target: { run: 'sleep 300' } }), namespace)
    await untilRun(id, 'running', (run) => nodeOf(run, 'target').attempts[0]?.pod !== undefined)
    await kube().delete(`/apis/batch/v1/namespaces/${namespace}/jobs/lost-target`, {
      propagationPolicy: 'Background',
    })
    const run = await untilEnded(id)
    expect(nodeOf(run, 'target').attempts[0]).toMatchObject({
      outcome: 'lost',
      message: 'Job lost-target was deleted before it ended',
    })
  })
})

describe('a wide JobFlow of a large template', () => {
  it('starts every job, even if its templates together exceed a Temporal message', async () => {
    const width = 120
    const note = 'x'.repeat(40_000)
    const container = "{ name: main, image: 'busybox:1.28', command: ['true'] }"
    // Suspended Jobs need no containers. The test checks only that all of them are created.
    const template = `
apiVersion: api.practice.com/v1alpha1
kind: JobTemplate
metadata: { name: large }
spec:
  jobTemplate:
    suspend: true
    template:
      metadata: { annotations: { note: ${note} } }
      spec: { containers: [${container}] }
`
    const flows = Array.from(
      { length: width },
      (_, index) => `    - { name: n${index}, jobTemplateRef: large }`,
    )
    const text = `apiVersion: api.practice.com/v1alpha1\nkind: JobFlow\nmetadata: { name: wide-large }\nspec:\n  flows:\n${flows.join('\n')}\n`
    await post(template, namespace)
    const id = await startRun(text, namespace)
    const made = async (): Promise<number> =>
      (await jobs(namespace)).filter((job) => nameOf(job).startsWith('wide-large-')).length
    await until(`${width} Jobs`, async () => (await made()) === width)
    await untilRun(id, 'says why it waits', (run) =>
      JSON.stringify(run.nodes).includes('the Job is suspended'),
    )
    await cancel(id)
    expect((await untilEnded(id)).phase).toBe('Cancelled')
    expect(await made()).toBe(0)
  })
})
