import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KubeUnreachable } from '../../../src/kubernetes/client/errors.ts'
import { succeeds, until } from '../../until.ts'
import { collect } from './collect.ts'
import { createFakeServer, type FakeServer, reply, status } from './fake-server.ts'

let server: FakeServer | undefined
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-kube-'))
})
afterEach(async () => {
  await server?.close()
  rmSync(folder, { recursive: true })
})

it('a request carries its user agent and token', async () => {
  const seen: (string | undefined)[] = []
  server = await createFakeServer(
    ({ headers }, response) => {
      seen.push(headers['user-agent'], headers.authorization)
      reply(response, 200, {})
    },
    { token: 'secret' },
  )
  await server.kube.get('/version')
  expect(seen).toEqual([expect.stringMatching(/^millrace\/\d+\.\d+\.\d+/), 'Bearer secret'])
})

it('the client reads its token file again after a 401', async () => {
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, 'first')
  const seen: (string | undefined)[] = []
  server = await createFakeServer(
    ({ headers }, response) => {
      seen.push(headers.authorization)
      if (headers.authorization === 'Bearer first') reply(response, 401, status(401, 'Unauthorized', 'no'))
      else reply(response, 200, {})
    },
    { authProvider: { name: 'tokenFile', config: { tokenFile } } },
  )
  const { kube } = server
  await expect(kube.get('/version')).rejects.toMatchObject({ status: 401 })
  writeFileSync(tokenFile, 'second')
  await until('a call with the second token', () => succeeds(() => kube.get('/version')))
  expect(new Set(seen)).toEqual(new Set(['Bearer first', 'Bearer second']))
})

describe('the error of a call', () => {
  it('is KubeUnreachable if nothing listens at the address', async () => {
    server = await createFakeServer(() => {})
    const { kube } = server
    await server.close()
    await expect(kube.get('/version')).rejects.toBeInstanceOf(KubeUnreachable)
  })

  it('is KubeUnreachable if another server answers', async () => {
    server = await createFakeServer((_, response) => reply(response, 200, '<html>log in first</html>'))
    await expect(server.kube.get('/version')).rejects.toBeInstanceOf(KubeUnreachable)
  })

  it('is the abort reason of the caller', async () => {
    server = await createFakeServer(() => {})
    const why = new Error('enough')
    const stop = new AbortController()
    const call = server.kube.list('/api/v1/pods', { signal: stop.signal })
    stop.abort(why)
    await expect(call).rejects.toBe(why)
  })

  it('never contains the token', async () => {
    server = await createFakeServer((request) => request.socket.destroy(), { token: 'secret-token' })
    const error = await server.kube.get('/version').catch((reason: unknown) => reason)
    const toText = (each: unknown): string =>
      each instanceof Error ? `${each.message} ${JSON.stringify(each)} ${toText(each.cause)}` : ''
    expect(toText(error)).toContain('cannot be reached')
    expect(toText(error)).not.toContain('secret-token')
  })
})

it('an interrupted stream throws, and an aborted one ends without an error', async () => {
  let asked = 0
  server = await createFakeServer((_, response) => {
    asked += 1
    response.writeHead(200).write('first\n')
    if (asked === 1) setTimeout(() => response.destroy(), 50)
  })
  const open = (signal: AbortSignal) => server?.kube.stream('/log', {}, signal) ?? Promise.reject(new Error())
  const cut = await open(new AbortController().signal)
  await expect(collect(cut)).rejects.toThrow()

  const stop = new AbortController()
  for await (const _ of await open(stop.signal)) break
  stop.abort()
})
