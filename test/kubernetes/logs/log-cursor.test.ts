import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogCursor, LogUnavailable } from '../../../src/kubernetes/logs/log-cursor.ts'
import { compareTimes } from '../../../src/kubernetes/logs/log-time.ts'

const at = (nanoseconds: number, zone = 'Z'): string =>
  `2026-03-01T10:00:${String(Math.floor(nanoseconds / 1e9)).padStart(2, '0')}.${String(nanoseconds % 1e9).padStart(9, '0')}${zone}`

/** Reads one connection: its pieces, and whether it ended without an error. */
function read(cursor: LogCursor, pieces: string[], isWhole = false): string {
  cursor.begin()
  return pieces.map((piece) => cursor.take(piece)).join('') + (isWhole ? cursor.end() : '')
}

describe('a log that is read over several connections', () => {
  it('is complete and without repetition, wherever a connection broke', () => {
    const line = fc.record({
      step: fc.constantFrom(0, 0, 1, 400_000_000),
      text: fc.string({ unit: 'grapheme' }),
    })
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), fc.array(fc.nat()), (steps, cuts, pieces) => {
        let now = 0
        const rows = steps.map(({ step, text }) => {
          now += step
          return { now, text: `${text.replaceAll('\n', '')}\n` }
        })
        const cursor = new LogCursor()
        let got = ''
        for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
          // The API server passes whole seconds to the kubelet.
          const since = cursor.since === undefined ? 0 : Math.floor(secondOf(cursor.since)) * 1e9
          const sent = rows
            .filter((row) => row.now >= since)
            .map((row) => `${at(row.now)} ${row.text}`)
            .join('')
          const isWhole = cut === Number.POSITIVE_INFINITY
          const passed = isWhole ? sent : sent.slice(0, cut % (sent.length + 1))
          got += read(cursor, inPieces(passed, pieces), isWhole)
        }
        expect(got).toBe(rows.map(({ text }) => text).join(''))
      }),
    )
  })

  it('is passed on as it arrives, without waiting for the end of a line', () => {
    const cursor = new LogCursor()
    cursor.begin()
    expect(cursor.take(`${at(1)} first half`)).toBe('first half')
    expect(cursor.take(', second half\n')).toBe(', second half\n')
  })

  it('keeps lines whose time is before that of the previous line', () => {
    const cursor = new LogCursor()
    expect(read(cursor, [`${at(5)} a\n${at(3)} b\n${at(4)} c\n`])).toBe('a\nb\nc\n')
    expect(read(cursor, [`${at(5)} a\n${at(3)} b\n${at(4)} c\n${at(6)} d\n`])).toBe('d\n')
  })

  it('continues after a rotation that removed the last known lines', () => {
    const cursor = new LogCursor()
    expect(read(cursor, [`${at(1)} a\n${at(2)} unfin`])).toBe('a\nunfin')
    expect(read(cursor, [`${at(7)} b\n`])).toBe('\nb\n')
  })

  it('does not take the rest of an older line for a new one', () => {
    const cursor = new LogCursor()
    expect(read(cursor, [`${at(1)} long\n${at(2e9)} next\n`])).toBe('long\nnext\n')
    expect(read(cursor, [`ong\n${at(2e9)} next\n${at(3e9)} last\n`])).toBe('last\n')
  })

  it('understands times in other zones', () => {
    const cursor = new LogCursor()
    read(cursor, ['2026-10-25T02:59:59.900000000+02:00 a\n'])
    const again = '2026-10-25T02:59:59.900000000+02:00 a\n2026-10-25T02:00:00.100000000+01:00 b\n'
    expect(read(cursor, [again])).toBe('b\n')
  })
})

describe('text without times', () => {
  it.each([
    'unable to retrieve container logs for containerd://0123',
    'failed to try resolving symlinks in path "/var/log/pods/a/0.log": no such file\n',
  ])('%s is an error of the node, not a line of the container', (words) => {
    const cursor = new LogCursor()
    expect(() => read(cursor, [words.slice(0, 9), words.slice(9)], true)).toThrow(LogUnavailable)
  })

  it('is passed on if the node gives no times at all, and then a later connection cannot continue', () => {
    const cursor = new LogCursor()
    expect(read(cursor, ['hello wor', 'ld\n\nbye'], true)).toBe('hello world\n\nbye')
    expect(cursor.isBlind).toBe(true)
    expect(cursor.since).toBeUndefined()
  })

  it('that a container printed is never taken for an error of the node', () => {
    const words = 'unable to retrieve container logs for containerd://0123\n'
    expect(read(new LogCursor(), [`${at(1)} ${words}`], true)).toBe(words)
  })

  it('is not a time alone at the end of a connection', () => {
    expect(read(new LogCursor(), [`${at(1)} a\n${at(2)}`], true)).toBe('a\n')
  })
})

it.each([
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000001Z', -1],
  ['2026-01-01T00:00:00.1Z', '2026-01-01T00:00:00.100000000Z', 0],
  ['2026-01-01T01:00:00.5+01:00', '2026-01-01T00:00:00.4Z', 1],
])('%s compared with %s', (a, b, order) => {
  expect(compareTimes(a, b)).toBe(order)
  expect(compareTimes(b, a)).toBe(-order || 0)
})

const secondOf = (time: string): number => Number(time.slice(17, 19))

function inPieces(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b)
  return [...places, text.length].map((to, index) => text.slice(places[index - 1] ?? 0, to))
}
