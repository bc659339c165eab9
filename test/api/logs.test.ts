import { describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { wholeLines } from '../../api/streaming/stream-log.ts'
import { AppError } from '../../src/operations/app-error.ts'
import type { LogRequest } from '../../src/operations/ports/logs.ts'
import { flow } from '../operations/manifests.ts'
import { depsWith, type MemoryDeps } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'

const id = 'jobflow.api.practice.com/default/demo/00000001'

async function logging(read: (request: LogRequest) => AsyncGenerator<string>): Promise<MemoryDeps> {
  const deps = await depsWith(flow('demo'))
  const node = (name: string) => ({
    id: name,
    type: 'job',
    phase: 'Running' as const,
    needs: [],
    attempts: [
      {
        number: 1,
        phase: 'Running' as const,
        object: { kind: 'Job' as const, namespace: 'default', name: `demo-${name}` },
      },
    ],
  })
  deps.statuses.set(id, { nodes: [node('a'), node('b')] })
  return { ...deps, logs: { read } }
}

async function* lines(): AsyncGenerator<string> {
  yield 'one\ntw'
  yield 'o\nthree'
}

const get = (
  deps: MemoryDeps,
  query = '?node=a',
  headers: Record<string, string> = {},
  closing?: AbortSignal,
) => createApp(closing ? { ...deps, closing } : deps).request(`/v1/runs/${id}/logs${query}`, { headers })

describe('GET /v1/runs/{id}/logs', () => {
  it('200: text', async () => {
    const requests: LogRequest[] = []
    const deps = await logging((request) => {
      requests.push(request)
      return lines()
    })
    const answer = await get(deps, '?node=b&step=main&tail=5&follow=true')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await answer.text()).toBe('one\ntwo\nthree')
    expect(requests).toMatchObject([
      {
        namespace: 'default',
        object: { kind: 'Job', name: 'demo-b' },
        container: 'main',
        tail: 5,
        follow: true,
      },
    ])
  })

  it('200: server-sent events of whole lines, and they follow', async () => {
    const requests: LogRequest[] = []
    const deps = await logging((request) => {
      requests.push(request)
      return lines()
    })
    const answer = await get(deps, '?node=a', { accept: 'text/event-stream' })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(await answer.text()).toBe(
      [
        'event: log\ndata: one',
        'event: log\ndata: two',
        'event: log\ndata: three',
        'event: end\ndata: ',
        '',
      ].join('\n\n'),
    )
    expect(requests).toMatchObject([{ follow: true }])
  })

  it('200: a log that ends with an error ends with its message', async () => {
    const broken = async function* (): AsyncGenerator<string> {
      yield 'one\n'
      await new Promise((resolve) => setTimeout(resolve, 5))
      throw new AppError('gone', 'The pod was removed.')
    }
    expect(await (await get(await logging(broken))).text()).toBe('one\n\n[The pod was removed.]\n')
    const events = await get(await logging(broken), '?node=a', { accept: 'text/event-stream' })
    expect(await events.text()).toContain('event: error\ndata: The pod was removed.')
  })

  const silent = (read: { signal?: AbortSignal }) =>
    async function* ({ signal }: LogRequest): AsyncGenerator<string> {
      read.signal = signal
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    }

  it('200: headers do not wait for output, and a client that disconnects ends the reading', async () => {
    const read: { signal?: AbortSignal } = {}
    const answer = await get(await logging(silent(read)), '?node=a&follow=true')
    expect(answer.status).toBe(200)
    expect(read.signal?.aborted).toBe(false)
    await answer.body?.cancel()
    await expect.poll(() => read.signal?.aborted).toBe(true)
  })

  it('200: a process that shuts down ends its streams', async () => {
    const read: { signal?: AbortSignal } = {}
    const closing = new AbortController()
    const answer = await get(await logging(silent(read)), '?node=a&follow=true', {}, closing.signal)
    closing.abort()
    expect(await answer.text()).toBe('')
  })

  it('404: an unknown node', async () => {
    await problemOf(get(await logging(lines), '?node=x'), 404)
  })

  it('410: the pod no longer exists', async () => {
    // biome-ignore lint/correctness/useYield: it fails before its first chunk
    const gone = async function* (): AsyncGenerator<string> {
      throw new AppError('gone', 'The pod is no more.')
    }
    await problemOf(get(await logging(gone)), 410)
  })

  it('422: several nodes and no node parameter', async () => {
    const { issues } = await problemOf(get(await logging(lines), ''), 422)
    expect(issues).toMatchObject([{ document: 0, path: 'node', rule: 'required' }])
  })

  it.each(['?attempt=0', '?attempt=x', '?tail=-1', '?nodes=a'])('422: %s', async (query) => {
    await problemOf(get(await logging(lines), query), 422)
  })

  it('503: Temporal is unavailable', async () => {
    const deps = await logging(lines)
    deps.fail('getRun', 'unavailable')
    await problemOf(get(deps), 503)
  })
})

it('an event contains whole lines, even if chunks end within a line', async () => {
  const chunks = async function* (): AsyncGenerator<string> {
    yield* ['a', 'b\nc', '\n\nd\ne\n', 'f']
  }
  const events: string[] = []
  for await (const event of wholeLines(chunks())) events.push(event)
  expect(events).toEqual(['ab', 'c\n\nd\ne', 'f'])
})
