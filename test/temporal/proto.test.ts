import { expect, it } from 'vitest'
import { statusName, toIso } from '../../src/temporal/proto.ts'

it('status numbers and timestamps of protobuf are read', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 99, null].map(statusName)).toEqual([
    'RUNNING',
    'COMPLETED',
    'FAILED',
    'CANCELLED',
    'TERMINATED',
    'CONTINUED_AS_NEW',
    'TIMED_OUT',
    'UNKNOWN',
    'UNSPECIFIED',
  ])
  expect(toIso({ seconds: { toNumber: () => 1_767_225_600 }, nanos: 5e6 })).toBe('2026-01-01T00:00:00.005Z')
  expect(toIso(null)).toBeUndefined()
})
