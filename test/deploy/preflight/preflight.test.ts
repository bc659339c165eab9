import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { layoutOf } from '../../../deploy/local/layout.ts'
import { type Needs, preflight, requireReady } from '../../../deploy/local/preflight/preflight.ts'
import { patience } from '../../../deploy/local/slowness.ts'
import { fakeCommands, firstOnPath, setVariable, temporaryFolder } from '../fake-commands.ts'

/** A start on the user's cluster and Temporal, which needs almost nothing. */
const needs = (change: Partial<Needs> = {}): Needs => ({
  layout: layoutOf('unit', 97, join(temporaryFolder(), 'state')),
  kubernetes: false,
  temporal: false,
  build: [],
  ports: [],
  ...change,
})

describe('preflight', () => {
  it('finds no fault for a user with their own cluster and Temporal, root or not', async () => {
    setVariable('XDG_CACHE_HOME', temporaryFolder())
    firstOnPath(fakeCommands(temporaryFolder(), { id: 'echo 1000' }))
    expect(await preflight(needs())).toEqual([])
  })

  it('reports all faults at once', async () => {
    setVariable('XDG_CACHE_HOME', temporaryFolder())
    firstOnPath(fakeCommands(temporaryFolder(), { id: 'echo 1000', go: 'exit 1' }))
    setVariable('MILLRACE_DOWNLOADS', 'never')
    const [port, other] = [await takenPort(), await takenPort()]
    const ports = [
      { port, user: 'the API' },
      { port: other, user: 'temporal' },
    ]
    const faults = await preflight(needs({ kubernetes: true, build: ['cluster'], ports }))
    expect(faults).toHaveLength(3)
    expect(faults[0]).toContain('needs root')
    expect(faults[1]).toContain(`${port} for the API`)
    expect(faults[1]).toContain(`${other} for temporal`)
    expect(faults[2]).toMatch(/^Go \S+ or newer is needed to build Kubernetes/)
  })

  it('does not ask for Go if the programs may still be downloaded', async () => {
    firstOnPath(fakeCommands(temporaryFolder(), { go: 'exit 1' }))
    setVariable('MILLRACE_DOWNLOADS', '')
    expect(await preflight(needs({ build: ['cluster', 'temporal'] }))).toEqual([])
  })

  it('does not wait for a program that hangs', async () => {
    firstOnPath(fakeCommands(temporaryFolder(), { containerd: 'exec sleep 3600', id: 'echo 0' }))
    const begun = performance.now()
    await preflight(needs({ kubernetes: true }))
    expect(performance.now() - begun).toBeLessThan(patience(15_000))
  })
})

describe('requireReady', () => {
  it('throws one error that lists the faults and says that nothing was changed', async () => {
    const [port, other] = [await takenPort(), await takenPort()]
    firstOnPath(fakeCommands(temporaryFolder(), { id: 'echo 1000' }))
    const ready = requireReady(
      needs({
        kubernetes: true,
        ports: [
          { port, user: 'a' },
          { port: other, user: 'b' },
        ],
      }),
    )
    await expect(ready).rejects.toThrow(
      /not ready, and nothing was installed or built:\n {2}- .*root.*\n {2}- .*in use/,
    )
  })

  it('can be disabled', async () => {
    firstOnPath(fakeCommands(temporaryFolder(), { id: 'echo 1000' }))
    await expect(requireReady(needs({ kubernetes: true }))).rejects.toThrow('MILLRACE_CHECKS=never')
    setVariable('MILLRACE_CHECKS', 'never')
    await requireReady(needs({ kubernetes: true }))
  })
})

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}
