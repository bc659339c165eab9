import { setTimeout as sleep } from 'node:timers/promises'
import { patience } from '../deploy/local/slowness.ts'

/** Ends a hang: what is waited for takes seconds, a few minutes where Temporal or Kubernetes wait themselves. */
const WITHIN_MS = 120_000
/**
 * A look costs the cores that everything else is waiting for. So what takes long is looked at seldom: the next look
 * comes after a tenth of the time that it has taken so far, within these bounds.
 */
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000

/** Looks again until it holds; fails with what was waited for. The limit is that of a machine which is not slow. */
export async function until(
  what: string | (() => string),
  holds: () => Promise<boolean> | boolean,
  withinMs = WITHIN_MS,
  everyMs?: number,
): Promise<void> {
  const limitMs = patience(withinMs)
  const startedAt = performance.now()
  while (!(await holds())) {
    const takenMs = performance.now() - startedAt
    if (takenMs > limitMs)
      throw new Error(
        `waited ${Math.round(limitMs / 1_000)} s for: ${typeof what === 'string' ? what : what()}`,
      )
    await sleep(everyMs ?? Math.min(Math.max(takenMs / 10, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS))
  }
}

/** Reads again until it is right, and resolves with what was read. */
export async function readUntil<T>(read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  let value = await read()
  const again = async (): Promise<boolean> => {
    value = await read()
    return isRight(value)
  }
  if (!isRight(value)) await until(() => `something else than ${JSON.stringify(value)}`, again)
  return value
}
