import { Client, Connection } from '@temporalio/client'
import { expect, inject, it } from 'vitest'
import { partsOf } from '../processes.ts'
import { until } from '../until.ts'
import { getRun, logOf, startRun, untilEnded } from './api.ts'
import { hasRunningContainer, jobs, nameOf, namespaceOfFile, pods } from './cluster.ts'
import { type Gate, makeGate } from './gate.ts'

const namespace = await namespaceOfFile('killed')

/** Four jobs that run until the gate opens, and a successor of each. */
const flowsBehind = ({ volume, mount, wait }: Gate): string =>
  Array.from(
    { length: 4 },
    (_, index) => `
    - name: early${index}
      jobTemplate:
        template:
          spec:
            volumes: [${JSON.stringify(volume)}]
            containers:
              - name: main
                image: 'busybox:1.28'
                command: [sh, -c, 'date +%s%N; ${wait}']
                volumeMounts: [${JSON.stringify(mount)}]
    - name: late${index}
      dependencies: [early${index}]
      jobTemplate:
        template: { spec: { containers: [{ name: main, image: 'busybox:1.28', command: [sh, -c, 'date +%s%N'] }] } }`,
  ).join('')

it('a killed worker loses no running job and runs none twice, even if they end before it restarts', async () => {
  const gate = makeGate()
  const flows = flowsBehind(gate)
  const id = await startRun(
    `apiVersion: api.practice.com/v1alpha1\nkind: JobFlow\nmetadata: { name: survivor }\nspec:\n  flows:${flows}\n`,
    namespace,
  )
  await until('four containers run', async () => {
    return (await pods(namespace)).filter(hasRunningContainer).length === 4
  })
  const { worker } = partsOf(inject('stack'))
  await worker.stop('SIGKILL')
  gate.open()
  // No watch sees the jobs end, so the restarted worker must find their ends in its list.
  await until('four Jobs are complete', async () => {
    const complete = (await jobs(namespace)).filter((job) =>
      JSON.stringify(job).includes('"type":"Complete"'),
    )
    return complete.length === 4
  })
  // The API still shows the run without a worker.
  expect(await getRun(id)).toMatchObject({ phase: 'Running' })
  await worker.start()
  const run = await untilEnded(id)
  expect(run.phase, run.message).toBe('Succeeded')
  expect(run.nodes.map(({ attempts }) => attempts.length)).toEqual(Array.from({ length: 8 }, () => 1))
  expect(await pods(namespace)).toHaveLength(8)
  expect(await jobs(namespace)).toHaveLength(8)
  for (const { id: node } of run.nodes) expect((await logOf(id, node)).trim().split('\n')).toHaveLength(1)
  expect(new Set((await jobs(namespace)).map(nameOf)).size).toBe(8)
})

it('the Jobs of a run that was terminated in Temporal are deleted', async () => {
  const id = await startRun(
    `apiVersion: api.practice.com/v1alpha1
kind: JobFlow
metadata: { name: orphaned }
spec:
  flows:
    - name: long
      jobTemplate:
        template:
          spec:
            terminationGracePeriodSeconds: 1
            containers: [{ name: main, image: 'busybox:1.28', command: [sleep, '300'] }]
`,
    namespace,
  )
  const isThere = async (): Promise<boolean> =>
    (await jobs(namespace)).some((job) => nameOf(job) === 'orphaned-long')
  await until('its Job is there', isThere)
  const { worker } = partsOf(inject('stack'))
  await worker.stop('SIGKILL')
  const connection = await Connection.connect({ address: inject('stack').temporalAddress })
  await new Client({ connection }).workflow.getHandle(id).terminate('by somebody in a hurry')
  await connection.close()
  await worker.start()
  await until('its Job is gone', async () => !(await isThere()))
  expect(await getRun(id)).toMatchObject({ phase: 'Failed', message: expect.stringContaining('terminated') })
})
