import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const dir = mkdtempSync(join(tmpdir(), 'millrace-worker-'))
afterAll(() => rmSync(dir, { recursive: true }))
const main = join(import.meta.dirname, '../../src/server/main.ts')

it.each(['SIGINT', 'SIGTERM'] as const)('a worker that waits for Temporal exits on %s', async (signal) => {
  const kubeconfig = join(dir, 'kubeconfig')
  const named = (kind: string, more: object): object => ({ name: 'a', [kind]: more })
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'a',
      contexts: [named('context', { cluster: 'a', user: 'a' })],
      clusters: [named('cluster', { server: 'https://127.0.0.1:1' })],
      users: [named('user', { token: 'a' })],
    }),
  )
  const env = {
    PATH: process.env.PATH,
    KUBECONFIG: kubeconfig,
    MILLRACE_CONTEXT: 'a',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  }
  const worker = spawn(process.execPath, [main, 'worker'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [worker.stdout, worker.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk
      if (output.includes('Temporal cannot be reached yet')) worker.kill(signal)
    })
  const [code] = await once(worker, 'exit')
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringContaining('Temporal cannot be reached yet'),
  })
})

it('a worker without a cluster reports it and exits', async () => {
  const env = { PATH: process.env.PATH, KUBECONFIG: join(dir, 'none') }
  const worker = spawn(process.execPath, [main, 'worker'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  worker.stderr.on('data', (chunk: Buffer) => {
    output += chunk
  })
  const [code] = await once(worker, 'exit')
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('MILLRACE_CONTEXT') })
})
