import { setTimeout as sleep } from 'node:timers/promises'
import { patience } from '../deploy/local/slowness.ts'

/** A limit for a hang: most conditions hold within seconds, some within minutes where Temporal or Kubernetes wait themselves. */
const WITHIN_MS = 120_000
/**
 * Each poll takes CPU time from the work that it waits for. So the pause grows: it is a tenth of the time that has passed,
 * within these bounds.
 */
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000

/** Polls until the condition holds. Fails with `what` after the limit, which is stretched on a slow machine. */
export async function until(
  what: string | (() => string),
  holds: () => Promise<boolean> | boolean,
  withinMs = WITHIN_MS,
  everyMs?: number,
): Promise<void> {
  const limitMs = patience(withinMs)
  const startedAt = performance.now()
  while (!(await holds())) {
    const passedMs = performance.now() - startedAt
    if (passedMs > limitMs)
      throw new Error(
        `waited ${Math.round(limitMs / 1_000)} s for: ${typeof what === 'string' ? what : what()}`,
      )
    await sleep(everyMs ?? Math.min(Math.max(passedMs / 10, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS))
  }
}

/** Whether a call resolves, as a condition for `until`. */
export const succeeds = (call: () => Promise<unknown>): Promise<boolean> =>
  call().then(
    () => true,
    () => false,
  )

/** Reads until the value is right, and resolves with that value. */
export async function readUntil<T>(read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  let value = await read()
  const again = async (): Promise<boolean> => {
    value = await read()
    return isRight(value)
  }
  if (!isRight(value)) await until(() => `something else than ${JSON.stringify(value)}`, again)
  return value
}
