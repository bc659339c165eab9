import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { layoutOf } from '../../../deploy/local/layout.ts'
import { pidsWhere } from '../../../deploy/local/processes/kill.ts'
import { runMillrace } from '../../../deploy/local/processes/millrace-command.ts'
import { installInto } from '../../../deploy/local/processes/millrace-components.ts'
import { isRunning } from '../../../deploy/local/processes/process-id.ts'
import type { Stack } from '../../../deploy/local/stack.ts'

/** A cluster and a Temporal that accept connections and never answer. */
const silent = createServer()
const sockets = new Set<Socket>()
silent.on('connection', (socket) => sockets.add(socket))
beforeAll(async () => void (await once(silent.listen(0, '127.0.0.1'), 'listening')))
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silent.close()
})

const home = mkdtempSync(join(tmpdir(), 'millrace-command-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function stack(): Stack {
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const config = {
    clusters: [{ name: 'silent', cluster: { server: `http://${address}` } }],
    users: [{ name: 'silent', user: {} }],
    contexts: [{ name: 'silent', context: { cluster: 'silent', user: 'silent' } }],
  }
  const kubeconfig = join(home, 'kubeconfig')
  writeFileSync(kubeconfig, JSON.stringify(config))
  return {
    layout: layoutOf('command', 66, home),
    temporalAddress: address,
    temporalUiUrl: '',
    kubeconfig,
    context: 'silent',
    nodeName: undefined,
    components: [],
  }
}

it('an aborted installation has ended when it rejects', async () => {
  // A slow one, as on a busy machine.
  const slow = join(home, 'slow.mjs')
  writeFileSync(slow, "process.once('SIGTERM', () => setTimeout(() => process.exit(), 300))")
  vi.stubEnv('NODE_OPTIONS', `--import=${slow}`)
  const controller = new AbortController()
  const connected = once(silent, 'connection') as Promise<[Socket]>
  const installing = installInto(stack(), controller.signal)
  await Promise.race([connected, installing.then(() => expect.unreachable())])
  // Only the installation has this folder in its environment.
  const itsProcesses = (): number[] =>
    pidsWhere((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home))
  expect(itsProcesses()).toHaveLength(1)
  vi.unstubAllEnvs()
  controller.abort(new Error('stopped'))
  await expect(installing).rejects.toThrow('stopped')
  expect(itsProcesses().filter(isRunning)).toEqual([])
})

it('a command reports its output line by line and returns its errors', async () => {
  const lines: string[] = []
  const { signal } = new AbortController()
  const result = await runMillrace(['--help'], { env: {}, signal, onLine: (line) => void lines.push(line) })
  expect(result).toEqual({ code: 0, complaint: '' })
  expect(lines[0]).toMatch(/^millrace: runs pipelines/)
  const unknown = await runMillrace(['sing'], { env: {}, signal })
  expect(unknown.code).toBe(2)
  expect(unknown.complaint).toMatch(/^millrace: unknown command "sing"/)
})

it('a command that was aborted before it began is not started', async () => {
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(runMillrace(['--help'], { env: {}, signal })).rejects.toThrow('stopped')
})
