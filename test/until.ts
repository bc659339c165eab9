import { setTimeout as sleep } from 'node:timers/promises'

/** Looks again until it holds; fails with what was waited for. */
export async function until(
  what: string | (() => string),
  holds: () => Promise<boolean> | boolean,
  withinMs = 120_000,
  everyMs = 100,
): Promise<void> {
  const giveUpAt = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > giveUpAt)
      throw new Error(`waited ${withinMs} ms for: ${typeof what === 'string' ? what : what()}`)
    await sleep(everyMs)
  }
}
