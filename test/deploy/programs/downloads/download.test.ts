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
  standStill,
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

/** What is on the disk after a download. */
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
  it('is what the server has', async () => {
    expect((await downloaded()).equals(content)).toBe(true)
    expect(lines.at(-1)).toMatch(/^Downloading it 1\.2\.3: done, 0\.3 MB in \d+\.\d s$/)
  })

  it('says how far it is', async () => {
    server.behaviours.set('file', trickle(20))
    expect((await downloaded()).equals(content)).toBe(true)
    expect(lines[0]).toMatch(/^Downloading it 1\.2\.3 \[[#-]{20}\] 0\.\d of 0\.3 MB$/)
  })

  it('that is cut off goes on where it was', async () => {
    server.behaviours.set('file', cutOff(1))
    expect((await downloaded()).equals(content)).toBe(true)
    expect(server.requests).toEqual(['GET file', 'GET file bytes=150000-'])
  })

  it('that is cut off begins again where the server names no version of the file', async () => {
    server.behaviours.set('file', cutOff(1, false))
    expect((await downloaded()).equals(content)).toBe(true)
    expect(server.requests).toEqual(['GET file', 'GET file'])
  })

  it('that is cut off again and again ends, and says so', async () => {
    server.behaviours.set('file', cutOff(99))
    await expect(downloaded({ limits: { tries: 3 } })).rejects.toThrow(
      `${server.url}/file was cut off 3 times, at last after 0.1 MB`,
    )
    expect(server.requests).toHaveLength(3)
  })

  it('that stands still is given up', async () => {
    server.behaviours.set('file', standStill)
    await expect(downloaded({ limits: { silenceMs: 100 } })).rejects.toThrow(
      `nothing more has come of ${server.url}/file for 0.1 s`,
    )
  })

  it('that is slow, but never still, is waited for', async () => {
    server.behaviours.set('file', trickle(300))
    expect((await downloaded({ limits: { silenceMs: 1_000 } })).equals(content)).toBe(true)
  })

  it('that would take longer than building is given up', async () => {
    server.behaviours.set('file', trickle(10_000))
    await expect(downloaded({ limits: { judgedAfterMs: 0, longestMs: 1 } })).rejects.toThrow(
      /comes so slowly that it would take \d+ min more/,
    )
  })

  it('ends when it is told to, with the reason it is given', async () => {
    server.behaviours.set('file', standStill)
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

  it('does not run in circles', async () => {
    server.behaviours.set('file', redirectTo(`${server.url}/file`))
    await expect(downloaded()).rejects.toThrow('from one address to another more than 5 times')
  })

  it('that the server does not have says so', async () => {
    await expect(downloaded({ address: 'other' })).rejects.toThrow(`${server.url}/other answers 404`)
  })

  it('is given up where the server takes the question and never answers', async () => {
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

  it('that answers anything is there', async () => {
    expect(await reached(server.url)).toBeUndefined()
  })

  it('that refuses connections is away', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    expect(await reached(`http://127.0.0.1:${port}`)).toContain('ECONNREFUSED')
  })

  it('that takes connections and says nothing is away', async () => {
    const mute = createServer(() => undefined)
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as AddressInfo
    expect(await reached(`http://127.0.0.1:${port}`)).toContain('does not answer within 3 s')
    mute.close()
  })
})
