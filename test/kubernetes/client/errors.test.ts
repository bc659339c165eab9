import { describe, expect, it } from 'vitest'
import {
  isAlreadyExists,
  isConflict,
  isExpired,
  isNotFound,
  isTransient,
  KubeUnreachable,
  toKubeError,
} from '../../../src/kubernetes/client/errors.ts'

const answer = (code: number, reason: string, message = 'so it is', details: object = {}) =>
  toKubeError(code, JSON.stringify({ kind: 'Status', code, reason, message, details }))

describe('a Status body', () => {
  it('becomes an error with its message, reason and invalid fields', () => {
    const causes = [
      { reason: 'FieldValueInvalid', field: 'spec.template', message: 'field is immutable' },
      { reason: 'FieldValueInvalid', field: '<nil>', message: 'as a whole' },
    ]
    expect(answer(422, 'Invalid', 'Job.batch "a" is invalid', { name: 'a', causes })).toMatchObject({
      name: 'KubeError',
      status: 422,
      reason: 'Invalid',
      message: 'Job.batch "a" is invalid',
      details: { name: 'a' },
      causes: [
        { field: 'spec.template', reason: 'FieldValueInvalid', message: 'field is immutable' },
        { field: '', reason: 'FieldValueInvalid', message: 'as a whole' },
      ],
    })
  })

  it('gives the seconds to wait, from the body or else from the header', () => {
    expect(answer(429, 'TooManyRequests', '', { retryAfterSeconds: 3 }).retryAfterSeconds).toBe(3)
    expect(toKubeError(429, '{}', '7').retryAfterSeconds).toBe(7)
    expect(toKubeError(429, '{}', 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterSeconds).toBeUndefined()
  })

  it.each([
    ['', 'HTTP 502'],
    ['404 page not found\n', 'HTTP 502: 404 page not found'],
    [`<html>${'x'.repeat(5_000)}`, `HTTP 502: <html>${'x'.repeat(194)}`],
    ['[1]', 'HTTP 502: [1]'],
    ['{}', 'HTTP 502'],
  ])('that is not a Status, %j, becomes a short message', (body, message) => {
    expect(toKubeError(502, body)).toMatchObject({ status: 502, reason: 'HTTP502', message })
  })
})

describe('the class of an error', () => {
  it.each([
    ['not found', isNotFound, answer(404, 'NotFound')],
    [
      'not found, for a path that the server does not serve',
      isNotFound,
      toKubeError(404, '404 page not found'),
    ],
    ['already exists', isAlreadyExists, answer(409, 'AlreadyExists')],
    ['a conflict', isConflict, answer(409, 'Conflict')],
    ['expired', isExpired, answer(410, 'Expired')],
    ['expired, as in a watch event', isExpired, answer(410, 'Gone')],
  ])('%s', (_, is, error) => expect(is(error)).toBe(true))

  it('AlreadyExists is not a conflict, and a conflict is not AlreadyExists', () => {
    expect(isConflict(answer(409, 'AlreadyExists'))).toBe(false)
    expect(isAlreadyExists(answer(409, 'Conflict'))).toBe(false)
  })

  it.each([
    ['unreachable', true, new KubeUnreachable('connect ECONNREFUSED')],
    ['too many requests', true, answer(429, 'TooManyRequests')],
    ['an internal error', true, answer(500, 'InternalError')],
    ['a server timeout', true, answer(504, 'Timeout')],
    ['an exceeded quota', true, answer(403, 'Forbidden', 'pods "a" is forbidden: exceeded quota: small')],
    ['an expired token', true, answer(401, 'Unauthorized')],
    ['a missing permission', false, answer(403, 'Forbidden', 'User "x" cannot create resource "jobs"')],
    ['a terminating namespace', false, answer(403, 'Forbidden', 'namespace x is being terminated')],
    ['an invalid object', false, answer(422, 'Invalid')],
    ['a name that is taken', false, answer(409, 'AlreadyExists')],
    ['a bug', false, new TypeError('x is undefined')],
  ])('%s is transient: %s', (_, passes, error) => expect(isTransient(error)).toBe(passes))
})
