import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runDemo } from '../../../deploy/local/commands/demo.ts'

let server: Server
let asked: string[] = []
/** The response to each path. Without one, the request stays open. */
let answers: Record<string, (response: ServerResponse) => void> = {}
beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    answers[path]?.(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const posted = (response: ServerResponse): void =>
  void response.end(JSON.stringify({ results: [{ runId: 'the-run' }] }))

it.each([
  ['is posted', {}, '/v1/manifests'],
  ['runs', { '/v1/manifests': posted }, '/v1/runs/the-run'],
])('stops at once when aborted while the example %s', async (_, given, path) => {
  answers = given
  const controller = new AbortController()
  const running = runDemo(url(), () => undefined, controller.signal)
  running.catch(() => undefined)
  await expect.poll(() => asked).toContain(path)
  controller.abort(new Error('stopped'))
  await expect(running).rejects.toThrow('stopped')
})
