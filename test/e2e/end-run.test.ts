import { describe, expect, it } from 'vitest'
import { until } from '../until.ts'
import { apiUrl, cancel, getRun, logOf, post, startRun, untilEnded } from './api.ts'
import { hasRunningContainer, jobs, kube, nameOf, namesOf, namespaceOfFile, pods } from './cluster.ts'
import { flow } from './job-flow.ts'
import { nodeOf } from './run-status.ts'

const namespace = await namespaceOfFile('end-run')

describe('cancel', () => {
  it('deletes the Jobs and pods of a run before it ends, and shows unstarted nodes as Skipped', async () => {
    const id = await startRun(
      flow('halted', { first: { run: 'sleep 300' }, second: { run: 'true', after: ['first'] } }),
      namespace,
    )
    await until('its container runs', async () =>
      (await pods(namespace)).some(
        (pod) => nameOf(pod).startsWith('halted-first') && hasRunningContainer(pod),
      ),
    )
    const answer = await cancel(id)
    expect(answer.status).toBe(202)
    const run = await untilEnded(id)
    expect(run.phase).toBe('Cancelled')
    expect(nodeOf(run, 'first')).toMatchObject({ phase: 'Cancelled', attempts: [{ outcome: 'cancelled' }] })
    expect(nodeOf(run, 'second')).toMatchObject({
      phase: 'Skipped',
      message: 'never started: the run was cancelled',
    })
    const left = [...(await jobs(namespace)), ...(await pods(namespace))].filter((one) =>
      nameOf(one).startsWith('halted-'),
    )
    expect(namesOf(left)).toEqual([])
  })
})

describe('delete', () => {
  it('ends a running run and deletes its object and Jobs, and the same manifest then starts a new run', async () => {
    const text = flow('removed', { first: { run: 'sleep 2' } })
    const id = await startRun(text, namespace)
    await until('its Job is there', async () => namesOf(await jobs(namespace)).includes('removed-first'))
    const answer = await fetch(`${apiUrl()}/v1/runs/${id}`, { method: 'DELETE' })
    expect([202, 204]).toContain(answer.status)
    await until('its object is gone', async () => {
      const objects = await kube().list(`/apis/api.practice.com/v1alpha1/namespaces/${namespace}/jobflows`)
      return !namesOf(objects.items).includes('removed')
    })
    const again = await startRun(text, namespace)
    expect(again).not.toBe(id)
    expect((await untilEnded(again)).phase).toBe('Succeeded')
  })
})

describe('a changed manifest', () => {
  it('of a run is refused as immutable, and replaces the run with replace=true', async () => {
    const before = flow('edited', { only: { run: 'sleep 300' } })
    const after = flow('edited', { only: { run: 'echo new' } })
    const id = await startRun(before, namespace)
    const refused = await post(after, namespace)
    expect(refused.status).toBe(422)
    expect(refused.body.results[0]).toMatchObject({ result: 'refused', issues: [{ rule: 'immutable' }] })
    expect((await getRun(id)).phase).toBe('Running')
    const replaced = await post(after, namespace, '&replace=true')
    expect(replaced.status, JSON.stringify(replaced.body)).toBe(200)
    const run = await untilEnded(replaced.body.results[0].runId)
    expect(run.phase, run.message).toBe('Succeeded')
    expect(await logOf(run.id, 'only')).toBe('new\n')
  })
})
