import type { PodFacts } from './facts.ts'

/**
 * What a pod looks like now, with what only its earlier looks can tell: what a container had waited for, and since
 * when it waits by our own clock. Times that a kubelet writes are by its node's clock, which may be hours off; they
 * say nothing of how long something lasts until now. A worker that starts anew begins to count anew.
 */
export function carryOver(facts: PodFacts, before: PodFacts | undefined, nowMs: number): PodFacts {
  const now = new Date(nowMs).toISOString()
  const { waiting, sandboxLostAt } = facts
  // When a pod is ended the kubelet forgets what a container of it waited for.
  const waited = before?.waiting ?? before?.waited
  // The reason changes to and fro while an image is asked for again and again.
  const waits = waiting && before?.waiting?.container === waiting.container
  const isLost = sandboxLostAt !== undefined && before?.sandboxLostAt === sandboxLostAt
  return {
    ...facts,
    ...(waited && !waiting ? { waited } : {}),
    ...(waiting ? { waitingSince: (waits && before.waitingSince) || now } : {}),
    ...(sandboxLostAt === undefined ? {} : { sandboxLostSince: (isLost && before.sandboxLostSince) || now }),
  }
}
