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
  it('becomes an error with its words, its reason, and every field that is wrong', () => {
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

  it('tells when to come back, in the body or else in the header', () => {
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
  ])('that is none, %j, still makes a short message', (body, message) => {
    expect(toKubeError(502, body)).toMatchObject({ status: 502, reason: 'HTTP502', message })
  })
})

describe('what an error is', () => {
  it.each([
    ['not found', isNotFound, answer(404, 'NotFound')],
    ['not found, a path that the server does not know', isNotFound, toKubeError(404, '404 page not found')],
    ['already there', isAlreadyExists, answer(409, 'AlreadyExists')],
    ['a conflict', isConflict, answer(409, 'Conflict')],
    ['expired', isExpired, answer(410, 'Expired')],
    ['expired, as watches say it', isExpired, answer(410, 'Gone')],
  ])('%s', (_, is, error) => expect(is(error)).toBe(true))

  it('two kinds of 409 are told apart', () => {
    expect(isConflict(answer(409, 'AlreadyExists'))).toBe(false)
    expect(isAlreadyExists(answer(409, 'Conflict'))).toBe(false)
  })

  it.each([
    ['unreachable', true, new KubeUnreachable('connect ECONNREFUSED')],
    ['too many requests', true, answer(429, 'TooManyRequests')],
    ['an internal error', true, answer(500, 'InternalError')],
    ['a time-out of the server', true, answer(504, 'Timeout')],
    ['a used-up quota', true, answer(403, 'Forbidden', 'pods "a" is forbidden: exceeded quota: small')],
    ['a token that ran out', true, answer(401, 'Unauthorized')],
    ['a missing right', false, answer(403, 'Forbidden', 'User "x" cannot create resource "jobs"')],
    ['a namespace on its way out', false, answer(403, 'Forbidden', 'namespace x is being terminated')],
    ['an invalid object', false, answer(422, 'Invalid')],
    ['a name that is taken', false, answer(409, 'AlreadyExists')],
    ['a bug', false, new TypeError('x is undefined')],
  ])('%s passes with time: %s', (_, passes, error) => expect(isTransient(error)).toBe(passes))
})
