import { expect } from 'vitest'
import { Problem } from '../../api/schemas/problem.ts'

/** The body of a response, which must be problem+json with this status. */
export async function problemOf(answer: Response | Promise<Response>, status: number): Promise<Problem> {
  const response = await answer
  const text = await response.text()
  expect(response.status, text).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = Problem.parse(JSON.parse(text))
  expect(problem.status).toBe(status)
  expect(problem.instance).toBe(`urn:request:${response.headers.get('x-request-id')}`)
  return problem
}
