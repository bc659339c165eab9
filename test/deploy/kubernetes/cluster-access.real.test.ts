import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { identityOf } from '../../../deploy/local/kubernetes/certificates.ts'
import { callEtcd } from '../../../deploy/local/kubernetes/etcd.ts'
import { callHttps } from '../../../deploy/local/kubernetes/https.ts'
import { NODE } from '../../../deploy/local/kubernetes/kubelet.ts'
import { localUrl } from '../../../deploy/local/layout.ts'
import { objectAt } from '../../../src/lib/json.ts'
import { dropNamespace, kube, makeNamespace } from '../../e2e/cluster.ts'
import { until } from '../../until.ts'

const { layout } = inject('stack')
const { ports, gateway, apiServerVip } = layout

describe('a client without a certificate of the stack', () => {
  it('is not served by etcd', async () => {
    await expect(callHttps(`${localUrl(ports.etcd, 'https')}/v3/kv/range`, { body: '{}' })).rejects.toThrow()
    await expect(callHttps(`${localUrl(ports.etcdPeer, 'https')}/version`)).rejects.toThrow()
    await expect(fetch(`${localUrl(ports.etcd)}/health`)).rejects.toThrow()
    expect((await callEtcd(layout, '/v3/maintenance/status', { body: '{}' })).status).toBe(200)
  })

  it('is not served by the kubelet', async () => {
    const pods = `${localUrl(ports.kubelet, 'https')}/pods`
    expect(await callHttps(pods)).toMatchObject({ status: 401 })
    expect(await callHttps(pods, { token: 'guessed' })).toMatchObject({ status: 401 })
    expect(await callHttps(pods, { identity: identityOf(layout) })).toMatchObject({ status: 200 })
  })
})

it("the node has the bridge's address, which exists without any network", async () => {
  const node = await kube().get(`/api/v1/nodes/${NODE}`)
  expect(objectAt(node, 'status').addresses).toContainEqual({ type: 'InternalIP', address: gateway })
})

describe('a pod', () => {
  let namespace = ''
  beforeAll(async () => {
    namespace = await makeNamespace('doors')
  })
  afterAll(() => dropNamespace(namespace))

  it('reaches the job API and the API server, whatever firewall the machine has', async () => {
    const script = `
      printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 10 ${gateway} ${ports.jobs} | head -n 1 > /dev/termination-log
      nc -w 10 ${apiServerVip} 443 < /dev/null && echo 'and the API server' >> /dev/termination-log`
    const containers = [{ name: 'ask', image: 'busybox:1.28', command: ['sh', '-c', script] }]
    await kube().create(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'ask' },
      spec: { restartPolicy: 'Never', containers },
    })
    let status: unknown
    await until(
      () => `the pod ended; it is ${JSON.stringify(status)}`,
      async () => {
        status = objectAt(await kube().get(`/api/v1/namespaces/${namespace}/pods/ask`), 'status')
        return JSON.stringify(status).includes('"terminated"')
      },
    )
    expect(JSON.stringify(status)).toMatch(/HTTP\/1\.1 \d{3}.*and the API server/)
  })
})
