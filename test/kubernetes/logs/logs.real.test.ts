import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patience } from '../../../deploy/local/slowness.ts'
import { createKube, type Kube } from '../../../src/kubernetes/client/client.ts'
import { createLogs } from '../../../src/kubernetes/logs/logs.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import type { AppError } from '../../../src/operations/app-error.ts'
import type { LogRequest } from '../../../src/operations/ports/logs.ts'
import { dropNamespace, makeNamespace } from '../../e2e/cluster.ts'
import { until } from '../../until.ts'
import { clusterConfig, hasCluster } from '../client/cluster.ts'
import { collect } from '../client/collect.ts'

describe.skipIf(!hasCluster)('the log of a Job', () => {
  let kube: Kube
  let namespace: string
  let jobs: string

  beforeAll(async () => {
    kube = createKube(clusterConfig())
    namespace = await makeNamespace('logs', kube)
    jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`
  })
  afterAll(async () => {
    await dropNamespace(namespace, kube)
    await kube.close()
  })

  const make = (name: string, command: string, spec: JsonObject = {}): Promise<JsonObject> =>
    kube.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: {
        backoffLimit: 0,
        ...spec,
        template: {
          spec: {
            restartPolicy: 'Never',
            terminationGracePeriodSeconds: 0,
            containers: ['main', 'other'].map((container) => ({
              name: container,
              image: 'busybox:1.28',
              command: ['sh', '-c', container === 'main' ? command : 'echo other'],
            })),
          },
        },
      },
    })

  const read = async (job: string, more: Partial<LogRequest> = {}): Promise<string> => {
    const signal = AbortSignal.timeout(patience(120_000))
    return (
      await collect(
        createLogs(kube).read({
          namespace,
          object: { kind: 'Job', name: job },
          follow: true,
          signal,
          ...more,
        }),
      )
    ).join('')
  }
  const podsOf = async (job: string): Promise<JsonObject[]> =>
    (
      await kube.list(`/api/v1/namespaces/${namespace}/pods`, {
        selector: `batch.kubernetes.io/job-name=${job}`,
      })
    ).items
  const hasEnded = (job: string): Promise<void> =>
    until(`the end of ${job}`, async () => {
      const { status } = await kube.get(`${jobs}/${job}`)
      return (
        ((status as JsonObject).conditions as JsonObject[] | undefined)?.some(
          ({ type }) => type === 'Complete' || type === 'Failed',
        ) ?? false
      )
    })

  it('is that of its first container, or of the named one', async () => {
    await make('plain', 'echo hello')
    expect(await read('plain')).toBe('hello\n')
    expect(await read('plain', { container: 'other' })).toBe('other\n')
    await expect(read('plain', { container: 'mian' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('use one of main, other'),
    })
  })

  it('followed, waits for the Job, its pod and its container', async () => {
    const reading = read('late')
    await make('late', 'echo at last', { suspend: true })
    expect(await read('late', { follow: false })).toBe('')
    await kube.patch(`${jobs}/late`, { spec: { suspend: false } })
    expect(await reading).toBe('at last\n')
  })

  it('of a Job that never existed is not found, whether it is followed or not', async () => {
    const never = { code: 'not-found', message: expect.stringContaining('Job never does not exist') }
    await expect(read('never', { follow: false })).rejects.toMatchObject(never)
    await expect(read('never')).rejects.toMatchObject(never)
  })

  it('of a deleted Job is gone, and the message says so', async () => {
    await make('deleted', 'echo hello')
    await hasEnded('deleted')
    await kube.delete(`${jobs}/deleted`, { propagationPolicy: 'Background' })
    await until('its pod is gone', async () => (await podsOf('deleted')).length === 0)
    await expect(read('deleted')).rejects.toMatchObject({
      code: 'gone',
      message: expect.stringContaining('the Job was deleted'),
    })
  })

  it('of a Job whose deadline removed its pod is gone, and the message says so', async () => {
    await make('deadline', 'sleep 600', { activeDeadlineSeconds: 2 })
    await hasEnded('deadline')
    await until('its pod is gone', async () => (await podsOf('deadline')).length === 0)
    await expect(read('deadline', { follow: false })).rejects.toMatchObject({
      code: 'gone',
      message: expect.stringContaining('deadline'),
    })
  })

  it('of a deleted pod is gone, and the message has the last events of the pod', async () => {
    await make('removed', 'sleep 600')
    await until('it runs', async () =>
      (await podsOf('removed')).some(({ status }) => (status as JsonObject).phase === 'Running'),
    )
    await kube.deleteCollection(
      `/api/v1/namespaces/${namespace}/pods`,
      'batch.kubernetes.io/job-name=removed',
    )
    await until('its pod is gone', async () => (await podsOf('removed')).length === 0)
    await hasEnded('removed')
    // A kubelet often writes its events after the pod is gone.
    await until('the kubelet has written its event', async () => {
      const end = await read('removed').catch((error: AppError) => error)
      expect(end).toMatchObject({ code: 'gone' })
      return (end as AppError).message.includes('Killing')
    })
  })

  it('ends without an error when it is aborted', async () => {
    const stop = new AbortController()
    const reading = read('nobody', { signal: stop.signal })
    stop.abort()
    expect(await reading).toBe('')
  })
})
