import { execFile, execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { httpGet, openConnections } from '../../../../deploy/local/programs/downloads/http-get.ts'
import { patience } from '../../../../deploy/local/slowness.ts'
import { type ReleaseServer, startReleaseServer } from '../release-server.ts'

const run = promisify(execFile)
const programs = new URL('../../../../deploy/local/programs/', import.meta.url)
const downloadReleases = new URL('downloads/download-releases.ts', programs).href
const releases = new URL('releases.ts', programs).href

/** An unused address: packets to it are sent and never answered. */
const SILENT = '10.99.0.2'
const SILENT_NETWORK = [
  'ip link add one type veth peer name other',
  'ip address add 10.99.0.1/24 dev one',
  'ip link set one up',
  'ip link set other up',
  `ip neighbour add ${SILENT} lladdr 02:00:00:00:00:02 dev one`,
].join(' && ')

function canMakeNetworks(): boolean {
  try {
    execFileSync('unshare', ['--net', 'sh', '-c', SILENT_NETWORK], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('a host that drops packets', () => {
  // Needs root and the commands unshare and ip.
  it.runIf(canMakeNetworks())('is given up within 3 s', async () => {
    const script = `
      const { downloadReleases, usualDownloads } = await import('${downloadReleases}')
      const { releases } = await import('${releases}')
      const startedAt = performance.now()
      const lines = []
      const wanted = releases.map((release) => ({ release, names: release.programs }))
      const { signal } = new AbortController()
      await downloadReleases(wanted, usualDownloads(), { signal, report: (line) => lines.push(line) })
      console.log(JSON.stringify({ lines, tookMs: performance.now() - startedAt }))`
    const node = `exec "$0" --disable-warning=ExperimentalWarning --input-type=module -e "$1"`
    const inside = ['--net', 'sh', '-c', `${SILENT_NETWORK} && ${node}`, process.execPath, script]
    const startedAt = performance.now()
    const env = { ...process.env, MILLRACE_DOWNLOADS: `http://${SILENT}` }
    const { stdout } = await run('unshare', inside, { env })
    const { lines, tookMs } = JSON.parse(stdout) as { lines: string[]; tookMs: number }
    expect(lines).toEqual([
      `Nothing can be downloaded from http://${SILENT} (${SILENT} does not answer within 3 s): building instead`,
    ])
    expect(tookMs).toBeLessThan(3_000 + patience(2_000))
    expect(performance.now() - startedAt, 'the process does not wait for it either').toBeLessThan(
      3_000 + patience(6_000),
    )
  })
})

describe("the environment's proxies", () => {
  let server: ReleaseServer
  let asked: string[]
  let closeProxy: () => Promise<unknown>

  beforeEach(async () => {
    server = await startReleaseServer()
    server.files.set('file', Buffer.from('content'))
    asked = []
    const proxy = createServer(async (request, response) => {
      asked.push(request.url ?? '')
      const answer = await fetch(`${server.url}${new URL(request.url ?? '').pathname}`)
      response.end(await answer.text())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    process.env.http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    closeProxy = () => {
      proxy.closeAllConnections()
      return new Promise((resolve) => proxy.close(resolve))
    }
  })
  afterEach(async () => {
    delete process.env.http_proxy
    await server.close()
    await closeProxy()
  })

  async function textAt(url: string): Promise<string> {
    const connections = openConnections()
    try {
      const answer = await httpGet(url, {}, { connections, signal: new AbortController().signal })
      return await answer.body.text()
    } finally {
      await connections.destroy()
    }
  }

  it('are used for other hosts', async () => {
    expect(await textAt('http://releases.invalid/file')).toBe('content')
    expect(asked).toEqual(['http://releases.invalid/file'])
  })

  it.each(['127.0.0.1', 'localhost'])('are not used for %s', async (host) => {
    expect(await textAt(`${server.url.replace('127.0.0.1', host)}/file`)).toBe('content')
    expect(asked).toEqual([])
  })
})
