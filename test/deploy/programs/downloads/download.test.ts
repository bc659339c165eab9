import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download, usualLimits } from '../../../../deploy/local/programs/downloads/download.ts'
import { openConnections, whyUnreachable } from '../../../../deploy/local/programs/downloads/http-get.ts'
import {
  cutOff,
  type ReleaseServer,
  redirectTo,
  silent,
  stall,
  startReleaseServer,
  trickle,
} from '../release-server.ts'

const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))
let server: ReleaseServer
let folder: string
let lines: string[]

beforeEach(async () => {
  server = await startReleaseServer()
  server.files.set('file', content)
  folder = mkdtempSync(join(tmpdir(), 'millrace-download-'))
  lines = []
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Given {
  address?: string
  limits?: Partial<typeof usualLimits>
  signal?: AbortSignal
}

/** The downloaded file's content. */
async function downloaded({ address = 'file', limits, signal = new AbortController().signal }: Given = {}) {
  const connections = openConnections()
  const path = join(folder, 'it')
  try {
    await download(`${server.url}/${address}`, path, {
      what: 'it 1.2.3',
      report: (line) => lines.push(line),
      limits: { ...usualLimits, ...limits },
      signal,
      connections,
    })
  } finally {
    await connections.destroy()
  }
  return readFileSync(path)
}

describe('a download', () => {
  it("returns the server's file", async () => {
    expect((await downloaded()).equals(content)).toBe(true)
    expect(lines.at(-1)).toMatch(/^Downloading it 1\.2\.3: done, 0\.3 MB in \d+\.\d s$/)
  })

  it('reports its progress', async () => {
    server.behaviours.set('file', trickle(20))
    expect((await downloaded()).equals(content)).toBe(true)
    expect(lines[0]).toMatch(/^Downloading it 1\.2\.3 \[[#-]{20}\] 0\.\d of 0\.3 MB$/)
  })

  it('resumes after an interruption', async () => {
    server.behaviours.set('file', cutOff(1))
    expect((await downloaded()).equals(content)).toBe(true)
    expect(server.requests).toEqual(['GET file', 'GET file bytes=150000-'])
  })

  it('starts again after an interruption if the server sends no ETag', async () => {
    server.behaviours.set('file', cutOff(1, false))
    expect((await downloaded()).equals(content)).toBe(true)
    expect(server.requests).toEqual(['GET file', 'GET file'])
  })

  it('fails after too many interruptions, with their number', async () => {
    server.behaviours.set('file', cutOff(99))
    await expect(downloaded({ limits: { tries: 3 } })).rejects.toThrow(
      `${server.url}/file was interrupted 3 times, the last time after 0.1 MB`,
    )
    expect(server.requests).toHaveLength(3)
  })

  it('is given up when it stalls', async () => {
    server.behaviours.set('file', stall)
    await expect(downloaded({ limits: { silenceMs: 100 } })).rejects.toThrow(
      `${server.url}/file sent nothing for 0.1 s`,
    )
  })

  it('continues if it is slow but never stalls', async () => {
    server.behaviours.set('file', trickle(300))
    expect((await downloaded({ limits: { silenceMs: 1_000 } })).equals(content)).toBe(true)
  })

  it('is given up if it would take longer than building', async () => {
    server.behaviours.set('file', trickle(10_000))
    await expect(downloaded({ limits: { judgedAfterMs: 0, longestMs: 1 } })).rejects.toThrow(
      /is so slow that it would take \d+ more minutes/,
    )
  })

  it('ends on abort with its reason', async () => {
    server.behaviours.set('file', stall)
    const abort = new AbortController()
    const ended = downloaded({ signal: abort.signal })
    ended.catch(() => undefined)
    await expect.poll(() => lines.length).toBeGreaterThan(0)
    abort.abort(new Error('stopped'))
    await expect(ended).rejects.toThrow('stopped')
  })

  it('follows redirects to other hosts', async () => {
    const other = await startReleaseServer()
    other.files.set('elsewhere', content)
    server.behaviours.set('file', redirectTo(`${other.url}/elsewhere`))
    expect((await downloaded()).equals(content)).toBe(true)
    await other.close()
  })

  it('limits the number of redirects', async () => {
    server.behaviours.set('file', redirectTo(`${server.url}/file`))
    await expect(downloaded()).rejects.toThrow('redirects more than 5 times')
  })

  it('reports a file that the server lacks', async () => {
    await expect(downloaded({ address: 'other' })).rejects.toThrow(`${server.url}/other answers 404`)
  })

  it('is given up if the server accepts the request and never answers', async () => {
    server.behaviours.set('file', silent)
    const startedAt = performance.now()
    await expect(downloaded()).rejects.toThrow(/^127\.0\.0\.1:\d+ does not answer within 3 s$/)
    expect(performance.now() - startedAt).toBeGreaterThan(2_900)
  })
})

describe('a host', () => {
  const reached = async (origin: string): Promise<string | undefined> => {
    const connections = openConnections()
    try {
      return await whyUnreachable(origin, { connections, signal: new AbortController().signal })
    } finally {
      await connections.destroy()
    }
  }

  it('is reachable if it answers anything', async () => {
    expect(await reached(server.url)).toBeUndefined()
  })

  it('is unreachable if it refuses connections', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    expect(await reached(`http://127.0.0.1:${port}`)).toContain('ECONNREFUSED')
  })

  it('is unreachable if it accepts connections and never answers', async () => {
    const mute = createServer(() => undefined)
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as AddressInfo
    expect(await reached(`http://127.0.0.1:${port}`)).toContain('does not answer within 3 s')
    mute.close()
  })
})
