import { expect, inject, it } from 'vitest'
import { checkOf, onPort, runCheck } from './compose-check.ts'

it.each(['worker', 'api'] as const)('a working %s is healthy to docker-compose.yml', async (name) => {
  const { ports } = inject('stack').layout
  expect(await runCheck(onPort(checkOf(name), ports[name]))).toBe(0)
})
