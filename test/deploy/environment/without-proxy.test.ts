import { spawn } from 'node:child_process'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { withoutProxyForLoopback } from '../../../deploy/local/environment/without-proxy.ts'
import { until } from '../../until.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server on loopback that closes every connection and counts them. */
async function listen(): Promise<{ port: number; calls: () => number }> {
  let calls = 0
  const server = createServer((socket) => {
    calls++
    socket.destroy()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, calls: () => calls }
}

const client = join(import.meta.dirname, '../../../src/temporal/connect.ts')
const call = `const { connectTemporal } = await import(${JSON.stringify(client)})
await connectTemporal({ address: process.argv[1] }).workflowService.getSystemInfo({})`

it.each(['grpc_proxy', 'https_proxy', 'http_proxy'])(
  "Temporal's client connects to loopback directly, whatever %s says",
  async (name) => {
    const [proxy, temporal] = [await listen(), await listen()]
    const machine = { [name]: `http://127.0.0.1:${proxy.port}`, no_proxy: 'one.example' }
    const child = spawn(process.execPath, ['-e', call, `127.0.0.1:${temporal.port}`], {
      env: withoutProxyForLoopback(machine),
      stdio: 'ignore',
    })
    await until('somebody is called', () => temporal.calls() + proxy.calls() > 0)
    child.kill('SIGKILL')
    expect(proxy.calls()).toBe(0)
  },
)

it('keeps existing entries, under both names', () => {
  const env = withoutProxyForLoopback({ no_proxy: 'one.example, two.example', NO_PROXY: 'three.example' })
  expect(env.no_proxy).toBe('one.example,two.example,three.example,127.0.0.1,localhost,::1')
  expect(env.NO_PROXY).toBe(env.no_proxy)
})

it('adds further entries and keeps the other variables', () => {
  const env = withoutProxyForLoopback({ http_proxy: 'http://proxy:3128' }, ['10.231.0.0/24'])
  expect(env).toMatchObject({
    http_proxy: 'http://proxy:3128',
    NO_PROXY: '127.0.0.1,localhost,::1,10.231.0.0/24',
  })
})

it('changes nothing the second time', () => {
  const once = withoutProxyForLoopback({ NO_PROXY: 'localhost,.example' }, ['10.231.0.0/24'])
  expect(withoutProxyForLoopback(once, ['10.231.0.0/24'])).toEqual(once)
})

it('does not keep an empty entry, which would match every host', () => {
  expect(withoutProxyForLoopback({ no_proxy: ',one.example,' }).no_proxy).toMatch(/^one\.example,127/)
})

it("extends gRPC's own list only if it is set", () => {
  const env = withoutProxyForLoopback({ no_grpc_proxy: 'one.example', no_proxy: 'two.example' })
  expect(env.no_grpc_proxy).toBe('one.example,127.0.0.1,localhost,::1')
  expect(withoutProxyForLoopback({})).not.toHaveProperty('no_grpc_proxy')
})
