import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { createKube, type Kube } from '../../src/kube/client.ts'
import { type Watch, watch } from '../../src/kube/watch.ts'
import { dropNamespace, makeNamespace, nameOf, until } from '../e2e/world.ts'
import { clusterConfig, configMap, configThrough, hasCluster, portOf } from './cluster.ts'
import { startWire, type Wire } from './wire.ts'

/** What a consumer believes that there is, kept up to date by the watch alone. */
interface Belief {
  names: Set<string>
  syncs: number
  events: string[]
  errors: unknown[]
}

describe.skipIf(!hasCluster)('a watch over a bad line', () => {
  let kube: Kube
  let through: Kube
  let wire: Wire
  let namespace: string
  let path: string
  let watching: Watch | undefined
  let belief: Belief
  let refused: string | undefined

  beforeAll(async () => {
    kube = createKube(clusterConfig())
    namespace = await makeNamespace('watch', kube)
    path = `/api/v1/namespaces/${namespace}/configmaps`
  })
  afterAll(async () => {
    await dropNamespace(namespace, kube)
    await kube.close()
  })
  beforeEach(async () => {
    wire = await startWire(portOf(clusterConfig()))
    through = createKube(configThrough(wire.port))
    belief = { names: new Set(), syncs: 0, events: [], errors: [] }
    refused = undefined
  })
  afterEach(async () => {
    await watching?.stop()
    await through.close()
    await wire.close()
    await kube.deleteCollection(path, 'of=test')
  })

  async function start(): Promise<void> {
    watching = watch(through, {
      path,
      selector: 'of=test',
      onSync: (all) => {
        belief.syncs += 1
        belief.names = new Set(all.map(nameOf))
      },
      onEvent: (type, object) => {
        const name = nameOf(object)
        belief.events.push(`${type} ${name}`)
        if (name === refused) throw new Error(`cannot take ${name}`)
        if (type === 'DELETED') belief.names.delete(name)
        else belief.names.add(name)
      },
      onError: (error) => belief.errors.push(error),
    })
    await watching.synced
  }

  const make = (name: string): Promise<JsonObject> => kube.create(path, configMap(name, { of: 'test' }))
  const drop = (name: string): Promise<void> => kube.delete(`${path}/${name}`)
  const believed = (...names: string[]): Promise<void> =>
    until(
      () => `${names}, believed are ${[...belief.names]}`,
      () => [...belief.names].sort().join() === names.sort().join(),
    )

  it('after a long absence everything is listed: what is missing was deleted', async () => {
    await make('a')
    await start()
    wire.refuse(true)
    wire.cut()
    await until('failures in a row', () => belief.errors.length >= 5)
    await drop('a')
    await make('c')
    wire.refuse(false)
    await believed('c')
    expect(belief.syncs).toBeGreaterThan(1)
  })

  it('loses nothing on a line that is cut every few kilobytes', async () => {
    await start()
    wire.cutAfter(9_000)
    wire.cut()
    const names = Array.from({ length: 60 }, (_, index) => `n-${index}`)
    for (const name of names) await make(name)
    await believed(...names)
    for (const name of names.slice(1)) await drop(name)
    await believed('n-0')
    expect(wire.accepted()).toBeGreaterThan(3)
  })

  it('goes on when its consumer throws, and a relist brings what the consumer refused', async () => {
    await start()
    refused = 'bad'
    await make('bad')
    await make('good')
    await believed('good')
    expect(belief.errors).toMatchObject([{ message: 'cannot take bad' }])
    watching?.relist()
    await believed('bad', 'good')
    expect(belief.syncs).toBe(2)
  })

  it('stops at once while it watches, and while it lists', async () => {
    await start()
    const startedAt = Date.now()
    await watching?.stop()
    wire.stall(true)
    const other = watch(through, { path, selector: '', onSync() {}, onEvent() {}, onError() {} })
    await other.stop()
    expect(Date.now() - startedAt).toBeLessThan(500)
  })
})
