import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backOffMs } from '../../../src/kubernetes/client/back-off.ts'
import { createKube, type Kube } from '../../../src/kubernetes/client/client.ts'
import { KubeError } from '../../../src/kubernetes/client/errors.ts'
import { type Watch, watch } from '../../../src/kubernetes/client/watch.ts'
import { podLog } from '../../../src/kubernetes/logs/pod-log.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { kube, nameOf, namespaceOfFile } from '../../e2e/cluster.ts'
import { until } from '../../until.ts'
import { clusterConfig, configMap, configThrough, portOf } from './cluster.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const namespace = await namespaceOfFile('watch')
let proxy: TcpProxy
/** A client whose connections go through the proxy. */
let through: Kube
const watches: Watch[] = []

beforeEach(async () => {
  proxy = await startTcpProxy(portOf(clusterConfig()))
  through = createKube(configThrough(proxy.port))
})
afterEach(async () => {
  await Promise.all(watches.splice(0).map((one) => one.stop()))
  await through.close()
  await proxy.close()
})

const path = (): string => `/api/v1/namespaces/${namespace}/configmaps`
const make = (name: string, run: string): Promise<JsonObject> =>
  kube().create(path(), configMap(name, { run }))
const drop = (name: string): Promise<void> => kube().delete(`${path()}/${name}`)

interface Consumer {
  names: Set<string>
  lists: number[]
  errors: unknown[]
  watch: Watch
}

/** Starts a watch whose consumer keeps the names of the objects that lists and events report. */
function startWatch(
  run: string,
  client: Kube = through,
  onEvent: (name: string) => void = () => undefined,
): Consumer {
  const names = new Set<string>()
  const lists: number[] = []
  const errors: unknown[] = []
  const started = watch(client, {
    path: path(),
    selector: `run=${run}`,
    read: nameOf,
    onSync(all) {
      lists.push(all.length)
      names.clear()
      for (const name of all) names.add(name)
    },
    onEvent(type, name) {
      onEvent(name)
      if (type === 'DELETED') names.delete(name)
      else names.add(name)
    },
    onError: (error) => errors.push(error),
  })
  watches.push(started)
  return { names, lists, errors, watch: started }
}

async function syncedWatch(run: string): Promise<Consumer> {
  const consumer = startWatch(run)
  await consumer.watch.synced
  return consumer
}

const untilNames = ({ names }: Consumer, ...wanted: string[]): Promise<void> =>
  until(
    () => `${wanted}; the consumer has ${[...names]}`,
    () => [...names].sort().join() === wanted.sort().join(),
  )

