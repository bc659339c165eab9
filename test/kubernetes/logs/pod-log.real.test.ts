import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { patience } from '../../../deploy/local/slowness.ts'
import { createKube, type Kube } from '../../../src/kubernetes/client/client.ts'
import { type PodLogOptions, podLog } from '../../../src/kubernetes/logs/pod-log.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { dropNamespace, makeNamespace } from '../../e2e/cluster.ts'
import { until } from '../../until.ts'
import { clusterConfig, configThrough, hasCluster, portOf } from '../client/cluster.ts'
import { startTcpProxy, type TcpProxy } from '../client/tcp-proxy.ts'

interface PodOptions {
  command: string
  init?: string
  sidecar?: string
}

const container = (name: string, command: string): JsonObject => ({
  name,
  image: 'busybox:1.28',
  command: ['sh', '-c', command],
})

describe.skipIf(!hasCluster)('the log of a container', () => {
  let kube: Kube
  let through: Kube
  let proxy: TcpProxy
  let namespace: string
  let count = 0
  let pods: string

  beforeAll(async () => {
    kube = createKube(clusterConfig())
    namespace = await makeNamespace('podlog', kube)
    pods = `/api/v1/namespaces/${namespace}/pods`
  })
  afterAll(async () => {
    await dropNamespace(namespace, kube)
    await kube.close()
  })
  beforeEach(async () => {
    proxy = await startTcpProxy(portOf(clusterConfig()))
    through = createKube(configThrough(proxy.port))
  })
  afterEach(async () => {
    await through.close()
    await proxy.close()
  })

  async function start({ command, init, sidecar }: PodOptions): Promise<string> {
    count += 1
    const name = `writer-${count}`
    await kube.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        ...(init === undefined ? {} : { initContainers: [container('first', init)] }),
        containers: [
          container('main', command),
          ...(sidecar === undefined ? [] : [container('other', sidecar)]),
        ],
      },
    })
    return name
  }

  const untilPhase = (pod: string, phase: string): Promise<void> =>
    until(`${pod} ${phase}`, async () => {
      const { status } = await kube.get(`${pods}/${pod}`)
      return (status as JsonObject).phase === phase
    })

  const open = (pod: string, more: Partial<PodLogOptions> = {}): AsyncIterable<string> =>
    podLog(through, {
      namespace,
      pod,
      container: 'main',
      follow: true,
      signal: new AbortController().signal,
      ...more,
    })

  async function read(pod: string, more: Partial<PodLogOptions> = {}, onText = (_: string) => {}) {
    let text = ''
    for await (const piece of open(pod, more)) {
      text += piece
      onText(text)
    }
    return text
  }

  const seq = (from: number, to: number, line: (index: number) => string): string =>
    Array.from({ length: to - from + 1 }, (_, index) => `${line(from + index)}\n`).join('')

  it('is followed to its end, with each character once, over a connection that breaks again and again', async () => {
    const pod = await start({
      command: [
        'for i in $(seq 1 300); do echo "fast $i ☃→ü"; done',
        'for i in $(seq 1 30); do echo "slow $i ☃→ü"; echo; sleep 0.1; done',
        'head -c 200000 /dev/zero | tr "\\0" x; echo; echo -n "no end ☃"',
      ].join('; '),
    })
    let next = 500
    const text = await read(pod, {}, ({ length }) => {
      if (length < next) return
      next += length > 8_000 ? 60_000 : 700
      proxy.cut()
    })
    expect(proxy.accepted()).toBeGreaterThan(5)
    const wanted = [
      seq(1, 300, (index) => `fast ${index} ☃→ü`),
      seq(1, 30, (index) => `slow ${index} ☃→ü\n`),
      `${'x'.repeat(200_000)}\nno end ☃`,
    ].join('')
    expect(text.length).toBe(wanted.length)
    expect(text === wanted).toBe(true)
  })

  it('that has ended is read whole, or only its last lines', async () => {
    const pod = await start({ command: 'seq 1 5000' })
    await untilPhase(pod, 'Succeeded')
    const wanted = seq(1, 5_000, String)
    expect(await read(pod, { follow: false })).toBe(wanted)
    expect(await read(pod)).toBe(wanted)
    expect(await read(pod, { follow: false, tail: 2 })).toBe('4999\n5000\n')
    expect(await read(pod, { tail: 2 })).toBe('4999\n5000\n')
    expect(await read(pod, { tail: 0 })).toBe('')
  })

  it('of a container that has not started is waited for if it is followed, and empty if not', async () => {
    const pod = await start({ init: 'sleep 2; echo ready', command: 'echo works' })
    expect(await read(pod, { follow: false })).toBe('')
    expect(await read(pod)).toBe('works\n')
    expect(await read(pod, { container: 'first' })).toBe('ready\n')
  })

  it('ends with its container, even if the pod still runs', async () => {
    const pod = await start({ command: 'echo done', sidecar: 'sleep 600' })
    expect(await read(pod)).toBe('done\n')
    const { status } = await kube.get(`${pods}/${pod}`)
    expect(status).toMatchObject({ phase: 'Running' })
  })

  it('of a container that never ran is empty and ends', async () => {
    const pod = await start({ init: 'exit 3', command: 'echo never' })
    expect(await read(pod)).toBe('')
  })

  it('ends at once when it is aborted, even while the container prints nothing', async () => {
    const pod = await start({ command: 'echo one; sleep 600' })
    const stop = new AbortController()
    const why = new Error('enough')
    let stoppedAt = 0
    const reading = read(pod, { signal: stop.signal }, () => {
      setTimeout(() => {
        stoppedAt = performance.now()
        stop.abort(why)
      }, 300)
    })
    await expect(reading).rejects.toBe(why)
    // Without the abort, nothing would arrive for minutes.
    expect(performance.now() - stoppedAt).toBeLessThan(patience(2_000))
    for await (const _ of open(pod)) break
  })

  it('of a pod that is deleted while it is followed ends with NotFound', async () => {
    const pod = await start({ command: 'echo one; sleep 600' })
    let isDeleting = false
    const reading = read(pod, {}, () => {
      if (!isDeleting) void kube.delete(`${pods}/${pod}`)
      isDeleting = true
    })
    await expect(reading).rejects.toMatchObject({ name: 'KubeError', reason: 'NotFound' })
  })

  it('continues where it was after the API server was unreachable', async () => {
    const pod = await start({ command: 'for i in $(seq 1 25); do echo $i; sleep 0.2; done' })
    let isAway = false
    const text = await read(pod, {}, () => {
      if (isAway) return
      isAway = true
      proxy.refuse(true)
      proxy.cut()
      setTimeout(() => proxy.refuse(false), 1_500)
    })
    expect(text).toBe(seq(1, 25, String))
  })
})
