import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonLines, lines } from '../../../src/kubernetes/client/json-lines.ts'
import { collect } from './collect.ts'

async function* pieces(bytes: Uint8Array, cuts: number[]): AsyncIterable<Uint8Array> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let at = 0
  for (const place of [...places, bytes.length]) {
    yield bytes.subarray(at, place)
    at = place
  }
}

it('lines are the same wherever the bytes are split, even within a character', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''))
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (written, cuts) => {
      const bytes = new TextEncoder().encode(written.map((one) => `${one}\n`).join(''))
      expect(await collect(lines(pieces(bytes, cuts)))).toEqual(written)
    }),
  )
})

it('each line is an object: empty lines are skipped, and a last line needs no line break', async () => {
  const bytes = new TextEncoder().encode('{"a":1}\n\n{"b":"ä→"}')
  expect(await collect(jsonLines(pieces(bytes, [3, 14, 15])))).toEqual([{ a: 1 }, { b: 'ä→' }])
})