describe('a watch', () => {
  it('reports what was created or deleted while its connection was broken, without another list', async () => {
    await make('cut-before', 'cut')
    const consumer = await syncedWatch('cut')
    proxy.refuse(true)
    proxy.cut()
    await make('cut-during', 'cut')
    await drop('cut-before')
    proxy.refuse(false)
    await untilNames(consumer, 'cut-during')
    expect(consumer.lists).toEqual([1])
  })

  it('lists again after a long outage, and drops what was deleted meanwhile', async () => {
    await make('absent-a', 'absent')
    const consumer = await syncedWatch('absent')
    proxy.refuse(true)
    proxy.cut()
    await until('failures in a row', () => consumer.errors.length >= 5)
    await drop('absent-a')
    await make('absent-c', 'absent')
    proxy.refuse(false)
    await untilNames(consumer, 'absent-c')
    expect(consumer.lists.length).toBeGreaterThan(1)
  })

  it('loses nothing on a connection that breaks every few kilobytes', async () => {
    const consumer = await syncedWatch('often')
    proxy.cutAfter(9_000)
    proxy.cut()
    const all = Array.from({ length: 60 }, (_, index) => `n-${index}`)
    for (const name of all) await make(name, 'often')
    await untilNames(consumer, ...all)
    for (const name of all.slice(1)) await drop(name)
    await untilNames(consumer, 'n-0')
    expect(proxy.accepted()).toBeGreaterThan(3)
  })

  const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (7)' }
  async function* asEvent(): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`)
  }

  // A new API server has not dropped any version yet, so its 410 is faked once. The rest is real.
  it.each<[string, Kube['stream']]>([
    ['as a response', () => Promise.reject(new KubeError(410, expired, ''))],
    ['as an event', () => Promise.resolve(asEvent())],
  ])('lists again if its resource version is too old (410), reported %s', async (how, answer) => {
    const run = `old-${how.slice(-5).trim()}`
    await make(`${run}-1`, run)
    let isReported = false
    const expiring: Kube = {
      ...through,
      stream(...call) {
        if (isReported) return through.stream(...call)
        isReported = true
        return answer(...call)
      },
    }
    const { names, lists, errors, watch: watching } = startWatch(run, expiring)
    await watching.synced
    await until('a second list', () => lists.length === 2)
    expect(errors).toMatchObject([{ status: 410, reason: 'Expired' }])
    await make(`${run}-2`, run)
    await until('the watch continues', () => names.has(`${run}-2`))
  })

  it('continues if its consumer throws, and a relist delivers what the consumer refused', async () => {
    const consumer = startWatch('throw', through, (name) => {
      if (name === 'bad') throw new Error('consumer broke')
    })
    await consumer.watch.synced
    await make('bad', 'throw')
    await make('good', 'throw')
    await untilNames(consumer, 'good')
    expect(consumer.errors).toMatchObject([{ message: 'consumer broke' }])
    consumer.watch.relist()
    await untilNames(consumer, 'bad', 'good')
    expect(consumer.lists).toEqual([0, 2])
  })

  it('lists again on request', async () => {
    const { lists, watch: watching } = await syncedWatch('again')
    watching.relist()
    await until('a second list', () => lists.length === 2)
  })

  it('stops at once while it waits before a retry', async () => {
    proxy.refuse(true)
    const { errors, watch: watching } = startWatch('stop')
    await until('its pauses are long', () => errors.length >= 7)
    // The shortest pause that jitter allows; part of it may have passed.
    const pauseMs = backOffMs(errors.length, 0) / 2
    const startedAt = performance.now()
    await watching.stop()
    expect(performance.now() - startedAt).toBeLessThan(pauseMs)
    const before = errors.length
    proxy.refuse(false)
    await make('stop-1', 'stop')
    expect(errors.length).toBe(before)
  })

  it('stops at once while it watches, and while it lists', async () => {
    const consumer = await syncedWatch('stalled')
    const startedAt = performance.now()
    await consumer.watch.stop()
    proxy.stall(true)
    await startWatch('stalled').watch.stop()
    // Without stop, an unanswered list would end after ten seconds and a watch after minutes.
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})

it('a list of many pages is complete', async () => {
  const names = Array.from({ length: 1_200 }, (_, index) => `page-${index}`)
  for (let at = 0; at < names.length; at += 100) {
    await Promise.all(names.slice(at, at + 100).map((name) => make(name, 'page')))
  }
  const { items } = await through.list(path(), { selector: 'run=page' })
  expect(new Set(items.map(nameOf)).size).toBe(1_200)
})

it('a followed log survives a broken connection: each line arrives once and in order', async () => {
  const command = 'i=0; while [ $i -lt 40 ]; do echo "line $i →"; i=$((i+1)); sleep 0.1; done'
  await kube().create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'writer' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'busybox:1.28', command: ['sh', '-c', command] }],
    },
  })
  const { signal } = new AbortController()
  const got: string[] = []
  for await (const line of podLog(through, {
    namespace,
    pod: 'writer',
    container: 'main',
    follow: true,
    signal,
  })) {
    got.push(line)
    if (got.length === 10 || got.length === 20) proxy.cut()
  }
  expect(got).toEqual(Array.from({ length: 40 }, (_, index) => `line ${index} →\n`))
})
