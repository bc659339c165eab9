import type { KubeConfig } from '@kubernetes/client-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { createKube, type Kube } from '../../src/kube/client.ts'
import { loadKubeConfig } from '../../src/kube/config.ts'
import { KubeError } from '../../src/kube/errors.ts'
import { podLog } from '../../src/kube/pod-log.ts'
import { type Watch, watch } from '../../src/kube/watch.ts'
import { dropNamespace, kube, makeNamespace, nameOf, until } from '../e2e/world.ts'
import { startWire, type Wire } from './wire.ts'

let namespace = ''
let wire: Wire
let through: Kube
const watches: Watch[] = []

/** The test cluster, by way of the wire that can be cut. */
function config(port: number): KubeConfig {
  const { kubeconfig, context } = inject('stack')
  const loaded = loadKubeConfig({ kubeconfig, context })
  const cluster = loaded.getCurrentCluster()
  loaded.clusters = loaded.clusters.map((one) =>
    one.name === cluster?.name ? { ...one, server: `https://127.0.0.1:${port}` } : one,
  )
  return loaded
}

beforeAll(async () => {
  namespace = await makeNamespace('watch')
  const { kubeconfig, context } = inject('stack')
  const { server } = loadKubeConfig({ kubeconfig, context }).getCurrentCluster() ?? { server: '' }
  wire = await startWire(Number(new URL(server).port))
  through = createKube(config(wire.port))
})
afterAll(async () => {
  await through?.close()
  await wire?.close()
  await dropNamespace(namespace)
})
beforeEach(() => wire.refuse(false))
afterEach(async () => {
  await Promise.all(watches.splice(0).map((one) => one.stop()))
})

const path = (): string => `/api/v1/namespaces/${namespace}/configmaps`
const make = (name: string, run: string): Promise<JsonObject> =>
  kube().create(path(), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { run } } })

/** A watch that keeps what it was told, by name: what a consumer that trusts lists and events ends up with. */
function seen(run: string, client: Kube = through, onEvent: (name: string) => void = () => undefined) {
  const names = new Set<string>()
  const lists: number[] = []
  const errors: unknown[] = []
  const started = watch(client, {
    path: path(),
    selector: `run=${run}`,
    onSync(objects) {
      lists.push(objects.length)
      names.clear()
      for (const object of objects) names.add(nameOf(object))
    },
    onEvent(type, object) {
      if (type === 'DELETED') names.delete(nameOf(object))
      else names.add(nameOf(object))
      onEvent(nameOf(object))
    },
    onError: (error) => errors.push(error),
  })
  watches.push(started)
  return { names, lists, errors, watch: started }
}

describe('a watch', () => {
  it('misses nothing that was made or deleted while its connection was cut, and needs no list for it', async () => {
    await make('cut-before', 'cut')
    const { names, lists, watch: watching } = seen('cut')
    await watching.synced
    wire.refuse(true)
    wire.cut()
    await make('cut-during', 'cut')
    await kube().delete(`${path()}/cut-before`)
    wire.refuse(false)
    await until('both changes are seen', () => names.has('cut-during') && !names.has('cut-before'))
    expect(lists).toEqual([1])
  })

  const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (7)' }
  const asEvent = (async function* () {
    yield new TextEncoder().encode(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`)
  })()

  // A young API server has forgotten nothing yet, so its answer is put in its mouth once; the rest is real.
  it.each([
    ['as an answer', () => Promise.reject(new KubeError(410, expired, ''))],
    ['as an event', () => Promise.resolve(asEvent as never)],
  ] as const)('lists again when its version is too old (410), told %s', async (how, answer) => {
    const run = `old-${how.slice(-5).trim()}`
    await make(`${run}-1`, run)
    let told = false
    const forgetful: Kube = {
      ...through,
      stream(...call) {
        if (told) return through.stream(...call)
        told = true
        return answer()
      },
    }
    const { names, lists, errors, watch: watching } = seen(run, forgetful)
    await watching.synced
    await until('a second list', () => lists.length === 2)
    expect(errors).toMatchObject([{ status: 410, reason: 'Expired' }])
    await make(`${run}-2`, run)
    await until('the watch goes on', () => names.has(`${run}-2`))
  })

  it('survives a consumer that throws', async () => {
    const {
      names,
      errors,
      watch: watching,
    } = seen('throw', through, (name) => {
      if (name === 'throw-1') throw new Error('consumer broke')
    })
    await watching.synced
    await make('throw-1', 'throw')
    await make('throw-2', 'throw')
    await until('the second is seen', () => names.has('throw-2'))
    expect(errors).toMatchObject([{ message: 'consumer broke' }])
  })

  it('lists again when it is asked to', async () => {
    const { lists, watch: watching } = seen('again')
    await watching.synced
    watching.relist()
    await until('a second list', () => lists.length === 2)
  })

  it('stops at once, also while it waits to try again', async () => {
    wire.refuse(true)
    wire.cut()
    const { errors, watch: watching } = seen('stop')
    await until('it has failed a few times', () => errors.length >= 4)
    const startedAt = performance.now()
    await watching.stop()
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    const before = errors.length
    wire.refuse(false)
    await make('stop-1', 'stop')
    expect(errors.length).toBe(before)
  })
})

it('a list of many pages is whole', async () => {
  const names = Array.from({ length: 1_200 }, (_, index) => `page-${index}`)
  for (let at = 0; at < names.length; at += 100) {
    await Promise.all(names.slice(at, at + 100).map((name) => make(name, 'page')))
  }
  const { items } = await through.list(path(), { selector: 'run=page' })
  expect(new Set(items.map(nameOf)).size).toBe(1_200)
})

it('a log that is followed survives a cut: every line comes once and in order', async () => {
  const command = 'i=0; while [ $i -lt 40 ]; do echo "line $i →"; i=$((i+1)); sleep 0.1; done'
  await kube().create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'talker' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'busybox:1.28', command: ['sh', '-c', command] }],
    },
  })
  const { signal } = new AbortController()
  const got: string[] = []
  for await (const line of podLog(through, {
    namespace,
    pod: 'talker',
    container: 'main',
    follow: true,
    signal,
  })) {
    got.push(line)
    if (got.length === 10 || got.length === 20) wire.cut()
  }
  expect(got).toEqual(Array.from({ length: 40 }, (_, index) => `line ${index} →\n`))
})
