import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKube, type Kube } from '../../../src/kubernetes/client/client.ts'
import { KubeUnreachable } from '../../../src/kubernetes/client/errors.ts'
import { dropNamespace, makeNamespace } from '../../e2e/cluster.ts'
import { until } from '../../until.ts'
import { clusterConfig, configMap, configThrough, hasCluster, portOf } from './cluster.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** The timeout of a call. */
const TIMEOUT_MS = 10_000

/** Gives a client whose connections go through a proxy, and closes both afterwards. */
async function throughProxy(use: (through: Kube, proxy: TcpProxy) => Promise<void>): Promise<void> {
  const proxy = await startTcpProxy(portOf(clusterConfig()))
  const through = createKube(configThrough(proxy.port))
  try {
    await use(through, proxy)
  } finally {
    await through.close()
    await proxy.close()
  }
}

describe.skipIf(!hasCluster)('calls to an API server', () => {
  let kube: Kube
  let namespace: string
  let path: string

  beforeAll(async () => {
    kube = createKube(clusterConfig())
    namespace = await makeNamespace('kube', kube)
    path = `/api/v1/namespaces/${namespace}/configmaps`
  })
  afterAll(async () => {
    await dropNamespace(namespace, kube)
    await kube.close()
  })

  it('objects pass unchanged, with fields that no client library knows', async () => {
    const data = { text: 'ünïcödé ☃ \u{1f600}', empty: '' }
    expect(await kube.create(path, configMap('through', {}, data))).toMatchObject({ data })
    await kube.patch(`${path}/through`, { data: { empty: null, more: 'x' } })
    expect((await kube.get(`${path}/through`)).data).toEqual({ text: data.text, more: 'x' })
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: { notInAnyVersion: 1 } }
    await expect(
      kube.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, job, { fieldValidation: 'Strict' }),
    ).rejects.toThrow('notInAnyVersion')
  })

  it('AlreadyExists, NotFound and Conflict are different errors', async () => {
    const made = await kube.create(path, configMap('taken'))
    await expect(kube.create(path, configMap('taken'))).rejects.toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
    })
    await expect(kube.get(`${path}/nobody`)).rejects.toMatchObject({ status: 404, reason: 'NotFound' })
    await kube.patch(`${path}/taken`, { data: { a: 'b' } })
    await expect(kube.replace(`${path}/taken`, made)).rejects.toMatchObject({
      status: 409,
      reason: 'Conflict',
    })
    const preconditions = { uid: '00000000-0000-0000-0000-000000000000' }
    await expect(kube.delete(`${path}/taken`, { preconditions })).rejects.toMatchObject({
      reason: 'Conflict',
    })
  })

  it('a call on a broken connection fails, and a later call succeeds', async () => {
    await throughProxy(async (through, proxy) => {
      await through.get('/version')
      proxy.cut()
      await until('a call after the cut', () =>
        through.get('/version').then(
          () => true,
          (error: unknown) => {
            expect(error).toBeInstanceOf(KubeUnreachable)
            return false
          },
        ),
      )
    })
  })

  it('a call to a stalled server fails within one timeout, and its connection is not used again', async () => {
    await throughProxy(async (through, proxy) => {
      await through.get('/version')
      proxy.stall(true)
      const startedAt = performance.now()
      await expect(through.get('/version')).rejects.toThrow(KubeUnreachable)
      expect(performance.now() - startedAt).toBeLessThan(2 * TIMEOUT_MS)
      proxy.stall(false)
      await through.get('/version')
    })
  })
})
