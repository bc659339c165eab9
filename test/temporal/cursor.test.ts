import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from '../../src/temporal/cursor.ts'

describe('a cursor', () => {
  const token = new Uint8Array([0, 255, 62, 63])
  const cursor = encodeCursor(token, 'q')

  it('decodes to its token', () => {
    expect([...decodeCursor(cursor, 'q')]).toEqual([...token])
    expect(cursor).toMatch(/^[\w-]+$/)
  })

  it.each([
    ['that is empty', '', 'q'],
    ['without a token', cursor.slice(0, 8), 'q'],
    ['of another list', cursor, 'other'],
    ['that was modified', `${cursor.slice(0, -1)}A`, 'q'],
    ['that is not base64', '!', 'q'],
  ])('%s is refused', (_, text, query) => {
    expect(() => decodeCursor(text, query)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })
})
