import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { backOffMs } from '../../../src/kubernetes/client/back-off.ts'
import { type Watch, watch } from '../../../src/kubernetes/client/watch.ts'
import { until } from '../../until.ts'
import { configMaps, createFakeServer, type FakeServer, reply, status } from './fake-server.ts'

let server: FakeServer | undefined
let watching: Watch | undefined
afterEach(async () => {
  await watching?.stop()
  await server?.close()
})

interface Script {
  list?: (response: ServerResponse, nth: number) => void
  watch: (response: ServerResponse, nth: number, from: string | null) => void
}

const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`
const named = (name: string, resourceVersion: string): object => ({ metadata: { name, resourceVersion } })

/** Starts a watch on a server that follows the script. The returned list has every call of the consumer, in order. */
async function start(script: Script, onEvent: (name: string) => void = () => {}): Promise<string[]> {
  const calls: string[] = []
  let lists = 0
  let watches = 0
  server = await createFakeServer((_, response, url) => {
    if (url.searchParams.get('watch') === 'true')
      return script.watch(response, ++watches, url.searchParams.get('resourceVersion'))
    lists += 1
    if (script.list) return script.list(response, lists)
    reply(response, 200, configMaps(['a'], String(lists * 10)))
  })
  const nameOf = (object: { metadata?: unknown }): string => (object.metadata as { name: string }).name
  watching = watch(server.kube, {
    path: '/api/v1/configmaps',
    selector: 'a=b',
    read: nameOf,
    onSync: (all) => calls.push(`sync ${all.join()}`),
    onEvent: (type, name) => {
      calls.push(`${type} ${name}`)
      onEvent(name)
    },
    onError: (error) => calls.push(`error ${(error as Error).message}`),
  })
  return calls
}

const untilCalls = (calls: string[], count: number): Promise<void> =>
  until(
    () => `${count} calls; so far ${calls.join('; ')}`,
    () => calls.length >= count,
  )

describe('a resource version that is too old', () => {
  it('as a response: the watch lists again', async () => {
    const calls = await start({
      watch: (response, nth) => {
        if (nth === 1) return reply(response, 410, status(410, 'Expired', 'too old resource version'))
        response.writeHead(200).write(event('ADDED', named('b', '21')))
      },
    })
    await untilCalls(calls, 4)
    expect(calls).toEqual(['sync a', 'error too old resource version', 'sync a', 'ADDED b'])
  })

  it('as an event: the watch lists again', async () => {
    const calls = await start({
      watch: (response, nth) => {
        response.writeHead(200)
        if (nth === 1) response.end(event('ERROR', status(410, 'Expired', 'too old resource version')))
        else response.write(event('ADDED', named('b', '21')))
      },
    })
    await untilCalls(calls, 4)
    expect(calls).toEqual(['sync a', 'error too old resource version', 'sync a', 'ADDED b'])
  })
})

describe('a watch whose connection ends', () => {
  it('resumes from the last resource version, bookmarks included, without another list', async () => {
    const from: (string | null)[] = []
    const calls = await start({
      watch: (response, nth, version) => {
        from.push(version)
        response.writeHead(200)
        if (nth === 1) response.write(event('ADDED', named('b', '11')))
        if (nth === 2) response.write(event('BOOKMARK', { metadata: { resourceVersion: '12' } }))
        if (nth === 3) return response.write(event('DELETED', named('b', '13')))
        setTimeout(() => response.destroy(), 50)
      },
    })
    await until('a third watch', () => calls.includes('DELETED b'))
    expect(from).toEqual(['10', '11', '12'])
    expect(calls.filter((one) => one.startsWith('sync'))).toEqual(['sync a'])
  })

  it('immediately and without an error is retried with pauses', async () => {
    const startedAt = performance.now()
    await start({ watch: (response) => response.writeHead(200).end() })
    await until('a list and five watches', () => (server?.asked.length ?? 0) >= 6)
    // The shortest pauses that jitter allows: 50, 100, 200 and 400 ms.
    expect(performance.now() - startedAt).toBeGreaterThan(700)
  })

  it('and cannot be resumed several times lists again', async () => {
    const calls = await start({
      watch: (response, nth) => {
        if (nth <= 3) return reply(response, 503, 'not now')
        response.writeHead(200).write(event('ADDED', named('b', '21')))
      },
    })
    await until('an event', () => calls.includes('ADDED b'))
    expect(calls.filter((one) => one.startsWith('sync'))).toHaveLength(2)
  })

  it('within an object resumes before that object', async () => {
    const half = event('ADDED', named('b', '11'))
    const calls = await start({
      watch: (response, nth) => {
        response.writeHead(200)
        if (nth === 1) response.end(half.slice(0, 20))
        else response.write(half)
      },
    })
    await until('an event', () => calls.includes('ADDED b'))
  })
})

describe('a watch that is controlled by its owner', () => {
  it('relist: reports everything again, even if the list fails at first', async () => {
    const calls = await start({
      list: (response, nth) =>
        nth === 2 ? reply(response, 500, 'later') : reply(response, 200, configMaps(['a'], String(nth * 10))),
      watch: (response) => void response.writeHead(200).flushHeaders(),
    })
    await untilCalls(calls, 1)
    watching?.relist()
    await untilCalls(calls, 3)
    expect(calls).toEqual(['sync a', 'error HTTP 500: later', 'sync a'])
  })

  it('relist during a list: another list follows', async () => {
    const waiting: ServerResponse[] = []
    const calls = await start({
      list: (response, nth) => {
        if (nth === 1) waiting.push(response)
        else reply(response, 200, configMaps(['a', 'b'], '20'))
      },
      watch: (response) => void response.writeHead(200).flushHeaders(),
    })
    await until('a list under way', () => waiting.length === 1)
    watching?.relist()
    for (const response of waiting) reply(response, 200, configMaps(['a'], '10'))
    await untilCalls(calls, 2)
    expect(calls).toEqual(['sync a', 'sync a,b'])
  })

  it('stop during a pause: ends at once, and sends no further request', async () => {
    const calls = await start({ watch: () => {}, list: (response) => reply(response, 500, 'down') })
    await until('long pauses', () => calls.length >= 5)
    // The shortest pause that jitter allows; part of it may have passed.
    const pauseMs = backOffMs(calls.length, 0) / 2
    const stoppedAt = performance.now()
    await watching?.stop()
    expect(performance.now() - stoppedAt).toBeLessThan(pauseMs)
    const asked = server?.asked.length
    watching?.relist()
    await new Promise((resolve) => setImmediate(resolve))
    expect(server?.asked.length).toBe(asked)
  })

  it('stop between two events of a chunk: the second event is not reported', async () => {
    const calls = await start(
      {
        watch: (response) => {
          response.writeHead(200).write(event('ADDED', named('b', '11')) + event('ADDED', named('c', '12')))
        },
      },
      () => void watching?.stop(),
    )
    await until('an event', () => calls.includes('ADDED b'))
    await watching?.stop()
    expect(calls).toEqual(['sync a', 'ADDED b'])
  })
})

it('an error of the consumer is reported, and the watch continues with the next event', async () => {
  const calls = await start(
    {
      watch: (response, nth, from) => {
        response.writeHead(200)
        if (nth === 1) {
          response.write(event('ADDED', named('b', '11')) + event('ADDED', named('c', '12')))
          setTimeout(() => response.destroy(), 50)
        } else response.write(event('ADDED', named(`from-${from}`, '13')))
      },
    },
    (name) => {
      if (name === 'b') throw new Error('cannot take b')
    },
  )
  await until('the event after the cut', () => calls.includes('ADDED from-12'))
  expect(calls.slice(0, 4)).toEqual(['sync a', 'ADDED b', 'error cannot take b', 'ADDED c'])
  expect(calls.filter((one) => one === 'ADDED b')).toHaveLength(1)
})
