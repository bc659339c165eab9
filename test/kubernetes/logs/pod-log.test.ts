import { afterEach, describe, expect, it } from 'vitest'
import { type PodLogOptions, podLog } from '../../../src/kubernetes/logs/pod-log.ts'
import { createFakeServer, type FakeServer, reply } from '../client/fake-server.ts'

const line = (index: number): string =>
  `2026-01-02T03:04:05.${String(index).padStart(9, '0')}Z line ${index}\n`
const lines = (to: number): string => Array.from({ length: to }, (_, index) => line(index + 1)).join('')
const words = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('')

describe('the log of a container that has just ended', () => {
  let server: FakeServer
  afterEach(() => server.close())

  /** Reads from a node whose log file has the next of these contents at each read, and the last one from then on. */
  async function node(looks: string[], finishedAt: Date, more: Partial<PodLogOptions> = {}) {
    let count = 0
    server = await createFakeServer((_, response, url) => {
      if (!url.pathname.endsWith('/log'))
        return reply(response, 200, {
          status: {
            phase: 'Succeeded',
            containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 0, finishedAt } } }],
          },
        })
      const whole = looks[Math.min(count++, looks.length - 1)] ?? ''
      const tail = url.searchParams.get('tailLines')
      const shown =
        tail === null
          ? whole
          : whole
              .split(/(?<=\n)/)
              .slice(-Number(tail))
              .join('')
      response.end(shown)
    })
    const signal = new AbortController().signal
    let text = ''
    const options = { namespace: 'a', pod: 'b', container: 'main', follow: false, signal, ...more }
    for await (const piece of podLog(server.kube, options)) text += piece
    return { text, looks: server.asked.filter((url) => url.includes('/log?')).length }
  }

  const cutIn = (whole: string, characters: number): string => whole.slice(0, whole.length - characters)

  it.each([true, false])('is read until it no longer grows (followed: %s)', async (follow) => {
    const files = [cutIn(lines(4), 3), lines(6), lines(6)]
    expect(await node(files, new Date(), { follow })).toEqual({ text: words(1, 6), looks: 3 })
  })

  it('is read again if it was empty', async () => {
    expect(await node(['', lines(1)], new Date())).toEqual({ text: words(1, 1), looks: 3 })
  })

  it('has the requested number of last lines', async () => {
    expect(await node([lines(3), lines(9)], new Date(), { tail: 2 })).toEqual({ text: words(8, 9), looks: 3 })
  })

  it('is read once if the container ended long ago', async () => {
    const longAgo = new Date(Date.now() - 60_000)
    expect(await node([lines(3), lines(9)], longAgo)).toEqual({ text: words(1, 3), looks: 1 })
  })
})
