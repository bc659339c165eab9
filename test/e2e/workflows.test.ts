import { expect, it } from 'vitest'
import { apiUrl, cancel, startOf, untilEnded, untilRun } from './api.ts'
import { namespaceOfFile } from './cluster.ts'
import { nodeOf, phasesOf } from './run-status.ts'
import { job, workflowsIn } from './workflow.ts'

const namespace = await namespaceOfFile('workflows')

const { execute, store } = workflowsIn(namespace)

it('the successors of a failed task are skipped, other branches run to their end, and the execution fails', async () => {
  const run = await execute({
    name: 'failing',
    tasks: [
      {
        name: 'both',
        type: 'parallel',
        'task-sets': [
          [
            { name: 'bad', type: 'kube-job', job: job('exit 4'), next: 'after-bad' },
            { name: 'after-bad', type: 'kube-job', job: job('true') },
          ],
          [
            { name: 'good', type: 'kube-job', job: job('sleep 3'), next: 'after-good' },
            { name: 'after-good', type: 'kube-job', job: job('true') },
          ],
        ],
        next: 'end',
      },
      { name: 'end', type: 'kube-job', job: job('true') },
    ],
  })
  expect(run.phase).toBe('Failed')
  expect(run.message).toContain('bad: container main exited with code 4')
  expect(phasesOf(run)).toEqual({
    both: 'Failed',
    bad: 'Failed',
    'after-bad': 'Skipped',
    good: 'Succeeded',
    'after-good': 'Succeeded',
    end: 'Skipped',
  })
  expect(run.objectStatus).toMatchObject({ state: 'failed' })
})

it('a Job that Kubernetes refuses fails its task once, with the message of Kubernetes', async () => {
  const run = await execute({
    name: 'refused',
    tasks: [{ name: 'bad', type: 'kube-job', job: job('true', { completionMode: 'Sideways' }) }],
  })
  expect(run.phase).toBe('Failed')
  expect(nodeOf(run, 'bad').attempts).toMatchObject([
    { outcome: 'refused', message: expect.stringContaining('completionMode') },
  ])
})

it('an execution has the requested name, is listed by its definition, and can be cancelled', async () => {
  const name = await store({
    name: 'long',
    tasks: [{ name: 'one', type: 'kube-job', job: job('sleep 300') }],
  })
  const id = await startOf(namespace, { definition: { kind: 'Workflow', name }, name: 'para-seq-test3' })
  expect(id).toMatch(new RegExp(`^workflowexecution.jobnetes.com/${namespace}/para-seq-test3/`))
  await untilRun(id, 'runs', (run) => nodeOf(run, 'one').attempts.length > 0)
  const list = await fetch(
    `${apiUrl()}/v1/runs?namespace=${namespace}&definition=${name}&kind=WorkflowExecution`,
  )
  const { runs } = (await list.json()) as { runs: object[] }
  expect(runs).toMatchObject([{ id, definition: name }])
  await cancel(id)
  expect(await untilEnded(id)).toMatchObject({ phase: 'Cancelled', nodes: [{ phase: 'Cancelled' }] })
})
