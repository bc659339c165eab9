import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { serve } from '../../api/server.ts'
import { flow } from '../operations/manifests.ts'
import { createMemoryDeps, depsWith, onlyRun } from '../operations/memory-deps.ts'

const host = '127.0.0.1'

async function running(app: Parameters<typeof serve>[0] = createApp(createMemoryDeps())) {
  const stop = new AbortController()
  const { promise: url, resolve: onListening } = Promise.withResolvers<string>()
  const closed = serve(app, { host, port: 0, signal: stop.signal, onListening })
  return { url: await url, stop, closed }
}

async function depsWithSilentLog() {
  const deps = await depsWith(flow('demo'))
  const object = { kind: 'Job' as const, namespace: 'default', name: 'demo-a' }
  const attempts = [{ number: 1, phase: 'Running' as const, object }]
  deps.statuses.set(onlyRun(deps), {
    nodes: [{ id: 'a', type: 'job', phase: 'Running', needs: [], attempts }],
  })
  const signals: AbortSignal[] = []
  deps.logs.read = async function* ({ signal }) {
    signals.push(signal)
    yield ''
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  return { deps, signals }
}

describe('serve', () => {
  it('answers until its signal is aborted', async () => {
    const { url, stop, closed } = await running()
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    stop.abort()
    await closed
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  it('accepts run ids with plain and encoded slashes', async () => {
    const { url, stop, closed } = await running()
    for (const id of [
      'jobflow.api.practice.com/default/demo/1a2b3c4d',
      'jobflow.api.practice.com%2Fdefault%2Fdemo%2F1a2b3c4d',
    ]) {
      const answer = await fetch(`${url}/v1/runs/${id}`)
      expect(((await answer.json()) as { detail: string }).detail).toBe(
        'The run "jobflow.api.practice.com/default/demo/1a2b3c4d" does not exist.',
      )
    }
    stop.abort()
    await closed
  })

  it('finishes an open request before it closes', async () => {
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>()
    const deps = createMemoryDeps()
    const list = deps.runs.list
    deps.runs.list = async (...args) => {
      onAsked()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return list(...args)
    }
    const { url, stop, closed } = await running(createApp(deps))
    const answer = fetch(`${url}/v1/runs`)
    await asked
    stop.abort()
    expect((await answer).status).toBe(200)
    await closed
  })

  it('stops reading a log when the client disconnects, and reads none for HEAD', async () => {
    const { deps, signals } = await depsWithSilentLog()
    const { url, stop, closed } = await running(createApp(deps))
    const path = `${url}/v1/runs/${onlyRun(deps)}/logs?follow=true`
    const disconnect = new AbortController()
    const answer = await fetch(path, { signal: disconnect.signal })
    expect(answer.status).toBe(200)
    expect(signals[0]?.aborted).toBe(false)
    disconnect.abort()
    await expect.poll(() => signals[0]?.aborted).toBe(true)
    await fetch(path, { method: 'HEAD' })
    expect(signals[1]?.aborted).toBe(true)
    stop.abort()
    await closed
  })

  it('says what to do when the port is in use', async () => {
    const other = createServer().listen(0, host)
    await new Promise((resolve) => other.once('listening', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const signal = new AbortController().signal
    await expect(serve(createApp(createMemoryDeps()), { host, port, signal })).rejects.toThrow(
      new RegExp(
        `127.0.0.1:${port} is in use: stop the process that listens there .* or choose another port`,
      ),
    )
    other.close()
  })

  it('does not listen if its signal is already aborted', async () => {
    await serve(createApp(createMemoryDeps()), { host, port: 0, signal: AbortSignal.abort() })
  })
})
